"""How the findings of a case stand, in short: for its page, and for what an act still lacks."""

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

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
    """Of every finding of the case. Remembered on the case object, since a page asks for each of its acts; an
    act locks a fresh one.
    """
    remembered: list[Standing] | None = vars(case).get("_standing_of_findings")
    if remembered is None:
        found = case.findings.order_by().values_list(*Standing._fields)
        remembered = vars(case)["_standing_of_findings"] = [Standing(*row) for row in found]
    return remembered
