"""The completeness check: each requirement that is due at submission is marked as there, or as a gap."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.desk.completeness import Row, load, marks_held
from applications.desk.pages.base import Page, page_url, posted_version
from applications.models import CompletenessCheck, CompletenessDraft
from applications.presses import newest, posted_seen
from applications.services import intake

THERE, GAP = intake.MARKS


class MarksForm(forms.Form):
    """Two fields for each requirement. Cleans to ``marks``; where the check is to be recorded each has to be
    decided.
    """

    def __init__(self, data: Any, *, rows: list[Row], held: dict[str, dict[str, str]], record: bool) -> None:
        super().__init__(data)
        self.rows, self.record = rows, record
        for row in rows:
            code = row.requirement.code
            initial = held.get(code, row.initial)
            self.fields[f"mark_{code}"] = forms.ChoiceField(
                label=f"{code} {row.title}",
                choices=[("", ""), (THERE, _("There")), (GAP, _("Gap"))],
                required=False,
                initial=initial["mark"],
            )
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("What is missing"), max_length=5000, required=False, initial=initial["text"]
            )
            row.mark, row.text = self[f"mark_{code}"], self[f"text_{code}"]

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        marks = {}
        for row in self.rows:
            code = row.requirement.code
            mark, text = data.get(f"mark_{code}", ""), data.get(f"text_{code}", "").strip()
            marks[code] = {"mark": mark, "text": text}
            if self.record and mark == GAP and not text:
                self.add_error(f"text_{code}", _("Say what is missing: %(code)s.") % {"code": code})
        if self.record:
            self._say_unmarked([row for row in self.rows if not marks[row.requirement.code]["mark"]])
        return {"marks": marks}

    def _say_unmarked(self, rows: list[Row]) -> None:
        """Said once, at the first of them; the others say it themselves where something is marked."""
        for row in rows[:1]:
            self.add_error(f"mark_{row.requirement.code}", self._unmarked(row, len(rows)))
        for row in rows[1:]:
            row.is_unmarked = len(rows) < len(self.rows)

    def _unmarked(self, first: Row, number: int) -> str:
        if number == 1:
            return first.unmarked
        words = ngettext(
            "%(n)s of %(all)s is not marked. Say of each whether it is there. The rest of a stage can be "
            "marked as there at once, below its questions.",
            "%(n)s of %(all)s are not marked. Say of each whether it is there. The rest of a stage can be "
            "marked as there at once, below its questions.",
            number,
        )
        return words % {"n": number, "all": len(self.rows)}


class CompletenessPage(Page):
    name, path = "completeness", "completeness/"
    title, permission = gettext_lazy("Check completeness"), "check_completeness"
    done: str | Promise = gettext_lazy("The completeness check is recorded.")
    intro = gettext_lazy(
        "Check that everything due at submission is there and can be read. Whether it is right comes later."
    )
    template = "admin/applications/completeness.html"

    def load(self) -> None:
        self.snapshot, self.stages = load(self.case)
        self.draft = (
            CompletenessDraft.objects.filter(application=self.case).select_related("saved_by").first()
        )

    @property
    def recording(self) -> bool:
        return "record" in self.request.POST

    def form(self, data: Any = None) -> MarksForm:
        rows = [row for stage in self.stages for row in stage.rows]
        held = marks_held(self.draft, self.snapshot)
        return MarksForm(data, rows=rows, held=held, record=self.recording)

    def post(self) -> HttpResponse:
        if self.recording:
            return super().post()
        response = super().post()
        if response.status_code != 302:
            return response
        rest = self.request.POST.get("rest", "")
        return HttpResponseRedirect(page_url(self.case, "completeness") + (f"#{rest}" if rest else ""))

    def run(self, data: dict[str, Any]) -> CompletenessCheck | CompletenessDraft:
        marks = data["marks"]
        if self.recording:
            intake.same_marks(self.draft, posted_version(self.request.POST))
            gaps = {code: one["text"] for code, one in marks.items() if one["mark"] == GAP}
            seen = posted_seen(self.request.POST)
            return intake.check_completeness(actor=self.user, case=self.case, gaps=gaps, seen=seen)
        self.done = _("The marks are kept. The check is not recorded yet.")
        for stage in self.stages:
            if stage.code == self.request.POST.get("rest"):
                for row in stage.rows:
                    one = marks[row.requirement.code]
                    one["mark"] = one["mark"] or THERE
        version = posted_version(self.request.POST)
        return intake.save_marks(actor=self.user, case=self.case, marks=marks, expected_version=version)

    def version(self) -> int:
        return self.draft.version if self.draft else -1

    def seen(self) -> int:
        return newest(self.case.completeness_checks.order_by("-pk")[:1])

    def context(self) -> dict[str, Any]:
        checks = self.case.completeness_checks.select_related("snapshot", "checked_by")
        return {
            "stages": self.stages,
            "snapshot": self.snapshot,
            "draft": self.draft,
            "is_of_before": self.draft is not None and self.draft.snapshot_id != self.snapshot.pk,
            "refiles": self.case.book.incomplete == "refile",
            "checks": checks.prefetch_related("gaps").order_by("-checked_at"),
        }
