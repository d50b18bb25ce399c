"""Working days of Kazakhstan, from the table in ``kz.toml``, and the days on which periods end."""

import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Protocol

from regulators.toml_table import Table, read_toml

FILE = Path(__file__).with_name("kz.toml")
ONE_DAY = timedelta(days=1)
YEAR = re.compile(r"[0-9]{4}")
Days = tuple[date, date]


class Period(Protocol):
    """A length in at most one of these units."""

    @property
    def working_days(self) -> int | None: ...
    @property
    def calendar_days(self) -> int | None: ...
    @property
    def months(self) -> int | None: ...


class YearNotInCalendarError(LookupError):
    """A day in a year whose working days are not on record. Never guessed."""

    def __init__(self, year: int) -> None:
        super().__init__(f"The working days of {year} are not in the calendar. Add the year to {FILE.name}.")
        self.year = year


@dataclass(frozen=True)
class Year:
    days_off: frozenset[date]
    worked: frozenset[date]
    forecast: bool


@dataclass(frozen=True)
class Calendar:
    code: str
    version: str
    years: dict[int, Year]
    sha256: str  # of the file

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    def is_working_day(self, day: date) -> bool:
        if day.year not in self.years:
            raise YearNotInCalendarError(day.year)
        year = self.years[day.year]
        return day in year.worked or (day.weekday() < 5 and day not in year.days_off)

    @cached_property
    def working(self) -> list[date]:
        """Every working day on record, in order."""
        first_days = (date(year, 1, 1) for year in sorted(self.years))
        days = (first + ONE_DAY * i for first in first_days for i in range(366))
        return sorted({day for day in days if day.year in self.years and self.is_working_day(day)})


def is_working_day(day: date) -> bool:
    return kazakhstan().is_working_day(day)


def is_forecast(day: date) -> bool:
    """The official calendar of this day's year is not out yet, so what is counted up to it may still move."""
    year = kazakhstan().years.get(day.year)
    return year is not None and year.forecast


def add_working_days(day: date, count: int) -> date:
    """The working day on which a period of so many ends; the first that counts comes after ``day``."""
    if count < 1:
        raise ValueError(f"A period of {count} working days: write a whole number above 0.")
    while count:
        day += ONE_DAY
        count -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """The working days after ``start`` up to and with ``end``; below zero where ``end`` comes first."""
    if end < start:
        return -working_days_between(end, start)
    if end == start:
        return 0
    calendar = kazakhstan()
    for year in range((start + ONE_DAY).year, end.year + 1):
        if year not in calendar.years:
            raise YearNotInCalendarError(year)
    return bisect_right(calendar.working, end) - bisect_right(calendar.working, start)


def last_working_days(day: date, count: int) -> date:
    """The first of the last so many working days up to and with this day."""
    calendar = kazakhstan()
    if day.year not in calendar.years:
        raise YearNotInCalendarError(day.year)
    passed = bisect_right(calendar.working, day)
    if passed < count:
        raise YearNotInCalendarError(min(calendar.years) - 1)
    return calendar.working[passed - count]


def last_day(
    period: Period | None, day: date, pauses: Iterable[Days] = (), *, cap: int | None = None
) -> date | None:
    """The last day of the period that starts after this day; None where the book has no length on record.

    Pauses make it longer by their own length, and by no more than ``cap`` in all where there is one: in
    working days where the period is in working days, else in calendar days. A period in months ends on the
    same day of the month, or the last one of a shorter month. A period in calendar days or months that ends
    on a day off ends there: no book says that it moves.
    """
    if period is None:
        return None
    lost = capped(paused(period, pauses), cap)
    if period.working_days:
        return add_working_days(day, period.working_days + lost)
    if period.calendar_days:
        return day + timedelta(days=period.calendar_days + lost)
    return months_after(day, period.months) + timedelta(days=lost) if period.months else None


@dataclass(frozen=True, kw_only=True)
class Reach:
    """The last day of a period, or the year that is missing for it. Neither: no length is on record."""

    day: date | None = None
    missing_year: int | None = None


def reach(period: Period | None, day: date) -> Reach:
    """Where the period ends that starts after this day."""
    try:
        return Reach(day=last_day(period, day))
    except YearNotInCalendarError as error:
        return Reach(missing_year=error.year)


def paused(period: Period, pauses: Iterable[Days]) -> int:
    """How long these pauses took, in working days for a period in working days, else in calendar days."""
    if period.working_days:
        return sum(working_days_between(start, end) for start, end in pauses)
    return sum((end - start).days for start, end in pauses)


def capped(lost: int, cap: int | None) -> int:
    return lost if cap is None else min(lost, cap)


def later(period: Period, day: date, lost: int) -> date:
    """So many of the days of the period after this day."""
    if period.working_days and lost:
        return add_working_days(day, lost)
    return day + timedelta(days=lost)


def months_after(day: date, months: int) -> date:
    """The same day of the month, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@cache
def kazakhstan() -> Calendar:
    return load(FILE)


def load(path: Path) -> Calendar:
    """The calendar of the file, or a RuleBookError that says what to mend."""
    source, data, sha256 = read_toml(path)
    top = Table(source, (), data)
    calendar = Calendar(
        code=top.name(),
        version=top.name("version"),
        years={int(key): _year(top, key) for key in data if YEAR.fullmatch(key)},
        sha256=sha256,
    )
    top.done()
    return calendar


def _year(top: Table, key: str) -> Year:
    table = top.table(key)
    year = Year(
        days_off=_days(table, "days_off", int(key), weekend=False),
        worked=_days(table, "worked", int(key), weekend=True),
        forecast=table.flag("forecast"),
    )
    table.done()
    return year


def _days(table: Table, key: str, year: int, *, weekend: bool) -> frozenset[date]:
    hint = f"days of {year} that are {'a Saturday or Sunday' if weekend else 'weekdays'}, as {year}-01-31"
    days = table.take(key, (list,), hint)
    for day in days:
        if type(day) is not date or day.year != year or (day.weekday() >= 5) is not weekend:
            table.fail(key, f"names {day}", hint)
    return frozenset(days)
