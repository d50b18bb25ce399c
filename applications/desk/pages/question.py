"""The page of one question: answer, document and rule side by side, and what is found on it."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import rules
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.desk.clashes import Clash, differing, rows_of
from applications.desk.pages.base import page_url, posted_version
from applications.desk.pages.collecting import text_choices
from applications.desk.pages.inspections import second_is_missing
from applications.desk.pages.stage import OfStage
from applications.desk.question_rows import QuestionRow, rows
from applications.desk.stage_list import question_url
from applications.models import Finding
from applications.portal import typed
from applications.portal.when_due import due_in_words
from applications.queries.inspections import lacks_inspection
from applications.request_texts import texts_of
from applications.services import assessment
from look import words
from look.fields import long_text
from regulators.rulebook import INSPECTED
from workflow.errors import Conflict, Refused, status_of

OUTCOMES = [(code, word) for code, word in Finding.OUTCOMES if code]


class FindingForm(forms.Form):
    """Each field carries what it held when the page was made, so that a finding nobody touched is left alone
    even where somebody else has changed it since.
    """

    outcome = forms.ChoiceField(
        label=gettext_lazy("Finding"),
        choices=[("", gettext_lazy("Not assessed")), *OUTCOMES],
        required=False,
        show_hidden_initial=True,
    )
    note = long_text(gettext_lazy("Reason, as the file will show it"), rows=3, required=False)
    condition = long_text(gettext_lazy("Condition, where it is met subject to one"), rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].show_hidden_initial = True


@dataclass
class Outcome:
    """What became of the findings of one POST."""

    saved: int = 0
    statuses: list[int] = field(default_factory=list)

    @property
    def status(self) -> int:
        return max(self.statuses, key=(422, 409, 403).index) if self.statuses else 200


class QuestionPage(OfStage):
    """A question about the firm, or one that is asked about people: with all of them, or with the one whom
    the address names.
    """

    name, path = "question", "stage/<slug:code>/<slug:requirement>/"
    template = "admin/applications/question.html"

    def load(self) -> None:
        super().load()
        self.person = self.request.GET.get("person", "")
        code = self.ids["requirement"]
        self.items = [item for item in self.asked.items if item.requirement.code == code]
        if self.person:
            self.items = [item for item in self.items if item.person_id == self.person]
        if not self.items:
            raise Http404
        self.rows: list[QuestionRow] = rows(
            self.case, self.items, shown_file=self.request.GET.get("file", "")
        )
        self.may_assess = rules.has_perm("applications.assess_stage", self.user, self.stage)
        why = assessment.why_closed(self.case, self.stage, self.items[0].finding)
        self.closed = why if self.may_assess else ""

    def heading(self) -> str:
        first = self.items[0]
        return f"{first.requirement.code} {first.title}"

    def get(self) -> HttpResponse:
        self.may_assess = self.may_assess and not self.closed
        if not self.may_assess:
            for row in self.rows:
                row.form = _form(row)
            return self.render(None)
        kept = self.kept()
        made = kept.forms(self.request, [partial(_form_of, row) for row in self.rows])
        for row, form in zip(self.rows, made, strict=True):
            row.form = form
            row.kept_version = _kept_version(kept.data, form)
        return self.render(None, typed_page=kept)

    def kept(self) -> typed.Page:
        """By the person too: saving what is found about one forgets nothing that is typed about another."""
        whose = f"?person={self.person}" if self.person else ""
        return typed.Page(self.request, self.case, path=f"{self.request.path}{whose}")

    def post(self) -> HttpResponse:
        """Each changed finding is saved by itself; one that cannot be keeps what was typed, and says why."""
        outcome = Outcome()
        for row in self.rows:
            self._save(row, outcome)
        saved = ngettext("%(n)s finding saved.", "%(n)s findings saved.", outcome.saved) % {
            "n": outcome.saved
        }
        if not outcome.statuses:
            messages.success(self.request, saved if outcome.saved else _("Nothing was changed."))
            return HttpResponseRedirect(self._after())
        if outcome.saved:
            messages.success(self.request, saved)
        return self.render(None, status=outcome.status, typed_page=self.kept())

    def _save(self, row: QuestionRow, outcome: Outcome) -> None:
        posted = _form(row, self.request.POST)
        if f"{posted.prefix}-version" not in self.request.POST or not posted.has_changed():
            row.form = _form(row)
            return
        row.form = posted
        if not posted.is_valid():
            outcome.statuses.append(422)
            return
        finding, version = row.item.finding, posted_version(self.request.POST, f"{posted.prefix}-version")
        try:
            row.item.finding = assessment.assess(
                actor=self.user, finding=finding, expected_version=version, **posted.cleaned_data
            )
        except Refused as refusal:
            outcome.statuses.append(status_of(refusal))
            if isinstance(refusal, Conflict):
                row.clash = _clash(finding, posted)
            for reason in refusal.reasons:
                posted.add_error(None, reason.text)
            return
        row.is_saved, outcome.saved = True, outcome.saved + 1
        row.form = _form(row)

    def _after(self) -> str:
        """Where it goes on: to the next one that is open if that was asked for, or the same page again."""
        after = self._list().open_next
        if "next" not in self.request.POST:
            return question_url(
                self.case, self.stage.code, self.ids["requirement"], self.narrow, person=self.person
            )
        return after.url if after else page_url(self.case, "stage", self.stage.code) + self.narrow.query()

    def _inspections(self) -> dict[str, Any]:
        code = self.ids["requirement"]
        if INSPECTED not in self.items[0].requirement.evidence:
            return {}
        found = self.case.inspections.filter(requirement=code)
        return {
            "is_inspected": True,
            "lacks_inspection": lacks_inspection(self.case, code),
            "second_missing": second_is_missing(self.case, self.user) if self.may_assess else "",
            "inspections": found.select_related("written_by", "second", "confirmed", "corrects"),
        }

    def _list(self) -> Any:
        return self.list(self.ids["requirement"], self.person)

    def context(self) -> dict[str, Any]:
        book = self.case.book
        return {
            **super().context(),
            "list": self._list(),
            "rows": self.rows,
            "requirement": self.items[0].requirement,
            "due_words": due_in_words(book, self.items[0].requirement.due),
            "broken": [row for row in self.rows if row.form.errors],
            "may_assess": self.may_assess,
            "closed": self.closed,
            **self._inspections(),
            "texts": text_choices(texts_of(self.case.licence_type.regulator.code), self.case.language),
            "put_url": page_url(self.case, "request_put") + self.narrow.query(person=self.person),
            "stage_url": page_url(self.case, "stage", self.stage.code) + self.narrow.query(),
            "here": question_url(
                self.case, self.stage.code, self.ids["requirement"], self.narrow, person=self.person
            ),
            "law_url": reverse("law:coverage", args=[book.code, book.version]) + "#provisions",
        }


def _kept_version(data: Any, form: FindingForm) -> int | None:
    """The version that what was typed before stood on, so that a change since then is a clash."""
    name = f"{form.prefix}-version"
    return posted_version(data, name) if data is not None and name in data else None


def _form_of(row: QuestionRow, data: Any, _files: Any) -> FindingForm:
    return _form(row, data)


def _form(row: QuestionRow, data: Any = None) -> FindingForm:
    finding = row.item.finding
    held = {"outcome": finding.outcome, "note": finding.note, "condition": finding.condition}
    return FindingForm(data, prefix=f"f{finding.pk}", initial=held)


def _clash(theirs: Finding, posted: FindingForm) -> Clash:
    now = FindingForm(initial={name: getattr(theirs, name) for name in posted.fields})
    return Clash(
        who=theirs.assessed_by.audit_name if theirs.assessed_by else "",
        when=words.moment(theirs.assessed_at) if theirs.assessed_at else "",
        rows=differing(rows_of(posted, now)),
    )
