"""What a day of an act needs: ahead, later than the one before, or over."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.conditions import FORM, TIME, Data, Reasons
from applications.states import ApplicationState as A
from look import words
from regulators.calendars import Reach, reach
from regulators.periods import not_computable
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Application


def return_date_is_ahead(case: "Application", data: Data) -> Reasons:
    return _ahead(data.get("return_by"))


def expiry_is_ahead(case: "Application", data: Data) -> Reasons:
    return _ahead(data.get("expires_on"))


def _ahead(value: Any) -> Reasons:
    day = as_date(value)
    if day is None or day > timezone.localdate():
        return []
    return [Reason(_("The date must be after today."), by=FORM)]


def extends_expiry(case: "Application", data: Data) -> Reasons:
    until = as_date(data.get("expires_on"))
    if until is None or (case.expires_on and until > case.expires_on):
        return []
    return [Reason(_("The new date must be later than the present one."), by=FORM)]


def deadline_passed(case: "Application", data: Data) -> Reasons:
    due = case.return_by if case.state == A.RETURNED else case.expires_on
    if due and timezone.localdate() > due:
        return []
    stands = (
        _("The deadline has not passed: %(day)s.") % {"day": words.day(due)}
        if due
        else _("No deadline is set.")
    )
    return [Reason(stands, by=TIME)]


def as_date(value: Any) -> date | None:
    """A day as a form gives it, or as a proposal keeps it."""
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if value else None


def end_is_known(case: "Application", noticed_on: date | None) -> Reasons:
    """The firm has at least the period of the book for its representations: while its end cannot be computed
    nobody knows that it is over.
    """
    period = reach(case.book.clock("representations"), noticed_on) if noticed_on else Reach()
    return [Reason(not_computable(period.missing_year), by=TIME)] if period.missing_year else []
