"""The forecast of a day: each open case's chance to be decided too late, and the decisions of next month."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from applications.pipeline.days import WorkingDays, working_days
from applications.pipeline.forecast import decisions, reading
from applications.pipeline.forecast.decisions import Decisions
from applications.pipeline.forecast.journeys import Chance, Journeys
from applications.pipeline.forecast.open_cases import Spot, spot
from applications.pipeline.forecast.roads import Road, legs, places
from applications.pipeline.periods import ONE_DAY, first_month, month_after
from regulators import books

LEAST = 30  # decided cases of a licence type, without which nothing is said of it
YEARS = 2  # the history that counts
END = date(9999, 12, 31)


class Basis(NamedTuple):
    """What is said of a licence type rests on this: of those ``decided`` in the window the ones ``used``, and
    those that ``ended`` otherwise, from ``first`` to ``last``.
    """

    code: str
    decided: int
    used: int
    ended: int
    first: date | None
    last: date | None

    @property
    def is_enough(self) -> bool:
        return self.used >= LEAST


class Risk(NamedTuple):
    spot: Spot
    chance: Chance


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """``types`` are those of the regulators, ``bases`` of those chosen. ``risks`` are the open cases whose
    last day is ahead, the likeliest to be late first. ``over``: it has passed; ``undated``: no clock of a
    decision runs; ``beyond``: they stand longer than any case of the history did. ``decisions`` is None where
    nothing is said, or the calendar lacks the month.
    """

    types: list[str]
    bases: list[Basis]
    seed: int
    since: date
    month: date
    risks: list[Risk]
    over: int = 0
    undated: int = 0
    beyond: int = 0
    decisions: Decisions | None = None

    @property
    def used(self) -> list[Basis]:
        return [one for one in self.bases if one.is_enough]

    @property
    def refused(self) -> list[Basis]:
        return [one for one in self.bases if not one.is_enough]


def seed_of(today: date) -> int:
    """The same the whole day, so that a page that is opened again says the same."""
    return int(f"{today:%Y%m%d}")


def since_of(today: date) -> date:
    """The first day of the history that counts."""
    return first_month(today).replace(year=first_month(today).year - YEARS + 1)


def stages_of(code: str) -> list[str]:
    """Of a licence type, in their order."""
    return next((list(book.stage_codes) for book in books.all_books() if book.licence_type == code), [])


def learnt(code: str, roads: Collection[Road], *, decided: int, seed: int) -> tuple[Basis, Journeys]:
    """From the roads of a licence type, in the order of their ends."""
    days, stages = working_days(END), stages_of(code)
    found = [(road, legs(road, stages, days)) for road in roads]
    known = [road for road, of_road in found if of_road]
    used = sum(road.is_decided for road in known)
    first, last = (known[0].ended, known[-1].ended) if known else (None, None)
    journeys = Journeys(
        [leg for _road, of_road in found for leg in of_road], places(stages), seed=f"{seed}/{code}"
    )
    return Basis(code, decided, used, len(known) - used, first, last), journeys


def outlook(regulators: Collection[int], *, chosen: list[str] | None, seed: int, today: date) -> Outlook:
    """Two queries. ``chosen`` are licence types, None for all."""
    month, since = month_after(today.replace(day=1)), since_of(today)
    kinds = reading.kinds(
        regulators, chosen=chosen, since=since, until=today, year=first_month(today), gap=(month - today).days
    )
    bases, journeys, newcomers = [], {}, []
    for kind in kinds:
        basis, drawn = learnt(kind.code, kind.roads, decided=kind.decided, seed=seed)
        if chosen is None or kind.code in chosen:
            bases.append(basis)
            if basis.is_enough:
                journeys[kind.code] = drawn
                newcomers.append(decisions.by_month(kind.newcomers, today))
    types = [kind.code for kind in kinds]
    if not journeys:
        return Outlook(types=types, bases=bases, seed=seed, since=since, month=month, risks=[])
    days = working_days(END)
    spots = [spot(one, today, days) for one in reading.standing(regulators, chosen=chosen)]
    here = [one for one in spots if one and one.code in journeys]
    risks, counts = _risks(here, journeys)
    return Outlook(
        types=types, bases=bases, seed=seed, since=since, month=month, risks=risks, **counts,
        decisions=_decisions(here, journeys, newcomers, today=today, month=month, days=days, seed=seed),
    )  # fmt: skip


def _risks(spots: list[Spot], journeys: dict[str, Journeys]) -> tuple[list[Risk], dict[str, int]]:
    risks, counts = [], dict.fromkeys(("over", "undated", "beyond"), 0)
    for one in spots:
        if one.left is None:
            counts["undated"] += 1
        elif one.left < 0:
            counts["over"] += 1
        elif chance := journeys[one.code].late(one.place, one.stood, one.left):
            risks.append(Risk(one, chance))
        else:
            counts["beyond"] += 1
    risks.sort(key=lambda risk: (-risk.chance.value, risk.spot.due, risk.spot.case))
    return risks, counts


def _decisions(
    spots: list[Spot],
    journeys: dict[str, Journeys],
    newcomers: list[list[int]],
    *,
    today: date,
    month: date,
    days: WorkingDays,
    seed: int,
) -> Decisions | None:
    chances = month_chances(spots, journeys, today=today, month=month, days=days)
    return None if chances is None else decisions.drawn(chances, newcomers, seed=f"{seed}/decisions")


def month_chances(
    spots: list[Spot], journeys: dict[str, Journeys], *, today: date, month: date, days: WorkingDays
) -> list[float] | None:
    """Of each case that it is decided in the month that begins on a day, which is today or later; None where
    the calendar lacks a year of it.
    """
    before, until = days.between(today, month - ONE_DAY), days.between(today, month_after(month) - ONE_DAY)
    if before is None or until is None:
        return None
    found = []
    for one in spots:
        drawn = journeys[one.code]
        chance = drawn.decided(one.place, one.stood, until)
        sooner = drawn.decided(one.place, one.stood, before) if month > today else None
        if chance:
            found.append(chance.value - (sooner.value if sooner else 0))
    return found
