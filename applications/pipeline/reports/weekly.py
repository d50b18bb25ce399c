"""Writing the weekly reports: once for each person and week, on its first working day in the morning."""

import logging
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from applications.models import ReportChoice
from applications.pipeline import queries
from applications.pipeline.reports.totals import monday_of, told, totals
from applications.queries.passages import ZONE
from notifications.models import Message
from notifications.services import tell
from regulators.calendars import YearNotInCalendarError, is_working_day

log = logging.getLogger(__name__)
TEMPLATE = "internal_weekly_report"
MORNING = time(8)  # a policy of ours, by the clocks of Almaty


def write_due(now: datetime | None = None) -> int:
    """Write the reports of this week whose time has come and that nobody wrote yet; how many there were. A
    run that comes late in the week writes them then. What fails holds no other up.
    """
    now = now or timezone.now()
    today = timezone.localdate(now, ZONE)
    day = first_working_day(monday_of(today))
    if day is None or now < datetime.combine(day, MORNING, tzinfo=ZONE):
        return 0
    wanted = _wanted(day, before=datetime.combine(day, MORNING, tzinfo=ZONE))
    people = {key_of(user.pk, today): user for user in wanted}
    written = set(Message.objects.filter(key__in=people).values_list("key", flat=True))
    return sum(_is_written(key, user, today) for key, user in people.items() if key not in written)


def first_working_day(monday: date) -> date | None:
    """Of the week; None where all of it is off. Monday where the calendar lacks the year."""
    days = [monday + timedelta(days=number) for number in range(7)]
    try:
        return next((day for day in days if is_working_day(day)), None)
    except YearNotInCalendarError:
        return monday


def next_on(choice: ReportChoice, now: datetime) -> date | None:
    """The day on which the next one comes; None where it is not wanted, or no week soon has a working day."""
    if not choice.wanted:
        return None
    first = max(timezone.localdate(now, ZONE), choice.paused_until or date.min)
    days = (first_working_day(monday_of(first) + timedelta(weeks=number)) for number in range(4))
    for day in filter(None, days):
        paused = choice.paused_until is not None and day <= choice.paused_until
        if not paused and now < datetime.combine(day, MORNING, tzinfo=ZONE):
            return day
    return None


def key_of(person: int, today: date) -> str:
    """Of the one message of this person and week."""
    return f"report:{monday_of(today).isoformat()}:{person}"


def _wanted(day: date, *, before: datetime) -> QuerySet[User]:
    """Who wanted it by then, and had no pause on the day."""
    no_pause = Q(paused_until=None) | Q(paused_until__lt=day)
    choices = ReportChoice.objects.filter(no_pause, wanted=True, chosen_at__lte=before)
    return User.objects.filter(pk__in=choices.values("user"), is_active=True).order_by("pk")


def _is_written(key: str, user: User, today: date) -> bool:
    """Also for who manages nothing any more: it is withheld when its turn comes, and why is kept."""
    try:
        with transaction.atomic():
            tell(
                to=user,
                template=TEMPLATE,
                context=told(totals(queries.managed_by(user), today)),
                subject_ref="",
                key=key,
                internal=True,
                url=reverse("pipeline:overview"),
            )
    except Exception:
        log.exception("The weekly report of account %s could not be written; it is tried again", user.pk)
        return False
    return True
