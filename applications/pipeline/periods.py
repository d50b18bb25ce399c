"""The days that figures are about, as the address names them: a month, or the last days or months."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

RECENT, YEAR = "90-days", "12-months"
MONTH, WEEK = re.compile(r"20[0-9]{2}-[0-9]{2}"), re.compile(r"(20[0-9]{2})-W([0-9]{2})")
DAYS, MONTHS = timedelta(days=90), 12
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Period:
    """``first`` to ``last``, both with it; ``code`` as it stands in the address."""

    code: str
    first: date
    last: date

    @property
    def words(self) -> str:
        named = {RECENT: _("the last 90 days"), YEAR: _("the last 12 months")}
        if WEEK.fullmatch(self.code):
            of_one_year = self.first.year == self.last.year
            return f"{self.first:{'%d.%m' if of_one_year else '%d.%m.%Y'}}–{self.last:%d.%m.%Y}"
        return named.get(self.code, f"{self.first:%m.%Y}")

    def holds(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last


def period_from(code: str, today: date) -> Period:
    """Raises ValueError for what is no month, as 2026-11, no week, as 2026-W48, nor one of the two names."""
    if code == RECENT:
        return Period(code=code, first=today - DAYS, last=today)
    if code == YEAR:
        return Period(code=code, first=first_month(today), last=today)
    if week := WEEK.fullmatch(code):
        first = date.fromisocalendar(int(week[1]), int(week[2]), 1)
        return Period(code=code, first=first, last=first + timedelta(days=6))
    if not MONTH.fullmatch(code):
        raise ValueError(code)
    first = date.fromisoformat(f"{code}-01")
    return Period(code=code, first=first, last=month_after(first) - ONE_DAY)


def week_of(day: date) -> str:
    """The code of its week."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def this_month(today: date) -> Period:
    return period_from(f"{today:%Y-%m}", today)


def choices(today: date) -> list[Period]:
    """Those that a page offers: this month, the two before it, and the two names."""
    months = [today.replace(day=1)]
    while len(months) < 3:
        months.append(month_before(months[-1]))
    codes = [*(f"{month:%Y-%m}" for month in months), RECENT, YEAR]
    return [period_from(code, today) for code in codes]


def first_month(today: date) -> date:
    """The first day of the months that the overview looks back on, the present one included."""
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def months(today: date) -> list[date]:
    """The first day of each of them, the present one last."""
    found = [first_month(today)]
    while found[-1] < today.replace(day=1):
        found.append(month_after(found[-1]))
    return found


def month_before(first: date) -> date:
    return (first - ONE_DAY).replace(day=1)


def month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
