"""How many there are, and how long they took: exact to the last act that is committed, whatever was folded.

What it costs does not grow with the cases: places, days, people and months are counted, not rows.
"""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, CharField, F, Value, When

from accounts.zones import ALMATY
from applications.models.standing import DECISION, FIRM, HEARD
from applications.models.tallies import COLUMNS, Counted
from applications.pipeline.periods import Period
from applications.queries.passages import lengths

OF_TYPES = """
    licence_type_id IN (
        SELECT id FROM regulators_licencetype
        WHERE regulator_id = ANY(%(regulators)s) AND (%(types)s::text[] IS NULL OR code = ANY(%(types)s))
    )
"""
WITHIN = f"""
    {OF_TYPES} AND what = ANY(%(what)s) AND (
        what IN ('place', 'age', 'stay') OR (what = 'ended' AND day >= %(since)s)
        OR (what = 'step' AND day BETWEEN %(first)s AND %(last)s)
    )
"""
OF_A_PAGE = (Counted.PLACE, Counted.AGE, Counted.ENDED, Counted.STEP)
# What is counted of the rows that pass a condition, those of both tables together.
SUMMED = f"""
    SELECT what, kind.code, state, stage, turn, day, officer_id, officer.full_name, number,
        NULL::date, NULL::json
    FROM (
        SELECT {COLUMNS}, SUM(number)::bigint AS number FROM (
            SELECT {COLUMNS}, cases AS number FROM applications_tally WHERE {{within}}
            UNION ALL
            SELECT {COLUMNS}, by FROM applications_tallychange WHERE {{within}}
        ) AS either
        GROUP BY {COLUMNS} HAVING SUM(number) <> 0
    ) AS counted
    JOIN regulators_licencetype AS kind ON kind.id = licence_type_id
    LEFT JOIN accounts_user AS officer ON officer.id = officer_id
"""  # noqa: S608
# With the passages that no fold has counted yet.
COUNTED = f"""
    {SUMMED.format(within=WITHIN)}
    UNION ALL
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
PLACES = SUMMED.format(within=f"{OF_TYPES} AND what = 'place' AND turn <> ''")  # of open cases
MONTH = "CASE WHEN %(by_month)s THEN day END"
OF_A_YEAR = f"""
    what IN ('time', 'running') AND day >= %(since)s AND (stage = '' OR NOT %(by_month)s) AND {OF_TYPES}
"""
# How many, the percentiles of what is known, and the longest: of the whole case and its stages in all, or of
# the whole case alone by month. No page shows both, which sorted 13,000 counts with 100,000 cases.
TOOK = f"""
    WITH histogram AS (
        SELECT what, stage, month, days, SUM(number) AS number FROM (
            SELECT what, stage, {MONTH}, days, cases FROM applications_tally WHERE {OF_A_YEAR}
            UNION ALL
            SELECT what, stage, {MONTH}, days, by FROM applications_tallychange WHERE {OF_A_YEAR}
            UNION ALL
            SELECT what, stage, {MONTH}, days, 1
            FROM unnest(%(what)s::text[], %(stage)s::text[], %(month)s::date[], %(days)s::int[])
                AS late (what, stage, day, days)
            WHERE stage = '' OR NOT %(by_month)s
        ) AS either (what, stage, month, days, number)
        GROUP BY what, stage, month, days HAVING SUM(number) <> 0
    ), reached AS (
        SELECT *, SUM(number) FILTER (WHERE days IS NOT NULL) OVER spell AS known,
            SUM(number) FILTER (WHERE days IS NOT NULL) OVER (spell ORDER BY days) AS seen
        FROM histogram WINDOW spell AS (PARTITION BY what, stage, month)
    )
    SELECT what, stage, month, SUM(number)::bigint, MIN(days) FILTER (WHERE seen >= known * 0.50),
        MIN(days) FILTER (WHERE seen >= known * 0.85), MIN(days) FILTER (WHERE seen >= known * 0.95),
        MAX(days)
    FROM reached GROUP BY what, stage, month
"""  # noqa: S608


OF_FLOWS = f"""
    {OF_TYPES} AND (
        what = 'stood' OR (what = 'ended' AND day >= %(since)s)
        OR (what = 'step' AND state = 'application.submit' AND day >= %(since)s)
    )
"""
FLOWS = f"""
    SELECT kind.code, what, state, stage, CASE WHEN day >= %(since)s THEN date_trunc('week', day)::date END,
        CASE WHEN day >= %(since)s THEN date_trunc('month', day)::date END, SUM(number)::bigint
    FROM (
        SELECT licence_type_id, what, state, stage, day, cases FROM applications_tally WHERE {OF_FLOWS}
        UNION ALL
        SELECT licence_type_id, what, state, stage, day, by FROM applications_tallychange WHERE {OF_FLOWS}
    ) AS either (licence_type_id, what, state, stage, day, number)
    JOIN regulators_licencetype AS kind ON kind.id = licence_type_id
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING SUM(number) <> 0
"""  # noqa: S608


class Flow(NamedTuple):
    """So many of what ``Counted`` describes, in a week, by its Monday, and in a month, by its first day; None
    for all that was before.
    """

    licence_type: str
    what: str
    state: str
    stage: str
    week: date | None
    month: date | None
    number: int


class Count(NamedTuple):
    """So many of what ``Counted`` describes; or a passage that is not counted yet, which began on a day."""

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
    regulators: Collection[int], *, since: date, period: Period, what: Collection[str] = OF_A_PAGE
) -> list[Count]:
    """What stands, what ended since a day, and the acts of a period, of all licence types; and every passage
    that is not counted yet.
    """
    values: dict[str, Any] = {
        "regulators": list(regulators), "types": None, "since": since, "what": list(what),
        "first": period.first, "last": period.last,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, values)
        return [Count(*row) for row in cursor.fetchall()]


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
    here = [one for one in counts if types is None or one.licence_type in types]
    late = [measure for one in here for measure in measures(one) if measure[2] >= since]
    columns = zip(*late, strict=True) if late else ([], [], [], [])
    values: dict[str, Any] = dict(zip(("what", "stage", "month", "days"), map(list, columns), strict=True))
    values |= {"regulators": list(regulators), "since": since, "types": types, "by_month": by_month}
    with connection.cursor() as cursor:
        cursor.execute(TOOK, values)
        return [Took(*row) for row in cursor.fetchall()]


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
