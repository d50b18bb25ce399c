"""Dates in a year that is not in the calendar have no steps, which is logged."""

import logging
from datetime import date
from functools import cache

from applications.due import waiting
from applications.models import Deadline
from regulators.calendars import kazakhstan

logger = logging.getLogger(__name__)


def say_what_is_left_out(today: date) -> None:
    """One query. The first such year is logged once in a process."""
    year = today.year
    while year in kazakhstan().years:
        year += 1
    after = date(year, 1, 1)
    days = [
        waiting.requests().filter(due_on__gte=after).values("due_on"),
        waiting.returned().filter(return_by__gte=after).values("return_by"),
        waiting.conditions().filter(due_on__gte=after).values("due_on"),
        waiting.consultations().filter(due_on__gte=after).values("due_on"),
        waiting.in_principle().filter(expires_on__gte=after).values("expires_on"),
        Deadline.objects.filter(met_at=None, missing_year__isnull=False).values("due_on"),
    ]
    first, *others = (rows.order_by() for rows in days)
    if first.union(*others, all=True)[:1]:
        _say(year)


@cache
def _say(year: int) -> None:
    logger.warning("Nobody is reminded of dates in %s before they are over: add it to the calendar.", year)
