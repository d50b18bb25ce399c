"""What was submitted before, to stand beside what is written now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from applications.asked import Key, given_of
from applications.models import Application, Snapshot
from applications.portal.answers import in_words
from applications.queries.law import requirement_of


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """One answer as it was submitted. ``typed``: it stands in the tables of people, ownership or capital."""

    number: int
    at: datetime
    lines: list[str]
    files: list[dict[str, Any]]
    typed: bool

    @property
    def is_empty(self) -> bool:
        return not (self.lines or self.files or self.typed)


def earlier_answers(
    case: Application, keys: Collection[Key], *, before: datetime | None = None
) -> dict[Key, Earlier]:
    """The answers to these questions in the last submission, or the last one before a moment: one query."""
    snapshots = case.snapshots.order_by("-number")
    snapshot = (snapshots.filter(made_at__lte=before) if before else snapshots).first() if keys else None
    if snapshot is None:
        return {}
    wanted = set(keys)
    return {
        key: _earlier(case, snapshot, question)
        for question in snapshot.content["questions"]
        for key in [_key(question)]
        if key in wanted
    }


def _key(question: dict[str, Any]) -> Key:
    person = question["person"]
    return question["requirement"], UUID(person) if person else None


def _earlier(case: Application, snapshot: Snapshot, question: dict[str, Any]) -> Earlier:
    requirement = requirement_of(case, question["requirement"])
    return Earlier(
        number=snapshot.number,
        at=snapshot.made_at,
        lines=in_words(requirement, given_of(question)),
        files=question["files"],
        typed=bool({"people", "ownership", "capital"} & set(requirement.evidence)),
    )
