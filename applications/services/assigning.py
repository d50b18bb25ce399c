"""Whose case it is: naming the case officer, giving a case back, handing cases over."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from applications.due.handed import tell_new_officer
from applications.models import Application
from applications.rules import is_without_conflict
from applications.services.guard import insist, insist_not_decided, locked_case, same_version
from audit.services import record
from regulators.queries import staff_roles


def assign_case_officer(
    *, actor: Any, case: Application, officer: Any, expected_version: int, reason: str = ""
) -> Application:
    """Give the case to a case officer of its regulator who has no conflict of interest in it; to oneself is
    to take it. Effects in order: the case officer; audit event; what is near or over there is told to the
    new one, where only others were told.
    """
    with transaction.atomic():
        case = _locked(case, actor, expected_version)
        roles = staff_roles(officer, case.licence_type.regulator_id)
        insist("case_officer" in roles, _("This person is not a case officer of the regulator."))
        words = _("%(name)s has a conflict of interest here: declared it, or is or was of the firm.")
        insist(is_without_conflict(officer, case), words % {"name": officer.audit_name})
        case = _give(case, officer, actor=actor, kind="application.assign", reason=reason)
        tell_new_officer(case)
        return case


def release_case(*, actor: Any, case: Application, expected_version: int) -> Application:
    """Give the case back, so that it is nobody's. Raises NotReady where it is nobody's already."""
    with transaction.atomic():
        case = _locked(case, actor, expected_version)
        insist(case.case_officer_id is not None, _("The case has no case officer."))
        return _give(case, None, actor=actor, kind="application.release", reason="")


def _locked(case: Application, actor: Any, expected_version: int) -> Application:
    case = locked_case(case.pk, actor=actor, permission="applications.assign_case")
    same_version(case, expected_version)
    insist_not_decided(case)
    return case


def _give(case: Application, officer: Any, *, actor: Any, kind: str, reason: str) -> Application:
    before = case.case_officer
    case.case_officer = officer
    case.version += 1
    case.save(update_fields=["case_officer", "version"])
    named = {"to": officer, "from": before}
    data = {name: person.audit_name for name, person in named.items() if person}
    record(subject=case.audit_subject, kind=kind, actor=actor, reason=reason, data=data)
    return case
