"""What the weekly report says: totals alone, no names and no references."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from applications.models.standing import DECISION, FIRM, US
from applications.models.tallies import Counted
from applications.pipeline import queries, tallies
from applications.pipeline.filters import soon
from applications.pipeline.periods import ONE_DAY, Period
from applications.pipeline.tallies import Count
from applications.states import OPEN

WEEK = timedelta(days=7)
SUBMITTED = "application.submit"


@dataclass(frozen=True, kw_only=True)
class Totals:
    """``open`` is what stands now, and of it ``ours`` with the ``decisions``, ``firms``, and those ``over``
    their nearest date or ``coming`` to it; what was ``entered`` and ``decided`` from ``first`` to ``last``,
    both with them.
    """

    regulators: str
    open: int
    ours: int
    decisions: int
    firms: int
    over: int
    coming: int
    entered: int
    decided: int
    first: date
    last: date


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def totals(regulators: Collection[int], today: date) -> Totals:
    """Of these regulators: what stands, and the last whole week, Monday to Sunday."""
    first = monday_of(today) - WEEK
    week = Period(code="", first=first, last=first + WEEK - ONE_DAY)
    what = (Counted.PLACE, Counted.ENDED, Counted.STEP)
    counts = tallies.counted(regulators, what=what, today=today, ended=(week,), steps=week)
    standing = [one for one in counts if one.what == Counted.PLACE and one.state in OPEN]
    ended = [one for one in counts if one.what == Counted.ENDED and week.holds(one.day)]
    steps = [one for one in counts if one.what == Counted.STEP and one.state == SUBMITTED]
    waiting: dict[str, int] = dict.fromkeys((US, DECISION, FIRM), 0)
    for one in standing:
        waiting[one.waiting(today)] += one.number
    due = queries.due_counted(regulators, until=soon(today))
    return Totals(
        regulators=", ".join(one.regulator for one in due),
        open=_sum(standing),
        ours=waiting[US] + waiting[DECISION],
        decisions=waiting[DECISION],
        firms=waiting[FIRM],
        over=sum(one.over for one in due),
        coming=sum(one.coming for one in due),
        entered=_sum(steps),
        decided=_sum(one for one in ended if one.state in queries.DECIDED),
        first=week.first,
        last=week.last,
    )


def _sum(counts: Iterable[Count]) -> int:
    return sum(one.number for one in counts)


def told(found: Totals) -> dict[str, Any]:
    """As the mail is told them."""
    return vars(found)
