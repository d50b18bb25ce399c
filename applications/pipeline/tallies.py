"""How many there are, and how long they took: exact to the last act that is committed, whatever was folded.

What it costs does not grow with the cases: places, days, people and months are counted, not rows.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, CharField, F, Value, When

from accounts.zones import ALMATY
from applications.models.standing import DECISION, FIRM, HEARD
from applications.models.tallies import COLUMNS, Counted
from applications.pipeline.percentiles import percentiles
from applications.pipeline.periods import ONE_DAY, Period
from applications.queries.passages import lengths

OF_TYPES = """
    licence_type_id IN (
        SELECT id FROM regulators_licencetype
        WHERE regulator_id = ANY(%(regulators)s) AND (%(types)s::text[] IS NULL OR code = ANY(%(types)s))
    )
"""
WITHIN = f"""
    {OF_TYPES} AND what = ANY(%(what)s) AND (
        what = 'place' OR (what = 'ended' AND day >= %(since)s)
        OR (what = 'step' AND day BETWEEN %(first)s AND %(last)s)
    )
"""
# What is counted of the rows that pass a condition, those of both tables together. Days between the same two
# cuts are not told apart, the first stands for all: what a page asks of a day, its cuts answer. An officer is
# told from another where ``officer`` names the column.
SUMMED = f"""
    SELECT what, kind.code, state, stage, turn, day, officer_id, officer.full_name, number,
        NULL::date, NULL::json
    FROM (
        SELECT what, licence_type_id, state, stage, turn, MIN(day) AS day, {{officer}} AS officer_id,
            SUM(number)::bigint AS number
        FROM (
            SELECT {COLUMNS}, cases AS number FROM applications_tally WHERE {{within}}
            UNION ALL
            SELECT {COLUMNS}, by FROM applications_tallychange WHERE {{within}}
        ) AS either
        GROUP BY what, licence_type_id, state, stage, turn, {{officer}}, width_bucket(day, %(cuts)s::date[])
        HAVING SUM(number) <> 0
    ) AS counted
    JOIN regulators_licencetype AS kind ON kind.id = licence_type_id
    LEFT JOIN accounts_user AS officer ON officer.id = officer_id
"""  # noqa: S608
OF_AGES = f"{OF_TYPES} AND what IN ('place', 'age', 'stay')"
AGE = """
    what, licence_type_id, CASE what WHEN 'place' THEN '' ELSE stage END AS stage,
    CASE what WHEN 'place' THEN NULL ELSE day END AS day
"""
# The passages that no fold has counted yet.
WAITING = f"""
    SELECT 'passage', kind.code, outcome, stage, '', ended_on, NULL, NULL, 1, began_on,
        (
            SELECT json_agg(
                json_build_array(clock, what, (at AT TIME ZONE '{ALMATY}')::date) ORDER BY at, entry.id
            )
            FROM applications_clockentry AS entry
            WHERE entry.application_id = passage.application_id AND entry.about = ''
        )
    FROM applications_passage AS passage
    JOIN regulators_licencetype AS kind ON kind.id = passage.licence_type_id
    WHERE NOT passage.counted AND kind.regulator_id = ANY(%(regulators)s)
"""  # noqa: S608
COUNTED = f"{SUMMED.format(within=WITHIN, officer='NULL::bigint')} UNION ALL {WAITING}"
# Open cases by the days that stand in their rows; and of the cases of each licence type that there are some.
AGES = f"""
    SELECT what, kind.code, '', stage, '', day, NULL::bigint, NULL, number, NULL::date, NULL::json
    FROM (
        SELECT what, licence_type_id, stage, day, SUM(number)::bigint AS number FROM (
            SELECT {AGE}, cases AS number FROM applications_tally WHERE {OF_AGES}
            UNION ALL
            SELECT {AGE}, by FROM applications_tallychange WHERE {OF_AGES}
        ) AS either
        GROUP BY day, stage, what, licence_type_id HAVING SUM(number) <> 0
    ) AS counted
    JOIN regulators_licencetype AS kind ON kind.id = licence_type_id
    UNION ALL {WAITING}
"""  # noqa: S608
# Of open cases by their case officer, and of stages by who has them in hand.
OF_PEOPLE = f"{OF_TYPES} AND (what IN ('hand', 'take') OR (what = 'place' AND turn <> ''))"
PLACES = SUMMED.format(within=OF_PEOPLE, officer="officer_id")
MONTH = "CASE WHEN %(by_month)s THEN day END"
OF_A_YEAR = f"""
    what IN ('time', 'running') AND day >= %(since)s AND (stage = '' OR NOT %(by_month)s) AND {OF_TYPES}
"""
# How many took each number of days: the whole case and its stages in all, or the whole case alone by month.
# No page shows both. The percentiles are not taken here: to sort 6,000 counts by window took 15 ms of 22.
TOOK = f"""
    SELECT what, stage, month, array_agg(days), array_agg(number) FROM (
        SELECT what, stage, {MONTH}, days, SUM(cases::int) FROM applications_tally WHERE {OF_A_YEAR}
        GROUP BY 1, 2, 3, 4
        UNION ALL
        SELECT what, stage, {MONTH}, days, by FROM applications_tallychange WHERE {OF_A_YEAR}
    ) AS either (what, stage, month, days, number)
    GROUP BY what, stage, month
"""  # noqa: S608


# By week and month, each by its first day. Asked kind by kind, so that each finds its rows by the index.
MOVED = "licence_type_id, what, state, stage"
RECENT = "CASE WHEN day >= %(since)s THEN day END"
STOOD = f"{OF_TYPES} AND what = 'stood'"
ENDED = f"{OF_TYPES} AND what = 'ended' AND day >= %(since)s"
SUBMITTED = f"{OF_TYPES} AND what = 'step' AND state = 'application.submit' AND day >= %(since)s"
FLOWS = f"""
    SELECT kind.code, what, state, stage, week, month, number FROM (
        SELECT kind, what, state, stage, day - (EXTRACT(ISODOW FROM day)::int - 1) AS week,
            CASE what WHEN 'ended' THEN day - (EXTRACT(DAY FROM day)::int - 1) END AS month,
            SUM(number)::bigint AS number
        FROM (
            SELECT {MOVED}, {RECENT}, cases FROM applications_tally WHERE {STOOD}
            UNION ALL
            SELECT {MOVED}, {RECENT}, by FROM applications_tallychange WHERE {STOOD}
            UNION ALL
            SELECT {MOVED}, day, cases FROM applications_tally WHERE {ENDED}
            UNION ALL
            SELECT {MOVED}, day, by FROM applications_tallychange WHERE {ENDED}
            UNION ALL
            SELECT {MOVED}, day, cases FROM applications_tally WHERE {SUBMITTED}
            UNION ALL
            SELECT {MOVED}, day, by FROM applications_tallychange WHERE {SUBMITTED}
        ) AS either (kind, what, state, stage, day, number)
        GROUP BY kind, what, state, stage, week, month HAVING SUM(number) <> 0
    ) AS flows
    JOIN regulators_licencetype AS kind ON kind.id = flows.kind
"""  # noqa: S608


class Flow(NamedTuple):
    """So many of what ``Counted`` describes, in a week, by its Monday, and, of what ended, in a month, by its
    first day. No week: all that was before.
    """

    licence_type: str
    what: str
    state: str
    stage: str
    week: date | None
    month: date | None
    number: int


class Count(NamedTuple):
    """So many of what ``Counted`` describes; or a passage that is not counted yet, which began on a day.
    ``day`` is one of the days of those that are counted together.
    """

    what: str
    licence_type: str
    state: str
    stage: str
    turn: str
    day: date | None
    officer: int | None
    officer_name: str | None
    number: int
    began_on: date | None
    clock_entries: Any

    def waiting(self, today: date) -> str:
        if self.turn != HEARD:
            return self.turn
        assert self.day is not None
        return FIRM if self.day >= today else DECISION


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


def counted(
    regulators: Collection[int],
    *,
    what: Collection[str],
    today: date,
    ended: Collection[Period] = (),
    steps: Period | None = None,
) -> list[Count]:
    """Of all licence types: the cases at their places, what ended since the first of these periods, the acts
    of a period; and every passage that is not counted yet. The day of what ended tells of each period whether
    it holds it, that of a place whether today has come to it.
    """
    return _counts(
        COUNTED, regulators, what=list(what), cuts=_cuts(ended, today),
        since=min((one.first for one in ended), default=today),
        first=steps and steps.first, last=steps and steps.last,
    )  # fmt: skip


def ages(regulators: Collection[int]) -> list[Count]:
    """Of all licence types: open cases by the day of their submission, and by that on which they came where
    they stand; how many cases there are; and every passage that is not counted yet.
    """
    return _counts(AGES, regulators)


def _counts(statement: str, regulators: Collection[int], **values: Any) -> list[Count]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"regulators": list(regulators), "types": None, **values})
        return [Count(*row) for row in cursor.fetchall()]


def _cuts(periods: Collection[Period], today: date) -> list[date]:
    ends = {day for one in periods for day in (one.first, one.last + ONE_DAY)}
    return sorted(ends | {today})


def took(
    regulators: Collection[int],
    counts: Collection[Count],
    *,
    since: date,
    types: list[str] | None,
    by_month: bool = False,
) -> list[Took]:
    """How long the cases took that were decided since a day, and their stages; or, by the month of the
    decision, the cases alone. ``counts`` are those of ``counted``; ``types`` the licence types, None for all.
    """
    values: dict[str, Any] = {
        "regulators": list(regulators), "since": since, "types": types, "by_month": by_month,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(TOOK, values)
        rows = cursor.fetchall()
    found = defaultdict[tuple[str, str, date | None], Counter[int | None]](Counter)
    for what, stage, month, days, numbers in rows:
        for length, number in zip(days, numbers, strict=True):
            found[what, stage, month][length] += number
    for one in counts:
        for what, stage, month, length in measures(one) if types is None or one.licence_type in types else []:
            if month >= since and not (by_month and stage):
                found[what, stage, month if by_month else None][length] += 1
    return [_took(key, +lengths) for key, lengths in found.items() if lengths.total()]


def _took(key: tuple[str, str, date | None], lengths: Counter[int | None]) -> Took:
    known = Counter({days: number for days, number in lengths.items() if days is not None})
    p50, p85, p95 = percentiles(known, 50, 85, 95)
    return Took(*key, lengths.total(), p50, p85, p95, max(known, default=None))


def measures(one: Count) -> list[tuple[str, str, date, int | None]]:
    """Of a passage that is not counted yet: what, stage, month and working days. Of others nothing."""
    if one.what != "passage":
        return []
    assert one.began_on is not None
    assert one.day is not None
    entries = [(clock, what, date.fromisoformat(day)) for clock, what, day in one.clock_entries or []]
    days, running = lengths((one.began_on, one.day), entries)
    month = one.day.replace(day=1)
    return [(Counted.TIME, one.stage, month, days), (Counted.RUNNING, one.stage, month, running)]


def flows(regulators: Collection[int], *, since: date) -> list[Flow]:
    """By licence type and week: how many more cases stood at each place, of the time before ``since`` in one;
    what ended and what was submitted since then.
    """
    values: dict[str, Any] = {"regulators": list(regulators), "since": since, "types": None}
    with connection.cursor() as cursor:
        cursor.execute(FLOWS, values)
        return [Flow(*row) for row in cursor.fetchall()]


def waiting_now(today: date) -> Case:
    """The turn of a row as a list shows it: the firm's while it is to be heard, then the decision's."""
    return Case(
        When(turn_now=HEARD, heard_until_now__gte=today, then=Value(FIRM)),
        When(turn_now=HEARD, then=Value(DECISION)),
        default=F("turn_now"),
        output_field=CharField(),
    )
