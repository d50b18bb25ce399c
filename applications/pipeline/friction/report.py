"""The report: what each requirement came to in the cases submitted in a period, and the worst ten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.pipeline.friction import sql
from applications.pipeline.periods import Period
from look import words
from regulators import books
from regulators.rulebook import Requirement, Text, say

WORST = 10
FEWEST = 5  # a share of fewer cases is not ranked
DAYS, REQUESTED, RETURNED, DEFICIENT = "days", "requested", "returned", "deficient"
BY = {
    DAYS: gettext_lazy("Days lost in a case"),
    REQUESTED: gettext_lazy("Share asked about"),
    RETURNED: gettext_lazy("Share returned"),
    DEFICIENT: gettext_lazy("Share deficient"),
}
STALE = f"""
    SELECT DISTINCT licence_type_id, day FROM ({sql.STALE}) AS stale
    WHERE licence_type_id = %(type)s AND day BETWEEN %(first)s AND %(last)s
"""  # noqa: S608
COHORT = "SELECT * FROM stale ORDER BY day DESC LIMIT %(live)s"
# With the open task of each; and without a requirement, how many days wait to be counted.
REPORT = f"""
    WITH stale AS MATERIALIZED ({STALE}), cohort AS MATERIALIZED ({COHORT}), {sql.FACTS}, counted AS (
        SELECT requirement, cases, requested, returned, deficient, troubled, waited, days
        FROM applications_frictionday
        WHERE licence_type_id = %(type)s AND day BETWEEN %(first)s AND %(last)s
            AND day NOT IN (SELECT day FROM cohort)
        UNION ALL
        SELECT requirement, {sql.COUNTS} FROM facts GROUP BY requirement
    )
    SELECT requirement, SUM(cases)::bigint, SUM(requested)::bigint, SUM(returned)::bigint,
        SUM(deficient)::bigint, SUM(troubled)::bigint, SUM(waited)::bigint, SUM(days)::bigint,
        (
            SELECT id FROM applications_guidancetask AS task WHERE task.licence_type_id = %(type)s
                AND task.requirement = counted.requirement AND outcome = ''
        )
    FROM counted GROUP BY requirement
    UNION ALL
    SELECT '', (SELECT COUNT(*) FROM stale) - (SELECT COUNT(*) FROM cohort), 0, 0, 0, 0, 0, 0, NULL
"""  # noqa: S608


class Counts(NamedTuple):
    """Of so many cases in which a requirement stood; ``task`` is the key of its open guidance task."""

    requirement: str
    cases: int
    requested: int
    returned: int
    deficient: int
    troubled: int
    waited: int
    days: int
    task: int | None

    @property
    def figures(self) -> dict[str, int]:
        """What a guidance task keeps of them."""
        return {name: getattr(self, name) for name in self._fields[1:-1]}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A requirement with its figures, each with its share where it has one, and the lists behind them."""

    counts: Counts
    title: str
    stage: str
    where: str  # the address of its list, without what the list is of

    @property
    def code(self) -> str:
        return self.counts.requirement

    @property
    def label(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_ranked(self) -> bool:
        return self.counts.cases >= FEWEST

    @property
    def shares(self) -> list[tuple[int, int, str]]:
        """Cases, per cent, address: of requests, returns and deficiencies."""
        return [
            (getattr(self.counts, what), self.percent(what), self.url(what))
            for what in (REQUESTED, RETURNED, DEFICIENT)
        ]

    @property
    def in_a_case(self) -> Fraction:
        """Days lost in each case in which it stood, on the average."""
        return Fraction(self.counts.days, self.counts.cases)

    @property
    def days_in_a_case(self) -> str:
        return words.number(float(self.in_a_case), 1)

    def percent(self, what: str) -> int:
        return round(100 * self.measure(what))

    def measure(self, by: str) -> Fraction:
        return Fraction(getattr(self.counts, by), self.counts.cases)

    def url(self, what: str = "") -> str:
        return f"{self.where}&what={what}" if what else self.where

    @property
    def all_url(self) -> str:
        return self.url()

    @property
    def waited_url(self) -> str:
        return self.url("waited")


@dataclass(frozen=True, kw_only=True)
class Report:
    """``rows`` begin with what is ranked, the worst first; ``uncounted`` days of submissions are as at their
    last count.
    """

    rows: Sequence[Row]
    by: str
    uncounted: int

    @property
    def worst(self) -> list[Row]:
        """Of those that are ranked, at most ten of which there is anything to say."""
        return [row for row in self.rows if row.is_ranked and row.measure(self.by)][:WORST]

    @property
    def too_few(self) -> int:
        return sum(not row.is_ranked for row in self.rows)


def report(licence_type: Any, *, period: Period, by: str, today: date) -> Report:
    """One query."""
    given = sql.parameters(today, type=licence_type.pk, first=period.first, last=period.last)
    with connection.cursor() as cursor:
        cursor.execute(REPORT, given)
        found = [Counts(*row) for row in cursor.fetchall()]
    uncounted = next(one.cases for one in found if not one.requirement)
    rows = [_row(one, licence_type.code, period) for one in found if one.requirement]
    ordered = sorted(
        rows, key=lambda row: (not row.is_ranked, -row.measure(by), -row.counts.troubled, row.code)
    )
    return Report(rows=ordered, by=by, uncounted=uncounted)


@cache
def requirements_of(licence_type: str) -> dict[str, tuple[Requirement, Text]]:
    """Those of all books of the licence type by their code, as the newest book has them, with the titles of
    their stages, each in its languages.
    """
    ours = [book for book in books.all_books() if book.licence_type == licence_type]
    return {
        one.code: (one, book.stage(one.stage).title)
        for book in sorted(ours, key=lambda book: book.effective_from)
        for one in book.requirements
    }  # fmt: skip


def title_of(licence_type: str, code: str) -> str:
    """The title alone; of a requirement that no book has any more, that it is so."""
    found = requirements_of(licence_type).get(code)
    return say(found[0].title) if found else _("(in no rule book any more)")


def _row(counts: Counts, licence_type: str, period: Period) -> Row:
    found = requirements_of(licence_type).get(counts.requirement)
    chosen = {"type": licence_type, "requirement": counts.requirement, "period": period.code}
    return Row(
        counts=counts,
        title=title_of(licence_type, counts.requirement),
        stage=say(found[1]) if found else "",
        where=f"{reverse('pipeline:friction_cases')}?{urlencode(chosen)}",
    )
