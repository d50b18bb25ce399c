"""Which answers of a stage the firm may change after the stage was returned to it.

Where the regulator named questions, these alone are open, with those that depend on them and those that no
submission has asked yet. Where it named none, the whole stage is.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from applications.models import Stage

Key = tuple[str, UUID | None]


@dataclass(frozen=True, kw_only=True)
class Returned:
    """``named`` is empty where the whole stage is open."""

    named: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()
    submitted: frozenset[Key] = frozenset()

    def is_open(self, key: Key) -> bool:
        return not self.named or key[0] in self.open or key not in self.submitted


WHOLE = Returned()


def returned_of(stage: "Stage") -> Returned:
    """One query where questions are named, else none."""
    named = frozenset(stage.returned_items)
    if not named:
        return WHOLE
    snapshot = stage.application.snapshots.order_by("-number").first()
    asked = snapshot.content["questions"] if snapshot else []
    return Returned(
        named=named,
        open=_with_dependents(stage, named),
        submitted=frozenset((q["requirement"], UUID(q["person"]) if q["person"] else None) for q in asked),
    )


def kind_is_open(stage: "Stage", kind: str) -> bool:
    """Whether typed records (people, ownership, capital) of the stage may change: a question that asks for
    them is open, or none of the stage does.
    """
    named = frozenset(stage.returned_items)
    asking = {r.code for r in stage.application.book.requirements_of(stage.code) if kind in r.evidence}
    return not named or not asking or not asking.isdisjoint(_with_dependents(stage, named))


def _with_dependents(stage: "Stage", named: frozenset[str]) -> frozenset[str]:
    """With the questions that an answer to one of these switches on, and so on."""
    found = set(named)
    while more := {
        r.code
        for r in stage.application.book.requirements
        if r.applies_when and r.applies_when.requirement in found and r.code not in found
    }:
        found |= more
    return frozenset(found)
