"""The list beside the questions of a stage: by section or by person, all or only what is open or changed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from applications.desk.pages.base import page_url
from applications.desk.questions import Item, StageQuestions
from applications.models import Application

BY_PERSON, OPEN, CHANGES = "person", "open", "changes"


@dataclass(frozen=True)
class Narrow:
    """What the address says of the list. ``by`` is a section unless it is a person; ``show`` is all unless it
    is what is open or what changed.
    """

    by: str = ""
    show: str = ""

    @classmethod
    def of(cls, data: QueryDict) -> "Narrow":
        by, show = data.get("by", ""), data.get("show", "")
        return cls(by if by == BY_PERSON else "", show if show in (OPEN, CHANGES) else "")

    def query(self, **more: str) -> str:
        given = {name: value for name, value in {"by": self.by, "show": self.show, **more}.items() if value}
        return f"?{urlencode(given)}" if given else ""

    def shows(self, item: Item) -> bool:
        if self.show == OPEN:
            return not item.is_settled
        return item.is_changed if self.show == CHANGES else True


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line: a question with all its people, or of one of them."""

    items: tuple[Item, ...]
    url: str
    is_current: bool
    of_person: bool

    @property
    def first(self) -> Item:
        return self.items[0]

    @property
    def settled(self) -> int:
        return sum(item.is_settled for item in self.items)

    @property
    def is_open(self) -> bool:
        return self.settled < len(self.items)

    @property
    def is_changed(self) -> bool:
        return any(item.is_changed for item in self.items)

    @property
    def kind(self) -> str:
        if len(self.items) == 1:
            return self.first.kind
        worst = ("act", "bad", "work", "")
        return next((kind for kind in worst if any(item.kind == kind for item in self.items)), "ok")

    @property
    def word(self) -> str:
        if len(self.items) == 1:
            return self.first.word
        return _("%(settled)s of %(all)s settled") % {"settled": self.settled, "all": len(self.items)}


@dataclass(frozen=True, kw_only=True)
class Group:
    title: str
    entries: list[Entry]

    @property
    def settled(self) -> int:
        return sum(not entry.is_open for entry in self.entries)

    @property
    def is_current(self) -> bool:
        return any(entry.is_current for entry in self.entries)


@dataclass(frozen=True, kw_only=True)
class StageList:
    groups: list[Group]
    narrow: Narrow
    open_before: Entry | None
    open_after: Entry | None
    open_next: Entry | None  # where the work goes on: after the last it is the first one left
    has_people: bool
    total: int
    settled: int
    changed: int

    @property
    def open(self) -> int:
        return self.total - self.settled


def stage_list(
    case: Application, stage: str, asked: StageQuestions, narrow: Narrow, *, code: str = "", person: str = ""
) -> StageList:
    """``code`` and ``person`` are what the page shows now; it stands in the list whatever else is shown."""
    groups = _by_person(asked) if narrow.by else _by_section(asked)
    whole = [
        Group(title=title, entries=[_entry(case, stage, items, narrow, code, person) for items in of_group])
        for title, of_group in groups
    ]
    line = [entry for group in whole for entry in group.entries]
    before, after = _open_around(line)
    shown = [replace(group, entries=_kept(group.entries, narrow)) for group in whole]
    items = asked.items
    return StageList(
        groups=[group for group in shown if group.entries],
        narrow=narrow,
        open_before=before[-1] if before else None,
        open_after=after[0] if after else None,
        open_next=next(iter(after + before), None),
        has_people=any(item.person_id for item in items),
        total=len(items),
        settled=sum(item.is_settled for item in items),
        changed=sum(item.is_changed for item in items),
    )


def question_url(case: Application, stage: str, code: str, narrow: Narrow, *, person: str = "") -> str:
    return page_url(case, "question", stage, code) + narrow.query(person=person)


def _entry(case: Application, stage: str, items: list[Item], narrow: Narrow, code: str, person: str) -> Entry:
    first = items[0]
    whose = first.person_id if narrow.by else ""
    return Entry(
        items=tuple(items),
        url=question_url(case, stage, first.requirement.code, narrow, person=whose),
        is_current=first.requirement.code == code and (not narrow.by or not person or whose == person),
        of_person=bool(narrow.by),
    )


def _kept(entries: Iterable[Entry], narrow: Narrow) -> list[Entry]:
    return [entry for entry in entries if entry.is_current or any(map(narrow.shows, entry.items))]


def _by_section(asked: StageQuestions) -> list[tuple[str, list[list[Item]]]]:
    found = []
    for section in asked.sections:
        of_code: dict[str, list[Item]] = {}
        for item in section.items:
            of_code.setdefault(item.requirement.code, []).append(item)
        found.append((section.title, list(of_code.values())))
    return found


def _by_person(asked: StageQuestions) -> list[tuple[str, list[list[Item]]]]:
    """The firm first, then each person by name."""
    of_person: dict[tuple[str, str], list[list[Item]]] = {}
    for item in sorted(asked.items, key=lambda item: (item.person, item.person_id)):
        of_person.setdefault((item.person, item.person_id), []).append([item])
    return [(name or _("About the firm"), found) for (name, _pk), found in of_person.items()]


def _open_around(line: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """The open ones before the current and after it; all are after it where none is current."""
    at = max((n for n, entry in enumerate(line) if entry.is_current), default=-1)
    others = [(n, entry) for n, entry in enumerate(line) if entry.is_open and not entry.is_current]
    return [one for n, one in others if n < at], [one for n, one in others if n > at]
