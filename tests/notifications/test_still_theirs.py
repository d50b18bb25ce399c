"""Who left the firm, or works on the case no more, is not written to when a message's turn comes."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Membership
from applications.models import Application, Deadline
from applications.reminders import raise_due
from applications.services import clocks, tell
from notifications import services
from notifications.models import ACCOUNT, Message, Reminder, Status
from notifications.services import send_waiting
from regulators.calendars import add_working_days
from regulators.models import Staff
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import fresh, new_applicant, new_firm, person_of


def days_on(count):
    return add_working_days(timezone.localdate(), count)


@pytest.fixture
def case(custody_firm, firm_user, afsa, afsa_staff):
    """In review, with a case officer, and with no message."""
    case = filed_with_little(custody_firm, firm_user, afsa)
    Application.objects.filter(pk=case.pk).update(case_officer=afsa_staff.case_officer)
    Message.objects.all().delete()
    return fresh(case)


def sent():
    """After a run of the sender: of each message whom it was for, and why it did not go."""
    while send_waiting():
        pass
    return {one.email: one.withheld_because for one in Message.objects.exclude(status=Status.WAITING)}


def leave(user):
    Membership.objects.filter(user=user).update(ended_at=timezone.now())


def joins(firm, user):
    firm.memberships.create(user=user, role="editor")


def no_longer_appointed(user, **_more):
    ended = {"valid_from": timezone.localdate() - timedelta(days=9)}
    ended["valid_until"] = timezone.localdate() - timedelta(days=1)
    Staff.objects.filter(user=user).update(**ended)


def at_another_regulator(user, afm, **_more):
    Staff.objects.filter(user=user).update(regulator=afm.regulator)


def administrator_alone(user, **_more):
    Staff.objects.filter(user=user).update(role="administrator")


def closed_account(user, **_more):
    type(user).objects.filter(pk=user.pk).update(is_active=False)


def declares_a_conflict(user, case, **_more):
    case.conflicts.create(human=user.human, declared_by_name=user.full_name, text="A friend.")


def is_of_the_firm(user, case, **_more):
    person_of(case.firm, human=user.human)


def other_work_here(user, **_more):
    Staff.objects.filter(user=user).update(role="reviewer")


def nothing(user, **_more):
    pass


def test_who_left_the_firm_is_not_written_to_and_who_stayed_is(case, firm_user):
    stays = new_applicant(name="Who Stays")
    joins(case.firm, stays)
    with transaction.atomic():
        tell.firm(case, "decision", key="k")
    leave(firm_user)
    assert sent() == {firm_user.email: "left the firm", stays.email: ""}


def test_who_came_back_to_the_firm_is_written_to(case, firm_user):
    with transaction.atomic():
        tell.firm(case, "decision", key="k")
    leave(firm_user)
    joins(case.firm, firm_user)
    assert sent() == {firm_user.email: ""}


@pytest.mark.parametrize(
    ("what", "because"),
    [
        (no_longer_appointed, "left the case"), (at_another_regulator, "left the case"),
        (administrator_alone, "left the case"), (closed_account, "left the case"),
        (declares_a_conflict, "left the case"), (is_of_the_firm, "left the case"),
        (other_work_here, ""), (nothing, ""),
    ],
)  # fmt: skip
def test_who_works_on_the_case_no_more_is_not_written_to(case, afsa_staff, afm, what, because):
    user = afsa_staff.case_officer
    with transaction.atomic():
        tell.person(case, user, "internal_assigned", key="k")
    what(user=user, case=case, afm=afm)
    assert sent() == {user.email: because}


def test_a_conflict_on_another_case_withholds_nothing(case, afsa_staff, afsa):
    user = new_applicant(name="Other Person")
    other = filed_with_little(new_firm(user, name="Other Firm Ltd"), user, afsa, reference="KZC-TEST-OTHER")
    Message.objects.all().delete()
    with transaction.atomic():
        tell.person(case, afsa_staff.case_officer, "internal_assigned", key="k")
    declares_a_conflict(afsa_staff.case_officer, other)
    assert sent() == {afsa_staff.case_officer.email: ""}


@pytest.mark.parametrize(("ended", "because"), [(False, ""), (True, "left the case")])
def test_who_writes_no_part_of_their_own_any_more_is_not_written_to(case, firm_user, ended, because):
    user, now = new_applicant(name="A Director"), timezone.now()
    access = case.accesses.create(
        person=person_of(case.firm), email=user.email, language="en", token_hash="h", invited_by=firm_user,
        expires_at=now, user=user, accepted_at=now,
    )  # fmt: skip
    with transaction.atomic():
        tell.invited(case, access.person_id, "file_rejected", key="k", requirement="AML-02")
    if ended:
        case.accesses.update(ended_at=now)
    assert sent() == {user.email: because}


@pytest.mark.parametrize("serves", [True, False])
def test_what_is_of_no_case_is_for_who_is_still_staff(afsa_staff, serves):
    user = afsa_staff.administrator
    Message.objects.all().delete()
    with transaction.atomic():
        services.tell(
            to=user, template="checks_due", context={"items": 1}, subject_ref="afsa", key="k", internal=True
        )
    if not serves:
        no_longer_appointed(user)
    assert sent() == {user.email: "" if serves else "left the case"}


def test_what_is_of_the_own_account_goes_whoever_one_works_for(firm_user, afsa_staff):
    Message.objects.all().delete()
    facts = {"at": timezone.now(), "network": "", "browser": ""}
    with transaction.atomic():
        for user in (firm_user, afsa_staff.reviewer):
            services.tell(
                to=user, template="security_password", context=facts, subject_ref=ACCOUNT, key=user.email
            )
    leave(firm_user)
    no_longer_appointed(afsa_staff.reviewer)
    assert sent() == {firm_user.email: "", afsa_staff.reviewer.email: ""}


def period(case, due_on):
    return Deadline.objects.create(
        application=case, code="decision", rule="r", starts_on=timezone.localdate(), calendar_days=30,
        due_on=due_on, due_at=clocks.end_of(due_on),
    )  # fmt: skip


def test_of_a_mail_of_two_cases_the_lines_of_the_other_stay(case, afsa_staff, afsa):
    user = new_applicant(name="Other Person")
    other = filed_with_little(new_firm(user, name="Other Firm Ltd"), user, afsa, reference="KZC-TEST-OTHER")
    Application.objects.filter(pk=other.pk).update(case_officer=afsa_staff.case_officer)
    Message.objects.all().delete()
    for one in (case, other):
        period(one, days_on(5))
    raise_due(days_on(2))
    declares_a_conflict(afsa_staff.case_officer, case)
    assert sent() == {afsa_staff.case_officer.email: ""}
    message = Message.objects.get()
    assert (message.status, message.about) == (Status.SENT, [other.audit_subject])
    [gone] = message.context["left_out"]
    assert (gone["about"], gone["because"]) == (case.audit_subject, "left the case")
    assert case.reference not in message.body_text


def test_where_nobody_was_told_the_date_is_said_to_who_is_there_now(case, afsa_staff):
    """The case officer left before the mail went, so the leads are told."""
    due_on = days_on(5)
    period(case, due_on)
    assert raise_due(days_on(2)) == 1
    no_longer_appointed(afsa_staff.case_officer)
    assert sent() == {afsa_staff.case_officer.email: "left the case"}
    assert raise_due(days_on(2)) == 1
    leads = afsa_staff.lead_reviewer, afsa_staff.second_lead_reviewer
    assert sent() == {afsa_staff.case_officer.email: "left the case", **{one.email: "" for one in leads}}
    assert raise_due(days_on(2)) == 0


def test_where_others_were_told_the_date_is_not_said_again(case, afsa_staff):
    Application.objects.filter(pk=case.pk).update(case_officer=None)
    period(case, days_on(5))
    raise_due(days_on(2))
    gone, stays = afsa_staff.lead_reviewer, afsa_staff.second_lead_reviewer
    no_longer_appointed(gone)
    assert sent() == {gone.email: "left the case", stays.email: ""}
    assert raise_due(days_on(2)) == 0
    assert list(Reminder.objects.values_list("taken_back_at", flat=True)) == [None]
