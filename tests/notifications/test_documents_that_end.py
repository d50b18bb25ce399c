"""A document whose validity ends: said to the firm at its steps, and to the desk once, when it has ended."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from applications import still_due
from applications.models import Answer, AnswerFile, DocumentFacts
from applications.reminders import raise_due
from applications.services import drafting, files
from applications.services.copying import copy_application
from applications.services.snapshots import take_snapshot
from documents.services import seal
from notifications.models import Message, Reminder
from regulators.calendars import add_working_days
from tests.plugins.cases import fresh
from tests.plugins.files import pdf, upload


def told(*templates):
    found = Message.objects.filter(template__in=templates).order_by("pk")
    return [(one.template, one.email, one.context["requirement"], one.context["due"]) for one in found]


OF_FIRM, OF_DESK = ("file_expires", "file_expired", "digest"), ("internal_file_expired",)


@pytest.fixture
def until():
    return add_working_days(timezone.localdate(), 12)


@pytest.fixture
def given(draft_case, firm_user, document_store, until):
    """A file, valid until that day, of a draft that does not lie idle."""
    place = {"actor": firm_user, "case_id": draft_case.pk, "requirement": "BP-03"}
    file = drafting.attach(**place, upload=upload("plan.pdf", pdf()), name="plan.pdf")
    describe(file, firm_user, until)
    type(draft_case).objects.filter(pk=draft_case.pk).update(saved_at=timezone.now() + timedelta(days=30))
    return file


def describe(file, user, until):
    said = {"title": "Plan", "kind": "plan", "language": "en", "issued_on": None, "expires_on": until}
    version = fresh(file.document.facts).version if hasattr(file.document, "facts") else 0
    place = {"actor": user, "case_id": file.answer.application_id, "requirement": file.answer.requirement}
    files.describe(**place, document=file.document, expected_version=version, **said)


def submitted(case, user):
    with transaction.atomic():
        take_snapshot(fresh(case), actor=user, declaration={"text": "True."})
    type(case).objects.filter(pk=case.pk).update(submitted_at=timezone.now(), reference="KZC-1")


def test_the_firm_hears_of_it_at_each_step_and_once_when_it_has_ended(given, firm_user, until):
    expected = []
    for passed in (2, 9, 12):  # 10, 3 and 0 are left
        day = add_working_days(timezone.localdate(), passed)
        for _run in range(2):
            raise_due(day)
        expected.append(("file_expires", firm_user.email, "BP-03", until.isoformat()))
        assert told(*OF_FIRM) == expected
    for later in (1, 9):
        raise_due(until + timedelta(days=later))
    assert told(*OF_FIRM) == [*expected, ("file_expired", firm_user.email, "BP-03", until.isoformat())]
    message = Message.objects.filter(template="file_expired").get()
    assert message.url.endswith(f"/applications/{given.answer.application_id}/stages/business_plan/BP-03/")
    assert told(*OF_DESK) == []


def test_the_case_officer_hears_of_it_once_it_was_submitted(given, draft_case, firm_user, afsa_staff, until):
    submitted(draft_case, firm_user)
    type(draft_case).objects.filter(pk=draft_case.pk).update(case_officer=afsa_staff.case_officer)
    raise_due(until)
    assert told(*OF_DESK) == []
    for _run in range(2):
        raise_due(until + timedelta(days=1))
    officer = afsa_staff.case_officer.email
    assert told(*OF_DESK) == [("internal_file_expired", officer, "BP-03", until.isoformat())]


def test_the_desk_hears_nothing_of_a_draft_that_gives_a_submitted_file_again(
    given, draft_case, firm_user, afsa_staff, until
):
    submitted(draft_case, firm_user)
    for state in ("submitted", "withdrawn"):
        type(draft_case).objects.filter(pk=draft_case.pk).update(state=state)
    copy = copy_application(actor=fresh(firm_user), source=fresh(draft_case))
    type(copy).objects.filter(pk=copy.pk).update(saved_at=timezone.now() + timedelta(days=30))
    assert AnswerFile.objects.filter(answer__application=copy, document__sealed=True).count() == 1
    raise_due(until + timedelta(days=1))
    assert told(*OF_DESK) == []
    assert [email for _template, email, *_rest in told("file_expired")] == [firm_user.email]


def test_without_a_case_officer_the_leads_hear_of_it(given, draft_case, firm_user, afsa_staff, until):
    submitted(draft_case, firm_user)
    raise_due(until + timedelta(days=1))
    leads = {afsa_staff.lead_reviewer.email, afsa_staff.second_lead_reviewer.email}
    assert {email for _template, email, _requirement, _due in told(*OF_DESK)} == leads


def test_what_had_ended_when_it_was_said_is_no_news(given, firm_user, until):
    describe(given, firm_user, timezone.localdate() - timedelta(days=1))
    raise_due(timezone.localdate())
    raise_due(until + timedelta(days=1))
    assert told(*OF_FIRM, *OF_DESK) == []


@pytest.mark.parametrize("what", ["taken out", "another day", "decided"])
def test_what_stands_no_more_is_withheld(given, draft_case, firm_user, until, what):
    raise_due(until)
    reminder = Reminder.objects.get(subject=f"file:{given.pk}")
    assert still_due.stands(reminder)
    if what == "taken out":
        AnswerFile.objects.update(removed_at=timezone.now())
    elif what == "another day":
        describe(given, firm_user, until + timedelta(days=400))
    else:
        drafting.discard_application(
            actor=firm_user, case=fresh(draft_case), expected_version=fresh(draft_case).version
        )
    assert not still_due.stands(reminder)


def test_the_firm_hears_nothing_of_what_an_invited_person_gives(given, dana, part, until):
    Answer.objects.filter(pk=given.answer_id).update(person=dana)
    assert DocumentFacts.objects.get().expires_on == until
    raise_due(until)
    assert told(*OF_FIRM) == []


def test_the_desk_hears_of_what_an_invited_person_submitted(
    given, dana, part, draft_case, firm_user, afsa_staff, until
):
    Answer.objects.filter(pk=given.answer_id).update(person=dana)
    seal(documents=[given.document])
    submitted(draft_case, firm_user)
    type(draft_case).objects.filter(pk=draft_case.pk).update(case_officer=afsa_staff.case_officer)
    raise_due(until + timedelta(days=1))
    officer = afsa_staff.case_officer.email
    said = told("file_expires", "file_expired", *OF_DESK)
    assert said == [("internal_file_expired", officer, "BP-03", until.isoformat())]
    assert still_due.stands(Reminder.objects.get(rule="expired", subject__startswith="submitted_file:"))


def test_a_file_that_answers_two_questions_is_said_once(given, draft_case, firm_user, until):
    place = {"actor": firm_user, "case_id": draft_case.pk, "document_id": given.document_id}
    files.pick(**place, requirement="CUS-08")
    type(draft_case).objects.update(saved_at=timezone.now() + timedelta(days=30))
    raise_due(until)
    assert told(*OF_FIRM) == [("file_expires", firm_user.email, "BP-03", until.isoformat())]
    drafting.detach(**place, requirement="BP-03")
    type(draft_case).objects.update(saved_at=timezone.now() + timedelta(days=30))
    raise_due(until + timedelta(days=1))
    assert told("file_expired") == [("file_expired", firm_user.email, "CUS-08", until.isoformat())]


def test_the_desk_hears_nothing_of_a_day_that_was_not_submitted(
    given, draft_case, firm_user, afsa_staff, until
):
    describe(given, firm_user, until + timedelta(days=50))
    submitted(draft_case, firm_user)
    describe(given, firm_user, until)
    raise_due(until + timedelta(days=1))
    assert told(*OF_DESK) == []
