"""Everything that changed between two submissions of a case."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy

from applications.desk.changes import FileChange, Run, file_changes, word_runs
from applications.desk.pages.base import Page, page_url
from applications.desk.question_rows import lines_of
from applications.desk.questions import Asked, Key, answer_of, by_key
from applications.desk.table_changes import table_changes
from applications.models import Snapshot
from applications.queries.law import requirement_of
from documents.models import Document
from regulators.rulebook import Requirement, say

NEW, GONE, CHANGED, SAME = "new", "gone", "changed", "same"
ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One question in both submissions."""

    requirement: Requirement
    person: str
    kind: str
    runs: list[Run]
    files: list[FileChange]
    url: str


@dataclass(frozen=True, kw_only=True)
class StageChanges:
    title: str
    questions: list[Compared]


class ChangesPage(Page):
    """``from`` and ``to`` in the address name the submissions, ``show=all`` the questions without a change
    too. Otherwise the two latest, and what changed alone.
    """

    name, path = "changes", "submissions/changes/"
    methods = ("GET", "HEAD")
    title, permission = gettext_lazy("What changed between two submissions"), "work_on_case"
    template = "admin/applications/changes.html"

    def load(self) -> None:
        self.numbers = list(self.case.snapshots.order_by("number").values_list("number", "made_at"))
        known = [number for number, _at in self.numbers]
        if not known:
            raise Http404
        self.to = self._number("to", known, known[-1])
        self.since = self._number("from", known, max((n for n in known if n < self.to), default=self.to))
        self.show = ALL if self.request.GET.get("show") == ALL else ""

    def _number(self, name: str, known: list[int], otherwise: int) -> int:
        text = self.request.GET.get(name, "")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise
        return number if number in known else otherwise

    def get(self) -> Any:
        return self.render(None)

    def context(self) -> dict[str, Any]:
        found = {s.number: s for s in self.case.snapshots.filter(number__in=(self.since, self.to))}
        before, after = found[self.since], found[self.to]
        compared = self._compared(before, after)
        shown = [one for one in compared if self.show == ALL or one.kind != SAME]
        book = self.case.book
        return {
            "numbers": self.numbers,
            "before": before,
            "after": after,
            "show": self.show,
            "changed": sum(one.kind != SAME for one in compared),
            "total": len(compared),
            "tables": table_changes(self.case, before.content, after.content),
            "stages": [
                StageChanges(title=say(book.stage(code).title), questions=of_stage)
                for code in book.stage_codes
                if (of_stage := [one for one in shown if one.requirement.stage == code])
            ],
        }

    def _compared(self, before: Snapshot, after: Snapshot) -> list[Compared]:
        then, now = by_key(before), by_key(after)
        order = {requirement.code: n for n, requirement in enumerate(self.case.book.requirements)}
        keys = sorted({*then, *now}, key=lambda key: (order.get(key[0], len(order)), key))
        moved = [file["document"] for key in keys for file in _moved_files(then.get(key), now.get(key))]
        stored = Document.objects.filter(pk__in=moved, supersedes__isnull=False) if moved else []
        earlier = {str(one.pk): str(one.supersedes_id) for one in stored}
        return [self._pair(key, then.get(key), now.get(key), earlier) for key in keys]

    def _pair(self, key: Key, then: Asked | None, now: Asked | None, earlier: dict[str, str]) -> Compared:
        requirement = requirement_of(self.case, key[0])
        either: Asked = now or then or {}
        if then is None or now is None:
            kind = NEW if then is None else GONE
        else:
            kind = CHANGED if answer_of(then) != answer_of(now) else SAME
        is_same = kind == SAME
        return Compared(
            requirement=requirement,
            person=either["person_name"],
            kind=kind,
            runs=[] if is_same else word_runs(lines_of(requirement, then), lines_of(requirement, now)),
            files=[]
            if is_same
            else file_changes(then["files"] if then else [], now["files"] if now else [], earlier),
            url=page_url(self.case, "question", requirement.stage, requirement.code)
            + (f"?person={key[1]}" if key[1] else ""),
        )


def _moved_files(then: Asked | None, now: Asked | None) -> list[dict[str, Any]]:
    old = {file["document"] for file in then["files"]} if then else set()
    return [file for file in now["files"] if file["document"] not in old] if now else []
