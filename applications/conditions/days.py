"""What a day of an act needs: ahead, later than the one before, or over."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.conditions import Data, Reasons
from applications.states import ApplicationState as A
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Application


def return_date_is_ahead(case: "Application", data: Data) -> Reasons:
    return _ahead(data.get("return_by"))


def expiry_is_ahead(case: "Application", data: Data) -> Reasons:
    return _ahead(data.get("expires_on"))


def _ahead(value: Any) -> Reasons:
    day = _as_date(value)
    return [] if day is None or day > timezone.localdate() else [Reason(_("The date must be after today."))]


def extends_expiry(case: "Application", data: Data) -> Reasons:
    until = _as_date(data.get("expires_on"))
    if until is None or (case.expires_on and until > case.expires_on):
        return []
    return [Reason(_("The new date must be later than the present one."))]


def deadline_passed(case: "Application", data: Data) -> Reasons:
    due = case.return_by if case.state == A.RETURNED else case.expires_on
    if due and timezone.localdate() > due:
        return []
    return [Reason(_("The deadline has not passed."))]


def _as_date(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if value else None
