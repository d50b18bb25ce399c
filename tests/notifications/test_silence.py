"""Where silence counts as an answer, those who decide hear of it before and after; the firm hears before an
approval in principle ends.
"""

import dataclasses
from datetime import date, timedelta

import pytest
from django.utils import timezone

from applications import still_due
from applications.models import Application, Decision
from applications.reminders import raise_due
from applications.services import clocks
from notifications.models import Message, Reminder
from regulators.calendars import add_working_days
from regulators.models import Staff
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import fresh
from tests.plugins.versions import following

DUE = date(2026, 12, 30)  # a Wednesday
ALARMS = ("internal_silence", "internal_silence_over")


def silent(book, **facts):
    """The next version, in which silence after the period for the decision counts as issue."""
    changed = {"silence": "issue", "pausable": True, **facts}
    found = tuple(dataclasses.replace(c, **changed) if c.code == "decision" else c for c in book.clocks)
    return following(book, "2099.1", clocks=found)


@pytest.fixture
def running(custody_firm, firm_user, afsa, afsa_staff, shelf):
    """A function: a case under such a book, whose period for the decision ends on ``DUE``."""

    def make(state="in_review", **facts):
        case = filed_with_little(custody_firm, firm_user, afsa, state=state)
        book = shelf(silent(case.book, **facts))
        pin = afsa.rulebooks.get(version=book.version)
        Application.objects.filter(pk=case.pk).update(rulebook=pin)
        clocks.start(fresh(case), "acceptance")
        case.deadlines.update(due_on=DUE, due_at=clocks.end_of(DUE), starts_on=date(2026, 11, 2))
        return fresh(case)

    return make


def told(case):
    """The alarms: alone in a mail, or a line of the mail of all that is new."""
    found = Message.objects.filter(internal=True, subject_ref=str(case)).order_by("pk")
    lines = [row for one in found for row in one.context.get("rows", [one.context | {"kind": one.template}])]
    return [(row["kind"], row.get("working_days"), row["due"]) for row in lines if row["kind"] in ALARMS]


def rules():
    return sorted(Reminder.objects.filter(subject__startswith="silence:").values_list("rule", flat=True))


def days_before(count):
    """The first day on which so many working days are left."""
    day = DUE
    while add_working_days(day, count) != DUE:
        day -= timedelta(days=1)
    while add_working_days(day - timedelta(days=1), count) == DUE:
        day -= timedelta(days=1)
    return day


def test_each_step_is_said_once_to_each_who_decides_or_leads(running, afsa_staff):
    case = running()
    readers = {
        afsa_staff.decision_maker.email, afsa_staff.second_decision_maker.email,
        afsa_staff.lead_reviewer.email, afsa_staff.second_lead_reviewer.email,
    }  # fmt: skip
    raise_due(days_before(6))
    assert told(case) == []
    expected = []
    for left in (5, 3, 1):
        for _run in range(2):
            raise_due(days_before(left))
        expected += [("internal_silence", left, DUE.isoformat())] * len(readers)
        assert told(case) == expected
    raise_due(DUE)
    assert told(case) == expected
    for later in (1, 2):
        raise_due(DUE + timedelta(days=later))
    expected += [("internal_silence_over", None, DUE.isoformat())] * len(readers)
    assert told(case) == expected
    assert set(Message.objects.filter(internal=True).values_list("email", flat=True)) == readers
    assert rules() == ["due in 1", "due in 3", "due in 5", "overdue"]


def test_a_run_that_comes_late_says_the_newest_step_alone(running):
    case = running()
    raise_due(days_before(2))
    assert {left for _template, left, _due in told(case)} == {2}
    assert rules() == ["due in 3"]


def test_who_both_decides_and_leads_is_told_once(running, afsa_staff):
    case = running()
    both = Staff.objects.get(user=afsa_staff.lead_reviewer)
    others = Staff.objects.filter(role__in=("decision_maker", "lead_reviewer")).exclude(pk=both.pk)
    others.update(role="specialist")
    raise_due(days_before(5))
    assert len(told(case)) == 1


@pytest.mark.parametrize(
    ("silence", "pausable", "paused", "count"),
    [
        ("issue", True, False, 4), ("refusal", True, False, 4), ("", True, False, 0),
        ("issue", True, True, 0), ("issue", False, True, 4),
    ],
)  # fmt: skip
def test_it_is_said_where_silence_counts_and_the_period_runs(running, silence, pausable, paused, count):
    case = running(silence=silence, pausable=pausable)
    if paused:
        Application.objects.filter(pk=case.pk).update(paused_since=timezone.now())
    raise_due(days_before(3))
    assert len(told(case)) == count


@pytest.mark.parametrize("met", [False, True])
def test_it_stands_while_the_period_runs_to_that_day(running, met):
    case = running()
    deadline = case.deadlines.get()
    about = {"subject": f"silence:{deadline.pk}", "rule": "due in 3"}
    if met:
        case.deadlines.update(met_at=timezone.now())
    assert still_due.stands(Reminder(due_on=DUE, **about)) is not met
    assert not still_due.stands(Reminder(due_on=DUE + timedelta(days=1), **about))
    raise_due(days_before(3))
    assert bool(told(case)) is not met


# --- the end of an approval in principle


@pytest.fixture
def approved(custody_firm, firm_user, afsa, afsa_staff):
    """Sixteen working days before it ends."""
    case = filed_with_little(custody_firm, firm_user, afsa, state="approved_in_principle")
    ends = add_working_days(timezone.localdate(), 16)
    Application.objects.filter(pk=case.pk).update(expires_on=ends)
    decide(case, "approve_in_principle")
    return fresh(case)


def decide(case, kind, at=None):
    Decision.objects.create(
        application=case, snapshot=case.snapshots.get(), kind=kind, reason="r", law={}, by=case.created_by,
        at=at or timezone.now(),
    )  # fmt: skip


def ends_told():
    found = Message.objects.filter(template="period_ends").order_by("pk")
    return [(one.email, one.context["working_days"]) for one in found]


def test_the_firm_hears_before_an_approval_in_principle_ends(approved, firm_user):
    today = timezone.localdate()
    raise_due(add_working_days(today, 5))
    assert ends_told() == []
    for passed in (6, 13, 16):
        for _run in range(2):
            raise_due(add_working_days(today, passed))
    raise_due(approved.expires_on + timedelta(days=1))
    assert ends_told() == [(firm_user.email, left) for left in (10, 3, 0)]
    message = Message.objects.filter(template="period_ends").first()
    assert message.url.endswith(f"/applications/{approved.pk}/#conditions")
    assert "principle" not in message.body_text + message.subject


def test_it_stands_until_it_is_extended_or_reopened(approved):
    about = {"subject": f"{approved.audit_subject}:expiry", "rule": "due in 3"}
    assert still_due.stands(Reminder(due_on=approved.expires_on, **about))
    assert not still_due.stands(Reminder(due_on=approved.expires_on - timedelta(days=1), **about))
    Application.objects.filter(pk=approved.pk).update(state="in_review")
    assert not still_due.stands(Reminder(due_on=approved.expires_on, **about))


def test_an_extension_starts_the_steps_anew(approved):
    later = timezone.now() + timedelta(days=14)
    decide(approved, "extend", later)
    near = add_working_days(timezone.localdate(later), 9)
    Application.objects.filter(pk=approved.pk).update(expires_on=near)
    raise_due(add_working_days(timezone.localdate(later), 1))
    assert ends_told() == []
    raise_due(add_working_days(timezone.localdate(later), 6))
    assert [left for _email, left in ends_told()] == [3]
