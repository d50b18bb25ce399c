"""A book can say how far pauses move a period in all. No book in use does; the book here is of the test."""

import dataclasses
from datetime import date, timedelta

import pytest

from applications import still_due
from applications.models import Application
from applications.queries.dates import dates_of
from applications.reminders import raise_due
from applications.services import clocks
from applications.services.standing import keep
from notifications.models import Message, Reminder
from regulators import books
from regulators.calendars import add_working_days, working_days_between
from regulators.periods import in_words
from regulators.services import load_calendar
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import SHELL, fresh
from tests.plugins.versions import following

MONDAY, CAP = date(2026, 11, 23), 5
SILENCE = ("internal_silence", "internal_silence_over")


@pytest.fixture
def capped(custody_firm, firm_user, afsa, afsa_staff, shelf, today):
    """A function: a case that was accepted on that Monday, with this period and this cap."""

    def make(cap=CAP, **length):
        case = filed_with_little(custody_firm, firm_user, afsa)
        facts = {"pause_cap": cap, **length}
        timed = [dataclasses.replace(c, **facts) if c.code == "decision" else c for c in case.book.clocks]
        book = shelf(following(case.book, "2099.1", clocks=tuple(timed)))
        Application.objects.filter(pk=case.pk).update(rulebook=afsa.rulebooks.get(version=book.version))
        today(MONDAY)
        clocks.start(fresh(case), "acceptance")
        return fresh(case)

    return make


def paused(case, today, days, start=MONDAY):
    """Paused for so many working days; the day of the resumption."""
    today(start)
    clocks.pause(case, cause="request 1")
    end = add_working_days(start, days)
    today(end)
    clocks.resume(case, cause="request 1 answered")
    return end


def due(case):
    return case.deadlines.get(code="decision").due_on


@pytest.mark.parametrize(
    ("lost", "moved"), [(1, 1), (CAP - 1, CAP - 1), (CAP, CAP), (CAP + 1, CAP), (40, CAP)]
)
def test_a_pause_moves_the_period_up_to_the_cap(capped, today, lost, moved):
    case = capped()
    paused(case, today, lost)
    assert due(case) == add_working_days(MONDAY, 60 + moved)


@pytest.mark.parametrize(("second", "moved"), [(1, 4), (2, 5), (3, 5)])
def test_the_cap_holds_for_all_pauses_together(capped, today, second, moved):
    case = capped()
    end = paused(case, today, 3)
    paused(case, today, second, start=add_working_days(end, 2))
    assert due(case) == add_working_days(MONDAY, 60 + moved)


def test_without_a_cap_the_whole_pause_counts(capped, today):
    case = capped(cap=None)
    paused(case, today, 40)
    assert due(case) == add_working_days(MONDAY, 100)


@pytest.mark.parametrize(
    ("end", "last"), [(date(2026, 11, 28), 5), (date(2026, 11, 29), 5), (date(2026, 11, 27), 4)]
)
def test_a_period_in_calendar_days_has_its_cap_in_calendar_days(capped, today, end, last):
    case = capped(working_days=None, calendar_days=90)
    clocks.pause(case, cause="request 1")
    today(end)
    clocks.resume(case, cause="request 1 answered")
    assert (due(case) - MONDAY).days == 90 + last


def test_a_new_calendar_keeps_the_cap(capped, today, new_calendar):
    case = capped()
    paused(case, today, 10)
    off = date(2026, 12, 15)
    new_calendar("2026.2", off=[off])
    load_calendar(actor=SHELL)
    assert due(case) == add_working_days(MONDAY, 65)  # counted with one day off more


def row_of(case):
    found = dates_of(case, requests=[], notices=[], conditions=[])
    return next(row for row in found.rows if row.counted.startswith("60 working days"))


@pytest.mark.parametrize(("days", "used_up"), [(CAP - 1, False), (CAP, True), (CAP + 1, True)])
def test_a_pause_that_goes_on_is_shown_with_its_cap_and_the_clock_runs_on_beyond_it(
    capped, today, days, used_up
):
    case = capped()
    clocks.pause(case, cause="request 1")
    today(add_working_days(MONDAY, days))
    row = row_of(case)
    told = (row.pauses.lost, row.pauses.most, row.pauses.since, row.pauses.used_up)
    assert told == (f"{days} working days", "5 working days", MONDAY, used_up)
    assert row.due == add_working_days(MONDAY, 60 + min(days, CAP))
    assert due(case) == add_working_days(MONDAY, 60)  # the row moves when the pause is over


def test_a_clock_that_was_never_paused_has_no_pauses(capped):
    assert row_of(capped()).pauses is None


# --- while a pause goes on


def spent(case):
    deadline = case.deadlines.get(code="decision")
    return deadline.spent_on, deadline.spent_due_on


def test_the_deadline_knows_from_when_a_pause_counts_no_more(capped, today):
    case = capped()
    clocks.pause(case, cause="request 1")
    assert spent(case) == (add_working_days(MONDAY, CAP), add_working_days(MONDAY, 60 + CAP))
    today(add_working_days(MONDAY, 2))
    clocks.resume(case, cause="request 1 answered")
    assert spent(case) == (None, None)
    start = add_working_days(MONDAY, 10)
    today(start)
    clocks.pause(case, cause="request 2")
    assert spent(case) == (add_working_days(start, CAP - 2), add_working_days(MONDAY, 60 + CAP))


def test_a_pause_without_a_cap_counts_on(capped):
    case = capped(cap=None)
    clocks.pause(case, cause="request 1")
    assert spent(case) == (None, None)


def test_after_a_cap_that_is_used_up_nothing_of_a_pause_counts(capped, today):
    case = capped()
    start = add_working_days(paused(case, today, CAP), 3)
    today(start)
    clocks.pause(case, cause="request 2")
    assert spent(case) == (start, add_working_days(MONDAY, 60 + CAP))


def test_a_new_calendar_moves_what_is_known_of_a_pause_that_goes_on(capped, today, new_calendar):
    case = capped()
    clocks.pause(case, cause="request 1")
    new_calendar("2026.2", off=[add_working_days(MONDAY, 1)])
    load_calendar(actor=SHELL)
    assert spent(case) == (add_working_days(MONDAY, CAP), add_working_days(MONDAY, 60 + CAP))


def alarms(case, *kinds):
    found = Message.objects.filter(internal=True, subject_ref=str(case)).order_by("pk")
    lines = [row for one in found for row in one.context.get("rows", [one.context | {"kind": one.template}])]
    return [(row["kind"], row.get("working_days"), row["due"]) for row in lines if row["kind"] in kinds]


@pytest.mark.parametrize("extra", [0, 1])
def test_alarms_count_the_clock_that_runs_again_after_its_cap(capped, today, extra):
    """The last day is far behind the one that the row had when it was paused."""
    case = capped(cap=CAP, working_days=10, silence="issue")
    today(add_working_days(MONDAY, 6))
    clocks.pause(case, cause="request 1")
    keep([case.pk])
    last = add_working_days(MONDAY, 10 + CAP)
    raise_due(day_before(last, 6) if extra else add_working_days(MONDAY, 6 + CAP - 1))
    assert alarms(case, *SILENCE) == []
    told = []
    for left in (3, 1):
        raise_due(day_before(last, left))
        told += [("internal_silence", left, str(last))] * 4
        assert sorted(alarms(case, *SILENCE), key=str) == sorted(told, key=str)
    raise_due(last + timedelta(days=1))
    over = [one for one in alarms(case, *SILENCE) if one[0] == "internal_silence_over"]
    assert over == [("internal_silence_over", None, str(last))] * 4
    assert [one[2] for one in alarms(case, "internal_decision_overdue")] == [str(last)] * 4


def test_what_is_paused_when_it_is_late_is_said_to_be_overdue(capped, today):
    case = capped(cap=None, working_days=10, silence="issue")
    late = add_working_days(MONDAY, 12)
    today(late)
    clocks.pause(case, cause="request 1")
    keep([case.pk])
    raise_due(late)
    last = str(add_working_days(MONDAY, 10))
    assert {one[2] for one in alarms(case, "internal_silence_over", "internal_decision_overdue")} == {last}
    reminder = Reminder.objects.get(subject__startswith="silence:")
    assert still_due.stands(reminder)


def test_a_pause_that_counts_is_not_spoken_of(capped, today):
    case = capped(cap=None, working_days=10, silence="issue")
    today(add_working_days(MONDAY, 9))
    clocks.pause(case, cause="request 1")
    keep([case.pk])
    for day in (9, 10, 11, 30):
        raise_due(add_working_days(MONDAY, day))
    assert alarms(case, *SILENCE, "internal_decision", "internal_decision_overdue") == []


def day_before(last, left):
    """The last day on which so many working days are left."""
    day = last
    while working_days_between(day, last) < left:
        day -= timedelta(days=1)
    return day


def test_the_book_says_its_cap():
    clock = books.latest("afsa-custody").clock("decision")
    assert in_words(clock) == "60 working days (our target, not law)"
    one, more = (dataclasses.replace(clock, pause_cap=count) for count in (1, 5))
    assert in_words(one).removeprefix(in_words(clock)) == "; pauses move it by 1 working day at most"
    assert in_words(more).removeprefix(in_words(clock)) == "; pauses move it by 5 working days at most"


def test_no_book_in_use_has_a_cap():
    assert {clock.pause_cap for book in books.all_books() for clock in book.clocks} == {None}
