"""One run over any number of cases takes the same number of queries, and reads nothing that was told."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.models import Application, Condition, Deadline, DocumentFacts, InformationRequest
from applications.reminders import raise_due
from applications.services import drafting
from documents.models import Document
from notifications.models import Message, Reminder
from regulators.calendars import add_working_days
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import new_applicant, new_firm

OPEN = ("returned", "in_review", "approved_in_principle")


def days_on(count):
    return add_working_days(timezone.localdate(), count)


@pytest.fixture
def firms(afsa, afm, afsa_staff, document_store):
    """A function: so many more firms, each with an idle draft and a case in one of the states, all with dates
    that are near or over.
    """

    def make(count):
        for _each in range(count):
            number = Application.objects.count()
            user = new_applicant(name=f"Person {number}")
            firm = new_firm(user, name=f"Firm {number} Ltd")
            for place, state in enumerate(OPEN):
                more = new_firm(user, name=f"Firm {number} {state} Ltd")
                case = filed_with_little(more, user, afsa, state=state, reference=f"KZC-{number}-{place}")
                with_dates(case, user)
            draft = drafting.start_application(actor=user, firm=firm, licence_type=afm)
            long_ago = timezone.now() - timedelta(days=20)
            Application.objects.filter(pk=draft.pk).update(saved_at=long_ago)

    return make


def with_dates(case, user):
    yesterday, now = timezone.localdate() - timedelta(days=1), timezone.now()
    Application.objects.filter(pk=case.pk, state="returned").update(return_by=yesterday)
    Application.objects.filter(pk=case.pk, state="approved_in_principle").update(expires_on=days_on(3))
    case.decisions.create(
        snapshot=case.snapshots.get(), kind="approve_in_principle", reason="r", law={}, by=user,
        at=now - timedelta(days=40),
    )  # fmt: skip
    Condition.objects.create(application=case, number=1, text="Hire.", due_on=yesterday)
    InformationRequest.objects.create(
        application=case, number=1, status="sent", due_on=days_on(3), written_by=user,
        sent_at=now - timedelta(days=40),
    )  # fmt: skip
    Deadline.objects.create(
        application=case, code="decision", rule="r", starts_on=yesterday - timedelta(days=60),
        calendar_days=30, due_on=yesterday - timedelta(days=2), due_at=now - timedelta(days=3),
    )  # fmt: skip


def queries_of_a_run():
    with CaptureQueriesContext(
        connection,
    ) as seen:
        new = raise_due()
    return new, len(seen)


def test_as_many_queries_for_three_firms_as_for_one(firms):
    firms(1)
    one, few = queries_of_a_run()
    firms(3)
    three, many = queries_of_a_run()
    assert (three, many) == (3 * one, few)
    assert one == 12
    assert Reminder.objects.count() == 4 * one


def test_nothing_new_is_few_queries(firms):
    firms(3)
    raise_due()
    before = Message.objects.count()
    assert queries_of_a_run() == (0, 19)
    assert Message.objects.count() == before


DAY = timedelta(days=1)


def over_for(case, days):
    """A request whose day was over for so long."""
    return InformationRequest.objects.create(
        application=case, number=days, status="sent", due_on=timezone.localdate() - days * DAY,
        written_by=case.created_by, sent_at=timezone.now() - 300 * DAY,
    )  # fmt: skip


def test_what_was_over_for_a_month_before_the_first_run_is_not_told(asked_case):
    """A release that tells of dates which it did not tell of before does not begin with years of them."""
    told = {over_for(asked_case, days) for days in (1, 29, 30)}
    for days in (31, 200):
        over_for(asked_case, days)
    assert raise_due() == 3
    assert set(Reminder.objects.values_list("subject", flat=True)) == {f"request:{one.pk}" for one in told}
    assert raise_due() == 0


def test_what_was_over_while_no_run_came_for_a_month_is_told(asked_case):
    over_for(asked_case, 1)
    assert raise_due(timezone.localdate() + 29 * DAY) == 1


def test_a_document_that_had_ended_long_before_it_was_submitted_is_told_to_the_desk(
    asked_case, firm_user, afsa_staff
):
    answer = asked_case.answers.create(requirement="BP-03", value={}, updated_by=firm_user)
    key = uuid.uuid4()
    document = Document.objects.create(
        id=key, key=f"clean/{key}", name="plan.pdf", size=1000, sha256=key.hex * 2, extension="pdf",
        content_type="application/pdf", status="clean", sealed=True, uploaded_by=firm_user,
        uploaded_by_name="U",
    )  # fmt: skip
    answer.files.create(document=document, added_by=firm_user)
    DocumentFacts.objects.create(
        document=document, expires_on=timezone.localdate() - 90 * DAY, updated_by=firm_user, version=1
    )
    DocumentFacts.objects.update(updated_at=timezone.now() - 100 * DAY)
    raise_due()
    told = Message.objects.filter(template="internal_file_expired")
    assert {one.recipient for one in told} == {afsa_staff.lead_reviewer, afsa_staff.second_lead_reviewer}
