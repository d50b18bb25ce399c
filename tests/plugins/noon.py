"""Another day, for the time of a test."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.utils import timezone

from applications.runs import ALMATY


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """A function: from now on it is noon of this day in Almaty."""

    def set_day(day: date) -> None:
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=ALMATY)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_day
