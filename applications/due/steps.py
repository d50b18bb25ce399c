"""The steps at which a date is said before it comes, in working days; turned into days once a run."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Case, CharField, DateField, Q, QuerySet, Value, When

from applications.due.found import News
from regulators.calendars import YearNotInCalendarError, last_working_days, working_days_between

STEPS = (10, 3, 0)  # working days before a day is due: our policy
OVERDUE = "overdue"


@dataclass(frozen=True)
class Near:
    """A day that is not over, and its newest step: said unless the day was set when that step was reached
    already, which is so from ``set_before`` on.
    """

    day: date
    left: int  # working days
    rule: str
    set_before: date


@dataclass(frozen=True)
class Steps:
    """A run that comes late says the newest step alone, and what was near already when it was set is not said
    twice. A day in a year that is not in the calendar has no steps.
    """

    today: date
    ahead: tuple[int, ...] = STEPS
    wanted: News | None = None  # the news of today, where nothing is said

    @cached_property
    def near(self) -> tuple[Near, ...]:
        """Today and the days after it, as far as the first step."""
        found: list[Near] = []
        day = self.today
        try:
            while (left := working_days_between(self.today, day)) <= max(self.ahead):
                newest = min(step for step in self.ahead if step >= left)
                found.append(Near(day, left, f"due in {newest}", last_working_days(day, newest + 1)))
                day += timedelta(days=1)
        except YearNotInCalendarError:
            pass
        return tuple(found)

    def left(self, day: date) -> int:
        """Working days until one of the near days."""
        return next(one.left for one in self.near if one.day == day)

    def among(self, rows: QuerySet[Any], *, day: Any, since: Any, subject: Any) -> QuerySet[Any]:
        """The rows at a step, or overdue, that are wanted. ``day``, ``since`` (when the day was set) and
        ``subject`` are expressions; a row has them as ``due_day``, ``at_step``, ``subject``.
        """
        near = (When(due_day__lte=one.day, then=Value(one.rule)) for one in self.near)
        over = When(due_day__lt=self.today, then=Value(OVERDUE))
        rule = Case(over, *near, default=Value(""), output_field=CharField())
        before = Case(
            *(When(due_day__lte=one.day, then=Value(one.set_before)) for one in self.near),
            default=None, output_field=DateField(),
        )  # fmt: skip
        last = self.near[-1].day if self.near else self.today - timedelta(days=1)
        wanted = self.wanted or News(self.today)
        rows = wanted.among(rows, day=day, rule=rule, subject=subject).filter(due_day__lte=last)
        rows = rows.alias(set_on=since)
        return rows.filter(Q(due_day__lt=self.today) | Q(set_on__lt=before))
