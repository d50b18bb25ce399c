"""Open cases alone, written past the services: what a run of reminders reads, with days around today."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from accounts.models import User
from applications.models import (
    Answer,
    AnswerFile,
    Application,
    CompletenessCheck,
    Condition,
    Consultation,
    Deadline,
    Decision,
    DocumentFacts,
    InformationRequest,
    RefusalNotice,
    Stage,
)
from applications.services.clocks import end_of
from bench.filled import clean_document, empty_snapshots, fill_in_batches, firms_of, licence_type
from documents.models import Document
from regulators.models import Role, Staff
from regulators.queries import current_pin

MIX = (
    *("in_review",) * 4, "draft", "draft", "returned", "approved_in_principle", "approved_in_principle",
    "refusal_proposed",
)  # fmt: skip
STAFF = (
    *(Role.CASE_OFFICER,) * 20, *(Role.REVIEWER,) * 5, *(Role.SPECIALIST,) * 5, *(Role.LEAD_REVIEWER,) * 2,
    *(Role.DECISION_MAKER,) * 2,
)  # fmt: skip
LONG_AGO, OF_LATE = timedelta(days=90), timedelta(days=20)


def fill(cases):
    fill_in_batches(cases, staff=_staff, batch=_batch)


def _staff():
    regulator = licence_type().regulator
    users = User.objects.bulk_create(
        User(email=f"staff{n}@bench.test", full_name=f"Staff {n}", human=f"s{n:063d}", is_staff=True)
        for n in range(len(STAFF))
    )
    Staff.objects.bulk_create(
        Staff(
            user=user, regulator=regulator, role=role, human=user.human, confirmed_by=users[0],
            confirmed_human="c" * 64,
        )
        for user, role in zip(users, STAFF, strict=True)
    )  # fmt: skip


def _day(number, step=7):
    """One in five is over, one in seven near, the others later."""
    return timezone.localdate() + timedelta(days=number * step % 100 - 20)


def _batch(numbers):
    of_type = licence_type()
    pin = current_pin(of_type)
    officers = list(User.objects.filter(is_staff=True).order_by("pk")[:20])
    cases = Application.objects.bulk_create(
        _case(n, user, firm, of_type, pin, officers[n % 30] if n % 30 < 20 else None)
        for n, user, firm in firms_of(numbers)
    )
    pairs = list(zip(numbers, cases, strict=True))
    _stages(pairs, pin.book)
    _files(pairs)
    filed = [case for case in cases if case.submitted_at]
    made = empty_snapshots(filed, made_at=timezone.now() - LONG_AGO)
    snapshots = {snapshot.application_id: snapshot for snapshot in made}
    for state, write in WRITE.items():
        write([(n, case) for n, case in pairs if case.state == state], officers, snapshots)


def _case(n, user, firm, of_type, pin, officer):
    state = MIX[n % len(MIX)]
    filed = None if state == "draft" else timezone.now() - LONG_AGO
    return Application(
        reference=None if state == "draft" else f"S-{n:06d}", firm=firm, licence_type=of_type,
        rulebook=pin, state=state, created_by=user, submitted_at=filed, accepted_at=filed,
        case_officer=officer if filed else None, fee="paid",
        saved_at=timezone.now() - timedelta(days=n % 50),
        return_by=_day(n) if state == "returned" else None,
        expires_on=_day(n, 13) if state == "approved_in_principle" else None,
    )  # fmt: skip


def _stages(pairs, book):
    of_late = timezone.now() - OF_LATE
    Stage.objects.bulk_create(
        Stage(
            application=case, code=rule.code, order=order, changed_at=of_late,
            state="complete" if (n + order) % 10 == 0 else "in_review",
        )
        for n, case in pairs
        for order, rule in enumerate(book.stages)
    )  # fmt: skip


def _files(pairs):
    """One of every third case, with a day until which it is valid."""
    some = [(n, case) for n, case in pairs if n % 3 == 0]
    answers = Answer.objects.bulk_create(
        Answer(application=case, requirement="BP-03", value={}, updated_by=case.created_by)
        for _n, case in some
    )
    documents = Document.objects.bulk_create(
        clean_document(
            case.created_by,
            extension="pdf",
            content_type="application/pdf",
            sealed=bool(case.submitted_at),
        )
        for _n, case in some
    )
    AnswerFile.objects.bulk_create(
        AnswerFile(answer=answer, document=document, added_by=answer.updated_by)
        for answer, document in zip(answers, documents, strict=True)
    )
    DocumentFacts.objects.bulk_create(
        DocumentFacts(document=document, expires_on=_day(n, 11), version=1, updated_by=case.created_by)
        for (n, case), document in zip(some, documents, strict=True)
    )
    DocumentFacts.objects.filter(document__in=documents).update(updated_at=timezone.now() - LONG_AGO)


def _in_review(pairs, officers, snapshots):
    sent = timezone.now() - LONG_AGO
    InformationRequest.objects.bulk_create(
        InformationRequest(
            application=case, number=1, status="sent", due_on=_day(n), written_by=officers[0], sent_at=sent
        )
        for n, case in pairs
    )
    Consultation.objects.bulk_create(
        Consultation(
            application=case, body="Staff", inside=True, specialist=officers[n % 20], question="Is it so?",
            asked_by=officers[0], due_on=_day(n, 17), silence="raise",
        )
        for n, case in pairs
        if n % 2
    )  # fmt: skip
    Consultation.objects.filter(application__in=[case for _n, case in pairs]).update(asked_at=sent)
    Deadline.objects.bulk_create(
        Deadline(
            application=case,
            code="decision",
            rule="30 working days",
            starts_on=sent.date(),
            working_days=30,
            due_on=_day(n, 3),
            due_at=end_of(_day(n, 3)),
        )
        for n, case in pairs
    )


def _returned(pairs, officers, snapshots):
    CompletenessCheck.objects.bulk_create(
        CompletenessCheck(application=case, snapshot=snapshots[case.pk], passed=False, checked_by=officers[0])
        for _n, case in pairs
    )


def _approved(pairs, officers, snapshots):
    at = timezone.make_aware(datetime.combine(timezone.localdate() - LONG_AGO, time(12)))
    Decision.objects.bulk_create(
        Decision(
            application=case, snapshot=snapshots[case.pk], kind="approve_in_principle", reason="Sound.",
            law={}, by=officers[0], at=at,
        )
        for _n, case in pairs
    )  # fmt: skip
    owners = (Condition.FIRM, Condition.CASE_OFFICER, Condition.LEAD_REVIEWER)
    Condition.objects.bulk_create(
        Condition(
            application=case,
            number=number,
            text="Hire.",
            due_on=_day(n * 3 + number),
            owner=owners[number - 1],
        )
        for n, case in pairs
        for number in (1, 2, 3)
    )


def _refusals(pairs, officers, snapshots):
    served = timezone.now() - LONG_AGO
    RefusalNotice.objects.bulk_create(
        RefusalNotice(
            application=case, grounds=[], evidence="Seen.", text="We propose to refuse.",
            proposed_by=officers[0], proposed_at=served, served_on=served.date(), served_how="Post",
            representations_until=_day(n),
        )
        for n, case in pairs
    )  # fmt: skip


WRITE = {
    "in_review": _in_review,
    "returned": _returned,
    "approved_in_principle": _approved,
    "refusal_proposed": _refusals,
}
