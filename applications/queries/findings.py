"""How the findings of a case stand, in short: for its page, and for what an act still lacks."""

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from applications.remembered import remembered

if TYPE_CHECKING:
    from applications.models import Application


class Standing(NamedTuple):
    stage: str
    requirement: str
    due: str
    outcome: str
    affected: bool
    person: UUID | None


def standing_of_findings(case: "Application") -> list[Standing]:
    """Of every finding of the case."""
    found = case.findings.order_by().values_list(*Standing._fields)
    return remembered(case, "standing_of_findings", lambda: [Standing(*row) for row in found])
