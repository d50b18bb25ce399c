"""Who serves a regulator, and how. Each predicate takes (user, regulator); strangers never pass."""

from typing import Any

import rules

from regulators.models import Regulator, Role
from regulators.queries import staff_roles


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
def is_specialist(user: Any, regulator: Regulator | None) -> bool:
    return Role.SPECIALIST in _roles(user, regulator)


@rules.predicate
def is_lead_reviewer(user: Any, regulator: Regulator | None) -> bool:
    return Role.LEAD_REVIEWER in _roles(user, regulator)


@rules.predicate
def is_decision_maker(user: Any, regulator: Regulator | None) -> bool:
    return Role.DECISION_MAKER in _roles(user, regulator)


@rules.predicate
def is_administrator(user: Any, regulator: Regulator | None) -> bool:
    return Role.ADMINISTRATOR in _roles(user, regulator)


def _roles(user: Any, regulator: Regulator | None) -> frozenset[str]:
    return frozenset() if regulator is None else staff_roles(user, regulator.pk)


rules.add_perm("regulators.appoint_staff", is_administrator)
rules.add_perm("regulators.delegate", is_administrator)
rules.add_perm("regulators.enter_authority_basis", is_administrator)
