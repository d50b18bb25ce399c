"""The numbers that so many percent of what is counted do not exceed."""

from bisect import bisect_left
from collections import Counter
from itertools import accumulate


def percentiles(counted: Counter[int], *percents: int) -> list[int | None]:
    """For each the smallest number that at least so many percent do not exceed; None where there is none.

    ``counted``: how many there are of each number.
    """
    numbers = sorted(counted)
    seen = list(accumulate(counted[number] for number in numbers))
    if not seen:
        return [None] * len(percents)
    return [numbers[bisect_left(seen, _needed(seen[-1], percent))] for percent in percents]


def _needed(total: int, percent: int) -> int:
    """Of so many, rounded up."""
    return -(-total * percent // 100)
