"""What a forecast reads, at a cost that does not grow with the cases that are over."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from accounts.zones import ALMATY
from applications.pipeline.forecast.roads import Road, road_from
from applications.services.clocks import ASSESSMENT
from applications.states import OPEN

NEWEST = 1_000  # cases decided of each licence type that a forecast is drawn from
# Per licence type: how many were decided since a day; by month of the decision, how many of them had come so
# few days before that month at most; and the roads of the newest, with those that ended otherwise meanwhile.
KINDS = f"""
    WITH whole AS (
        SELECT passage.* FROM regulators_licencetype AS kind, LATERAL (
            SELECT * FROM applications_passage
            WHERE licence_type_id = kind.id AND stage = '' AND counted
                AND ended_on BETWEEN %(since)s AND %(until)s
            ORDER BY ended_on DESC, id DESC LIMIT %(newest)s
        ) AS passage
        WHERE kind.regulator_id = ANY(%(regulators)s)
            AND (%(chosen)s::text[] IS NULL OR kind.code = ANY(%(chosen)s))
    ), since AS (
        SELECT licence_type_id, MIN(ended_on) AS day FROM whole GROUP BY licence_type_id
    ), over AS (
        SELECT application_id AS id, licence_type_id, outcome AS state, began_on AS submitted,
            ended_on AS ended, days - running AS lost
        FROM whole
        UNION ALL
        SELECT id, licence_type_id, state, (submitted_at AT TIME ZONE '{ALMATY}')::date,
            (decided_at AT TIME ZONE '{ALMATY}')::date, NULL
        FROM applications_application JOIN since USING (licence_type_id)
        WHERE state IN ('withdrawn', 'lapsed', 'not_accepted') AND submitted_at IS NOT NULL
            AND (decided_at AT TIME ZONE '{ALMATY}')::date BETWEEN day AND %(until)s
    ), road AS (
        SELECT over.licence_type_id, over.ended, over.id, json_build_array(
            over.state, over.submitted, (filed.accepted_at AT TIME ZONE '{ALMATY}')::date, answer.day,
            over.ended, GREATEST(over.lost - COALESCE(passed.lost, 0), 0), passed.stages
        ) AS columns
        FROM over
        JOIN applications_application AS filed ON filed.id = over.id
        LEFT JOIN LATERAL (
            SELECT (MIN(met_at) AT TIME ZONE '{ALMATY}')::date AS day FROM applications_deadline
            WHERE application_id = over.id AND about = '' AND code = ANY(%(clocks)s)
        ) AS answer ON TRUE
        LEFT JOIN LATERAL (
            SELECT SUM(lost) AS lost, json_agg(json_build_array(stage, day, lost)) AS stages FROM (
                SELECT stage, MIN(ended_on) AS day, COALESCE(SUM(days - running), 0) AS lost
                FROM applications_passage WHERE application_id = over.id AND stage <> '' GROUP BY stage
            ) AS of_stages
        ) AS passed ON TRUE
    )
    SELECT kind.code,
        (
            SELECT COUNT(*) FROM applications_passage
            WHERE licence_type_id = kind.id AND stage = '' AND counted
                AND ended_on BETWEEN %(since)s AND %(until)s
        ),
        (SELECT json_agg(columns ORDER BY ended, id) FROM road WHERE licence_type_id = kind.id),
        (
            SELECT json_agg(json_build_array(month, late)) FROM (
                SELECT date_trunc('month', ended_on)::date AS month, COUNT(*) FILTER (
                    WHERE began_on >= date_trunc('month', ended_on)::date - %(gap)s::int
                ) AS late
                FROM applications_passage
                WHERE licence_type_id = kind.id AND stage = ''
                    AND ended_on >= %(year)s AND ended_on < date_trunc('month', %(until)s::date)
                GROUP BY 1
            ) AS by_month
        )
    FROM regulators_licencetype AS kind
    WHERE kind.regulator_id = ANY(%(regulators)s)
    ORDER BY kind.code
"""  # noqa: S608
STANDING = f"""
    SELECT filed.id, kind.code, filed.state, filed.place_now,
        (filed.submitted_at AT TIME ZONE '{ALMATY}')::date, (filed.accepted_at AT TIME ZONE '{ALMATY}')::date,
        passed.day, (clock.met_at AT TIME ZONE '{ALMATY}')::date,
        CASE WHEN clock.met_at IS NULL THEN clock.due_on END, clock.working_days,
        CASE WHEN filed.paused_since IS NOT NULL THEN GREATEST(
            (filed.paused_since AT TIME ZONE '{ALMATY}')::date, clock.starts_on
        ) END, clock.spent_on, clock.spent_due_on
    FROM applications_application AS filed
    JOIN regulators_licencetype AS kind ON kind.id = filed.licence_type_id
    LEFT JOIN LATERAL (
        SELECT MAX(ended_on) AS day FROM applications_passage WHERE application_id = filed.id AND stage <> ''
    ) AS passed ON TRUE
    LEFT JOIN LATERAL (
        SELECT * FROM applications_deadline
        WHERE application_id = filed.id AND about = '' AND code = ANY(%(clocks)s)
        ORDER BY met_at DESC, due_at LIMIT 1
    ) AS clock ON TRUE
    WHERE filed.state = ANY(%(open)s) AND filed.submitted_at IS NOT NULL
        AND kind.regulator_id = ANY(%(regulators)s)
            AND (%(chosen)s::text[] IS NULL OR kind.code = ANY(%(chosen)s))
"""  # noqa: S608


class Kind(NamedTuple):
    """One licence type. ``decided`` counts all of the window; ``roads`` are the newest of them and what ended
    otherwise since the first, in the order of their ends. ``newcomers``: by month, how many of those decided
    in it were submitted in it, or shortly before.
    """

    code: str
    decided: int
    roads: list[Road]
    newcomers: dict[date, int]


class Standing(NamedTuple):
    """An open case: where it stands and since when, and the clock of its decision where that runs.
    ``paused_on`` is None while it does.
    """

    id: str
    code: str
    state: str
    place: str
    submitted: date
    accepted: date | None
    approved: date | None
    answered: date | None
    due_on: date | None
    working_days: int | None
    paused_on: date | None
    spent_on: date | None
    spent_due_on: date | None


def kinds(
    regulators: Collection[int],
    *,
    chosen: list[str] | None,
    since: date,
    until: date,
    year: date,
    gap: int,
) -> list[Kind]:
    """Every licence type of these regulators, with the roads of those chosen, or of all."""
    values: dict[str, Any] = {
        "regulators": list(regulators), "chosen": chosen, "since": since, "until": until, "year": year,
        "gap": gap, "newest": NEWEST, "clocks": list(ASSESSMENT),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(KINDS, values)
        rows = cursor.fetchall()
    return [
        Kind(
            code, decided, [road_from(row) for row in roads or ()],
            {date.fromisoformat(month): count for month, count in newcomers or ()},
        )
        for code, decided, roads, newcomers in rows
    ]  # fmt: skip


def standing(regulators: Collection[int], *, chosen: list[str] | None) -> list[Standing]:
    """The open cases."""
    values: dict[str, Any] = {
        "regulators": list(regulators), "chosen": chosen, "clocks": list(ASSESSMENT), "open": sorted(OPEN),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(STANDING, values)
        return [Standing(*row) for row in cursor.fetchall()]
