"""Whether a date that somebody was reminded of still stands: asked when the mail goes, maybe hours later."""

from collections.abc import Callable

from django.db.models import Q

from applications.dates import IDLE
from applications.models import Application, Condition, InformationRequest
from applications.queries.files import files_that_end
from applications.states import DECIDED
from applications.states import ApplicationState as A
from notifications.models import Reminder


def stands(reminder: Reminder) -> bool:
    """No for a request that was answered, closed or given more time, a condition that is met, an application
    that moved on. What is about nothing of a case stands.
    """
    kind, _colon, about = reminder.subject.partition(":")
    check = CHECKS.get(kind)
    return check is None or check(reminder, about)


def _request(reminder: Reminder, pk: str) -> bool:
    waiting = InformationRequest.objects.filter(status__in=InformationRequest.WITH_FIRM)
    return waiting.filter(pk=pk, due_on=reminder.due_on).exclude(application__state__in=DECIDED).exists()


def _condition(reminder: Reminder, pk: str) -> bool:
    still_open = Condition.objects.filter(application__state=A.APPROVED_IN_PRINCIPLE, verified_at=None)
    return still_open.filter(pk=pk, due_on=reminder.due_on).exists()


def _file(reminder: Reminder, pk: str) -> bool:
    return files_that_end(reminder.due_on).filter(pk=pk, document__facts__expires_on=reminder.due_on).exists()


def _application(reminder: Reminder, about: str) -> bool:
    pk, _colon, what = about.partition(":")
    returned = Q(state=A.RETURNED, return_by=reminder.due_on)
    standing = {
        "return": returned,
        "draft": Q(state=A.DRAFT, saved_at__date=reminder.due_on - IDLE),
        "": returned | Q(state=A.APPROVED_IN_PRINCIPLE, expires_on=reminder.due_on),
    }
    return Application.objects.filter(standing[what], pk=pk).exists()


CHECKS: dict[str, Callable[[Reminder, str], bool]] = {
    "request": _request,
    "condition": _condition,
    "file": _file,
    "submitted_file": _file,
    "application": _application,
}
