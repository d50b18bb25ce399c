"""Forecasts of past months, drawn from what was known on their first mornings, beside what came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from applications.pipeline.days import working_days
from applications.pipeline.forecast import decisions, reading
from applications.pipeline.forecast.journeys import Journeys
from applications.pipeline.forecast.known import Known, known
from applications.pipeline.forecast.open_cases import Spot
from applications.pipeline.forecast.outlook import END, learnt, month_chances, since_of, stages_of
from applications.pipeline.forecast.roads import Road
from applications.pipeline.periods import first_month, month_after, month_before
from regulators.models import LicenceType


class Said(NamedTuple):
    """The chance of one case to be late, and whether it was."""

    chance: float
    was_late: bool


class Month(NamedTuple):
    """The decisions of a month: 10, 50 and 90 of a hundred draws, and what came."""

    first: date
    low: int
    middle: int
    high: int
    came: int

    @property
    def is_within(self) -> bool:
        return self.low <= self.came <= self.high


class Decile(NamedTuple):
    """The cases that were given a chance from ``low`` to ``high`` percent: how many would be late by the
    chances that they were given, and how many were.
    """

    low: int
    high: int
    cases: int
    expected: float
    late: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """``refused``: months before which too few cases were decided, with how many were. ``unknown``: cases of
    which it is not known yet whether they are late.
    """

    said: list[Said]
    months: list[Month]
    refused: list[tuple[date, int]]
    unknown: int

    def deciles(self) -> list[Decile]:
        found = []
        for low in range(0, 100, 10):
            here = [one for one in self.said if min(int(one.chance * 10), 9) * 10 == low]
            expected, late = sum(one.chance for one in here), sum(one.was_late for one in here)
            found.append(Decile(low, low + 10, len(here), expected, late))
        return found

    def brier(self) -> float | None:
        """The mean square of how far the chances lay from what came: 0 is best; None without a case."""
        return mean_square(one.chance - one.was_late for one in self.said)

    def brier_of_the_rate(self) -> float | None:
        """The same for who says of each case the part that was late in all."""
        if not self.said:
            return None
        rate = sum(one.was_late for one in self.said) / len(self.said)
        return mean_square(rate - one.was_late for one in self.said)


def mean_square(errors: Iterable[float]) -> float | None:
    squares = [error**2 for error in errors]
    return sum(squares) / len(squares) if squares else None


def compared(licence_type: LicenceType, *, months: int, seed: int, today: date) -> Outcome:
    """The last so many whole months before a day."""
    firsts = [month_before(today.replace(day=1))]
    while len(firsts) < months:
        firsts.append(month_before(firsts[-1]))
    cases = list(known(licence_type, since=since_of(firsts[-1])))
    roads = sorted(
        ((road, one) for one in cases if (road := one.road())),
        key=lambda pair: (pair[0].ended, str(pair[1].case)),
    )
    found = Outcome(said=[], months=[], refused=[], unknown=0)
    unknown = 0
    for first in reversed(firsts):
        history = _history([road for road, _one in roads], first)
        basis, journeys = learnt(licence_type.code, history, decided=0, seed=seed)
        if not basis.is_enough:
            found.refused.append((first, basis.used))
            continue
        unknown += _say(found, cases, journeys, first, today=today)
        _count(found, cases, journeys, first, seed=seed)
    return Outcome(said=found.said, months=found.months, refused=found.refused, unknown=unknown)


def _history(roads: Sequence[Road], first: date) -> list[Road]:
    """What a forecast of that morning would have been drawn from."""
    window = [road for road in roads if since_of(first) <= road.ended < first]
    newest = [road for road in window if road.is_decided][-reading.NEWEST :]
    return [road for road in window if newest and road.ended >= newest[0].ended]


def _spots(cases: Sequence[Known], first: date) -> list[tuple[Known, Spot]]:
    days = working_days(END)
    stages = stages_of(cases[0].code) if cases else []
    return [(one, spot) for one in cases if (spot := one.spot(first, days, stages))]


def _say(found: Outcome, cases: Sequence[Known], journeys: Journeys, first: date, *, today: date) -> int:
    """Adds what was said of each case whose last day was ahead; how many of them are not known yet."""
    unknown = 0
    for one, spot in _spots(cases, first):
        if spot.left is None or spot.left < 0:
            continue
        chance, was_late = journeys.late(spot.place, spot.stood, spot.left), one.was_late(today)
        if was_late is None:
            unknown += 1
        elif chance:
            found.said.append(Said(chance.value, was_late))
    return unknown


def _count(found: Outcome, cases: Sequence[Known], journeys: Journeys, first: date, *, seed: int) -> None:
    spots = [spot for _one, spot in _spots(cases, first)]
    code = cases[0].code
    chances = month_chances(spots, {code: journeys}, today=first, month=first, days=working_days(END))
    if chances is None:
        return
    drawn = decisions.drawn(chances, [_newcomers(cases, first)], seed=f"{seed}/decisions")
    came = sum(road.is_decided and first <= road.ended < month_after(first) for road in _roads(cases))
    found.months.append(Month(first, drawn.low, drawn.middle, drawn.high, came))


def _roads(cases: Sequence[Known]) -> Iterable[Road]:
    return (road for one in cases if (road := one.road()))


def _newcomers(cases: Sequence[Known], first: date) -> list[int]:
    """In each of the twelve months before: those decided in it that were submitted in it."""
    counted: dict[date, int] = {}
    year = first_month(month_before(first))
    for road in _roads(cases):
        month = road.ended.replace(day=1)
        if road.is_decided and year <= month < first:
            counted[month] = counted.get(month, 0) + (road.submitted >= month)
    return decisions.by_month(counted, first)
