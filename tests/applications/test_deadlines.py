"""Deadlines follow from the ledger of their clock, and move with the calendar of working days."""

import itertools
import threading
from bisect import bisect_right
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from applications.models import Application, Condition, Deadline, InformationRequest
from applications.services import clocks
from audit.models import Event
from audit.verify import faults
from regulators import books, calendars
from regulators.services import load_calendar
from tests.plugins.calendar_file import SHIPPED
from tests.plugins.cases import SHELL, fresh, new_applicant, new_firm

ALMATY = ZoneInfo("Asia/Almaty")
SERIAL = itertools.count(1)
MONDAY = date(2026, 11, 23)
BY_NOTICE = {c.code for book in books.all_books() for c in book.clocks if c.starts_on == "notice"}
NEW_DAY_OFF = date(2026, 12, 15)  # a Tuesday


@pytest.fixture
def filed(rulebooks):
    """A function: a case of a firm of its own, with no clock yet."""

    def make(licence_type, state="in_review"):
        firm = new_firm(new_applicant(), name=f"Firm {next(SERIAL)} Ltd")
        code = books.current(licence_type.code).version
        return Application.objects.create(
            reference=f"KZC-TEST-{next(SERIAL):04d}", firm=firm, licence_type=licence_type, state=state,
            rulebook=licence_type.rulebooks.get(version=code), submitted_at=timezone.now(),
            created_by=firm.memberships.first().user,
        )  # fmt: skip

    return make


@pytest.fixture
def national(filed, afm, today):
    """Received on a Monday: two working days for completeness, thirty for the decision."""
    case = filed(afm)
    today(MONDAY)
    clocks.start(case, "receipt")
    return case


def due(case, **only):
    return {
        deadline.code: timezone.localdate(deadline.due_at, ALMATY)
        for deadline in case.deadlines.filter(**only)
    }


def counted(start, count, *, off=(), works=()):
    """The day on which so many working days are over, from a list of days and nothing else."""
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(700)]
    worked = [d for d in days if (SHIPPED.is_working_day(d) and d not in off) or d in works]
    return worked[bisect_right(worked, start) + count - 1]


def moves(case):
    events = Event.objects.filter(subject=case.audit_subject, kind="application.deadlines_moved")
    return [event.data for event in events.order_by("number")]


# --- which clocks start


def test_a_submission_under_the_new_national_book_starts_its_own_periods_and_no_other(submitted_afm_case):
    assert submitted_afm_case.book.version == "2026.3"
    assert sorted(due(submitted_afm_case)) == ["completeness", "decision", "registration"]
    entries = submitted_afm_case.clock_entries.order_by("clock", "pk").values_list("clock", "what", "cause")
    assert list(entries) == [
        ("completeness", "start", "receipt"),
        ("decision", "start", "receipt"),
        ("registration", "start", "receipt"),
        ("registration", "stop", "submit"),
    ]
    assert sorted(due(submitted_afm_case, met_at=None)) == ["completeness", "decision"]


def test_a_clock_that_was_stopped_starts_anew_and_forgets_its_pauses(filed, afsa, today):
    case = filed(afsa)
    today(MONDAY)
    clocks.start(case, "acceptance")
    clocks.start(case, "acceptance")  # it runs: nothing to start
    today(date(2026, 11, 30))
    clocks.pause(case, cause="request 1")
    today(date(2026, 12, 7))
    clocks.resume(case, cause="request 1 answered")
    clocks.stop(case, cause="test", codes=("decision",))
    assert due(case, met_at=None) == {}
    today(date(2026, 12, 14))
    clocks.start(case, "acceptance")
    assert due(case, met_at=None) == {"decision": counted(date(2026, 12, 14), 60)}
    [deadline] = case.deadlines.filter(code="decision")
    assert clocks.compute_again(deadline, case.clock_entries.filter(clock="decision")) is None
    whats = case.clock_entries.filter(clock="decision").values_list("what", flat=True)
    assert list(whats) == ["start", "pause", "resume", "stop", "start"]


@pytest.mark.parametrize(
    ("code", "on_receipt"),
    [
        ("afm-custody", {"registration", "completeness", "decision"}),
        ("afsa-custody", {"completeness"}),
        ("nbk-exchange", {"registration", "completeness", "decision", "permits_decision"}),
    ],
)
def test_other_procedures_start_with_their_own_notice(code, on_receipt):
    book = books.latest(code)
    assert {clock.code for clock in book.clocks if clock.starts_on == "receipt"} == on_receipt


# --- periods in each unit


@pytest.mark.parametrize(
    ("length", "start", "end"),
    [
        ({"working_days": 2}, date(2026, 11, 23), date(2026, 11, 25)),
        ({"calendar_days": 21}, date(2026, 11, 29), date(2026, 12, 20)),  # ends on a Sunday, and stays
        ({"calendar_days": 23}, date(2026, 11, 23), date(2026, 12, 16)),  # ends on a holiday, and stays
        ({"months": 3}, date(2026, 11, 30), date(2027, 2, 28)),  # no 30th; a Sunday, and stays
        ({"months": 3}, date(2027, 11, 30), date(2028, 2, 29)),  # a leap year
        ({"months": 1}, date(2026, 1, 31), date(2026, 2, 28)),
        ({"months": 1}, date(2026, 2, 28), date(2026, 3, 28)),
        ({"months": 12}, date(2026, 12, 31), date(2027, 12, 31)),
        ({"months": 2}, date(2026, 11, 23), date(2027, 1, 23)),
    ],
)
def test_the_last_day_of_a_period(length, start, end):
    assert calendars.last_day(Deadline(**length), start) == end


def test_a_period_without_a_length_has_no_last_day():
    assert calendars.last_day(None, MONDAY) is None
    assert calendars.last_day(books.latest("afsa-custody").clock("appeal"), MONDAY) is None


@given(
    first=st.integers(0, 40), length=st.integers(0, 40), between=st.integers(0, 40),
    second=st.integers(0, 40), days=st.integers(1, 60),
)  # fmt: skip
def test_pauses_make_a_period_longer_by_their_own_length(first, length, between, second, days):
    marks = list(itertools.accumulate((first, length, between, second), lambda a, b: a + b))
    begun, over, begun_again, over_again = (MONDAY + timedelta(days=n) for n in marks)
    pauses = [(begun, over), (begun_again, over_again)]
    lost = [
        MONDAY + timedelta(days=n) for a, b in ((0, 1), (2, 3)) for n in range(marks[a] + 1, marks[b] + 1)
    ]
    worked = sum(calendars.is_working_day(day) for day in lost)
    assert calendars.last_day(Deadline(working_days=days), MONDAY, pauses) == counted(MONDAY, days + worked)
    in_days = calendars.last_day(Deadline(calendar_days=days), MONDAY, pauses)
    assert in_days == MONDAY + timedelta(days=days + len(lost))


def test_a_clock_of_each_unit_gets_its_deadline(filed, afsa, afm, today):
    today(date(2026, 11, 30))
    aifc, other = filed(afsa), filed(afm)
    for case in (aifc, other):
        clocks.start_about(case, "test:1", codes=BY_NOTICE, cause="notice")
    found = due(aifc) | due(other)
    assert found["probity_change"] == date(2026, 12, 21)
    assert found["control_approval"] == date(2027, 11, 30)
    assert found["extension"] == date(2027, 1, 30)
    assert found["appeal"] == date(2027, 2, 28)
    row = other.deadlines.get(code="appeal")
    units = (row.working_days, row.calendar_days, row.months, row.calendar)
    assert (units, row.rule) == ((None, None, 3, ""), "3 months from notice (afm-custody 2026.3)")
    row = aifc.deadlines.get(code="probity_change")
    units = (row.working_days, row.calendar_days, row.months, row.calendar)
    assert (units, row.rule) == ((None, 21, None, ""), "21 calendar days from notice (afsa-custody 2026.3)")
    row = other.deadlines.get(code="objection")
    assert (row.working_days, row.calendar) == (2, str(calendars.kazakhstan()))
    assert "appeal" not in due(aifc)  # no length on record


@pytest.mark.parametrize("units", [{}, {"working_days": 1, "months": 1}, {"calendar_days": 1, "months": 1}])
def test_a_deadline_has_one_unit(national, units):
    with pytest.raises(DatabaseError, match="applications_deadline_one_unit"), transaction.atomic():
        Deadline.objects.create(
            application=national,
            code="other",
            rule="r",
            starts_on=MONDAY,
            due_on=MONDAY,
            due_at=timezone.now(),
            **units,
        )


# --- a new calendar


def test_a_new_day_off_moves_what_it_lies_in_and_says_so(national, new_calendar):
    load_calendar(actor=SHELL)
    assert due(national) == {
        "registration": date(2026, 11, 24),
        "completeness": date(2026, 11, 25),
        "decision": date(2027, 1, 8),
    }
    new_calendar("2026.2", off=[NEW_DAY_OFF])
    loaded = load_calendar(actor=SHELL)
    assert [str(one) for one in loaded.moved] == [f"{national} decision: 2027-01-08 -> 2027-01-11"]
    assert due(national) == {
        "registration": date(2026, 11, 24),
        "completeness": date(2026, 11, 25),
        "decision": date(2027, 1, 11),
    }
    moved = {"decision": {"from": "2027-01-08", "to": "2027-01-11"}}
    assert moves(national) == [{"calendar": "kz 2026.2", "moved": moved}]
    assert set(national.deadlines.values_list("calendar", flat=True)) == {"kz 2026.2"}
    last_moment = national.deadlines.get(code="decision").due_at.astimezone(ALMATY)
    assert last_moment == datetime(2027, 1, 11, 23, 59, 59, tzinfo=ALMATY)
    assert list(faults()) == []


def test_nothing_moves_twice(national, new_calendar):
    new_calendar("2026.2", off=[NEW_DAY_OFF])
    assert len(load_calendar(actor=SHELL).moved) == 1
    before = due(national)
    assert load_calendar(actor=SHELL).moved == []
    Deadline.objects.update(calendar="")  # as a row from before calendars had versions
    assert load_calendar(actor=SHELL).moved == []
    assert (due(national), len(moves(national))) == (before, 1)


def test_a_worked_weekend_brings_a_deadline_forward(national, new_calendar):
    saturday = date(2026, 12, 19)
    new_calendar("2026.2", works=[saturday])
    assert [(one.before, one.after) for one in load_calendar(actor=SHELL).moved] == [
        (date(2027, 1, 8), counted(MONDAY, 30, works=[saturday]))
    ]
    assert due(national)["decision"] == date(2027, 1, 6)


def test_what_was_counted_in_the_old_calendar_is_found_by_the_next_run(national, new_calendar):
    new_calendar("2026.2", off=[NEW_DAY_OFF])
    load_calendar(actor=SHELL)
    late = national.deadlines.get(code="decision")
    late.due_on, late.due_at, late.calendar = date(2027, 1, 8), clocks.end_of(date(2027, 1, 8)), "kz 2026.1"
    late.save()
    assert [one.after for one in load_calendar(actor=SHELL).moved] == [date(2027, 1, 11)]


def test_the_command_prints_what_moved(national, new_calendar, capsys):
    new_calendar("2026.2", off=[NEW_DAY_OFF])
    call_command("load_rulebooks")
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"moved {national} decision: 2027-01-08 -> 2027-01-11"


LOST = 13  # from 30 November to 18 December: Independence Day is a Wednesday in it


@pytest.fixture
def paused(filed, afsa, today):
    """Sixty working days from 23 November; 30 November to 18 December were lost to a request."""
    case = filed(afsa)
    today(MONDAY)
    clocks.start(case, "acceptance")
    today(date(2026, 11, 30))
    clocks.pause(case, cause="request 1")
    today(date(2026, 12, 18))
    return case


def test_a_pause_is_counted_again_in_the_new_calendar(paused, new_calendar):
    clocks.resume(paused, cause="request 1 answered")
    assert due(paused)["decision"] == counted(MONDAY, 60 + LOST)
    new_calendar("2026.2", off=[NEW_DAY_OFF])
    assert load_calendar(actor=SHELL).moved == []  # one day less to count with, and one day less lost
    assert due(paused)["decision"] == counted(MONDAY, 60 + LOST - 1, off=[NEW_DAY_OFF])


def test_a_day_off_outside_the_pause_moves_a_deadline_once(paused, new_calendar):
    clocks.resume(paused, cause="request 1 answered")
    before, off = due(paused)["decision"], date(2027, 1, 12)
    new_calendar("2026.2", off=[off])
    [moved] = load_calendar(actor=SHELL).moved
    assert (moved.before, moved.after) == (before, counted(before, 1, off=[off]))


def test_a_clock_that_is_paused_moves_with_the_pauses_that_are_over_only(paused, new_calendar):
    off = date(2026, 11, 26)
    new_calendar("2026.2", off=[off])
    load_calendar(actor=SHELL)
    assert due(paused)["decision"] == counted(MONDAY, 60, off=[off])
    clocks.resume(paused, cause="request 1 answered")
    assert due(paused)["decision"] == counted(MONDAY, 60 + LOST, off=[off])


def test_dates_that_a_person_set_and_what_is_over_stay(national, filed, afm, today, new_calendar):
    user = national.created_by
    InformationRequest.objects.create(
        application=national, number=1, due_on=date(2027, 1, 8), written_by=user
    )
    Condition.objects.create(application=national, number=1, text="t", due_on=date(2027, 1, 8))
    clocks.start_about(national, "test:1", codes=BY_NOTICE, cause="notice")
    in_months = due(national, months__isnull=False)
    met, decided = filed(afm), filed(afm, state="granted")
    for case in (met, decided):
        clocks.start(case, "receipt")
    clocks.stop(met, cause="test")
    new_calendar("2026.2", off=[NEW_DAY_OFF])
    load_calendar(actor=SHELL)
    assert national.requests.get().due_on == national.conditions.get().due_on == date(2027, 1, 8)
    assert due(national, months__isnull=False) == in_months
    assert due(national, code="general") == {"general": date(2026, 12, 14)}  # ends before the new day off
    assert due(met)["decision"] == due(decided)["decision"] == date(2027, 1, 8)
    assert moves(met) == moves(decided) == []


def test_a_year_that_is_no_longer_in_the_calendar_moves_nothing_and_is_named(national, new_calendar):
    new_calendar("2026.2", until=2026)
    loaded = load_calendar(actor=SHELL)
    assert [str(one) for one in loaded.failed] == [f"{national} decision: 2027 is not in the calendar"]
    assert (due(national)["decision"], loaded.moved, moves(national)) == (date(2027, 1, 8), [], [])
    new_calendar("2026.3", off=[NEW_DAY_OFF])
    again = load_calendar(actor=SHELL)
    assert [str(one) for one in again.moved] == [f"{national} decision: 2027-01-08 -> 2027-01-11"]
    assert again.failed == []


@pytest.mark.django_db(transaction=True)
def test_an_answer_on_its_way_is_waited_for(paused, new_calendar):
    """The clock is resumed in another transaction while the calendar is loaded: its pause counts."""
    holds, may_go, loaded = threading.Event(), threading.Event(), []

    def answer():
        with transaction.atomic():
            Application.objects.select_for_update(of=("self",)).get(pk=paused.pk)
            holds.set()
            may_go.wait(10)
            clocks.resume(fresh(paused), cause="request 1 answered")
        connection.close()

    def load():
        loaded.append(load_calendar(actor=SHELL))
        connection.close()

    off = date(2026, 11, 26)
    new_calendar("2026.2", off=[off])
    threads = [threading.Thread(target=answer), threading.Thread(target=load)]
    threads[0].start()
    assert holds.wait(10)
    threads[1].start()
    threads[1].join(1)
    assert loaded == []
    may_go.set()
    for thread in threads:
        thread.join(20)
    assert due(paused)["decision"] == counted(MONDAY, 60 + LOST, off=[off])
    assert len(loaded) == 1


@pytest.mark.django_db(transaction=True)
def test_a_calendar_loaded_twice_at_the_same_moment_moves_once(national, new_calendar):
    gate, loaded = threading.Barrier(2), []

    def load():
        gate.wait()
        loaded.append(load_calendar(actor=SHELL))
        connection.close()

    new_calendar("2026.2", off=[NEW_DAY_OFF])
    threads = [threading.Thread(target=load) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    # Who comes second may be the one that moves it.
    assert (sorted(one.is_new for one in loaded), sum(len(one.moved) for one in loaded)) == ([False, True], 1)
    assert due(national)["decision"] == date(2027, 1, 11)
    assert len(moves(national)) == Event.objects.filter(kind="calendar.publish").count() == 1
