"""Who takes over a case is told once what is near or over there, and was told to others."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.models import Application, Condition, Deadline
from applications.reminders import raise_due
from applications.services import assigning, clocks
from notifications.models import Message, Reminder, Status
from notifications.services import send_waiting
from regulators.calendars import add_working_days
from regulators.models import Role
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import appointed, fresh

DAY = timedelta(days=1)


def today():
    return timezone.localdate()


@pytest.fixture
def case(custody_firm, firm_user, afsa, afsa_staff):
    """In review, with a case officer, whose period for the decision was over yesterday; nobody was told."""
    case = filed_with_little(custody_firm, firm_user, afsa)
    Application.objects.filter(pk=case.pk).update(case_officer=afsa_staff.case_officer)
    period(case, "decision", today() - DAY)
    Message.objects.all().delete()
    return fresh(case)


@pytest.fixture
def second(afsa, afsa_staff):
    """Another case officer."""
    appointed(afsa_staff.reviewer, afsa.regulator, Role.CASE_OFFICER)
    return fresh(afsa_staff.reviewer)


def period(case, code, due_on):
    return Deadline.objects.create(
        application=case, code=code, rule="r", starts_on=today() - 60 * DAY, calendar_days=30, due_on=due_on,
        due_at=clocks.end_of(due_on),
    )  # fmt: skip


def give(case, officer, staff):
    assigning.assign_case_officer(
        actor=staff.lead_reviewer, case=case, officer=officer, expected_version=fresh(case).version
    )


def lines(user):
    """What this person was told: the kind and the day of each line, mail by mail."""
    found = Message.objects.filter(recipient=user, template="internal_digest").order_by("pk")
    return [[(row["kind"], row["due"]) for row in one.context["rows"]] for one in found]


def test_a_new_case_officer_is_told_once_what_the_one_before_was_told(case, afsa_staff, second):
    near = add_working_days(today(), 3)
    period(case, "completeness", near)
    raise_due()
    said = [[("internal_decision_overdue", str(today() - DAY)), ("internal_completeness", str(near))]]
    assert lines(afsa_staff.case_officer) == said
    managers, reminders = len(lines(afsa_staff.decision_maker)), Reminder.objects.count()
    give(case, second, afsa_staff)
    assert lines(second) == said
    assert raise_due() == 0
    assert (lines(second), len(lines(afsa_staff.decision_maker))) == (said, managers)
    assert Reminder.objects.count() == reminders


def test_who_was_told_already_is_not_told_again(case, afsa_staff, second):
    raise_due()
    first = afsa_staff.case_officer
    give(case, second, afsa_staff)
    give(case, first, afsa_staff)
    give(case, second, afsa_staff)
    assert (len(lines(first)), len(lines(second))) == (1, 1)


def test_what_came_near_between_is_told_to_who_takes_it_back(case, afsa_staff, second):
    raise_due()
    first, near = afsa_staff.case_officer, add_working_days(today(), 3)
    give(case, second, afsa_staff)
    period(case, "completeness", near)
    raise_due()
    give(case, first, afsa_staff)
    assert lines(first)[1:] == [[("internal_completeness", str(near))]]


def test_where_nobody_was_told_the_next_run_tells_the_new_one(case, afsa_staff, second):
    give(case, second, afsa_staff)
    assert lines(second) == []
    raise_due()
    assert len(lines(second)) == 1


def test_the_first_case_officer_is_told_what_the_leads_were_told(case, afsa_staff):
    Application.objects.filter(pk=case.pk).update(case_officer=None)
    raise_due()
    give(case, afsa_staff.case_officer, afsa_staff)
    assert lines(afsa_staff.case_officer) == [[("internal_decision_overdue", str(today() - DAY))]]


def test_nothing_of_another_case_and_nothing_that_others_bring_about(case, afsa_staff, afsa, second):
    Deadline.objects.all().delete()
    Application.objects.filter(pk=case.pk).update(state="recommended")
    Application.objects.filter(pk=case.pk).update(state="approved_in_principle")
    for number, owner in enumerate((Condition.CASE_OFFICER, "lead_reviewer", Condition.FIRM), 1):
        Condition.objects.create(
            application=case, number=number, text="Hire.", due_on=today() - DAY, owner=owner
        )
    raise_due()
    give(case, second, afsa_staff)
    day = str(today() - DAY)
    [told] = lines(second)
    assert sorted(told) == [("internal_condition_over", day), ("internal_condition_overdue", day)]


@pytest.mark.parametrize(("met", "status"), [(False, Status.SENT), (True, Status.WITHHELD)])
def test_it_is_looked_at_again_when_it_goes(case, afsa_staff, second, met, status):
    raise_due()
    give(case, second, afsa_staff)
    if met:
        Deadline.objects.update(met_at=timezone.now())
    while send_waiting():
        pass
    assert Message.objects.get(recipient=second, template="internal_digest").status == status


def test_what_was_withheld_from_them_before_is_told(case, afsa_staff, second):
    raise_due()
    give(case, second, afsa_staff)
    Message.objects.filter(recipient=second).update(status=Status.WITHHELD)
    give(case, afsa_staff.case_officer, afsa_staff)
    give(case, second, afsa_staff)
    statuses = Message.objects.filter(recipient=second, template="internal_digest").order_by("pk")
    assert list(statuses.values_list("status", flat=True)) == [Status.WITHHELD, Status.WAITING]
