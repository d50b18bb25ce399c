"""What the pipeline counts equals the records, whatever is done, folded, killed or rolled back meanwhile."""

import threading
from datetime import date, timedelta
from importlib import import_module

import pgtrigger
import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import System
from applications.models import Application, Passage, Tally, TallyChange
from applications.models.tallies import Counted
from applications.pipeline.took import took as lengths_of
from applications.pipeline.took import took_by_month
from applications.queries.passages import lengths
from applications.services.standing import keep
from applications.services.tallies import fold, on_calendar
from applications.states import ENDED
from applications.states import ApplicationState as A
from applications.states import StageState as S
from audit.services import record
from tests.pipeline.conftest import STAGES, TODAY, at
from tests.plugins.tallied import (
    MONTH,
    SINCE,
    numbers,
    passages,
    passages_worked_out,
    shown,
    told,
    worked_out,
)


def took(regulator):
    """What takes all months together, and what tells them apart."""
    months = [date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 12))]
    found = [
        *lengths_of([regulator.pk], since=SINCE, types=None),
        *took_by_month([regulator.pk], months=months, types=None),
    ]
    assert {one.stage for one in found if one.month} <= {""}
    return {(one.what, one.stage, one.month): one[3:] for one in found}


@pytest.fixture
def regulator(afsa):
    return afsa.regulator


DAYS = st.dates(date(2026, 7, 1), TODAY)
EVENTS = ("stage.approve", "application.accept", "note.add")  # the last is no act
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.one_of(
            st.tuples(st.just("state"), st.sampled_from(sorted(set(A) - {A.DRAFT, A.DISCARDED}))),
            st.tuples(
                st.just("stage"),
                st.tuples(st.sampled_from(STAGES), st.sampled_from(sorted(S)), st.booleans()),
            ),
            st.tuples(st.just("submitted"), DAYS),
            st.tuples(st.just("decided"), DAYS),
            st.tuples(st.just("until"), st.one_of(st.none(), DAYS)),
            st.tuples(st.just("officer"), st.booleans()),
            st.tuples(st.just("accepted"), st.none()),
            st.tuples(st.just("event"), st.sampled_from(EVENTS)),
            st.tuples(st.just("fold"), st.none()),
            st.tuples(st.just("rolled back"), st.none()),
        ),
    ),
    max_size=25,
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES)
def test_any_history_comes_to_what_is_worked_out_case_by_case(regulator, afsa, lead, add_case, changes):
    with transaction.atomic():
        cases = [add_case(afsa, submitted=date(2026, 10, 1)) for _ in range(3)]
        for which, (what, value) in changes:
            _change(cases[which], what, value, lead)
        expected = worked_out(regulator)
        assert (numbers(regulator), shown(regulator)) == (expected, told(expected.items()))
        fold()
        assert (numbers(regulator), shown(regulator)) == (expected, told(expected.items()))
        assert not TallyChange.objects.exists()

        migration = import_module("applications.migrations.0049_hands_counted")
        with connection.cursor() as cursor:
            cursor.execute(migration.NOT_COUNTED)
            cursor.execute(migration.COUNT)
        assert numbers(regulator) == expected
        transaction.set_rollback(True)


def _change(case, what, value, lead):
    rows = Application.objects.filter(pk=case.pk)
    if what == "state":
        decided = at(TODAY) if value in ENDED else None
        with pgtrigger.ignore("applications.Application:state_guard"):
            rows.update(state=value, decided_at=decided)
    elif what == "stage":
        code, state, every = value
        stages = case.stages.all() if every else case.stages.filter(code=code)
        with pgtrigger.ignore("applications.Stage:state_guard"):
            stages.update(state=state, taken_by=lead if code in STAGES[::2] else None)
    elif what in ("submitted", "decided"):
        rows.update(**{f"{what}_at": at(value)})
    elif what == "until":
        rows.update(served_now=value, until_now=value)
        return
    elif what == "accepted":
        rows.update(accepted_at=at(TODAY))
    elif what == "officer":
        rows.update(case_officer=lead if value else None)
    elif what == "event":
        data = {"stage": STAGES[0]} if value == "stage.approve" else {}
        record(subject=case.audit_subject, kind=value, actor=System("test"), data=data)
    elif what == "fold":
        fold()
    else:
        with transaction.atomic():
            rows.update(case_officer=lead, submitted_at=at(date(2026, 7, 1)))
            transaction.set_rollback(True)
    keep([case.pk])


@pytest.mark.django_db
def test_days_are_told_apart_where_a_period_begins_or_ends(regulator, afsa, add_case):
    for month, day in ((8, 2), (8, 3), (8, 4), (8, 31), (9, 1), (9, 30), (10, 1), (10, 31)):
        add_case(afsa, state=A.WITHDRAWN, decided=date(2026, month, day))
    expected = told(worked_out(regulator).items())
    ended = {key[-1]: number for key, number in expected.items() if key[1] == "ended"}
    assert ended == {(True, False): 2, (False, True): 2, (False, False): 4}
    assert shown(regulator) == expected


@pytest.mark.django_db
def test_times_are_those_of_the_passages_whether_counted_or_not(regulator, afsa, add_case):
    for days, outcome in ((1, A.GRANTED), (2, A.REFUSED), (3, A.GRANTED), (30, A.GRANTED)):
        add_case(afsa, state=outcome, submitted=TODAY - timedelta(days=days), decided=TODAY)
    add_case(afsa, state=A.WITHDRAWN, decided=TODAY)
    before = took(regulator)
    # On Monday 23 November: of 1, 2 and 3 days that day alone counts; of 30 days 20, one being a holiday.
    everything = (4, 1, 20, 20, 20)
    expected = {
        (what, "", month): everything for what in ("time", "running") for month in (None, MONTH.first)
    }
    assert before == expected

    fold()
    assert took(regulator) == expected
    assert not Passage.objects.filter(counted=False).exists()
    on_calendar(None, actor=System("test"))
    assert Passage.objects.filter(counted=False).count() == 4
    assert took(regulator) == expected


@pytest.mark.django_db
def test_a_decision_that_is_remitted_took_no_time(regulator, afsa, add_case):
    case = add_case(afsa, state=A.REFUSED, submitted=date(2026, 11, 2), decided=TODAY)
    fold()
    assert took(regulator) != {}
    _change(case, "state", A.IN_REVIEW, None)
    assert (took(regulator), Passage.objects.count()) == ({}, 0)
    fold()
    left = Tally.objects.filter(what__in=(Counted.TIME, Counted.RUNNING))
    assert (took(regulator), left.count()) == ({}, 0)


@pytest.mark.django_db
def test_a_stage_takes_from_the_approval_before_it_to_its_own(regulator, afsa, add_case, monkeypatch):
    case = add_case(afsa, submitted=date(2026, 11, 2))
    for kind, day, data in (
        ("application.accept", date(2026, 11, 3), {}),
        ("stage.take", date(2026, 11, 4), {"stage": STAGES[0]}),
        ("stage.approve", date(2026, 11, 5), {"stage": STAGES[0]}),
        ("stage.approve", date(2026, 11, 12), {"stage": STAGES[1]}),
    ):
        monkeypatch.setattr(timezone, "now", lambda day=day: at(day))
        record(subject=case.audit_subject, kind=kind, actor=System("test"), data=data)
    assert passages() == passages_worked_out() == [
        (case.pk, STAGES[0], "approved", date(2026, 11, 3), date(2026, 11, 5)),
        (case.pk, STAGES[1], "approved", date(2026, 11, 5), date(2026, 11, 12)),
    ]  # fmt: skip
    monkeypatch.setattr(timezone, "now", lambda: at(TODAY))
    found = {key: row[:2] for key, row in took(regulator).items() if key[0] == "time"}
    assert found == {("time", STAGES[0], None): (1, 2), ("time", STAGES[1], None): (1, 5)}


@pytest.mark.parametrize(
    ("entries", "running"),
    [
        ([], 10),
        ([("assessment", "pause", date(2026, 11, 4)), ("assessment", "resume", date(2026, 11, 6))], 8),
        # Of two clocks on the same days, each day once; what goes on ends with the passage.
        (
            [
                ("a", "pause", date(2026, 11, 4)), ("b", "pause", date(2026, 11, 5)),
                ("a", "stop", date(2026, 11, 6)), ("b", "resume", date(2026, 11, 9)),
            ],
            7,
        ),
        ([("a", "pause", date(2026, 11, 11))], 7),
        ([("a", "pause", date(2026, 10, 1)), ("a", "resume", date(2026, 11, 3))], 9),
        ([("a", "pause", date(2026, 11, 20)), ("a", "resume", date(2026, 11, 25))], 10),
        ([("a", "pause", date(2026, 10, 1))], 0),
    ],
)  # fmt: skip
def test_days_on_which_a_clock_stood_still_do_not_run(entries, running):
    assert lengths((date(2026, 11, 2), date(2026, 11, 16)), entries) == (10, running)


def test_a_year_that_the_calendar_lacks_has_no_length():
    assert lengths((date(2023, 12, 29), date(2026, 11, 16)), []) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_two_that_fold_at_once_and_one_who_acts_lose_nothing(regulator, afsa, add_case):
    cases = [add_case(afsa) for _ in range(12)]
    expected = worked_out(regulator)
    errors = []

    def work():
        try:
            for case in cases:
                Application.objects.filter(pk=case.pk).update(submitted_at=at(date(2026, 10, 5)))
                fold()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    fold()
    assert errors == []
    assert numbers(regulator) == worked_out(regulator) != expected
    assert not TallyChange.objects.exists()


@pytest.mark.django_db
def test_a_fold_that_fails_in_the_middle_changes_nothing(regulator, afsa, add_case):
    add_case(afsa, state=A.GRANTED, decided=TODAY)
    waiting_to_be_folded = TallyChange.objects.count()
    with transaction.atomic():
        fold()
        transaction.set_rollback(True)
    assert (TallyChange.objects.count(), Tally.objects.count()) == (waiting_to_be_folded, 0)
    assert numbers(regulator) == worked_out(regulator)
