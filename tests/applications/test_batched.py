"""What computes the dates of many cases: batch by batch, past what fails, and to the same end where it was
stopped half-way.
"""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from applications.models import Deadline
from applications.services import batched, calendar, clocks, instants
from applications.services.calendar import compute_days_again
from applications.services.instants import set_instants
from applications.services.standing import keep
from audit.models import Event
from audit.verify import faults
from regulators.services import load_calendar
from regulators.services.calendars import Failed
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import SHELL, fresh, new_applicant, new_firm

MONDAY, OFF = date(2026, 11, 23), date(2026, 12, 15)
HOUR = timedelta(hours=1)


class Killed(BaseException):
    """As a signal ends a process: nothing of ours catches it."""


@pytest.fixture
def cases(afm, today, monkeypatch):
    """Five, in batches of two, in the order of their keys; the decision is due on 8 January 2027."""
    monkeypatch.setattr(batched, "BATCH", 2)
    today(MONDAY)
    made = []
    for number in range(5):
        user = new_applicant()
        case = filed_with_little(
            new_firm(user, name=f"Firm {number}"), user, afm, reference=f"KZC-TEST-{number}"
        )
        clocks.start(case, "receipt")
        made.append(case)
    keep([case.pk for case in made])
    return sorted(made, key=lambda case: case.pk)


def days(cases):
    return [case.deadlines.get(code="decision").due_on for case in cases]


def at_the_nth(monkeypatch, module, name, nth, error):
    """From now on ``name`` raises when it is called so often."""
    real, calls = getattr(module, name), []

    def call(*args, **kwargs):
        calls.append(args)
        if len(calls) == nth:
            raise error
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, call)


BEFORE, AFTER = date(2027, 1, 8), date(2027, 1, 11)


@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5])
def test_a_run_that_is_killed_keeps_its_batches_and_the_next_ends_as_one_would_have(
    cases, new_calendar, monkeypatch, nth
):
    new_calendar("2026.2", off=[OFF])
    said = []
    with monkeypatch.context() as patched:
        at_the_nth(patched, calendar, "record", nth, Killed)
        with pytest.raises(Killed):
            load_calendar(actor=SHELL, say=said.append)
    done = (nth - 1) // 2 * 2  # whole batches
    assert days(cases) == [AFTER] * done + [BEFORE] * (5 - done)
    assert len([line for line in said if line.startswith("moved ")]) == done
    again = load_calendar(actor=SHELL)
    assert [one.what for one in again.moved] == [f"{case} decision" for case in cases[done:]]
    assert (days(cases), again.failed) == ([AFTER] * 5, [])
    events = Event.objects.filter(kind="application.deadlines_moved").order_by("subject")
    assert [event.subject for event in events] == sorted(case.audit_subject for case in cases)
    assert {str(one.data["moved"]) for one in events} == {
        "{'decision': {'to': '2027-01-11', 'from': '2027-01-08'}}"
    }
    assert load_calendar(actor=SHELL).moved == []
    assert list(faults()) == []


def test_what_fails_holds_up_nothing_else_and_is_named(cases, new_calendar, monkeypatch):
    new_calendar("2026.2", off=[OFF])
    bad = cases[2]
    with monkeypatch.context() as patched:
        real = calendar.record

        def record(**event):
            if event["subject"] == bad.audit_subject:
                raise ZeroDivisionError("not this one")
            real(**event)

        patched.setattr(calendar, "record", record)
        loaded = load_calendar(actor=SHELL)
    assert loaded.failed == [Failed(what=str(bad.pk), why="not this one")]
    assert days(cases) == [BEFORE if case == bad else AFTER for case in cases]
    assert Event.objects.filter(kind="application.deadlines_moved").count() == len(loaded.moved) == 4
    assert [one.what for one in load_calendar(actor=SHELL).moved] == [f"{bad} decision"]


def moved_zone(cases):
    """As though the instants had been set by other rules of the zone."""
    for deadline in Deadline.objects.filter(application__in=cases):
        Deadline.objects.filter(pk=deadline.pk).update(due_at=deadline.due_at + HOUR)


@pytest.mark.parametrize("nth", [1, 3, 5])
def test_instants_are_set_in_batches_too(cases, monkeypatch, nth):
    right = list(Deadline.objects.order_by("pk").values_list("due_at", flat=True))
    moved_zone(cases)
    with monkeypatch.context() as patched:
        at_the_nth(patched, instants, "record", nth, Killed)
        with pytest.raises(Killed):
            list(set_instants(actor=SHELL))
    done = (nth - 1) // 2 * 2
    assert Event.objects.filter(kind="application.instants_moved").count() == done
    left = {str(one).partition(" ")[0] for one in set_instants(actor=SHELL)}
    assert left == {str(case) for case in cases[done:]}
    assert list(Deadline.objects.order_by("pk").values_list("due_at", flat=True)) == right
    assert list(set_instants(actor=SHELL)) == []


def test_the_command_goes_on_past_a_failure_and_ends_with_1(cases, monkeypatch, capsys):
    moved_zone(cases)
    with monkeypatch.context() as patched:
        at_the_nth(patched, instants, "record", 3, ZeroDivisionError("once"))
        call_command("recompute_deadlines")  # a batch that fails is done again, each case by itself
    assert capsys.readouterr().out.splitlines()[-1] == f"{5 * 3} moved"
    moved_zone(cases)
    bad = cases[0]
    with monkeypatch.context() as patched:
        real = instants.record

        def record(**event):
            if event["subject"] == bad.audit_subject:
                raise ZeroDivisionError("never")
            real(**event)

        patched.setattr(instants, "record", record)
        with pytest.raises(CommandError, match=r"1 failed\. Mend what they name") as ended:
            call_command("recompute_deadlines")
    assert ended.value.returncode == 1
    said = capsys.readouterr().out.splitlines()
    assert (said[0], said[-1]) == (f"failed {bad.pk}: never", f"{4 * 3} moved")


@pytest.mark.django_db(transaction=True)
def test_each_batch_is_committed_before_the_next_one_begins(cases, new_calendar):
    new_calendar("2026.2", off=[OFF])
    seen = []
    for _one in compute_days_again(actor=SHELL):
        assert not connection.in_atomic_block
        seen.append(days(fresh(case) for case in cases).count(AFTER))
    assert seen == [2, 2, 4, 4, 5]
