"""The stage page: every question of a stage with its answer, its source and its finding."""

from dataclasses import dataclass, field
from typing import Any

import rules
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.desk import acts, questions
from applications.desk.act_forms import long_text
from applications.desk.case_page import stage_rows
from applications.desk.pages.base import Page, page_url, posted_version, status_of
from applications.desk.questions import QuestionRow
from applications.desk.words import STAGE_TAGS, STAGE_WORDS
from applications.models import Finding, Stage
from applications.services import assessment
from applications.states import StageState as S
from regulators.rulebook import say
from workflow.errors import Refused
from workflow.queries import offers

OUTCOMES = [(code, words) for code, words in Finding.OUTCOMES if code]


class FindingForm(forms.Form):
    """One row of the page. Each field carries what it held when the page was made, so that a row nobody
    touched is left alone even where somebody else has changed it since.
    """

    outcome = forms.ChoiceField(
        label=gettext_lazy("Finding"),
        choices=[("", gettext_lazy("Not assessed")), *OUTCOMES],
        required=False,
        show_hidden_initial=True,
    )
    note = long_text(gettext_lazy("Reason, as the file will show it"), rows=2, required=False)
    condition = long_text(gettext_lazy("Condition, where it is met subject to one"), rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].show_hidden_initial = True


@dataclass
class Outcome:
    """What became of the rows of one POST."""

    saved: int = 0
    statuses: list[int] = field(default_factory=list)

    @property
    def status(self) -> int:
        return max(self.statuses, key=(422, 409, 403).index) if self.statuses else 200


class StagePage(Page):
    name, path = "stage", "stage/<slug:code>/"
    title, permission = gettext_lazy("Stage"), "work_on_case"
    template = "admin/applications/stage.html"

    def load(self) -> None:
        stage = self.case.stages.filter(code=self.ids["code"]).first()
        if stage is None:
            raise Http404
        stage.application = self.case
        self.stage: Stage = stage
        self.snapshot, self.sections = questions.load(self.case, stage.code)
        self.may_assess = rules.has_perm("applications.assess_stage", self.user, stage)

    def heading(self) -> str:
        return say(self.stage.rule.title)

    @property
    def rows(self) -> list[QuestionRow]:
        return [row for section in self.sections for row in section.rows]

    def get(self) -> HttpResponse:
        for row in self.rows:
            row.form = _form(row)
        return self.render(None)

    def post(self) -> HttpResponse:
        """Each changed row is saved by itself; one that cannot be keeps what was typed, and the reason."""
        outcome = Outcome()
        for row in self.rows:
            self._save(row, outcome)
        saved = ngettext("%(n)s finding saved.", "%(n)s findings saved.", outcome.saved) % {
            "n": outcome.saved
        }
        if not outcome.statuses:
            messages.success(self.request, saved if outcome.saved else _("Nothing was changed."))
            return HttpResponseRedirect(page_url(self.case, "stage", self.stage.code))
        if outcome.saved:
            messages.success(self.request, saved)
        return self.render(None, status=outcome.status)

    def _save(self, row: QuestionRow, outcome: Outcome) -> None:
        posted = _form(row, self.request.POST)
        if f"{posted.prefix}-version" not in self.request.POST or not posted.has_changed():
            row.form = _form(row)
            return
        row.form = posted
        if not posted.is_valid():
            outcome.statuses.append(422)
            return
        version = posted_version(self.request.POST, f"{posted.prefix}-version")
        try:
            row.finding = assessment.assess(
                actor=self.user, finding=row.finding, expected_version=version, **posted.cleaned_data
            )
        except Refused as refusal:
            outcome.statuses.append(status_of(refusal))
            for reason in refusal.reasons:
                posted.add_error(None, reason.text)
            return
        row.saved, outcome.saved = True, outcome.saved + 1
        row.form = _form(row)

    def context(self) -> dict[str, Any]:
        settled = sum(
            row.finding.outcome in Finding.SETTLED and not row.finding.affected for row in self.rows
        )
        return {
            "stage": self.stage,
            "stages": stage_rows(self.case),
            "kind": STAGE_TAGS[S(self.stage.state)],
            "word": STAGE_WORDS[S(self.stage.state)],
            "snapshot": self.snapshot,
            "sections": self.sections,
            "rows": self.rows,
            "settled": settled,
            "broken": [row for row in self.rows if row.form.errors],
            "submitted": questions.tables(self.case, self.snapshot),
            "may_assess": self.may_assess,
            "may_ask": rules.has_perm("applications.write_request", self.user, self.case),
            "acts": acts.links(
                self.stage,
                [o for o in offers(self.stage, self.user) if o.act.name not in acts.STAGE_OF_THE_FIRM],
                lambda act: reverse("admin:applications_stage_act", args=[self.stage.pk, act.name]),
            ),
        }

    def version(self) -> int:
        return self.stage.version


def _form(row: QuestionRow, data: Any = None) -> FindingForm:
    finding = row.finding
    held = {"outcome": finding.outcome, "note": finding.note, "condition": finding.condition}
    return FindingForm(data, prefix=f"f{finding.pk}", initial=held)
