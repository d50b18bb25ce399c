"""Everybody who could try an act, for the table of acts: one account for each kind of actor."""

from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.actors import System
from accounts.models import Firm, User
from accounts.services.members import accept_invitation, end_membership, invite_member
from regulators import services as regulators
from regulators.models import LicenceType
from tests.plugins import cases


def everybody(
    *, firm: Firm, licence_type: LicenceType, staff: SimpleNamespace, others: SimpleNamespace
) -> dict[str, Any]:
    """Actors by name. The names are the words of the table."""
    founder = cases.fresh(firm.memberships.first().user)
    foreign = cases.new_firm(cases.new_applicant("Stranger"), "Another Firm Ltd")
    return {
        **{role: _member(founder, firm, role) for role in ("owner", "editor", "signatory", "viewer")},
        "former_member": _former(founder, firm),
        "other_firm": cases.fresh(foreign.memberships.first().user),
        **{role: getattr(staff, role) for role in STAFF},
        "decision_maker_without_delegation": _undelegated(staff, licence_type),
        "decision_maker_not_confirmed": _unconfirmed(staff, licence_type),
        "other_regulators_decision_maker": others.decision_maker,
        "other_regulators_reviewer": others.reviewer,
        "administrator": staff.administrator,
        "nobody": AnonymousUser(),
        "system": System("timer"),
    }


STAFF = ("case_officer", "reviewer", "specialist", "lead_reviewer", "decision_maker")


def _member(founder: User, firm: Firm, role: str) -> User:
    user = cases.new_applicant(role)
    _invitation, token = invite_member(actor=founder, firm_id=firm.pk, email=user.email, roles=[role])
    accept_invitation(actor=user, token=token)
    return cases.fresh(user)


def _former(founder: User, firm: Firm) -> User:
    user = _member(founder, firm, "signatory")
    end_membership(
        actor=founder, firm_id=firm.pk, membership_id=user.memberships.get(firm=firm).pk, reason="left"
    )
    return cases.fresh(user)


def _undelegated(staff: SimpleNamespace, licence_type: LicenceType) -> User:
    user = cases.new_staff("No delegation")
    post = regulators.appoint_staff(
        actor=cases.SHELL, user=user, regulator=licence_type.regulator, role="decision_maker"
    )
    regulators.confirm_appointment(actor=staff.administrator, appointment=post)
    return cases.fresh(user)


def _unconfirmed(staff: SimpleNamespace, licence_type: LicenceType) -> User:
    user = cases.new_staff("Not confirmed")
    regulators.appoint_staff(
        actor=cases.SHELL, user=user, regulator=licence_type.regulator, role="decision_maker"
    )
    return cases.fresh(user)
