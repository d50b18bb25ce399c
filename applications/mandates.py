"""Advisers: what each may see and do for a firm, and in which stages. Closed unless a paper opens it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from accounts.models import Role
from applications.models.mandates import Authority

ANY = "*"  # whatever stage: for pages that leave out what the mandate does not cover


@dataclass(frozen=True, kw_only=True)
class Mandate:
    """What one adviser may do for one firm today."""

    firm_id: UUID
    edits: bool
    stages: frozenset[str]  # none named: all of them
    until: date

    def covers(self, stage: str) -> bool:
        return stage == ANY or not self.stages or stage in self.stages


class StageOf(NamedTuple):
    """A stage of a case by its code, for the rules, where its row is not at hand."""

    application: Any
    code: str


def mandates_of(user: Any) -> dict[str, Mandate]:
    """By firm; none for staff. One query, remembered on the user object: the next request asks anew, so that
    a mandate which was ended, or ran out at midnight, opens nothing any more.
    """
    if getattr(user, "pk", None) is None or not user.is_active or user.is_staff:
        return {}
    remembered: dict[str, Mandate] | None = vars(user).get("_mandates")
    if remembered is None:
        rows = Authority.objects.in_force(user).order_by().select_related("membership")
        remembered = {str(row.membership.firm_id): _mandate(row.membership) for row in rows}
        user._mandates = remembered
    return remembered


def mandate_for(user: Any, firm_id: Any) -> Mandate | None:
    return mandates_of(user).get(str(firm_id))


def _mandate(membership: Any) -> Mandate:
    return Mandate(
        firm_id=membership.firm_id,
        edits=membership.role == Role.EDITOR,
        stages=frozenset(membership.scope),
        until=membership.until,
    )
