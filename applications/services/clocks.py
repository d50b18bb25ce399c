"""Moving the clocks of a case: entries in a ledger, and the deadlines that follow from them."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from applications.models.clocks import ClockEntry, Deadline
from applications.models.requests import InformationRequest
from applications.runs import ALMATY, TAKEN_BACK, due_day, end_of, pause_that_counts_no_more, run_of
from regulators.calendars import YearNotInCalendarError, kazakhstan
from regulators.rulebook import PAYMENT, Clock

if TYPE_CHECKING:
    from applications.models import Application

ASSESSMENT = ("decision", "permits_decision")  # what a decision on the application answers
Move = tuple[date | None, date | None]  # from one day to another; None: not computable


def start(case: "Application", event: str, *, on: date | None = None) -> None:
    """Start every clock of the book that starts on this event and does not run, each with its deadline where
    the book has a length. One that was stopped starts anew: an application that comes back is checked again.

    ``event`` is the receipt, the payment or the acceptance, ``on`` its day, today if it is none. What starts
    with a notice is started with the thing that it is a notice of: ``start_about``. While the firm has a
    request that pauses clocks, they are paused at once.
    """
    last = _last_entries(case)
    for clock in case.book.clocks:
        if clock.starts_on == event and _may_start(event, last.get((clock.code, ""))):
            _start(case, clock, event, on=on)
    _pause_if_asked(case)


def _may_start(event: str, before: ClockEntry | None) -> bool:
    """A case is received and accepted as often as it comes back; it is paid for once."""
    if before is None or event != PAYMENT:
        return before is None or before.what == ClockEntry.STOP
    return before.cause == TAKEN_BACK


def start_about(
    case: "Application", about: str, *, codes: Collection[str], cause: str, on: date | None = None
) -> None:
    """Start those of these clocks that the book has, of one thing of the case."""
    for clock in case.book.clocks:
        if clock.code in codes:
            _start(case, clock, cause, on=on, about=about)


def take_back(case: "Application", event: str) -> None:
    """What started with an event that was recorded by mistake and still runs, stops and has no deadline."""
    codes = {clock.code for clock in case.book.clocks if clock.starts_on == event}
    keys = [key for key in _running(case) if key[0] in codes and not key[1]]
    _enter_stops(case, keys, TAKEN_BACK)
    case.deadlines.filter(code__in=[code for code, _about in keys], about="").delete()


def correct_start(case: "Application", event: str, *, on: date) -> None:
    """What started with an event of another day than was recorded, and still runs, counts from this one. Its
    pauses stay, as far as they lie after it.
    """
    codes = {clock.code for clock in case.book.clocks if clock.starts_on == event}
    for code, about in _running(case):
        if code in codes and not about:
            case.deadlines.filter(code=code, about="").update(starts_on=on)
            compute_one_again(case, code)


def assess_again(case: "Application", *, cause: str) -> None:
    """Start anew, at full length, what timed the decision and was stopped; what runs or never ran stays as it
    is. While the firm still has a request that pauses clocks, they are paused at once.
    """
    last = _last_entries(case)
    for clock in case.book.clocks:
        before = last.get((clock.code, ""))
        if clock.code in ASSESSMENT and before and before.what == ClockEntry.STOP:
            _start(case, clock, cause)
    _pause_if_asked(case)


def _pause_if_asked(case: "Application") -> None:
    asked = case.requests.filter(status__in=InformationRequest.WITH_FIRM, pauses_clock=True).first()
    if asked:
        pause(case, cause=f"request {asked.number}")


def _start(case: "Application", clock: Clock, cause: str, *, on: date | None = None, about: str = "") -> None:
    now = timezone.now()
    ClockEntry.objects.create(
        application=case, clock=clock.code, about=about, what=ClockEntry.START, at=now, cause=cause
    )
    deadline = Deadline(
        application=case, code=clock.code, about=about,
        rule=f"{length(clock)} from {cause} ({case.book.code} {case.book.version})",
        starts_on=on or timezone.localdate(now, ALMATY), working_days=clock.working_days,
        calendar_days=clock.calendar_days, months=clock.months, pause_cap=clock.pause_cap,
    )  # fmt: skip
    if clock.has_length:
        compute_again(deadline, case.clock_entries.filter(clock=clock.code, about=about))
        Deadline.objects.update_or_create(
            application=case, code=clock.code, about=about,
            defaults={name: getattr(deadline, name) for name in (*OF_THE_RULE, *COMPUTED, "met_at")},
        )  # fmt: skip


OF_THE_RULE = ("rule", "starts_on", "working_days", "calendar_days", "months", "pause_cap")


def pause(case: "Application", *, cause: str) -> int:
    """Pause the running clocks of the case that the book lets be paused. Returns how many."""
    return _move(
        case, ClockEntry.PAUSE, cause, after=(ClockEntry.START, ClockEntry.RESUME, ClockEntry.EXTEND)
    )


def resume(case: "Application", *, cause: str) -> int:
    """Resume the paused clocks; their deadlines move by the days that the pause took, up to the cap of the
    book. Returns how many.
    """
    return _move(case, ClockEntry.RESUME, cause, after=(ClockEntry.PAUSE,))


def stop(case: "Application", *, cause: str, codes: tuple[str, ...] | None = None) -> None:
    """Stop clocks (all, also those about a thing of the case, or those of the case that are named): what they
    timed has happened.
    """
    keys = [key for key in _running(case) if codes is None or (key[0] in codes and not key[1])]
    _stop(case, keys, cause)


def stop_about(case: "Application", about: str, *, cause: str) -> None:
    """Stop what runs about this thing of the case."""
    _stop(case, [key for key in _running(case) if key[1] == about], cause)


def compute_again(deadline: Deadline, entries: Iterable[ClockEntry]) -> Move | None:
    """Set what follows from the ledger. ``entries`` are those of the clock, oldest first. What would need a
    year that is not in the calendar has no day, and names no calendar: it is computed once the year is there.

    Returns the day of before and the new one where it moved; the caller saves ``COMPUTED``.
    """
    before, run = deadline.due_on, run_of(entries)
    deadline.calendar = str(kazakhstan()) if deadline.working_days else ""
    deadline.spent_on = deadline.spent_due_on = None
    deadline.due_on = deadline.due_at = deadline.missing_year = None
    try:
        deadline.due_on = due_day(deadline, run)
        deadline.due_at = end_of(deadline.due_on)
        deadline.spent_on, deadline.spent_due_on = pause_that_counts_no_more(deadline, run) or (None, None)
    except YearNotInCalendarError as error:
        deadline.calendar = ""
        deadline.missing_year = None if deadline.due_on else error.year
    return None if deadline.due_on == before else (before, deadline.due_on)


COMPUTED = ("due_on", "due_at", "missing_year", "calendar", "spent_on", "spent_due_on")


def length(clock: Clock) -> str:
    """In words of the record, which is in English: “30 working days”."""
    if clock.working_days:
        return f"{clock.working_days} working days"
    return f"{clock.calendar_days} calendar days" if clock.calendar_days else f"{clock.months} months"


def _move(case: "Application", what: str, cause: str, *, after: tuple[str, ...]) -> int:
    now, moved, last = timezone.now(), 0, _last_entries(case)
    for clock in case.book.clocks:
        before = last.get((clock.code, "")) if clock.pausable else None
        if before is None or before.what not in after:
            continue
        ClockEntry.objects.create(application=case, clock=clock.code, what=what, at=now, cause=cause)
        moved += 1
        compute_one_again(case, clock.code)
    return moved


def extend(case: "Application", code: str, *, until: date, reason: str) -> None:
    """The period of this clock ends on ``until``, and later only by what pauses it from now on."""
    ClockEntry.objects.create(
        application=case, clock=code, what=ClockEntry.EXTEND, at=timezone.now(), cause="extend_period",
        until=until, reason=reason,
    )  # fmt: skip
    compute_one_again(case, code)


def compute_one_again(case: "Application", code: str) -> None:
    """The deadline of a clock of the case, after an entry in its ledger."""
    deadline = case.deadlines.filter(code=code, about="", met_at=None).first()
    if deadline:
        compute_again(deadline, case.clock_entries.filter(clock=code, about=""))
        deadline.save(update_fields=COMPUTED)


def _stop(case: "Application", keys: list[tuple[str, str]], cause: str) -> None:
    now = _enter_stops(case, keys, cause)
    for code, about in keys:
        case.deadlines.filter(code=code, about=about, met_at=None).update(met_at=now)


def _enter_stops(case: "Application", keys: list[tuple[str, str]], cause: str) -> datetime:
    now = timezone.now()
    for code, about in keys:
        ClockEntry.objects.create(
            application=case, clock=code, about=about, what=ClockEntry.STOP, at=now, cause=cause
        )
    return now


def _running(case: "Application") -> list[tuple[str, str]]:
    """Code and thing of what runs or is paused, in the order in which it first started."""
    return [key for key, entry in _last_entries(case).items() if entry.what != ClockEntry.STOP]


def _last_entries(case: "Application") -> dict[tuple[str, str], ClockEntry]:
    return {(entry.clock, entry.about): entry for entry in case.clock_entries.all()}
