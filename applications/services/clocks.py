"""Moving the clocks of a case: entries in a ledger, and the deadlines that follow from them."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone

from applications.models.clocks import ClockEntry, Deadline
from regulators.calendars import add_working_days, working_days_between
from regulators.rulebook import Clock

if TYPE_CHECKING:
    from applications.models import Application

ALMATY = ZoneInfo("Asia/Almaty")


def start(case: "Application", event: str) -> None:
    """Start every clock of the book that starts on this event, each with its deadline where the book
    has a length.
    """
    now = timezone.now()
    for clock in case.book.clocks:
        if clock.starts_on != event or _last(case, clock.code):
            continue
        ClockEntry.objects.create(
            application=case, clock=clock.code, what=ClockEntry.START, at=now, cause=event
        )
        if clock.working_days:
            day = timezone.localdate(now, ALMATY)
            Deadline.objects.create(
                application=case,
                code=clock.code,
                rule=f"{clock.working_days} working days from {event} ({case.book.code} {case.book.version})",
                starts_on=day,
                working_days=clock.working_days,
                due_at=end_of_day_after(day, clock.working_days),
            )


def pause(case: "Application", *, cause: str) -> None:
    """Pause the running clocks that the book lets be paused."""
    _move(case, ClockEntry.PAUSE, cause, after=(ClockEntry.START, ClockEntry.RESUME))


def resume(case: "Application", *, cause: str) -> None:
    """Resume the paused clocks; their deadlines move by the working days that the pause took."""
    _move(case, ClockEntry.RESUME, cause, after=(ClockEntry.PAUSE,))


def stop(case: "Application", *, cause: str, codes: tuple[str, ...] | None = None) -> None:
    """Stop clocks (all of the case, or those named): what they timed has happened."""
    now = timezone.now()
    for clock in case.book.clocks:
        last = _last(case, clock.code)
        if last and last.what != ClockEntry.STOP and (codes is None or clock.code in codes):
            ClockEntry.objects.create(
                application=case, clock=clock.code, what=ClockEntry.STOP, at=now, cause=cause
            )
            case.deadlines.filter(code=clock.code, met_at=None).update(met_at=now)


def end_of_day_after(day: date, working_days: int) -> datetime:
    """The last instant of the day that is so many working days after this one, in Almaty."""
    return datetime.combine(add_working_days(day, working_days), time(23, 59, 59), tzinfo=ALMATY)


def last_day(clock: Clock | None, day: date) -> date | None:
    """The last day of the period that starts after this day; None where the book has no length on record."""
    if clock is None:
        return None
    if clock.working_days:
        return add_working_days(day, clock.working_days)
    if clock.calendar_days:
        return day + timedelta(days=clock.calendar_days)
    return _months_after(day, clock.months) if clock.months else None


def _months_after(day: date, months: int) -> date:
    """The same day of the month, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _move(case: "Application", what: str, cause: str, *, after: tuple[str, ...]) -> None:
    now = timezone.now()
    for clock in case.book.clocks:
        last = _last(case, clock.code) if clock.pausable else None
        if last is None or last.what not in after:
            continue
        ClockEntry.objects.create(application=case, clock=clock.code, what=what, at=now, cause=cause)
        if what == ClockEntry.RESUME:
            _shift_deadline(case, clock.code, last.at, now)


def _shift_deadline(case: "Application", code: str, paused_at: datetime, now: datetime) -> None:
    deadline = case.deadlines.filter(code=code, met_at=None).first()
    if deadline is None:
        return
    paused = working_days_between(timezone.localdate(paused_at, ALMATY), timezone.localdate(now, ALMATY))
    if not paused:  # answered within the day
        return
    deadline.due_at = end_of_day_after(timezone.localdate(deadline.due_at, ALMATY), paused)
    deadline.save(update_fields=["due_at"])


def _last(case: "Application", clock: str) -> ClockEntry | None:
    return case.clock_entries.filter(clock=clock).last()
