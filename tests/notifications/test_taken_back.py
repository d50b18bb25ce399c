"""Every kind of reminder: taken back when its case is over, and looked at again when its turn comes."""

import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from applications.models import (
    Answer,
    AnswerFile,
    Application,
    Condition,
    Consultation,
    DocumentFacts,
    InformationRequest,
    RefusalNotice,
    Stage,
)
from applications.reminders import raise_due
from applications.services import drafting, submission
from applications.services.clocks import end_of
from applications.services.standing import keep
from applications.still_due import CHECKS, stands
from documents.models import Document
from notifications.models import Message, Reminder, Status
from notifications.services import send_waiting
from regulators.calendars import add_working_days
from tests.notifications.test_silence import silent
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import fresh, new_firm, person_of

LONG_AGO, OF_LATE = timedelta(days=60), timedelta(days=20)


def today():
    return timezone.localdate()


@pytest.fixture
def cases(firm_user, afsa, afsa_staff, shelf, document_store):
    """A case in each state that has dates of its own, and every date of it near or over."""
    made = [
        filed_with_little(new_firm(firm_user, f"{name} Ltd"), firm_user, afsa, state=state, reference=name)
        for name, state in (
            ("KZC-1", "returned"), ("KZC-2", "in_review"), ("KZC-3", "approved_in_principle"),
            ("KZC-4", "refusal_proposed"), ("KZC-5", "refusal_proposed"),
        )
    ]  # fmt: skip
    returned, in_review, approved, over, open_to_reply = made
    yesterday, staff = today() - timedelta(days=1), afsa_staff
    Application.objects.filter(pk=returned.pk).update(return_by=yesterday)
    _in_review(in_review, staff, shelf)
    _approved(approved, staff)
    _notice(over, yesterday, staff)
    _notice(open_to_reply, today(), staff)
    _notice_of_a_person(in_review)
    draft = drafting.start_application(
        actor=fresh(firm_user), firm=new_firm(firm_user, name="KZC-6 Ltd"), licence_type=afsa
    )
    Application.objects.filter(pk=draft.pk).update(saved_at=timezone.now() - OF_LATE)
    keep([case.pk for case in made])
    return SimpleNamespace(filed=[fresh(case) for case in made], draft=fresh(draft))


def _in_review(case, staff, shelf):
    book = shelf(silent(case.book, pausable=False))
    pin = case.licence_type.rulebooks.get(version=book.version)
    Application.objects.filter(pk=case.pk).update(rulebook=pin, accepted_at=timezone.now() - LONG_AGO)
    yesterday, since = today() - timedelta(days=1), timezone.now() - LONG_AGO
    InformationRequest.objects.create(
        application=case, number=1, status="sent", due_on=yesterday, written_by=staff.reviewer, sent_at=since
    )
    case.deadlines.create(
        code="decision", rule="r", starts_on=since.date(), calendar_days=30, due_on=yesterday,
        due_at=end_of(yesterday),
    )  # fmt: skip
    Consultation.objects.create(
        application=case, body="Ministry", question="Is it so?", asked_by=staff.reviewer, due_on=yesterday
    )
    Stage.objects.filter(application=case, order=0).update(
        state="complete", changed_at=timezone.now() - OF_LATE
    )
    _file(case, staff, yesterday)


def _file(case, staff, until):
    key, user = uuid.uuid4(), case.created_by
    document = Document.objects.create(
        id=key, key=f"clean/{key}", name="plan.pdf", size=1000, sha256=key.hex * 2, extension="pdf",
        content_type="application/pdf", status="clean", sealed=True, uploaded_by=user, uploaded_by_name="U",
    )  # fmt: skip
    answer = Answer.objects.create(application=case, requirement="BP-03", value={}, updated_by=user)
    AnswerFile.objects.create(answer=answer, document=document, added_by=user)
    DocumentFacts.objects.create(document=document, expires_on=until, updated_by=user, version=1)
    DocumentFacts.objects.filter(document=document).update(updated_at=timezone.now() - LONG_AGO)


def _approved(case, staff):
    case.decisions.create(
        snapshot=case.snapshots.get(), kind="approve_in_principle", reason="r", law={},
        by=staff.decision_maker, at=timezone.now() - LONG_AGO,
    )  # fmt: skip
    yesterday = today() - timedelta(days=1)
    Application.objects.filter(pk=case.pk).update(expires_on=add_working_days(today(), 3))
    for number, owner in enumerate(("firm", "lead_reviewer"), 1):
        Condition.objects.create(application=case, number=number, text="Hire.", due_on=yesterday, owner=owner)


def _notice(case, until, staff):
    RefusalNotice.objects.create(
        application=case, grounds=[], evidence="Seen.", text="We propose to refuse.",
        proposed_by=staff.decision_maker, proposed_at=timezone.now() - LONG_AGO,
        served_on=today() - LONG_AGO, served_how="Post", representations_until=until,
    )  # fmt: skip


def _notice_of_a_person(case):
    case.individuals.create(
        person=person_of(case.firm), function="seo", state="refusal_proposed", notice="We propose to refuse.",
        noticed_at=timezone.now() - LONG_AGO, represent_until=today(),
    )  # fmt: skip


def kinds():
    return {one.subject.partition(":")[0] for one in Reminder.objects.all()}


def reminders():
    return Message.objects.filter(reminder__isnull=False)


def subjects_of_cases():
    return {one.subject for one in Reminder.objects.filter(subject__startswith="application:")}


def test_there_is_one_of_each_kind(cases):
    raise_due()
    assert kinds() == set(CHECKS)
    returned, _review, approved, *_rest = cases.filed
    assert subjects_of_cases() == {
        returned.audit_subject, f"{returned.audit_subject}:return", f"{approved.audit_subject}:expiry",
        f"{cases.draft.audit_subject}:draft",
    }  # fmt: skip
    assert all(stands(one) for one in Reminder.objects.all())


def test_of_a_case_that_is_withdrawn_every_reminder_is_taken_back(cases, firm_user, mailoutbox):
    raise_due()
    count = reminders().count()
    for case in cases.filed:
        submission.withdraw_application(
            actor=fresh(firm_user), case=case, expected_version=fresh(case).version, reason="Plans changed."
        )
    drafting.discard_application(
        actor=fresh(firm_user), case=cases.draft, expected_version=fresh(cases.draft).version
    )
    assert reminders().filter(status=Status.WITHHELD).count() == count
    idle = reminders().filter(template="draft_idle").values_list("withheld_because", flat=True)
    others = reminders().exclude(template="draft_idle").values_list("withheld_because", flat=True)
    assert (set(idle), set(others) <= {"withdrawn"}) == ({"over"}, True)
    while send_waiting():
        pass
    assert reminders().exclude(status=Status.WITHHELD).count() == 0
    assert {message.subject for message in mailoutbox} == set(
        Message.objects.filter(status=Status.SENT, reminder=None).values_list("subject", flat=True)
    )
    assert raise_due() == 0


def test_every_reminder_is_looked_at_again_when_its_turn_comes(cases):
    """Also where nothing took it back: the case was over without an act."""
    raise_due()
    count = reminders().count()
    Application.objects.exclude(state="draft").update(state="withdrawn", decided_at=timezone.now())
    Application.objects.filter(state="draft").update(state="discarded")
    assert [str(one) for one in Reminder.objects.all() if stands(one)] == []
    while send_waiting():
        pass
    told = reminders().filter(status=Status.WITHHELD, withheld_because="no longer due")
    assert told.count() == count
