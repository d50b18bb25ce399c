"""How many there are, and how long they took: exact to the last act that is committed, whatever was folded.

What it costs does not grow with the cases: places, days, people and months are counted, not rows.
"""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, CharField, F, Value, When

from applications.models.standing import DECISION, FIRM, HEARD
from applications.models.tallies import COLUMNS
from applications.pipeline.periods import ONE_DAY, Period

# As an array, so that it is looked up in the index rather than joined to what that gives.
OF_TYPES = """
    licence_type_id = ANY(ARRAY(
        SELECT id FROM regulators_licencetype
        WHERE regulator_id = ANY(%(regulators)s) AND (%(types)s::text[] IS NULL OR code = ANY(%(types)s))
    ))
"""


def _both(*conditions: str, columns: str = COLUMNS) -> str:
    """What is counted of the rows that pass one of these, of both tables, with its number. Each condition is
    asked by itself, so that its rows are found by the index.
    """
    tables = (("applications_tally", "cases"), ("applications_tallychange", "by"))
    return " UNION ALL ".join(
        f"SELECT {columns}, {number} AS number FROM {table} WHERE {OF_TYPES} AND {condition}"  # noqa: S608
        for condition in conditions
        for table, number in tables
    )


def _summed(*conditions: str, officer: str) -> str:
    """Days between the same two cuts are not told apart, the first stands for all: what a page asks of a day,
    its cuts answer. An officer is told from another where ``officer`` names the column.
    """
    return f"""
        SELECT what, kind.code, state, stage, turn, day, officer_id, officer.full_name, number FROM (
            SELECT what, licence_type_id, state, stage, turn, MIN(day) AS day, {officer} AS officer_id,
                SUM(number)::bigint AS number
            FROM ({_both(*conditions)}) AS either
            GROUP BY what, licence_type_id, state, stage, turn, {officer}, width_bucket(day, %(cuts)s::date[])
            HAVING SUM(number) <> 0
        ) AS counted
        JOIN regulators_licencetype AS kind ON kind.id = licence_type_id
        LEFT JOIN accounts_user AS officer ON officer.id = officer_id
    """  # noqa: S608


PLACE = "what = 'place' AND what = ANY(%(what)s)"
ENDED = "what = 'ended' AND what = ANY(%(what)s) AND day >= %(since)s"
STEPS = "what = 'step' AND what = ANY(%(what)s) AND day BETWEEN %(first)s AND %(last)s"
COUNTED = _summed(PLACE, ENDED, STEPS, officer="NULL::bigint")
# Open cases by the days that stand in their rows; and of the cases of each licence type that there are some.
AGES = f"""
    SELECT what, kind.code, stage, array_agg(day), array_agg(number) FROM (
        SELECT what, licence_type_id, stage, day, SUM(number)::bigint FROM (
            {_both("what IN ('age', 'stay')", columns="what, licence_type_id, stage, day")}
        ) AS either (what, licence_type_id, stage, day, number)
        GROUP BY day, stage, what, licence_type_id HAVING SUM(number) <> 0
        UNION ALL
        SELECT 'place', id, '', NULL, 1 FROM regulators_licencetype AS kind
        WHERE id = ANY(ARRAY(
            SELECT id FROM regulators_licencetype WHERE regulator_id = ANY(%(regulators)s)
        )) AND EXISTS (
            SELECT FROM applications_tally WHERE what = 'place' AND licence_type_id = kind.id
            UNION ALL
            SELECT FROM applications_tallychange WHERE what = 'place' AND licence_type_id = kind.id
        )
    ) AS counted (what, kind, stage, day, number)
    JOIN regulators_licencetype AS kind ON kind.id = counted.kind
    GROUP BY what, kind.code, stage
"""  # noqa: S608
# Of open cases by their case officer, and of stages by who has them in hand.
PLACES = _summed("what IN ('hand', 'take')", "what = 'place' AND turn <> ''", officer="officer_id")
# By week and month, each by its first day.
STOOD = "licence_type_id, what, '', stage, CASE WHEN day >= %(since)s THEN day END"
WENT = "licence_type_id, what, state, '', day"
CAME = "what = 'step' AND state = 'application.submit' AND day >= %(since)s"
FLOWS = f"""
    SELECT kind.code, what, state, stage, week, month, number FROM (
        SELECT kind, what, state, stage, day - (EXTRACT(ISODOW FROM day)::int - 1) AS week,
            CASE what WHEN 'ended' THEN day - (EXTRACT(DAY FROM day)::int - 1) END AS month,
            SUM(number)::bigint AS number
        FROM (
            {_both("what = 'stood'", columns=STOOD)}
            UNION ALL
            {_both("what = 'ended' AND day >= %(since)s", CAME, columns=WENT)}
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
    """So many of what ``Counted`` describes; ``day`` is one of the days of those counted together."""

    what: str
    licence_type: str
    state: str
    stage: str
    turn: str
    day: date | None
    officer: int | None
    officer_name: str | None
    number: int

    def waiting(self, today: date) -> str:
        if self.turn != HEARD:
            return self.turn
        assert self.day is not None
        return FIRM if self.day >= today else DECISION


class Since(NamedTuple):
    """Open cases by the day since which they are so old (``age``), or stand at the stage (``stay``): as many
    each as ``numbers`` says. Of ``place`` no day is told.
    """

    what: str
    licence_type: str
    stage: str
    days: list[date]
    numbers: list[int]


def counted(
    regulators: Collection[int],
    *,
    what: Collection[str],
    today: date,
    ended: Collection[Period] = (),
    steps: Period | None = None,
) -> list[Count]:
    """Of all licence types: the cases at their places, what ended since the first of these periods, and the
    acts of a period. The day of what ended tells of each period whether it holds it, that of a place whether
    today has come to it.
    """
    values = {
        "what": list(what), "cuts": _cuts(ended, today),
        "since": min((one.first for one in ended), default=today),
        "first": steps and steps.first, "last": steps and steps.last,
    }  # fmt: skip
    return [Count(*row) for row in rows(COUNTED, regulators, **values)]


def ages(regulators: Collection[int]) -> list[Since]:
    """Of all licence types: how old open cases are, how long they stand where they are, and whether there are
    any cases.
    """
    return [Since(*row) for row in rows(AGES, regulators)]


def flows(regulators: Collection[int], *, since: date) -> list[Flow]:
    """By licence type and week: how many more cases stood at each place, of the time before ``since`` in one;
    what ended and what was submitted since then.
    """
    return [Flow(*row) for row in rows(FLOWS, regulators, since=since)]


def rows(statement: str, regulators: Collection[int], **values: Any) -> list[tuple[Any, ...]]:
    """Of what ``statement`` counts of these regulators: of all licence types, unless ``types`` names some."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"regulators": list(regulators), "types": None, **values})
        return cursor.fetchall()


def _cuts(periods: Collection[Period], today: date) -> list[date]:
    ends = {day for one in periods for day in (one.first, one.last + ONE_DAY)}
    return sorted(ends | {today})


def waiting_now(today: date) -> Case:
    """The turn of a row as a list shows it: the firm's while it is to be heard, then the decision's."""
    return Case(
        When(turn_now=HEARD, heard_until_now__gte=today, then=Value(FIRM)),
        When(turn_now=HEARD, then=Value(DECISION)),
        default=F("turn_now"),
        output_field=CharField(),
    )
