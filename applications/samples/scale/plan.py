"""Which case comes when: the same seed, number of cases and last day always give the same plan."""

import bisect
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from applications.samples.scale import chances
from applications.samples.scale.chances import Way
from applications.samples.scale.days import WorkingDays
from applications.samples.scale.desks import Desk

YEARS = timedelta(days=3 * 365)
DRAFTS_FIRST = 25  # working days of drafting before the first filing


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One case to come. ``at`` is when it is filed; of one that never is (no reference), when it is begun."""

    number: int  # from 0
    at: datetime
    desk: Desk
    way: Way
    reference: str | None


class Plan:
    """All arrivals in order of time. ``until`` is the last day of which anything is known."""

    def __init__(self, *, count: int, seed: int, until: date, desks: dict[str, Desk]) -> None:
        self.count, self.seed, self.until, self.desks = count, seed, until, desks
        self.days = WorkingDays()
        self.first_day = first_day(until, self.days)
        self.arrivals = self._arrivals(Random(self._name("plan")))  # noqa: S311 - no secret

    def rng(self, number: int, what: str) -> Random:
        """What is drawn for one case hangs on nothing but this."""
        return Random(self._name(f"{number}/{what}"))  # noqa: S311 - no secret

    def case_id(self, number: int) -> uuid.UUID:
        """Known before the case is walked, so that a run can see how far one before it came."""
        return uuid.uuid5(uuid.NAMESPACE_URL, self._name(f"case/{number}"))

    def _name(self, what: str) -> str:
        return f"kzcustody/samples/{self.seed}/{self.count}/{self.until}/{what}"

    def _arrivals(self, rng: Random) -> list[Arrival]:
        numbers: Counter[tuple[str, int]] = Counter()
        found = []
        tracks = list(chances.TRACKS)
        weights = [chances.TRACKS[code][0] for code in tracks]
        for number, moment in enumerate(self._moments(rng)):
            [code] = rng.choices(tracks, weights)
            desk, reference = self.desks[code], None
            if rng.random() >= chances.NEVER_FILED:
                year = moment.year
                numbers[desk.code, year] += 1
                reference = f"KZC-{desk.code}-{year}-{numbers[desk.code, year]:04d}"
            way = chances.TRACKS[code][1]
            found.append(Arrival(number=number, at=moment, desk=desk, way=way, reference=reference))
        return found

    def _moments(self, rng: Random) -> list[datetime]:
        """More on Mondays and before the end of the year; none on days off."""
        start = self.days.add(self.first_day, DRAFTS_FIRST)
        days = [day for day in self.days.days if start <= day <= self.until]
        rhythm = list(accumulate(_weight(day) for day in days))
        chosen = sorted(bisect.bisect(rhythm, rng.random() * rhythm[-1]) for _ in range(self.count))
        return sorted(self.days.at_desk(days[place], rng) for place in chosen)


def _weight(day: date) -> float:
    return chances.WEEK[day.weekday()] * chances.YEAR[day.month - 1] if day.weekday() < 5 else 0.2


def first_day(until: date, days: WorkingDays) -> date:
    """Three years before the last day, or where the calendar of working days begins."""
    return max(until - YEARS, days.first)
