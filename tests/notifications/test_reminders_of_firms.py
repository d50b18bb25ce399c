"""What is due is said at its steps, once, from the day it was set, and to one person in one mail."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from applications.due.steps import Steps
from applications.models import Condition, Decision
from applications.reminders import raise_due
from applications.services import rounds
from notifications.models import Message
from regulators.calendars import add_working_days
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import fresh

MONDAY = date(2026, 11, 23)


def told(*templates):
    found = Message.objects.filter(template__in=templates).order_by("pk")
    return [(m.template, m.email) for m in found]


@pytest.mark.parametrize(
    ("left", "first", "expected"),
    [
        (12, 15, ""), (11, 15, ""), (10, 15, "due in 10"), (4, 15, "due in 10"), (3, 15, "due in 3"),
        (0, 15, "due in 0"),
        (10, 10, ""), (9, 9, ""), (3, 9, "due in 3"), (2, 3, ""), (0, 3, "due in 0"), (0, 1, "due in 0"),
    ],
)  # fmt: skip
def test_a_step_counts_from_when_the_day_was_set(left, first, expected):
    since = MONDAY
    due = add_working_days(since, first)
    passed = first - left
    today = add_working_days(since, passed) if passed else since
    near = {one.day: one for one in Steps(today).near}
    rule = near[due].rule if due in near and since < near[due].set_before else ""
    assert rule == expected


def test_no_reminder_comes_at_once_after_a_request(asked_case, ask):
    today = timezone.localdate()
    due = add_working_days(today, 8)
    ask(asked_case, "Where?", due_on=due)
    raise_due(today)
    assert told("reminder") == []
    raise_due(add_working_days(today, 5))
    raise_due(add_working_days(today, 5))
    assert len(told("reminder")) == 1


def test_more_time_starts_the_steps_anew(asked_case, ask, firm_user, afsa_staff):
    today = timezone.localdate()
    sent = ask(asked_case, "Where?", due_on=add_working_days(today, 4))
    later = add_working_days(today, 7)
    asked = rounds.ask_for_time(actor=firm_user, request=sent, until=later, reason="Slow.")
    rounds.grant_time(actor=afsa_staff.reviewer, extension=asked, until=later, answer="")
    raise_due(add_working_days(today, 3))
    assert told("reminder") == []
    raise_due(add_working_days(today, 4))
    assert Message.objects.get(template="reminder").context["due"] == later.isoformat()


def test_several_dates_of_one_person_go_in_one_mail(asked_case, ask, firm_user):
    today = timezone.localdate()
    first, second = add_working_days(today, 12), add_working_days(today, 13)
    ask(asked_case, "Where?", due_on=second)
    ask(asked_case, "Who?", due_on=first)
    assert raise_due(add_working_days(today, 3)) == 2
    [message] = Message.objects.filter(template__in=["digest", "reminder"])
    assert (message.template, message.email) == ("digest", firm_user.email)
    assert message.subject == "KZC-TEST-ASKED 2 dates to keep"
    assert [row["due"] for row in message.context["rows"]] == [first.isoformat(), second.isoformat()]
    assert message.body_text.count("KZC-TEST-ASKED: reply due by") == 2
    assert raise_due(add_working_days(today, 3)) == 0


def test_a_draft_that_lies_is_spoken_of_once(draft_case, firm_user):
    saved = timezone.localdate(fresh(draft_case).saved_at)
    raise_due(saved + timedelta(days=13))
    assert told("draft_idle") == []
    raise_due(saved + timedelta(days=14))
    raise_due(saved + timedelta(days=15))
    assert told("draft_idle") == [("draft_idle", firm_user.email)]
    message = Message.objects.get(template="draft_idle")
    assert message.context["left"] > 0
    assert "kept until you submit or discard it" in message.body_text


def test_a_draft_is_named_in_the_language_of_its_reader(draft_case, firm_user):
    firm_user.language = "ru"
    firm_user.save()
    raise_due(timezone.localdate(fresh(draft_case).saved_at) + timedelta(days=14))
    message = Message.objects.get(template="draft_idle")
    assert message.subject.startswith("Черновик: ")
    assert f"О чём это письмо: {message.subject_ref}. У черновика нет номера дела" in message.body_text
    assert "Номер дела: " not in message.body_text
    assert "Draft" not in message.body_text


def test_a_condition_is_said_to_be_due_until_its_day_and_overdue_after_it(custody_firm, firm_user, afsa):
    case = filed_with_little(custody_firm, firm_user, afsa, state="approved_in_principle")
    due = add_working_days(timezone.localdate(), 5)
    Decision.objects.create(
        application=case, snapshot=case.snapshots.get(), kind="approve_in_principle", reason="r", law={},
        by=case.created_by, at=timezone.now(),
    )  # fmt: skip
    Condition.objects.create(application=case, number=2, text="Hire.", due_on=due)
    raise_due(due)
    assert told("condition_reminder", "condition_overdue") == [("condition_reminder", firm_user.email)]
    for later in (1, 2):
        raise_due(due + timedelta(days=later))
    assert told("condition_overdue") == [("condition_overdue", firm_user.email)]
    message = Message.objects.get(template="condition_overdue")
    assert f"Condition 2 of {case} was due by" in message.body_text
    assert "is due by" not in message.body_text
