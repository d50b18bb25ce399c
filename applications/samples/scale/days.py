"""Working days and hours of Kazakhstan, counted by looking up and not by walking: a run asks millions of times."""

from datetime import date, datetime, time, timedelta
from random import Random

from applications.services.clocks import ALMATY
from regulators.calendars import kazakhstan

OPENS, CLOSES = 9 * 60, 18 * 60  # minutes of a day at the desk
ONE_DAY = timedelta(days=1)


class WorkingDays:
    """The working days of all years that are in the calendar."""

    def __init__(self) -> None:
        calendar = kazakhstan()
        self.first = date(min(calendar.years), 1, 1)
        self.last = date(max(calendar.years), 12, 31)
        self.days: list[date] = []
        self._up_to: list[int] = []
        day = self.first
        while day <= self.last:
            if calendar.is_working_day(day):
                self.days.append(day)
            self._up_to.append(len(self.days))
            day += ONE_DAY

    def add(self, day: date, count: int) -> date:
        """As ``regulators.calendars.add_working_days``."""
        return self.days[self._up_to[(day - self.first).days] + count - 1]

    def between(self, start: date, end: date) -> int:
        """As ``regulators.calendars.working_days_between``."""
        return self._up_to[(end - self.first).days] - self._up_to[(start - self.first).days]

    def later(self, moment: datetime, days: float, rng: Random) -> datetime:
        """A moment at the desk so many working days later; on the same day where that is less than one and
        the desk is still open.
        """
        whole = int(days)
        day = moment.date()
        if not whole and self._is_open(day):
            minute = moment.hour * 60 + moment.minute
            if OPENS <= minute < CLOSES - 20:
                return moment + timedelta(minutes=1 + rng.random() * (CLOSES - minute - 2))
        return self.at_desk(self.add(day, max(1, whole)), rng)

    def at_desk(self, day: date, rng: Random) -> datetime:
        minutes = OPENS + int((CLOSES - OPENS) * rng.random())
        clock = time(minutes // 60, minutes % 60, int(60 * rng.random()), int(1e6 * rng.random()))
        return datetime.combine(day, clock, tzinfo=ALMATY)

    def _is_open(self, day: date) -> bool:
        place = (day - self.first).days
        return self._up_to[place] > (self._up_to[place - 1] if place else 0)
