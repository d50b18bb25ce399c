"""Working days of Kazakhstan: known answers, both sides of moved days, and years that are not on record."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulators import calendars
from regulators.calendars import (
    YearNotInCalendarError,
    add_working_days,
    is_working_day,
    working_days_between,
)
from regulators.loader import RuleBookError


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 11, 23), 2, date(2026, 11, 25)),
        (date(2026, 11, 23), 10, date(2026, 12, 7)),
        (date(2026, 11, 23), 15, date(2026, 12, 14)),
        (date(2026, 11, 23), 20, date(2026, 12, 22)),
        (date(2026, 11, 23), 30, date(2027, 1, 8)),
        (date(2027, 3, 10), 15, date(2027, 4, 6)),
    ],
)
def test_known_periods(start, count, end):
    assert add_working_days(start, count) == end
    assert working_days_between(start, end) == count
    assert working_days_between(end, start) == -count


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2024, 5, 4), True),  # a Saturday worked for 8 May
        (date(2024, 5, 8), False),
        (date(2025, 1, 5), True),  # a Sunday worked for 3 January
        (date(2025, 1, 3), False),
        (date(2025, 9, 1), False),  # 30 August 2025 was a Saturday
        (date(2026, 1, 6), True),
        (date(2026, 1, 7), False),
        (date(2026, 3, 23), False),
        (date(2026, 3, 25), False),
        (date(2026, 3, 26), True),
        (date(2026, 5, 27), False),
        (date(2026, 8, 31), True),  # 30 August is no holiday any more
        (date(2026, 10, 26), False),
        (date(2027, 1, 4), False),
        (date(2027, 3, 15), False),
        (date(2027, 8, 30), True),
    ],
)
def test_days_that_moved_or_changed(day, works):
    assert is_working_day(day) is works


def test_the_table_agrees_with_an_independent_calendar():
    other = holidays.country_holidays("KZ", years=range(2024, 2028))
    day, differing = date(2024, 1, 1), []
    while day.year < 2028:
        if is_working_day(day) != other.is_working_day(day):
            differing.append(day)
        day += timedelta(days=1)
    assert differing == []


@given(
    start=st.dates(date(2024, 1, 1), date(2027, 6, 1)),
    count=st.integers(1, 100),
)
def test_the_end_of_a_period_is_the_first_day_that_completes_it(start, count):
    end = add_working_days(start, count)
    assert is_working_day(end)
    assert working_days_between(start, end) == count
    assert working_days_between(start, end - timedelta(days=1)) == count - 1


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2028, 1, 1)])
def test_a_year_not_on_record_is_an_error(day):
    with pytest.raises(YearNotInCalendarError, match=f"working days of {day.year} are not in the calendar"):
        is_working_day(day)


def test_a_period_that_runs_out_of_the_calendar_is_an_error():
    with pytest.raises(YearNotInCalendarError, match="2028"):
        add_working_days(date(2027, 12, 30), 5)


@pytest.mark.parametrize("count", [0, -1])
def test_a_period_has_at_least_one_day(count):
    with pytest.raises(ValueError, match="whole number above 0"):
        add_working_days(date(2026, 11, 23), count)


GOOD = (
    'code = "kz"\nversion = "1"\n[2026]\nforecast = false\nworked = [2026-01-03]\ndays_off = [2026-01-01]\n'
)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("worked = [2026-01-03]", "worked = [2026-01-05]", "a Saturday or Sunday"),
        ("days_off = [2026-01-01]", "days_off = [2026-01-04]", "weekdays"),
        ("days_off = [2026-01-01]", "days_off = [2025-01-01]", "days of 2026"),
        ("forecast = false", "", "line 3: 2026.forecast is missing"),
        ("forecast = false", "forecast = false\nmore = 1", "2026.more is not known here"),
    ],
)
def test_a_wrong_table_is_named(tmp_path, old, new, message):
    path = tmp_path / "kz.toml"
    path.write_text(GOOD)
    assert calendars.load(path).is_working_day(date(2026, 1, 3)) is True
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(RuleBookError, match=message):
        calendars.load(path)
