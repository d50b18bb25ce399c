"""Working days for many cases at once: the calendar is walked once, not for each case."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from regulators.calendars import is_working_day, kazakhstan


@dataclass(frozen=True)
class WorkingDays:
    """How many working days had passed by the end of each day, from the first year of the calendar on."""

    passed: dict[date, int]

    def between(self, start: date, end: date) -> int | None:
        """The working days after ``start`` up to and with ``end``; None outside the calendar."""
        if start not in self.passed or end not in self.passed:
            return None
        return self.passed[end] - self.passed[start]

    def ages(self, starts: Iterable[date], numbers: Iterable[int], today: date) -> Counter[int | None]:
        """Of so many each that started on these days: how many are so many working days old, or None."""
        found: dict[int | None, int] = {}
        now = self.passed.get(today)
        for start, number in zip(starts, numbers, strict=True):
            before = self.passed.get(start)
            age = None if now is None or before is None else now - before
            found[age] = found.get(age, 0) + number
        return Counter(found)

    def started(self, today: date, at_least: int, at_most: int | None) -> tuple[date, date] | None:
        """The first and the last day on which something started that is today so many working days old."""
        if today not in self.passed:
            return None
        ages = ((day, self.passed[today] - count) for day, count in self.passed.items() if day <= today)
        found = [day for day, age in ages if age >= at_least and (at_most is None or age <= at_most)]
        return (found[0], found[-1]) if found else None


@lru_cache(maxsize=2)
def working_days(until: date) -> WorkingDays:
    """Up to this day, or to the end of the calendar where that comes first."""
    years = kazakhstan().years
    day, last = date(min(years), 1, 1), min(until, date(max(years), 12, 31))
    passed, count = {}, 0
    while day <= last:
        count += is_working_day(day)
        passed[day] = count
        day += timedelta(days=1)
    return WorkingDays(passed)
