"""How many decisions a month may bring, drawn from the chances of its cases."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate
from math import exp, lgamma, log
from random import Random
from typing import NamedTuple

from applications.pipeline.periods import month_after

DRAWS = 2_000


class Decisions(NamedTuple):
    """At most ``low``, ``middle`` and ``high`` in 10, 50 and 90 of a hundred draws."""

    low: int
    middle: int
    high: int
    draws: list[int]


def drawn(
    chances: Iterable[float], newcomers: Sequence[Sequence[int]], *, seed: str, draws: int = DRAWS
) -> Decisions:
    """Of open cases each with its chance, and of those that are not here yet: for each licence type, how many
    came to their decision in months of the past. The same seed draws the same.
    """
    rng = Random(seed)  # noqa: S311 - no secret
    tables = [_table(cases, value) for cases, value in _alike(chances)]
    found = sorted(
        sum(bisect_left(table, rng.random() * table[-1]) for table in tables)
        + sum(rng.choice(months) for months in newcomers if months)
        for _ in range(draws)
    )
    low, middle, high = (found[len(found) * percent // 100] for percent in (10, 50, 90))
    return Decisions(low, middle, high, found)


def by_month(found: Mapping[date, int], until: date) -> list[int]:
    """How many in each month from the first that has any, up to the month of a day, without that one."""
    months: list[int] = []
    month = min(found, default=until)
    while month < until.replace(day=1):
        months.append(found.get(month, 0))
        month = month_after(month)
    return months


def _alike(chances: Iterable[float]) -> list[tuple[int, float]]:
    """How many have about the same chance, and their mean: as many are expected as one by one."""
    found: dict[int, list[float]] = defaultdict(list)
    for value in chances:
        found[round(value * 100)].append(value)
    return [(len(values), sum(values) / len(values)) for _percent, values in sorted(found.items())]


def _table(cases: int, chance: float) -> list[float]:
    """That at most 0, 1, … of so many cases happen."""
    if chance <= 0:
        return [1.0]
    if chance >= 1:
        return [0.0] * cases + [1.0]
    logs = log(chance), log(1 - chance)
    return list(accumulate(
        exp(lgamma(cases + 1) - lgamma(k + 1) - lgamma(cases - k + 1) + k * logs[0] + (cases - k) * logs[1])
        for k in range(cases + 1)
    ))  # fmt: skip
