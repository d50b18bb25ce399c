"""The way of a case that is over: how many working days it stood at each place, and how it left."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from applications.models.standing import APPROVED, INTAKE
from applications.pipeline.days import WorkingDays
from applications.pipeline.queries import DECIDED

PRINCIPLE = "in_principle"  # answered by an approval in principle, and not decided yet
ON, DECISION, GONE = "on", "decision", "gone"  # how a case leaves a place


class Passed(NamedTuple):
    """The first approval of a stage, and the working days on which a clock stood still in it."""

    stage: str
    day: date
    lost: int


class Road(NamedTuple):
    """The days of a case that was granted or refused, or ended otherwise. ``answered`` is the day on which
    the clock of the decision stopped for good; ``lost`` are paused working days outside the stages.
    """

    state: str
    submitted: date
    accepted: date | None
    answered: date | None
    ended: date
    lost: int
    passed: Sequence[Passed]

    @property
    def is_decided(self) -> bool:
        return self.state in DECIDED


class Leg(NamedTuple):
    """At one place, in working days: all of them, and those on which no clock stood still."""

    place: str
    days: int
    running: int
    leaves: str


def places(stages: Iterable[str]) -> list[str]:
    """Where a case stands, in order: a stage has its turn when the one before it is approved."""
    return [INTAKE, *stages, APPROVED, PRINCIPLE]


def legs(road: Road, stages: Sequence[str], days: WorkingDays) -> list[Leg]:
    """The places of a road. Empty where a day lies in a year that is not in the calendar."""
    found: list[Leg] = []
    start = road.submitted
    marks = _marks(road, stages)
    reached = max((number for number, mark in enumerate(marks) if mark[1]), default=-1)
    for place, day, lost in marks[: reached + 1]:
        if day is None:  # a stage that its rule book did not have
            continue
        end = min(max(day, start), road.ended)
        found.append(_leg(days, place, (start, end), lost, ON))
        start = end
    leaves = DECISION if road.is_decided else GONE
    if reached + 1 < len(marks):
        found.append(_leg(days, marks[reached + 1][0], (start, road.ended), road.lost, leaves))
    else:
        found += _after_the_stages(road, start, days, leaves)
    return [] if any(leg.days < 0 for leg in found) else found


def _marks(road: Road, stages: Sequence[str]) -> list[tuple[str, date | None, int]]:
    passed = {one.stage: one for one in road.passed}
    marks: list[tuple[str, date | None, int]] = [(INTAKE, road.accepted, 0)]
    for stage in stages:
        one = passed.get(stage)
        marks.append((stage, one.day if one else None, one.lost if one else 0))
    return marks


def _after_the_stages(road: Road, start: date, days: WorkingDays, leaves: str) -> list[Leg]:
    if road.answered is None or road.answered >= road.ended:
        return [_leg(days, APPROVED, (start, road.ended), road.lost, leaves)]
    answered = max(road.answered, start)
    return [
        _leg(days, APPROVED, (start, answered), road.lost, ON),
        _leg(days, PRINCIPLE, (answered, road.ended), 0, leaves),
    ]


def _leg(days: WorkingDays, place: str, spell: tuple[date, date], lost: int, leaves: str) -> Leg:
    """Below zero where the calendar lacks a year."""
    count = days.between(*spell)
    if count is None:
        return Leg(place, -1, -1, leaves)
    return Leg(place, count, max(count - lost, 0), leaves)


def road_from(row: Sequence[Any]) -> Road:
    """Of what ``reading`` selects: days as ISO dates."""
    state, submitted, accepted, answered, ended, lost, passed = row
    return Road(
        state=state,
        submitted=date.fromisoformat(submitted),
        accepted=date.fromisoformat(accepted) if accepted else None,
        answered=date.fromisoformat(answered) if answered else None,
        ended=date.fromisoformat(ended),
        lost=lost,
        passed=[Passed(stage, date.fromisoformat(day), away) for stage, day, away in passed or ()],
    )
