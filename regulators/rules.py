"""Who serves a regulator, and how. Each predicate takes (user, regulator); strangers never pass."""

from typing import Any

import rules
from django.utils import timezone

from regulators import queries
from regulators.models import Regulator, Role, Staff
from regulators.queries import appointments, staff_roles


@rules.predicate
def is_staff_of_regulator(user: Any, regulator: Regulator | None) -> bool:
    return bool(_roles(user, regulator))


@rules.predicate
def is_case_officer(user: Any, regulator: Regulator | None) -> bool:
    return Role.CASE_OFFICER in _roles(user, regulator)


@rules.predicate
def is_reviewer(user: Any, regulator: Regulator | None) -> bool:
    return Role.REVIEWER in _roles(user, regulator)


@rules.predicate
def is_lead_reviewer(user: Any, regulator: Regulator | None) -> bool:
    return Role.LEAD_REVIEWER in _roles(user, regulator)


@rules.predicate
def is_decision_maker(user: Any, regulator: Regulator | None) -> bool:
    return Role.DECISION_MAKER in _roles(user, regulator)


@rules.predicate
def is_administrator(user: Any, regulator: Regulator | None) -> bool:
    return Role.ADMINISTRATOR in _roles(user, regulator)


@rules.predicate
def may_confirm(user: Any, regulator: Regulator | None) -> bool:
    """An administrator in force; while there is none, one whom the system appointed."""
    if not getattr(user, "human", "") or not getattr(user, "is_active", False):
        return False
    if is_administrator(user, regulator):
        return True
    of_regulator = {"regulator": regulator, "role": Role.ADMINISTRATOR}
    if appointments(timezone.localdate()).filter(**of_regulator).exists():
        return False
    return Staff.objects.filter(user=user, granted_by=None, valid_until=None, **of_regulator).exists()


@rules.predicate
def administers(user: Any) -> bool:
    """Any regulator at all."""
    return queries.is_administrator(user)


def _roles(user: Any, regulator: Regulator | None) -> frozenset[str]:
    return frozenset() if regulator is None else staff_roles(user, regulator.pk)


rules.add_perm("regulators.appoint_staff", is_administrator)
rules.add_perm("regulators.delegate", is_administrator)
rules.add_perm("regulators.enter_authority_basis", is_administrator)
rules.add_perm("regulators.invite_colleague", administers)

# The lists of people at the desk. Which rows an administrator sees, the desk's queries say.
rules.add_perm("accounts.view_user", administers)
rules.add_perm("accounts.view_staffinvitation", administers)
