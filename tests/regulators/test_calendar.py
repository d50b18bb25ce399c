"""Working days of Kazakhstan: known answers, both sides of moved days, and years that are not on record."""

from bisect import bisect_right
from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulators import calendars, checks
from regulators.calendars import (
    YearNotInCalendarError,
    add_working_days,
    is_forecast,
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


YEARS = range(2024, 2028)
LIBRARY = holidays.country_holidays("KZ", years=YEARS)
# Each working day or day off of the table that the library has otherwise, with the reason why ours stands.
# None with version 0.109, which has the worked weekends, the moved days and the referendum of 2026.
DIFFERENCES: dict[date, str] = {}


def all_days():
    return [date(2024, 1, 1) + timedelta(days=n) for n in range((date(2028, 1, 1) - date(2024, 1, 1)).days)]


def differing_from(other):
    return {day for day in all_days() if is_working_day(day) != other.is_working_day(day)}


def test_the_table_differs_from_the_library_in_the_days_named_here_and_no_other():
    assert differing_from(LIBRARY) == set(DIFFERENCES)


# Weekdays off that no list of holiday dates has: the holiday fell on the weekend day beside it.
MOVED = {
    date(2024, 3, 25): "Nauryz, from Saturday 23 March",
    date(2024, 7, 8): "Capital Day, from Saturday 6 July",
    date(2025, 3, 10): "Women's Day, from Saturday 8 March",
    date(2025, 3, 24): "Nauryz, from Saturday 22 March",
    date(2025, 3, 25): "Nauryz, from Sunday 23 March",
    date(2025, 7, 7): "Capital Day, from Sunday 6 July",
    date(2025, 9, 1): "Constitution Day, from Saturday 30 August",
    date(2025, 10, 27): "Republic Day, from Saturday 25 October",
    date(2026, 3, 9): "Women's Day, from Sunday 8 March",
    date(2026, 3, 24): "Nauryz, from Saturday 21 March",
    date(2026, 3, 25): "Nauryz, from Sunday 22 March",
    date(2026, 5, 11): "Victory Day, from Saturday 9 May",
    date(2026, 10, 26): "Republic Day, from Sunday 25 October",
    date(2027, 1, 4): "New Year, from Saturday 2 January; a forecast",
    date(2027, 3, 24): "Nauryz, from Sunday 21 March; a forecast",
    date(2027, 5, 3): "Unity Day, from Saturday 1 May; a forecast",
    date(2027, 5, 10): "Victory Day, from Sunday 9 May; a forecast",
}


def test_only_these_days_are_off_since_a_holiday_moved():
    assert differing_from(holidays.country_holidays("KZ", years=YEARS, observed=False)) == set(MOVED)
    assert not any(is_working_day(day) for day in MOVED)


@pytest.mark.parametrize(
    ("day", "works", "reason"),
    [
        (date(2024, 5, 4), True, "Saturday, worked for Wednesday 8 May"),
        (date(2024, 5, 8), False, "off for Saturday 4 May"),
        (date(2025, 1, 5), True, "Sunday, worked for Friday 3 January"),
        (date(2025, 1, 3), False, "off for Sunday 5 January"),
        (date(2024, 1, 8), True, "Orthodox Christmas was on a Sunday and does not move"),
        (date(2024, 6, 17), True, "Qurban Ait was on a Sunday and does not move"),
        (date(2027, 5, 17), True, "Qurban Ait is on a Sunday and does not move"),
        (
            date(2026, 8, 31),
            True,
            "30 August, a Sunday, was no holiday any more, as it was in January",
        ),
        (date(2027, 8, 30), True, "30 August is no holiday any more"),
        (date(2026, 3, 16), True, "15 March, a Sunday, was no holiday yet"),
        (date(2027, 3, 15), False, "15 March is Constitution Day from 2027 on"),
    ],
)
def test_what_a_plain_list_of_holidays_gets_wrong(day, works, reason):
    assert is_working_day(day) is works, reason


def test_only_2027_is_a_forecast():
    assert {day.year for day in all_days() if is_forecast(day)} == {2027}
    assert is_forecast(date(2028, 1, 1)) is False


WORKED = [day for day in all_days() if LIBRARY.is_working_day(day)]


@given(
    start=st.dates(date(2024, 1, 1), date(2027, 6, 1)),
    count=st.integers(1, 100),
)
def test_a_period_ends_where_an_independent_count_ends_it(start, count):
    end = WORKED[bisect_right(WORKED, start) + count - 1]
    assert add_working_days(start, count) == end
    assert working_days_between(start, end) == count


@given(
    start=st.dates(date(2024, 1, 1), date(2027, 12, 31)), end=st.dates(date(2024, 1, 1), date(2027, 12, 31))
)
def test_days_between_are_an_independent_difference_of_places(start, end):
    assert working_days_between(start, end) == bisect_right(WORKED, end) - bisect_right(WORKED, start)


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


@pytest.mark.parametrize(("day", "said"), [(date(2027, 4, 5), []), (date(2027, 4, 6), ["regulators.W001"])])
def test_the_end_of_the_calendar_is_said_nine_months_before(day, said):
    assert [warning.id for warning in checks._end_of_calendar_is_near(day)] == said


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"code = '\xff'", "kz.toml: this is not a TOML file in UTF-8."),
        ('code = "kz"\nversion = "1"\n"²" = 1\n'.encode(), "² is not known here"),
        (b'code = "kz"\nversion = "1"\n[02026]\nforecast = false\n', "02026 is not known here"),
    ],
)
def test_a_calendar_file_that_cannot_be_used_is_refused_in_words(tmp_path, content, complaint):
    path = tmp_path / "kz.toml"
    path.write_bytes(content)
    with pytest.raises(RuleBookError, match=complaint):
        calendars.load(path)
