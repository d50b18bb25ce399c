"""What intake needs: the completeness check, the fee, and what the book does with gaps."""

from typing import TYPE_CHECKING, Any

from django.db.models import Subquery
from django.utils.translation import gettext as _

from applications.conditions import Data, Reasons, act_page, page
from applications.remembered import remembered
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Application, CompletenessCheck


def completeness_passed(case: "Application", data: Data) -> Reasons:
    check = _check_of_this_submission(case)
    if check is None:
        return [_to_check(case, _("Record the completeness check of this submission."))]
    if check.passed:
        return []
    if case.book.incomplete == "return":
        words = _("The completeness check found gaps: return the application.")
        return [Reason(words, act_page(case, "return_incomplete"), by="return_application")]
    words = _("The completeness check found gaps: refuse to consider the application.")
    return [Reason(words, act_page(case, "refuse_to_consider"), by="refuse_to_consider")]


def fee_settled(case: "Application", data: Data) -> Reasons:
    if not case.book.fee_is_condition or case.fee in ("paid", "waived"):
        return []
    words = _("The fee is a condition of filing: record it as paid or waived.")
    return [Reason(words, page(case, "fee"), by="check_completeness")]


def gaps_named(case: "Application", data: Data) -> Reasons:
    check = _check_of_this_submission(case)
    if check and not check.passed and check.gaps.exists():
        return []
    return [_to_check(case, _("Record a completeness check that names each gap."))]


def book_returns(case: "Application", data: Data) -> Reasons:
    if case.book.incomplete == "return":
        return []
    words = _("Under this rule book an incomplete application is refused consideration and filed again.")
    return [Reason(words, act_page(case, "refuse_to_consider"), by="refuse_to_consider")]


def book_refiles(case: "Application", data: Data) -> Reasons:
    if case.book.incomplete == "refile":
        return []
    words = _("Under this rule book an incomplete application is returned, not refused.")
    return [Reason(words, act_page(case, "return_incomplete"), by="return_application")]


def _to_check(case: "Application", text: str) -> Reason:
    return Reason(text, page(case, "completeness"), by="check_completeness")


def _check_of_this_submission(case: "Application") -> "CompletenessCheck | None":
    """The newest check, where it is one of what was submitted last."""
    return remembered(case, "check", lambda: _newest_check(case))


def _newest_check(case: "Application") -> "CompletenessCheck | None":
    latest = case.snapshots.order_by("-number").values("pk")[:1]
    checks: Any = case.completeness_checks.annotate(latest=Subquery(latest))
    check: Any = checks.order_by("-checked_at").first()
    return check if check and check.snapshot_id == check.latest else None
