"""Moving the clocks of a case: entries in a ledger, and the deadlines that follow from them."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone

from applications.models.clocks import ClockEntry, Deadline
from regulators.calendars import Days, kazakhstan, last_day
from regulators.rulebook import Clock

if TYPE_CHECKING:
    from applications.models import Application

ALMATY = ZoneInfo("Asia/Almaty")


def start(case: "Application", event: str) -> None:
    """Start every clock of the book that starts on this event and does not run, each with its deadline where
    the book has a length. One that was stopped starts anew: an application that comes back is checked again.
    """
    now = timezone.now()
    for clock in case.book.clocks:
        before = _last(case, clock.code)
        if clock.starts_on != event or (before and before.what != ClockEntry.STOP):
            continue
        ClockEntry.objects.create(
            application=case, clock=clock.code, what=ClockEntry.START, at=now, cause=event
        )
        day = timezone.localdate(now, ALMATY)
        last = last_day(clock, day)
        if last:
            facts = {
                "rule": f"{length(clock)} from {event} ({case.book.code} {case.book.version})",
                "starts_on": day,
                "working_days": clock.working_days,
                "calendar_days": clock.calendar_days,
                "months": clock.months,
                "calendar": str(kazakhstan()) if clock.working_days else "",
                "due_at": end_of(last),
                "met_at": None,
            }
            Deadline.objects.update_or_create(application=case, code=clock.code, defaults=facts)


def pause(case: "Application", *, cause: str) -> int:
    """Pause the running clocks that the book lets be paused. Returns how many."""
    return _move(case, ClockEntry.PAUSE, cause, after=(ClockEntry.START, ClockEntry.RESUME))


def resume(case: "Application", *, cause: str) -> int:
    """Resume the paused clocks; their deadlines move by the days that the pause took. Returns how many."""
    return _move(case, ClockEntry.RESUME, cause, after=(ClockEntry.PAUSE,))


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


def compute_again(deadline: Deadline, entries: Iterable[ClockEntry]) -> Days | None:
    """Set what follows from the day of the start and the pauses that are over: nothing else counts, so the
    same ledger always gives the same day. ``entries`` are those of the clock, oldest first.

    Returns the day of before and the new one where it moved; the caller saves.
    """
    before = timezone.localdate(deadline.due_at, ALMATY)
    after = last_day(deadline, deadline.starts_on, _pauses(entries))
    assert after is not None
    if deadline.working_days:
        deadline.calendar = str(kazakhstan())
    if after == before:
        return None
    deadline.due_at = end_of(after)
    return before, after


def _pauses(entries: Iterable[ClockEntry]) -> list[Days]:
    """Since the last start: what paused an earlier run of the clock counts no more."""
    found: list[Days] = []
    paused_on: date | None = None
    for entry in entries:
        if entry.what == ClockEntry.START:
            found, paused_on = [], None
        day = timezone.localdate(entry.at, ALMATY)
        if entry.what == ClockEntry.PAUSE:
            paused_on = day
        elif entry.what == ClockEntry.RESUME and paused_on:
            found.append((paused_on, day))
            paused_on = None
    return found


def end_of(day: date) -> datetime:
    """The last instant of the day in Almaty."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=ALMATY)


def length(clock: Clock) -> str:
    """In words of the record, which is in English: “30 working days”."""
    if clock.working_days:
        return f"{clock.working_days} working days"
    return f"{clock.calendar_days} calendar days" if clock.calendar_days else f"{clock.months} months"


def _move(case: "Application", what: str, cause: str, *, after: tuple[str, ...]) -> int:
    now, moved = timezone.now(), 0
    for clock in case.book.clocks:
        last = _last(case, clock.code) if clock.pausable else None
        if last is None or last.what not in after:
            continue
        ClockEntry.objects.create(application=case, clock=clock.code, what=what, at=now, cause=cause)
        moved += 1
        if what == ClockEntry.RESUME:
            _shift_deadline(case, clock.code)
    return moved


def _shift_deadline(case: "Application", code: str) -> None:
    deadline = case.deadlines.filter(code=code, met_at=None).first()
    if deadline and compute_again(deadline, case.clock_entries.filter(clock=code)):
        deadline.save(update_fields=["due_at", "calendar"])


def _last(case: "Application", clock: str) -> ClockEntry | None:
    return case.clock_entries.filter(clock=clock).last()
