"""What intake needs: the completeness check, the fee, and what the book does with gaps."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from applications.conditions import Data, Reasons
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Application, CompletenessCheck


def completeness_passed(case: "Application", data: Data) -> Reasons:
    check = _check_of_this_submission(case)
    if check is None:
        return [Reason(_("Record the completeness check of this submission."))]
    return [] if check.passed else [Reason(_("The completeness check found gaps: return the application."))]


def fee_settled(case: "Application", data: Data) -> Reasons:
    if not case.book.fee_is_condition or case.fee in ("paid", "waived"):
        return []
    return [Reason(_("The fee is a condition of filing: record it as paid or waived."))]


def gaps_named(case: "Application", data: Data) -> Reasons:
    check = _check_of_this_submission(case)
    if check and not check.passed and check.gaps.exists():
        return []
    return [Reason(_("Record a completeness check that names each gap."))]


def book_returns(case: "Application", data: Data) -> Reasons:
    if case.book.incomplete == "return":
        return []
    return [
        Reason(_("Under this rule book an incomplete application is refused consideration and filed again."))
    ]


def book_refiles(case: "Application", data: Data) -> Reasons:
    if case.book.incomplete == "refile":
        return []
    return [Reason(_("Under this rule book an incomplete application is returned, not refused."))]


def _check_of_this_submission(case: "Application") -> "CompletenessCheck | None":
    """The newest check, where it is one of what was submitted last."""
    check: CompletenessCheck | None = case.completeness_checks.order_by("-checked_at").first()
    snapshot = case.snapshots.order_by("-number").values_list("pk", flat=True).first()
    return check if check and check.snapshot_id == snapshot else None
