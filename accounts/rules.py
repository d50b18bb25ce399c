"""Who may do what for a firm. Each predicate takes (user, firm); the system and strangers never pass."""

import rules

from accounts.models import Firm, Role
from accounts.queries import firm_roles


@rules.predicate
def is_person(user: object) -> bool:
    """Signed in, with an open account."""
    return bool(getattr(user, "is_authenticated", False) and getattr(user, "is_active", False))


@rules.predicate
def is_staff(user: object) -> bool:
    return is_person(user) and bool(getattr(user, "is_staff", False))


@rules.predicate
def is_member(user: object, firm: Firm | None) -> bool:
    return bool(_roles(user, firm))


@rules.predicate
def is_owner(user: object, firm: Firm | None) -> bool:
    return Role.OWNER in _roles(user, firm)


@rules.predicate
def is_editor(user: object, firm: Firm | None) -> bool:
    return Role.EDITOR in _roles(user, firm)


@rules.predicate
def is_signatory(user: object, firm: Firm | None) -> bool:
    return Role.SIGNATORY in _roles(user, firm)


def _roles(user: object, firm: Firm | None) -> frozenset[str]:
    if firm is None or not is_person(user):
        return frozenset()
    return firm_roles(user, firm.pk)  # type: ignore[arg-type]


is_applicant = is_person & ~is_staff

rules.add_perm("accounts.found_firm", is_applicant)
rules.add_perm("accounts.see_firm", is_applicant & is_member)
rules.add_perm("accounts.manage_members", is_applicant & is_owner)
rules.add_perm("accounts.correct_firm", is_applicant & is_owner)
rules.add_perm("accounts.see_history", is_applicant & (is_owner | is_signatory))
