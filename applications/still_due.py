"""Whether a date that somebody was reminded of still stands: asked when the mail goes, maybe hours later."""

from collections.abc import Callable

from django.db.models import Q
from django.utils import timezone

from applications.due import waiting
from applications.due.firms import IDLE
from applications.due.staff import waiting_since
from applications.models import Application
from applications.queries.files import files_that_end
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
    return waiting.requests().filter(pk=pk, due_on=reminder.due_on).exists()


def _condition(reminder: Reminder, pk: str) -> bool:
    return waiting.conditions_of_firms().filter(pk=pk, due_on=reminder.due_on).exists()


def _file(reminder: Reminder, pk: str) -> bool:
    ended = files_that_end(reminder.due_on, of_invited=reminder.subject.startswith("submitted_"))
    return ended.filter(pk=pk, document__facts__expires_on=reminder.due_on).exists()


def _application(reminder: Reminder, about: str) -> bool:
    pk, _colon, what = about.partition(":")
    returned = Q(state=A.RETURNED, return_by=reminder.due_on)
    standing = {
        "return": returned,
        "expiry": Q(state=A.APPROVED_IN_PRINCIPLE, expires_on=reminder.due_on),
        "draft": Q(state=A.DRAFT, saved_at__date=reminder.due_on - IDLE),
        "": returned | Q(state=A.APPROVED_IN_PRINCIPLE, expires_on=reminder.due_on),
    }
    return Application.objects.filter(standing[what], pk=pk).exists()


def _silence(reminder: Reminder, pk: str) -> bool:
    return waiting.silent_periods(timezone.localdate()).filter(pk=pk, ends_on=reminder.due_on).exists()


def _period(reminder: Reminder, pk: str) -> bool:
    return waiting.periods(timezone.localdate()).filter(pk=pk, ends_on=reminder.due_on).exists()


def _consultation(reminder: Reminder, about: str) -> bool:
    """Of the specialist who was told: one who was asked instead since is told anew."""
    pk, _colon, specialist = about.partition(":")
    asked = waiting.consultations().filter(pk=pk, due_on=reminder.due_on)
    of_whom = asked.filter(specialist=int(specialist)) if specialist else asked.filter(specialist=None)
    return of_whom.exists()


def _notice(reminder: Reminder, pk: str) -> bool:
    return waiting.unanswered_notices().filter(pk=pk, representations_until=reminder.due_on).exists()


def _person_notice(reminder: Reminder, pk: str) -> bool:
    notices = waiting.unanswered_notices_of_people()
    return notices.filter(pk=pk, represent_until=reminder.due_on).exists()


def _notice_over(reminder: Reminder, pk: str) -> bool:
    return waiting.notices().filter(pk=pk, representations_until=reminder.due_on).exists()


def _any_condition(reminder: Reminder, pk: str) -> bool:
    return waiting.conditions().filter(pk=pk, due_on=reminder.due_on).exists()


def _stage(reminder: Reminder, pk: str) -> bool:
    return waiting_since(waiting.stages()).filter(pk=pk, since=reminder.due_on).exists()


CHECKS: dict[str, Callable[[Reminder, str], bool]] = {
    "request": _request,
    "condition": _condition,
    "file": _file,
    "submitted_file": _file,
    "application": _application,
    "silence": _silence,
    "period": _period,
    "consultation": _consultation,
    "notice": _notice,
    "person_notice": _person_notice,
    "notice_over": _notice_over,
    "staff_condition": _any_condition,
    "condition_over": _any_condition,
    "stage": _stage,
}
