"""Many cases at once, written past the services: enough of each for its pages and acts to be real work.

The first case is complete (every question of the rule book answered, with documents, by nine people); the
others have their stages, taken where they are in review, a clock, a deadline, a snapshot, two settled
findings a stage, and five events in a true chain.
"""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from applications import asked
from applications.models import (
    Answer,
    AnswerFile,
    Application,
    ClockEntry,
    Deadline,
    DocumentFacts,
    Entity,
    Finding,
    Person,
    Post,
    SearchText,
    Stage,
)
from applications.queries.drafts import load_draft
from applications.queries.search import words_of_firm
from applications.samples.answers import value_of
from applications.samples.people import sample_people
from applications.services.snapshots import take_snapshot
from applications.services.standing import keep
from applications.services.tallies import fold
from audit.canonical import hash_of
from audit.models import START, Chain, Event
from bench.filled import BATCH, clean_document, empty_snapshots, fill_in_batches, firms_of, licence_type
from bench.house import sizes
from documents.kinds import KINDS
from documents.models import Document
from regulators import rulebook as rb
from regulators.models import Staff
from regulators.queries import current_pin
from workflow.acts import EXAMINE
from workflow.models import Duty

REVIEWER, MANAGER = "reviewer@bench.test", "lead@bench.test"
MIX = (
    *("in_review",) * 12, *("submitted",) * 2, "draft", "returned", "recommended", "approved_in_principle",
    *("granted",) * 2,
)  # fmt: skip
STAGE_STATE = {
    "draft": "in_progress",
    "submitted": "complete",
    "returned": "complete",
    "in_review": "in_review",
}
EVENTS = ("application.submit", "application.accept", "stage.take", "stage.take", "application.note")


def full_case():
    return Application.objects.with_case().select_related("created_by").get(reference="B-000000")


def fill(cases):
    if fill_in_batches(cases, staff=_staff, batch=_batch):
        with transaction.atomic():
            _complete(full_case())
            for count in sizes.COUNTS:
                _sized_draft(count)
    fold()


def _staff():
    regulator = licence_type().regulator
    for email, role, letter in ((REVIEWER, "reviewer", "b"), (MANAGER, "lead_reviewer", "c")):
        user = User.objects.create(email=email, full_name=f"Bench {role}", human=letter * 64, is_staff=True)
        Staff.objects.create(
            user=user, regulator=regulator, role=role, human=user.human, counts_unconfirmed=True
        )


def _batch(numbers):
    of_type, reviewer = licence_type(), User.objects.get(email=REVIEWER)
    pin = current_pin(of_type)
    cases = Application.objects.bulk_create(
        _case(n, user, firm, of_type, pin, reviewer) for n, user, firm in firms_of(numbers)
    )
    _parts(cases, pin.book)
    Duty.objects.bulk_create(
        Duty(case=case.audit_subject, human=reviewer.human, side=EXAMINE, act="take")
        for case in cases
        if case.state == "in_review"
    )
    _chains(cases, reviewer)
    keep([case.pk for case in cases])
    SearchText.objects.bulk_create(
        SearchText(application=case, text=words_of_firm(case)) for case in cases if case.submitted_at
    )


def _case(n, user, firm, of_type, pin, reviewer):
    state = MIX[n % len(MIX)]
    filed = None if state == "draft" else timezone.now() - timedelta(minutes=n)
    return Application(
        reference=None if state == "draft" else f"B-{n:06d}",
        firm=firm,
        licence_type=of_type,
        rulebook=pin,
        state=state,
        created_by=user,
        submitted_at=filed,
        accepted_at=filed,
        case_officer=reviewer if n % 3 and filed else None,
        fee="paid",
        recommended="grant" if state == "recommended" else "",
    )


def _parts(cases, book):
    now, filed = timezone.now(), [case for case in cases if case.submitted_at]
    Stage.objects.bulk_create(
        [
            Stage(
                application=case, code=rule.code, order=order, state=STAGE_STATE.get(case.state, "approved")
            )
            for case in cases
            for order, rule in enumerate(book.stages)
        ]
    )
    snapshots = empty_snapshots(filed, made_at=now)
    Finding.objects.bulk_create(
        [
            Finding(
                application_id=snapshot.application_id,
                snapshot=snapshot,
                stage=rule.code,
                requirement=requirement.code,
                due=requirement.due,
                outcome="met",
            )
            for snapshot in snapshots
            for rule in book.stages
            for requirement in book.requirements_of(rule.code)[:2]
        ],
        batch_size=BATCH,
    )
    ClockEntry.objects.bulk_create(
        [
            ClockEntry(application=case, clock="review", what="start", at=now, cause="acceptance")
            for case in filed
        ]
    )
    Deadline.objects.bulk_create(
        [
            Deadline(
                application=case,
                code="review",
                rule="30 working days",
                starts_on=now.date(),
                working_days=30,
                due_on=(now + timedelta(days=42)).date(),
                due_at=now + timedelta(days=42, minutes=n),
                met_at=now if case.state == "granted" else None,
            )
            for n, case in enumerate(filed)
        ]
    )


def _chains(cases, actor):
    events, chains = [], []
    for case in cases:
        head = START
        for number, kind in enumerate(EVENTS, start=1):
            event = Event(
                subject=case.audit_subject, number=number, kind=kind, actor_id=str(actor.pk),
                actor_name=actor.audit_name, at=timezone.now(), previous_hash=head,
            )  # fmt: skip
            head = event.hash = hash_of(event)
            events.append(event)
        chains.append(Chain(subject=case.audit_subject, length=len(EVENTS), head=head))
    Event.objects.bulk_create(events, batch_size=BATCH)
    Chain.objects.bulk_create(chains)


def _complete(case):
    """The firm in its own chart, nine people with posts, then an answer to every question, again until no
    answer asks for another.
    """
    Entity.objects.create(application=case, name=case.firm.name, is_applicant=True)
    for sample in sample_people(1000):
        person = Person.objects.create(
            firm=case.firm,
            human=uuid.uuid4().hex,
            **{
                name: getattr(sample, name)
                for name in (
                    "family_name", "given_names", "patronymic", "latin_family_name", "latin_given_names",
                    "born_on", "citizenship", "identifier_kind", "identifier",
                )
            },
            residence="KZ",
        )  # fmt: skip
        known = {function.code for function in case.book.functions}
        posts = [code for code in sample.posts if code in known]
        Post.objects.bulk_create([Post(application=case, person=person, function=code) for code in posts])
    answered = set()
    while new := [q for q in asked.questions(load_draft(case)) if q.key not in answered]:
        answered |= {question.key for question in new}
        _answer(case, new)
    # The true snapshot, number 2, opens the finding of every question.
    take_snapshot(case, actor=case.created_by, declaration={"signed_by": case.created_by.audit_name})


def sized_draft(count):
    return Application.objects.get(rulebook__version=sizes.version(count))


def _sized_draft(count):
    """A draft of the first firm with one person; its first stage has so many requirements, all answered."""
    first = full_case()
    pin = first.licence_type.rulebooks.get(version=sizes.version(count))
    case = Application.objects.create(
        firm=first.firm, licence_type=first.licence_type, rulebook=pin, created_by=first.created_by
    )
    Stage.objects.bulk_create(
        Stage(application=case, code=code, order=order, state="in_progress")
        for order, code in enumerate(case.book.stage_codes)
    )
    person = first.posts.first().person
    Post.objects.create(application=case, person=person, function=case.book.functions[0].code)
    _answer(case, asked.questions(load_draft(case), case.book.stage_codes[0]))


def _answer(case, questions):
    user = case.created_by
    answers = Answer.objects.bulk_create(
        [
            Answer(
                application=case,
                requirement=question.requirement.code,
                person_id=question.person_id,
                value=value_of(question.requirement),
                updated_by=user,
            )
            for question in questions
        ]
    )
    with_files = [
        (answer, question.requirement.slot)
        for answer, question in zip(answers, questions, strict=True)
        if rb.DOCUMENTS in question.requirement.evidence
    ]
    documents = Document.objects.bulk_create([_document(user, slot) for _answer, slot in with_files])
    AnswerFile.objects.bulk_create(
        [
            AnswerFile(answer=answer, document=document, added_by=user)
            for (answer, _slot), document in zip(with_files, documents, strict=True)
        ]
    )
    DocumentFacts.objects.bulk_create(
        DocumentFacts(document=document, language="en", certification="firm", version=1, updated_by=user)
        for (_answer, slot), document in zip(with_files, documents, strict=True)
        if slot.languages or slot.certified
    )


def _document(user, slot):
    kind = slot.kinds[0]
    headings = [heading["en"] for heading in slot.form]
    return clean_document(user, extension=kind, content_type=KINDS[kind].content_type, headings=headings)
