"""A reminder that waited is looked at again when its turn comes, by the sender itself."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from applications import still_due
from applications.models import Application, Condition
from applications.reminders import raise_due
from applications.services import requests, rounds
from notifications.models import Attempt, Message, Reminder, Status
from notifications.services import send_waiting
from regulators.calendars import add_working_days
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import fresh

DAY = date(2026, 12, 7)
REMINDERS = ("reminder", "digest", "overdue")


def days_on(count):
    return add_working_days(timezone.localdate(), count)


def waiting():
    return Message.objects.get(template__in=REMINDERS)


@pytest.fixture
def sent(asked_case, ask):
    return ask(asked_case, "Where?", due_on=days_on(12))


@pytest.fixture
def reminded(sent):
    """A reminder of it waits in the outbox."""
    raise_due(days_on(3))
    return sent


def answered(request, firm_user, afsa_staff):
    point = request.points.get()
    requests.answer_point(actor=firm_user, point=point, expected_version=0, text="Here.")
    requests.send_answers(actor=firm_user, request=request, expected_version=fresh(request).version)


def closed(request, firm_user, afsa_staff):
    requests.close_request(actor=afsa_staff.reviewer, request=request, expected_version=1, note="Enough.")


def given_time(request, firm_user, afsa_staff):
    until = request.due_on + timedelta(days=7)
    asked = rounds.ask_for_time(actor=firm_user, request=request, until=until, reason="Slow.")
    rounds.grant_time(actor=afsa_staff.reviewer, extension=asked, until=until, answer="")


@pytest.mark.parametrize("what", [answered, closed, given_time])
def test_it_is_withheld_when_the_request_moved_on(reminded, firm_user, afsa_staff, what):
    what(reminded, firm_user, afsa_staff)
    others = Message.objects.filter(status=Status.WAITING).count() - 1
    assert send_waiting() == others
    message = waiting()
    assert (message.status, message.withheld_because) == (Status.WITHHELD, "no longer due")
    assert not Attempt.objects.filter(message=message).exists()


def test_it_goes_while_the_date_stands(reminded):
    send_waiting()
    assert waiting().status == Status.SENT


def test_more_time_that_was_only_asked_for_withholds_nothing(reminded, firm_user):
    until = reminded.due_on + timedelta(days=7)
    rounds.ask_for_time(actor=firm_user, request=reminded, until=until, reason="Slow.")
    send_waiting()
    assert waiting().status == Status.SENT


@pytest.fixture
def move(case_in, firm_user):
    """A function that moves the day by which a returned application is to be submitted again."""
    case = case_in("returned", return_by=days_on(12))
    case.completeness_checks.create(snapshot=case.snapshots.get(), checked_by=firm_user, passed=False)
    Message.objects.all().delete()

    def move(day):
        Application.objects.filter(pk=case.pk).update(return_by=day)

    return move


def run():
    """Three working days before the first day: how many dates are new."""
    return raise_due(days_on(9))


def statuses():
    while send_waiting():
        pass
    found = Message.objects.filter(template="return_reminder").order_by("pk")
    return [(one.status, one.withheld_because) for one in found]


def test_a_reminder_that_was_withheld_is_said_when_its_date_stands_again(move):
    assert run() == 1
    move(days_on(40))
    assert statuses() == [("withheld", "no longer due")]
    assert run() == 0
    move(days_on(12))
    assert (run(), run()) == (1, 0)
    assert statuses() == [("withheld", "no longer due"), ("sent", "")]
    assert run() == 0


def test_a_reminder_that_went_is_not_said_again_when_its_date_stands_again(move):
    run()
    assert statuses() == [("sent", "")]
    move(days_on(40))
    assert run() == 0
    move(days_on(12))
    assert run() == 0


def test_a_line_that_was_left_out_is_said_when_its_date_stands_again(asked_case, ask):
    first, _second = (ask(asked_case, "Where?", due_on=days_on(days)) for days in (11, 12))
    day = first.due_on
    raise_due(days_on(3))
    type(first).objects.filter(pk=first.pk).update(due_on=days_on(60))
    send_waiting()
    type(first).objects.filter(pk=first.pk).update(due_on=day)
    assert (raise_due(days_on(3)), raise_due(days_on(3))) == (1, 0)
    [again] = Message.objects.filter(template="reminder")
    assert (again.context["due"], again.status) == (day.isoformat(), "waiting")


def test_of_a_mail_of_two_dates_the_one_that_stands_stays(asked_case, ask, firm_user, afsa_staff, mailoutbox):
    first, second = (ask(asked_case, "Where?", due_on=days_on(days)) for days in (11, 12))
    raise_due(days_on(3))
    assert waiting().subject == "KZC-TEST-ASKED 2 dates to keep"
    answered(first, firm_user, afsa_staff)
    send_waiting()
    message = waiting()
    assert (message.status, message.subject) == (Status.SENT, "KZC-TEST-ASKED 1 date to keep")
    assert [row["due"] for row in message.context["rows"]] == [second.due_on.isoformat()]
    assert message.body_text.count("reply due by") == 1
    assert message.url.endswith(f"/applications/{asked_case.pk}/requests/{second.number}/")
    assert message.url in message.body_text


def test_a_mail_of_two_dates_that_both_passed_is_withheld(asked_case, ask, firm_user, afsa_staff):
    both = [ask(asked_case, "Where?", due_on=days_on(days)) for days in (11, 12)]
    raise_due(days_on(3))
    for one in both:
        answered(one, firm_user, afsa_staff)
    send_waiting()
    assert waiting().status == Status.WITHHELD


def reminder_of(subject, due_on=DAY):
    return Reminder(subject=subject, rule="r", due_on=due_on)


@pytest.fixture
def case_in(custody_firm, firm_user, afsa):
    def make(state, **facts):
        case = filed_with_little(custody_firm, firm_user, afsa, state=state)
        Application.objects.filter(pk=case.pk).update(**facts)
        return fresh(case)

    return make


def test_a_condition_stands_until_it_is_met(case_in):
    case = case_in("approved_in_principle")
    condition = Condition.objects.create(application=case, number=1, text="Hire.", due_on=DAY)
    about = f"condition:{condition.pk}"
    assert still_due.stands(reminder_of(about))
    assert not still_due.stands(reminder_of(about, DAY + timedelta(days=1)))
    Condition.objects.update(verified_at=timezone.now())
    assert not still_due.stands(reminder_of(about))


def test_no_condition_stands_of_a_case_that_is_decided(case_in):
    case = case_in("granted", decided_at=timezone.now())
    condition = Condition.objects.create(application=case, number=1, text="Hire.", due_on=DAY)
    assert not still_due.stands(reminder_of(f"condition:{condition.pk}"))


@pytest.mark.parametrize(
    ("state", "facts", "what", "expected"),
    [
        ("returned", {"return_by": DAY}, ":return", True),
        ("returned", {"return_by": DAY + timedelta(days=1)}, ":return", False),
        ("submitted", {"return_by": DAY}, ":return", False),
        ("returned", {"return_by": DAY}, "", True),
        ("approved_in_principle", {"expires_on": DAY}, "", True),
        ("approved_in_principle", {"expires_on": DAY + timedelta(days=1)}, "", False),
        ("granted", {"expires_on": DAY}, "", False),
    ],
)
def test_a_date_of_a_case_stands_while_the_case_does(case_in, state, facts, what, expected):
    case = case_in(state, **facts)
    assert still_due.stands(reminder_of(f"{case.audit_subject}{what}")) is expected


def test_a_draft_that_was_saved_since_lies_no_more(draft_case):
    case = fresh(draft_case)
    due_on = timezone.localdate(case.saved_at) + timedelta(days=14)
    about = f"{case.audit_subject}:draft"
    assert still_due.stands(reminder_of(about, due_on))
    assert not still_due.stands(reminder_of(about, due_on - timedelta(days=1)))


def test_what_is_about_no_case_stands():
    assert still_due.stands(reminder_of("citation:gen-3"))


def test_a_check_that_stumbles_lets_it_go(reminded, settings):
    settings.REMINDER_CHECKS = [f"{__name__}.stumble"]
    send_waiting()
    assert waiting().status == Status.SENT


def stumble(_reminder):
    raise LookupError


@pytest.mark.parametrize(
    ("state", "fact", "words"),
    [
        (
            "returned",
            "return_by",
            "was returned as incomplete, and was to be submitted again by Monday 7 December",
        ),
        ("approved_in_principle", "expires_on", "set ended on Monday 7 December 2026"),
    ],
)
def test_a_day_that_passed_is_raised_in_its_own_words(case_in, afsa_staff, state, fact, words):
    case = case_in(state, **{fact: DAY})
    raise_due(DAY + timedelta(days=1))
    raise_due(DAY + timedelta(days=2))
    told = Message.objects.filter(internal=True)
    deciders = {afsa_staff.decision_maker.email, afsa_staff.second_decision_maker.email}
    assert {message.email for message in told} == deciders
    assert len(told) == 2
    for message in told:
        assert words in message.body_text
        assert "deadline" not in message.body_text
        assert message.url.endswith(f"/desk/applications/application/{case.pk}/change/")


def test_a_returned_application_is_not_spoken_of_as_a_reply(case_in, firm_user):
    due = days_on(5)
    case = case_in("returned", return_by=due)
    case.completeness_checks.create(snapshot=case.snapshots.get(), checked_by=firm_user, passed=False)
    raise_due(due)
    raise_due(due + timedelta(days=1))
    told = Message.objects.filter(recipient=firm_user).order_by("pk")
    assert [message.template for message in told] == ["return_reminder", "return_overdue"]
    assert not any("reply" in message.body_text.split("\n\n")[0] for message in told)
