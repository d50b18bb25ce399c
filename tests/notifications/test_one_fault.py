"""What nobody can be reminded of holds up no other reminder, and counts as told to nobody."""

import logging
from datetime import date, timedelta

import pytest
from django.utils import timezone

from applications.due import firms, years
from applications.due import found as found_of
from applications.due.found import Due
from applications.due.steps import Steps
from applications.due.telling import remind_firms
from applications.models import Application, Condition, InformationRequest
from applications.reminders import raise_due
from notifications.models import Message, Reminder
from regulators.calendars import add_working_days
from regulators.models import Staff
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import fresh, new_applicant, new_firm


def days_on(count):
    return add_working_days(timezone.localdate(), count)


def in_principle(firm, user, licence_type, **facts):
    case = filed_with_little(firm, user, licence_type, state="approved_in_principle", **facts)
    return fresh(case)


def told(*templates):
    return sorted(Message.objects.filter(template__in=templates).values_list("template", "email"))


OTHERS = "KZC-TEST-OTHER"


@pytest.fixture
def others(afsa, afsa_staff):
    """A case of another firm, in review, and its one member."""
    user = new_applicant(name="Other Person")
    firm = new_firm(user, name="Other Firm Ltd")
    return fresh(filed_with_little(firm, user, afsa, reference=OTHERS))


def lost(case):
    """The book of the case can no longer be read."""
    pin = case.rulebook
    pin.pk, pin.version = None, "1999.1"
    pin.save(force_insert=True)
    Application.objects.filter(pk=case.pk).update(rulebook=pin)


def without_address(user):
    type(user).objects.filter(pk=user.pk).update(email="gone")


def faults(caplog):
    return [
        r.getMessage()
        for r in caplog.records
        if r.name.startswith("applications.due") and r.levelname != "INFO"
    ]


@pytest.fixture(autouse=True)
def _a_new_process():
    years._say.cache_clear()


@pytest.mark.parametrize("due_on", [date(2028, 1, 3), date(2031, 5, 5)])
def test_a_day_in_a_year_not_in_the_calendar_is_left_out_and_said_once(
    asked_case, ask, firm_user, due_on, caplog
):
    ask(asked_case, "Where?", due_on=days_on(12))
    ask(asked_case, "Who?", due_on=due_on)
    ask(asked_case, "When?", due_on=due_on)
    with caplog.at_level(logging.WARNING, logger="applications.due"):
        for _run in range(2):
            raise_due(days_on(3))
    assert told("reminder", "digest") == [("reminder", firm_user.email)]
    words = "Nobody is reminded of dates in 2028 before they are over: add it to the calendar."
    assert faults(caplog) == [words]


def test_a_condition_of_a_far_year_holds_up_no_lapse(custody_firm, firm_user, afsa, afsa_staff):
    far = in_principle(custody_firm, firm_user, afsa)
    other = new_applicant(name="Other Person")
    over = in_principle(new_firm(other, name="Other Firm Ltd"), other, afsa, reference=OTHERS)
    Condition.objects.create(application=far, number=1, text="Hire.", due_on=date(2028, 2, 1))
    Application.objects.filter(pk=over.pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    raise_due()
    deciders = afsa_staff.decision_maker.email, afsa_staff.second_decision_maker.email
    assert told("internal_approval_passed") == [("internal_approval_passed", one) for one in sorted(deciders)]


def test_an_end_that_was_set_anew_meanwhile_is_told_as_it_was_found(
    custody_firm, firm_user, afsa, afsa_staff, monkeypatch
):
    case = in_principle(custody_firm, firm_user, afsa)
    ends = days_on(3)
    Application.objects.filter(pk=case.pk).update(expires_on=ends)
    case.decisions.create(
        snapshot=case.snapshots.get(), kind="approve_in_principle", reason="r", law={},
        by=afsa_staff.decision_maker, at=timezone.now() - timedelta(days=40),
    )  # fmt: skip
    find = found_of.each

    def found(rows, full, **options):
        for row in find(rows, full, **options):
            row.expires_on = None
            yield row

    monkeypatch.setattr(found_of, "each", found)
    [due] = firms._expiries(Steps(timezone.localdate()))
    assert (due.due_on, due.context) == (ends, {"working_days": 3})


def test_staff_are_told_where_the_dates_of_firms_cannot_be_found(
    custody_firm, firm_user, afsa, afsa_staff, monkeypatch
):
    case = in_principle(custody_firm, firm_user, afsa)
    Application.objects.filter(pk=case.pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    monkeypatch.setattr(firms, "_requests", lambda _steps: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        raise_due()
    assert len(told("internal_approval_passed")) == 2


def test_the_last_day_of_the_calendar_is_still_counted_to():
    near = Steps(date(2027, 12, 28)).near
    assert [(one.day, one.left, one.rule) for one in near] == [
        (date(2027, 12, 28), 0, "due in 0"),
        (date(2027, 12, 29), 1, "due in 3"),
        (date(2027, 12, 30), 2, "due in 3"),
        (date(2027, 12, 31), 3, "due in 3"),
    ]
    assert Steps(date(2028, 1, 2)).near == ()


def test_a_firm_that_cannot_be_told_holds_up_no_other(asked_case, others, ask, firm_user, caplog):
    for case in (asked_case, others):
        ask(case, "Where?", due_on=days_on(12))
    without_address(firm_user)
    assert raise_due(days_on(3)) == 1
    assert told("reminder") == [("reminder", others.created_by.email)]
    assert Reminder.objects.count() == 1
    of_firm, of_date = f"firm:{asked_case.firm_id}", InformationRequest.objects.get(application=asked_case)
    assert faults(caplog) == [
        f"Nobody could be reminded of {one}" for one in (of_firm, f"request:{of_date.pk}")
    ]
    type(firm_user).objects.filter(pk=firm_user.pk).update(email="back@example.test")
    assert raise_due(days_on(3)) == 1
    assert told("reminder") == sorted(
        [("reminder", "back@example.test"), ("reminder", others.created_by.email)]
    )


@pytest.fixture
def colleague(asked_case):
    user = new_applicant(name="A Colleague")
    asked_case.firm.memberships.create(user=user, role="editor")
    return user


def test_a_long_address_is_told_as_any_other(asked_case, ask, firm_user, colleague):
    long = f"{'a' * 64}@{'.'.join(['b' * 59] * 3)}.example"
    assert len(long) == 252
    type(colleague).objects.filter(pk=colleague.pk).update(email=long)
    ask(asked_case, "Where?", due_on=days_on(12))
    assert raise_due(days_on(3)) == 1
    assert told("reminder") == sorted([("reminder", long), ("reminder", firm_user.email)])


def test_a_person_who_cannot_be_told_holds_up_no_other_of_the_firm(
    asked_case, ask, firm_user, colleague, caplog
):
    ask(asked_case, "Where?", due_on=days_on(12))
    without_address(colleague)
    assert raise_due(days_on(3)) == 1
    assert told("reminder") == [("reminder", firm_user.email)]
    words = f"user:{colleague.pk} could not be reminded"
    assert faults(caplog) == [f"Nobody could be reminded of firm:{asked_case.firm_id}", words]
    assert raise_due(days_on(3)) == 0


def test_one_case_that_cannot_be_told_of_holds_up_no_other_of_its_firm(asked_case, firm_user, caplog):
    about = {"case": asked_case, "rule": "due in 3", "due_on": days_on(3), "url": "/", "kind": "reminder"}
    bad = Due(subject="request:1", context={"working_days": object()}, **about)
    good = Due(subject="request:2", context={"working_days": 3}, **about)
    assert remind_firms([good, bad]) == 1
    assert list(Reminder.objects.values_list("subject", flat=True)) == ["request:2"]
    assert told("reminder", "digest") == [("reminder", firm_user.email)]
    of_firm = f"firm:{asked_case.firm_id}"
    assert faults(caplog) == [f"Nobody could be reminded of {one}" for one in (of_firm, "request:1")]


def test_a_draft_whose_book_is_gone_holds_up_no_other(draft_case, others, ask, caplog):
    ask(others, "Where?", due_on=days_on(30))
    lost(draft_case)
    raise_due(days_on(27))
    assert told("reminder", "draft_idle") == [("reminder", others.created_by.email)]
    assert faults(caplog) == [f"Nobody could be reminded of {draft_case.audit_subject}:draft"]


def test_a_firm_without_people_is_told_when_somebody_comes(asked_case, ask, firm_user):
    sent = ask(asked_case, "Where?", due_on=days_on(12))
    gone = asked_case.firm.memberships
    gone.update(ended_at=timezone.now())
    assert raise_due(days_on(3)) == 0
    gone.update(ended_at=None)
    assert raise_due(days_on(3)) == 1
    assert InformationRequest.objects.get(pk=sent.pk).due_on == Reminder.objects.get().due_on


def test_a_lapse_without_a_decision_maker_is_raised_when_there_is_one(
    custody_firm, firm_user, afsa, afsa_staff
):
    case = in_principle(custody_firm, firm_user, afsa)
    Application.objects.filter(pk=case.pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    deciders = Staff.objects.filter(role="decision_maker")
    deciders.update(role="specialist")
    assert raise_due() == 0
    Staff.objects.filter(user=afsa_staff.decision_maker).update(role="decision_maker")
    assert raise_due() == 1
    assert raise_due() == 0
