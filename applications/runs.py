"""What the ledger of a clock says: how long it was paused, whether it was extended, and its last day."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts import zones
from regulators.calendars import Days, YearNotInCalendarError, capped, last_day, later, paused

if TYPE_CHECKING:
    from applications.models.clocks import ClockEntry, Deadline

ALMATY = ZoneInfo(zones.ALMATY)
START, PAUSE, RESUME, EXTEND, STOP = "start", "pause", "resume", "extend", "stop"
TAKEN_BACK = "taken back"  # the cause of a stop of what should not have started


def end_of(day: date) -> datetime:
    """The last second of the day in Almaty, in UTC: also of a day whose last hour came twice."""
    next_day = datetime.combine(day + timedelta(days=1), time(), tzinfo=ALMATY)
    return next_day.astimezone(UTC) - timedelta(seconds=1)


@dataclass
class Run:
    """What the ledger says of the newest run of a clock: its pauses that are over, since when it is paused
    now, and where it was extended its new last day and how many of the pauses were over then.
    """

    pauses: list[Days] = field(default_factory=list)
    paused_on: date | None = None
    extended_to: date | None = None
    before_extended: int = 0

    def with_pause_until(self, day: date) -> "Run":
        """As though a pause that goes on were over on this day."""
        if self.paused_on is None:
            return self
        pauses = [*self.pauses, (self.paused_on, day)]
        return Run(pauses=pauses, extended_to=self.extended_to, before_extended=self.before_extended)

    def extended(self, until: date | None) -> "Run":
        """As though it were extended now."""
        return self if until is None else replace(self, extended_to=until, before_extended=len(self.pauses))


def run_of(entries: Iterable["ClockEntry"]) -> Run:
    """``entries`` are those of one clock, oldest first. What paused an earlier run of it counts no more,
    unless the start of that run was taken back: then both starts are of the same period.
    """
    run = Run()
    kept: list[Days] = []
    for entry in entries:
        day = timezone.localdate(entry.at, ALMATY)
        if entry.what == START:
            run = Run(pauses=kept)
        elif entry.what == PAUSE:
            run.paused_on = day
        elif entry.what == RESUME and run.paused_on:
            run = run.with_pause_until(day)
        elif entry.what == STOP:
            kept = run.with_pause_until(day).pauses if entry.cause == TAKEN_BACK else []
        elif entry.what == EXTEND:
            run.extended_to, run.before_extended = entry.until, len(run.pauses)
    return run


def is_over(deadline: "Deadline", entries: Iterable["ClockEntry"], today: date) -> bool:
    """Not while its day cannot be computed: such a day lies in a year that is not in the calendar."""
    try:
        return due_today(deadline, run_of(entries), today) < today
    except YearNotInCalendarError:
        return False


def due_today(deadline: "Deadline", run: Run, today: date) -> date:
    """The last day as it stands; of a clock that is paused the one it would have if it ran on today. Raises
    YearNotInCalendarError.
    """
    if run.paused_on:
        return due_day(deadline, run.with_pause_until(today))
    if deadline.due_on is None:
        assert deadline.missing_year is not None
        raise YearNotInCalendarError(deadline.missing_year)
    return deadline.due_on


def due_day(deadline: "Deadline", run: Run) -> date:
    """From the day of the start, the pauses that are over and the extension: nothing else counts, so the same
    ledger always gives the same day. Raises YearNotInCalendarError.
    """
    return _last_day(deadline, counting(deadline, run))


def counting(deadline: "Deadline", run: Run) -> Run:
    """Of the pauses what counts: from the start of the period on, and none that began when it was over."""
    found = Run(paused_on=run.paused_on)
    for number, (start, end) in enumerate(run.pauses):
        if number == run.before_extended:
            found = found.extended(run.extended_to)
        if end > deadline.starts_on and not _was_over(deadline, found, start):
            found.pauses.append((max(start, deadline.starts_on), end))
    return found if len(run.pauses) > run.before_extended else found.extended(run.extended_to)


def pause_that_counts_no_more(deadline: "Deadline", run: Run) -> tuple[date, date] | None:
    """Of a pause that goes on the first day on which no more of it counts, since the cap is used up or the
    period was over before it, and the last day of the period from then on; None where all of it counts.
    Raises YearNotInCalendarError.
    """
    if run.paused_on is None:
        return None
    if _was_over(deadline, counting(deadline, run), run.paused_on):
        return run.paused_on, due_day(deadline, run)
    if deadline.pause_cap is None:
        return None
    left = deadline.pause_cap - _lost(deadline, counting(deadline, run).pauses)
    spent_on = later(deadline, max(run.paused_on, deadline.starts_on), left)
    return spent_on, due_day(deadline, run.with_pause_until(spent_on))


def _last_day(deadline: "Deadline", run: Run) -> date:
    if run.extended_to is None:
        day = last_day(deadline, deadline.starts_on, run.pauses, cap=deadline.pause_cap)
        assert day is not None
        return day
    had = _lost(deadline, run.pauses[: run.before_extended])
    return later(deadline, run.extended_to, _lost(deadline, run.pauses) - had)


def _lost(deadline: "Deadline", pauses: Iterable[Days]) -> int:
    return capped(paused(deadline, pauses), deadline.pause_cap)


def _was_over(deadline: "Deadline", run: Run, day: date) -> bool:
    """A period that ends in a year that is not in the calendar is not over before that year."""
    try:
        return _last_day(deadline, run) < day
    except YearNotInCalendarError as error:
        if day.year < error.year:
            return False
        raise
