"""A pause that begins when the period is over moves nothing: what is late stays late."""

from datetime import date

import pytest

from applications.models import ClockEntry
from applications.queries.dates import dates_of
from applications.runs import Run, counting, due_day
from applications.services import clocks
from applications.services.standing import keep
from regulators.calendars import add_working_days
from tests.plugins.cases import fresh

STARTED = date(2026, 6, 1)
LAST = add_working_days(STARTED, 60)
LATE = add_working_days(LAST, 1)


@pytest.fixture
def running(asked_case, today):
    today(STARTED)
    clocks.start(asked_case, "acceptance")
    return fresh(asked_case)


def pause(case, today, start, end=None):
    today(start)
    clocks.pause(case, cause="request 1")
    if end:
        today(end)
        clocks.resume(case, cause="request 1 answered")
    keep([case.pk])


def held(case):
    deadline = case.deadlines.get(code="decision")
    return deadline.due_on, deadline.spent_on, deadline.spent_due_on


def row_of(case):
    found = dates_of(case, requests=[], notices=[], conditions=[])
    return next(row for row in found.rows if row.counted.startswith("60 working days"))


@pytest.mark.parametrize(("start", "lost"), [(LAST, 5), (LATE, 0)])
def test_a_pause_counts_that_began_on_the_last_day_and_none_after_it(running, today, start, lost):
    pause(running, today, start, add_working_days(start, 5))
    assert held(running) == (add_working_days(LAST, lost) if lost else LAST, None, None)


def test_what_is_late_looks_late_during_the_pause_and_after_it(running, today):
    pause(running, today, LATE)
    assert held(running) == (LAST, LATE, LAST)
    today(add_working_days(LATE, 20))
    row = row_of(running)
    assert (row.due, row.is_over) == (LAST, True)
    assert (row.pauses.lost, row.pauses.since, row.pauses.late) == ("", LATE, True)
    clocks.resume(running, cause="request 1 answered")
    assert held(running) == (LAST, None, None)
    row = row_of(running)
    assert (row.due, row.is_over, row.pauses) == (LAST, True, None)


def test_of_several_pauses_those_before_the_end_count(running, today):
    pause(running, today, date(2026, 7, 1), date(2026, 7, 3))
    last = add_working_days(STARTED, 62)
    pause(running, today, add_working_days(last, 1), add_working_days(last, 9))
    pause(running, today, add_working_days(last, 12), add_working_days(last, 30))
    assert held(running)[0] == last


def test_an_extended_period_is_late_after_its_new_day(running, today):
    today(LAST)
    until = add_working_days(LAST, 10)
    clocks.extend(running, "decision", until=until, reason="Slow.")
    pause(running, today, LATE, add_working_days(LATE, 2))
    assert held(running)[0] == add_working_days(until, 2)
    over = add_working_days(until, 3)
    pause(running, today, over, add_working_days(over, 9))
    assert held(running)[0] == add_working_days(until, 2)


def test_the_extension_stands_between_the_pauses_before_it_and_after_it(running):
    deadline = running.deadlines.get(code="decision")
    day = date(2026, 9, 28)
    run = Run(
        pauses=[(date(2026, 7, 1), date(2026, 7, 3)), (date(2026, 9, 7), date(2026, 9, 9))],
        extended_to=day, before_extended=1,
    )  # fmt: skip
    assert counting(deadline, run) == run
    assert due_day(deadline, run) == add_working_days(day, 2)
    pauses = [(date(2026, 7, 1), date(2026, 7, 3)), (date(2026, 8, 3), date(2026, 8, 5))]
    only = Run(pauses=pauses, extended_to=day, before_extended=2)
    assert (counting(deadline, only), due_day(deadline, only)) == (only, day)
    bare = Run(extended_to=day)
    assert (counting(deadline, bare), due_day(deadline, bare)) == (bare, day)


def test_both_sides_read_that_the_pause_does_not_count(running, today, signed_in, firm_user):
    pause(running, today, LATE)
    browser = signed_in(firm_user)
    page = browser.get(f"/applications/{running.pk}/").content.decode()
    assert "when the period was over already: this pause does not count." in page
    assert "if it runs on today" not in page


def test_the_ledger_keeps_the_pause(running, today):
    pause(running, today, LATE, add_working_days(LATE, 5))
    assert list(running.clock_entries.values_list("what", flat=True)) == [
        ClockEntry.START, ClockEntry.PAUSE, ClockEntry.RESUME
    ]  # fmt: skip
