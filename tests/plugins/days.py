"""Days for forms that take no day off."""

from datetime import date

from regulators.calendars import add_working_days
from regulators.last_day import is_day_off


def working(day: date) -> date:
    """The day itself, or the next working day after a day off."""
    return add_working_days(day, 1) if is_day_off(day) else day
