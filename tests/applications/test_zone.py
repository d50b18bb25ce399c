"""Clocks over the change of 1 March 2024: Almaty went from UTC+6 to UTC+5, and the last hour of 29 February
came twice.
"""

import itertools
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from applications.services import clocks
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import fresh


def at(day, hour, minute=0, second=0, month=2):
    return datetime(2024, month, day, hour, minute, second, tzinfo=UTC)


FIRST, SECOND = at(29, 17, 30), at(29, 18, 30)  # both are 23:30 of 29 February in Almaty
ENDS = [
    (date(2024, 2, 27), at(27, 17, 59, 59)),
    (date(2024, 2, 28), at(28, 17, 59, 59)),
    (date(2024, 2, 29), at(29, 18, 59, 59)),
    (date(2024, 3, 1), at(1, 18, 59, 59, month=3)),
    (date(2024, 3, 2), at(2, 18, 59, 59, month=3)),
]


@pytest.mark.parametrize(("day", "instant"), ENDS)
def test_a_day_ends_at_its_last_instant(day, instant):
    end = clocks.end_of(day)
    assert (end.utcoffset().total_seconds(), end) == (0, instant)
    assert timezone.localdate(end, clocks.ALMATY) == day


def test_the_ends_are_in_the_order_of_their_days_and_the_day_that_got_longer_has_25_hours():
    ends = [clocks.end_of(day) for day, _instant in ENDS]
    hours = [(later - sooner).total_seconds() / 3600 for sooner, later in itertools.pairwise(ends)]
    assert hours == [24, 25, 24, 24]


@pytest.mark.parametrize(
    ("received", "starts_on", "registration", "completeness"),
    [
        (at(28, 17, 59, 59), date(2024, 2, 28), at(29, 18, 59, 59), at(1, 18, 59, 59, month=3)),
        (at(28, 18), date(2024, 2, 29), at(1, 18, 59, 59, month=3), at(4, 18, 59, 59, month=3)),
        (FIRST, date(2024, 2, 29), at(1, 18, 59, 59, month=3), at(4, 18, 59, 59, month=3)),
        (SECOND, date(2024, 2, 29), at(1, 18, 59, 59, month=3), at(4, 18, 59, 59, month=3)),
        (at(29, 18, 59, 59), date(2024, 2, 29), at(1, 18, 59, 59, month=3), at(4, 18, 59, 59, month=3)),
        (at(29, 19), date(2024, 3, 1), at(4, 18, 59, 59, month=3), at(5, 18, 59, 59, month=3)),
    ],
)
def test_a_receipt_in_either_of_the_two_hours_starts_the_same_periods(
    custody_firm, firm_user, afm, monkeypatch, received, starts_on, registration, completeness
):
    case = fresh(filed_with_little(custody_firm, firm_user, afm))
    monkeypatch.setattr(timezone, "now", lambda: received)
    clocks.start(case, "receipt")
    found = {one.code: (one.starts_on, one.due_at) for one in case.deadlines.all()}
    assert found["registration"] == (starts_on, registration)
    assert found["completeness"] == (starts_on, completeness)


def test_the_two_hours_are_one_day_and_come_in_their_order():
    days = {timezone.localdate(moment, clocks.ALMATY) for moment in (FIRST, SECOND)}
    folds = [moment.astimezone(clocks.ALMATY).fold for moment in (FIRST, SECOND)]
    assert (days, folds) == ({date(2024, 2, 29)}, [0, 1])
    assert at(29, 17, 59, 59) < SECOND < clocks.end_of(date(2024, 2, 29))
