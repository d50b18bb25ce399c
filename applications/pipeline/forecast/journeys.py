"""Journeys drawn from the history: from any place to the answer and to the decision.

At each place a journey takes what one case of the history did there, whichever chance draws; what ended that
case ends the journey. At the place where an open case stands only those count that stood there as long.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import sqrt
from random import Random
from typing import NamedTuple

from applications.pipeline.forecast.roads import DECISION, GONE, ON, Leg

NUMBER = 2_000  # journeys drawn for each place
NEVER = None  # a journey that ends without a decision
OF_80 = 1.2816  # 80 of a hundred lie within so many standard deviations of the middle
Length = float | None


class Chance(NamedTuple):
    """Of a hundred, as a part of 1; between ``low`` and ``high`` with 80 of a hundred, since it rests on the
    legs of so many ``cases`` only.
    """

    value: float
    low: float
    high: float
    cases: int


class Reach:
    """Lengths of journeys, of which some never arrive."""

    def __init__(self, lengths: Sequence[Length]) -> None:
        self.lengths = lengths
        self.arrive = sorted(one for one in lengths if one is not NEVER)

    def within(self, days: float) -> float:
        """The part that arrives in so many days at most."""
        return bisect_right(self.arrive, days) / len(self.lengths)

    def later(self, days: float) -> float:
        """The part that arrives, and after more days than these."""
        return (len(self.arrive) - bisect_right(self.arrive, days)) / len(self.lengths)


class Pool:
    """The legs of the history at one place."""

    def __init__(self, found: Iterable[Leg]) -> None:
        counted = Counter((one.days, one.running, one.leaves) for one in found)
        self.legs = sorted(counted)
        self.counts = [counted[key] for key in self.legs]
        self.sums = list(accumulate(self.counts))
        self.days = [days for days, _running, _leaves in self.legs]

    def draw(self, rng: Random, number: int) -> list[tuple[int, int, str]]:
        return rng.choices(self.legs, cum_weights=self.sums, k=number)

    def at_least(self, days: int) -> tuple[int, int]:
        """The first of the legs that lasted so long, and how many there are."""
        first = bisect_left(self.days, days)
        return first, self.sums[-1] - (self.sums[first - 1] if first else 0) if self.sums else 0


class Journeys:
    """Through these places, in their order. The same seed draws the same."""

    def __init__(
        self, legs: Iterable[Leg], places: Sequence[str], *, seed: str, number: int = NUMBER
    ) -> None:
        self.places, self.order = places, {place: i for i, place in enumerate(places)}
        found: dict[str, list[Leg]] = {place: [] for place in places}
        for leg in legs:
            found[leg.place].append(leg)
        self.pools = [Pool(found[place]) for place in places]
        self.answers, self.decisions = self._drawn(Random(seed), number)  # noqa: S311 - no secret
        self._kept: dict[tuple[str, str, int, int], Chance | None] = {}

    def _drawn(self, rng: Random, number: int) -> tuple[list[Reach], list[Reach]]:
        """From each place, and from behind the last: to the answer in days without pauses, to the decision in
        all days. What is approved in principle is answered.
        """
        answers: list[Length] = [0.0] * number
        decisions: list[Length] = [NEVER] * number
        reached = [(Reach(answers), Reach(decisions))]
        last = len(self.places) - 1
        for place in range(last, -1, -1):
            pool = self.pools[place]
            if pool.legs:
                drawn = pool.draw(rng, number)
                decisions = [_on(one[0], one[2], to) for one, to in zip(drawn, decisions, strict=True)]
                if place != last:
                    answers = [_on(one[1], one[2], to) for one, to in zip(drawn, answers, strict=True)]
            reached.append((Reach(answers), Reach(decisions)))
        reached.reverse()
        return [to for to, _ in reached], [to for _, to in reached]

    def late(self, place: str, stood: int, left: int) -> Chance | None:
        """That a case is answered after its last day: it has stood at the place for so many working days, and
        so many are left. None where none of the history stood there so long.
        """
        return self._known("late", place, stood, left)

    def decided(self, place: str, stood: int, days: int) -> Chance | None:
        """That it is decided in so many working days at most."""
        return self._known("decided", place, stood, days)

    def _known(self, what: str, place: str, stood: int, days: int) -> Chance | None:
        key = (what, place, stood, days)
        if key not in self._kept:
            self._kept[key] = self._chance(*key)
        return self._kept[key]

    def _chance(self, what: str, place: str, stood: int, days: int) -> Chance | None:
        at = self.order[place]
        pool, late = self.pools[at], what == "late"
        first, cases = pool.at_least(stood)
        if not cases:
            return None
        total = 0.0
        for (whole, running, leaves), count in zip(pool.legs[first:], pool.counts[first:], strict=True):
            more = whole - stood
            if late:
                # The rest of a leg is paused as much as the whole of it.
                left = days - (more * running / whole if whole else 0)
                total += count * _late(leaves, left, self.answers[at + 1])
            else:
                total += count * _decided(leaves, days - more, self.decisions[at + 1])
        return ranged(total / cases, cases)


def _on(days: int, leaves: str, then: Length) -> Length:
    if leaves == DECISION:
        return days
    return NEVER if leaves == GONE or then is NEVER else days + then


def _late(leaves: str, left: float, then: Reach) -> float:
    if leaves == ON:
        return then.later(left)
    return float(leaves == DECISION and left < 0)


def _decided(leaves: str, left: float, then: Reach) -> float:
    if leaves == ON:
        return then.within(left)
    return float(leaves == DECISION and left >= 0)


def ranged(value: float, cases: int) -> Chance:
    """With its range by Wilson, for a part of so many."""
    value = min(max(value, 0.0), 1.0)
    z2 = OF_80**2
    middle = (value + z2 / (2 * cases)) / (1 + z2 / cases)
    half = OF_80 * sqrt(value * (1 - value) / cases + z2 / (4 * cases**2)) / (1 + z2 / cases)
    return Chance(value, min(max(middle - half, 0.0), value), max(min(middle + half, 1.0), value), cases)
