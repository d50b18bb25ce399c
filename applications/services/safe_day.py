"""The last day on which the notice of a refusal can be served, so that a refusal still comes in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from applications.models.clocks import Deadline
from applications.services.clocks import ASSESSMENT
from applications.states import ApplicationState as A
from regulators.calendars import ONE_DAY, YearNotInCalendarError, last_day, working_days_between
from regulators.rulebook import Clock

if TYPE_CHECKING:
    from applications.models import Application

BEFORE_SERVICE = (A.IN_REVIEW, A.RECOMMENDED, A.REFUSAL_PROPOSED)


@dataclass(frozen=True, kw_only=True)
class SafeDay:
    """``due_on`` is the last day of the period for the decision."""

    day: date
    due_on: date

    @property
    def is_over(self) -> bool:
        return timezone.localdate() > self.day


def safe_day(case: "Application", deadlines: Iterable[Deadline]) -> SafeDay | None:
    """From ``deadlines`` of the case and the period for representations of its book: the latest day of
    service after whose period a working day is left to sign the refusal. None where one of the two has no
    length or is in a year that is not in the calendar, and where a notice was served already.
    """
    period = case.book.clock("representations")
    dues = [one.due_on for one in deadlines if one.code in ASSESSMENT and one.met_at is None and one.due_on]
    if case.state not in BEFORE_SERVICE or case.served_now or not dues:
        return None
    if period is None or not period.has_length:
        return None
    due_on = min(dues)
    try:
        return SafeDay(day=_counted_back(period, due_on), due_on=due_on)
    except YearNotInCalendarError:
        return None


def _counted_back(period: Clock, due_on: date) -> date:
    day = due_on
    while not _leaves_a_day(period, day, due_on):
        day -= ONE_DAY
    return day


def _leaves_a_day(period: Clock, day: date, due_on: date) -> bool:
    if period.working_days:
        return working_days_between(day, due_on) > period.working_days
    until = last_day(period, day)
    assert until is not None
    return working_days_between(until, due_on) > 0
