"""Where an open case stands, in the terms of the history: the place, for how long, and how long is left."""

from datetime import date
from typing import NamedTuple

from applications.models.standing import INTAKE
from applications.pipeline.days import WorkingDays
from applications.pipeline.forecast.reading import Standing
from applications.pipeline.forecast.roads import PRINCIPLE
from applications.states import ApplicationState as A
from regulators.calendars import YearNotInCalendarError, add_working_days


class Spot(NamedTuple):
    """``stood`` and ``left`` in working days; ``left`` is None where no clock of a decision runs, or its last
    day cannot be computed.
    """

    case: str
    code: str
    place: str
    stood: int
    due: date | None
    left: int | None


def spot(one: Standing, today: date, days: WorkingDays) -> Spot | None:
    """None where a day lies in a year that is not in the calendar."""
    place, since = _place(one, today)
    stood = days.between(since, today)
    if stood is None:
        return None
    due = _due(one, today, days) if one.state != A.RETURNED else None
    left = days.between(today, due) if due else None
    return Spot(one.id, one.code, place, max(stood, 0), due, left)


def _place(one: Standing, today: date) -> tuple[str, date]:
    """What was returned to the firm comes anew when it comes back: as though that were today."""
    if one.state == A.RETURNED:
        return INTAKE, today
    if one.state == A.APPROVED_IN_PRINCIPLE and one.answered:
        return PRINCIPLE, one.answered
    if one.accepted is None:
        return INTAKE, one.submitted
    return one.place, max(one.accepted, one.approved or one.accepted)


def _due(one: Standing, today: date, days: WorkingDays) -> date | None:
    """The last day as it stands: of a clock that is paused the one it would have if it ran on today."""
    if one.due_on is None or one.paused_on is None or one.paused_on >= today:
        return one.due_on
    if one.spent_on and one.spent_on <= today:
        return one.spent_due_on
    if one.working_days is None:
        return one.due_on + (today - one.paused_on)
    lost = days.between(one.paused_on, today)
    try:
        return add_working_days(one.due_on, lost) if lost else one.due_on
    except YearNotInCalendarError:
        return None
