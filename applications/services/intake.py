"""The case officer's work: completeness, fee, acceptance or return."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, CompletenessCheck, Gap
from applications.services.guard import insist, locked_case, same_version, take_side
from applications.states import ApplicationState as A
from audit.services import record
from workflow import services as workflow
from workflow.acts import EXAMINE


def check_completeness(*, actor: Any, case: Application, gaps: dict[str, str]) -> CompletenessCheck:
    """Record the check of the latest submission; ``gaps`` says by requirement what is missing, and is
    empty when nothing is.

    Effects in order: take the examining side; write the check and its gaps; audit event.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.check_completeness")
        insist(case.state == A.SUBMITTED, _("Only a submitted application is checked for completeness."))
        unknown = set(gaps) - set(case.book.by_code)
        insist(not unknown, _("Unknown requirement: %(codes)s.") % {"codes": ", ".join(sorted(unknown))})
        insist(all(text.strip() for text in gaps.values()), _("Say for each gap what is missing."))
        take_side(case, actor=actor, side=EXAMINE, act="check_completeness")
        snapshot = case.snapshots.latest("number")
        check = CompletenessCheck.objects.create(
            application=case, snapshot=snapshot, passed=not gaps, checked_by=actor
        )
        Gap.objects.bulk_create(
            [Gap(check_made=check, requirement=code, text=text) for code, text in gaps.items()]
        )
        record(
            subject=case.audit_subject,
            kind="application.completeness",
            actor=actor,
            data={"passed": check.passed, "gaps": sorted(gaps)},
        )
    return check


def record_fee(
    *, actor: Any, case: Application, fee: str, reason: str = "", expected_version: int
) -> Application:
    """Record the fee as invoiced, paid or waived (with a reason). The amount is not kept: it is not on
    record.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.check_completeness")
        same_version(case, expected_version)
        insist(fee in ("invoiced", "paid", "waived"), _("The fee is invoiced, paid or waived."))
        insist(fee != "waived" or reason.strip(), _("Give the reason for the waiver."))
        case.fee = fee
        case.version += 1
        case.save(update_fields=["fee", "version"])
        record(
            subject=case.audit_subject, kind="application.fee", actor=actor, reason=reason, data={"fee": fee}
        )
    return case


def accept(*, actor: Any, case: Application, expected_version: int) -> Application:
    return _perform(case, "accept", actor, expected_version)


def return_incomplete(
    *, actor: Any, case: Application, expected_version: int, return_by: date
) -> Application:
    """Return the application with each gap named and a date; the stages with gaps are opened to the firm."""
    return _perform(case, "return_incomplete", actor, expected_version, return_by=return_by)


def refuse_to_consider(*, actor: Any, case: Application, expected_version: int, reason: str) -> Application:
    return _perform(case, "refuse_to_consider", actor, expected_version, reason=reason)


def _perform(case: Application, act: str, actor: Any, expected_version: int, **data: Any) -> Application:
    return workflow.perform(
        Application, case.pk, act, actor=actor, expected_version=expected_version, now=timezone.now(), **data
    )
