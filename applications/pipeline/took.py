"""How long cases and their stages took: exact to the last that is decided, whatever was folded."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from itertools import accumulate
from typing import Any, NamedTuple
from uuid import UUID

from accounts.zones import ALMATY
from applications.models.tallies import Counted
from applications.pipeline.tallies import OF_TYPES, rows
from applications.queries.passages import lengths

CHANGED = f"what IN ('time', 'running') AND day >= %(since)s AND {OF_TYPES}"
# The passages that no fold has counted, with their days and the entries of their clocks.
WAITING = f"""
    SELECT '', stage, NULL, NULL, NULL, began_on, ended_on, (
        SELECT json_agg(
            json_build_array(clock, what, (at AT TIME ZONE '{ALMATY}')::date) ORDER BY at, entry.id
        )
        FROM applications_clockentry AS entry
        WHERE entry.application_id = passage.application_id AND entry.about = ''
    )
    FROM applications_passage AS passage
    WHERE NOT counted AND ended_on >= %(since)s AND {OF_TYPES}
"""  # noqa: S608
# How many took each number of days: the whole case and each stage of it. The percentiles are not taken here:
# to sort 6,000 counts by window took 15 ms of 22.
FOLDED = f"""
    SELECT '{{what}}', stage, NULL::date, array_agg(days), array_agg(number), NULL::date, NULL::date,
        NULL::json
    FROM (
        SELECT stage, days, SUM(cases::int) FROM applications_tally
        WHERE what = '{{what}}' AND day >= %(since)s AND {OF_TYPES} GROUP BY stage, days
    ) AS folded (stage, days, number)
    GROUP BY stage
"""  # noqa: S608
IN_ALL = f"""
    {FOLDED.format(what=Counted.TIME)}
    UNION ALL
    {FOLDED.format(what=Counted.RUNNING)}
    UNION ALL
    SELECT what, stage, NULL, ARRAY[days], ARRAY[by::int], NULL, NULL, NULL
    FROM applications_tallychange WHERE {CHANGED}
    UNION ALL {WAITING}
"""  # noqa: S608
# Of the whole case by the month of the decision: month by month, so that nothing is sorted.
BY_MONTH = f"""
    SELECT what, '', month, days, numbers, NULL::date, NULL::date, NULL::json
    FROM unnest(ARRAY['time', 'running']) AS what, unnest(%(months)s::date[]) AS month, LATERAL (
        SELECT array_agg(days), array_agg(number) FROM (
            SELECT days, SUM(cases::int) FROM applications_tally AS tally
            WHERE tally.what = what.what AND day = month AND stage = '' AND {OF_TYPES} GROUP BY days
        ) AS folded (days, number)
    ) AS lengths (days, numbers)
    WHERE days IS NOT NULL
    UNION ALL
    SELECT what, '', day, ARRAY[days], ARRAY[by::int], NULL, NULL, NULL
    FROM applications_tallychange WHERE stage = '' AND {CHANGED}
    UNION ALL {WAITING} AND stage = ''
"""  # noqa: S608
# The last of each week and licence type. The newest of all were those of two days, where many are decided. Of
# those of one day the key of the case chooses, which is drawn by lot: the order in which they were written
# may go with how long they took.
ENDED = f"""
    SELECT one.ended_on, one.days, one.running, filed.reference, filed.id
    FROM (SELECT id AS licence_type_id FROM regulators_licencetype) AS kind,
        unnest(%(weeks)s::date[]) AS week,
        LATERAL (
            SELECT ended_on, days, running, application_id FROM applications_passage AS passage
            WHERE passage.licence_type_id = kind.licence_type_id AND stage = %(stage)s AND counted
                AND ended_on BETWEEN week AND week + 6 AND ended_on >= %(since)s
            ORDER BY ended_on DESC, application_id DESC LIMIT %(each)s
        ) AS one
    JOIN applications_application AS filed ON filed.id = one.application_id
    WHERE kind.{OF_TYPES.strip()}
"""  # noqa: S608
Key = tuple[str, str, date | None]


class Ended(NamedTuple):
    """A case, or a stage of one: the day on which it ended, and how many working days it took, all and
    without pauses; None where the calendar lacks a year.
    """

    on: date
    days: int | None
    running: int | None
    reference: str
    application: UUID


class Took(NamedTuple):
    """Working days of so many: the smallest number that 50, 85, 95 % of them do not exceed, and the longest.
    ``month`` is None where all months are taken together; the days are, where the calendar has none of the
    years.
    """

    what: str
    stage: str
    month: date | None
    number: int
    p50: int | None
    p85: int | None
    p95: int | None
    longest: int | None


def took(regulators: Collection[int], *, since: date, types: list[str] | None) -> list[Took]:
    """Of the cases that were decided since a day, the first of a month, and of their stages. ``types`` are
    the licence types, None for all. One query.
    """
    return _took_by(rows(IN_ALL, regulators, since=since, types=types), month_of=lambda _day: None)


def ended(
    regulators: Collection[int],
    *,
    since: date,
    weeks: list[date],
    stage: str,
    types: list[str] | None,
    each: int,
) -> list[Ended]:
    """Of those that ended since a day the last few of each licence type and week, given by its Monday. One
    query.
    """
    found = rows(ENDED, regulators, since=since, weeks=weeks, stage=stage, types=types, each=each)
    return [Ended(*row) for row in found]


def took_by_month(regulators: Collection[int], *, months: list[date], types: list[str] | None) -> list[Took]:
    """Of the cases that were decided in these months, given by their first days, up to now. One query."""
    found = rows(BY_MONTH, regulators, since=months[0], months=months, types=types)
    return _took_by(found, month_of=lambda day: day.replace(day=1))


def _took_by(found: Iterable[tuple[Any, ...]], *, month_of: Callable[[date], date | None]) -> list[Took]:
    spells: dict[Key, Counter[int | None]] = {}
    for row in found:
        for key, more in _not_counted(row, month_of) if row[0] == "" else [_counted(row)]:
            if key in spells:
                spells[key].update(more)
            else:
                spells[key] = more
    return [_took(key, days) for key, days in spells.items() if days.total()]


def _counted(row: tuple[Any, ...]) -> tuple[Key, Counter[int | None]]:
    what, stage, month, days, numbers, *_passage = row
    return (what, stage, month), Counter(dict(zip(days, numbers, strict=True)))


def _not_counted(
    row: tuple[Any, ...], month_of: Callable[[date], date | None]
) -> Iterator[tuple[Key, Counter[int | None]]]:
    began_on, ended_on, written = row[-3:]
    entries = [(clock, what, date.fromisoformat(day)) for clock, what, day in written or []]
    measures = zip((Counted.TIME, Counted.RUNNING), lengths((began_on, ended_on), entries), strict=True)
    for what, length in measures:
        yield (what, row[1], month_of(ended_on)), Counter([length])


def _took(key: Key, days: Counter[int | None]) -> Took:
    known = Counter({length: number for length, number in days.items() if number and length is not None})
    p50, p85, p95 = percentiles(known, 50, 85, 95)
    return Took(*key, days.total(), p50, p85, p95, max(known, default=None))


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
