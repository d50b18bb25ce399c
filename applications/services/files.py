"""What a firm does with a file that it gave: use it again, give a newer version, say what it is."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rules import has_perm

from applications.mandates import StageOf
from applications.models import AnswerFile, Application, DocumentFacts, Person
from applications.queries.files import given_before
from applications.queries.private import hidden_people
from applications.queries.returned import returned_of
from applications.services.drafting import note_saved, open_answer, start_stage
from applications.services.evidence import taken_in
from applications.services.guard import allow, insist, locked_case, same_version
from applications.services.inside import note_changed
from applications.services.limits import insist_on_room
from applications.states import StageState as S
from documents import queries as documents
from documents.models import Document
from workflow.errors import Gone

EDIT = "applications.edit_application"
CARRIED = ("title", "kind", "language")  # of a new version; its dates are its own
OPEN_STAGES = (S.IN_PROGRESS, S.CHANGES_REQUESTED)


def pick(
    *, actor: Any, case_id: Any, requirement: str, document_id: Any, person: Person | None = None
) -> AnswerFile:
    """Give a file of the case for one more answer.

    Effects in order: start the stage if it was not started; add the document to the answer; note who saved.
    Raises Gone where the actor may not choose this file here, documents.errors.Rejected (too many),
    NotAllowed or NotReady.
    """
    with transaction.atomic():
        case = locked_case(case_id, actor=actor, permission=EDIT)
        answer = open_answer(case, requirement, person, actor)
        choices = given_before(case, actor, person=person.pk if person else None)
        document = choices.filter(pk=document_id).first()
        if document is None:
            raise Gone
        held = answer.files.filter(removed_at=None)
        insist(not held.filter(document=document).exists(), _("This question has the file already."))
        insist_on_room(case, held)
        file = AnswerFile.objects.create(answer=answer, document=document, added_by=actor)
        note_saved(case, actor)
    return file


def replace(
    *,
    actor: Any,
    case_id: Any,
    requirement: str,
    document: Document,
    upload: Any,
    name: str,
    person: Person | None = None,
) -> Document:
    """Take in a newer version of a file, in its place. What was submitted keeps the version it had.

    Effects in order: receive the document at the end of the chain of versions; start the stage if it was not
    started; put the new version in the place of the one before, in this answer and in every other answer of
    the case that is open; carry over what the firm said of the file, without its dates; note who saved.
    Where somebody else replaced the file meanwhile, both versions stay, and this one is the newest. Raises
    documents.errors.Rejected, NotAllowed or NotReady.
    """
    case = Application.objects.get(pk=case_id)
    allow(actor, EDIT, case)
    insist_on_room(case, AnswerFile.objects.none(), adding=False)
    with taken_in(actor=actor, upload=upload, name=name, supersedes=document) as newest:
        case = locked_case(case_id, actor=actor, permission=EDIT)
        answer = open_answer(case, requirement, person, actor)
        held = _held_in(case, documents.chain(newest), actor)
        insist(
            any(file.answer_id == answer.pk for file in held),
            _("This file is not part of the answer any more."),
        )
        _put_in_place(case, [f for f in held if f.document.number < newest.number], newest, actor)
        _carry_over(newest, actor)
        note_saved(case, actor)
    return newest


def describe(
    *,
    actor: Any,
    case_id: Any,
    requirement: str,
    document: Document,
    expected_version: int,
    title: str,
    kind: str,
    language: str,
    issued_on: date | None,
    expires_on: date | None,
    person: Person | None = None,
) -> DocumentFacts:
    """Say what a file of an answer is. Of a submitted file this is the draft: what was submitted stays.

    Effects in order: start the stage if it was not started; write the facts with their next version; note
    who saved. Raises NotAllowed, NotReady with the reason, or Conflict.
    """
    with transaction.atomic():
        case = locked_case(case_id, actor=actor, permission=EDIT)
        answer = open_answer(case, requirement, person, actor)
        insist(
            answer.files.filter(document=document, removed_at=None).exists(),
            _("This file is not part of the answer any more."),
        )
        insist(
            issued_on is None or issued_on <= timezone.localdate(),
            _("The date of issue is in the future. Enter the date on the document."),
        )
        insist(
            issued_on is None or expires_on is None or issued_on <= expires_on,
            _("The document is valid until a day before its issue. Check both dates."),
        )
        facts = DocumentFacts.objects.filter(document=document).first()
        facts = facts or DocumentFacts(document=document)
        same_version(facts, expected_version)
        facts.title, facts.kind, facts.language = title.strip(), kind, language
        facts.issued_on, facts.expires_on = issued_on, expires_on
        facts.version += 1
        facts.updated_by = actor
        facts.save()
        note_saved(case, actor)
    return facts


def _held_in(case: Application, versions: list[Document], actor: Any) -> list[AnswerFile]:
    """Where versions of one file stand now, in the answers of the case which are open, and which this actor
    may read: of a stage that was returned with questions named, in no other answer.
    """
    stages = {
        stage.code: returned_of(stage)
        for stage in case.stages.filter(state__in=OPEN_STAGES)
        if has_perm("applications.edit_stage", actor, StageOf(case, stage.code))
    }
    stage_of = {code: rule.stage for code, rule in case.book.by_code.items()}
    codes = [code for code, stage in stage_of.items() if stage in stages]
    held = AnswerFile.objects.filter(document__in=versions, removed_at=None)
    held = held.filter(answer__application=case, answer__requirement__in=codes)
    held = held.exclude(answer__person__in=hidden_people(actor, case))
    return [
        file
        for file in held.select_related("answer", "document").order_by("pk")
        if stages[stage_of[file.answer.requirement]].is_open((file.answer.requirement, file.answer.person_id))
    ]


def _put_in_place(case: Application, held: list[AnswerFile], newest: Document, actor: Any) -> None:
    now = timezone.now()
    touched = {case.book.by_code[file.answer.requirement].stage for file in held}
    for stage in case.stages.filter(code__in=touched):
        note_changed(case, stage.code, actor)
        if stage.state == S.CHANGES_REQUESTED:
            start_stage(actor=actor, stage=stage, expected_version=stage.version)
    AnswerFile.objects.filter(pk__in=[file.pk for file in held]).update(removed_at=now)
    AnswerFile.objects.bulk_create(
        AnswerFile(answer_id=answer, document=newest, added_by=actor)
        for answer in dict.fromkeys(file.answer_id for file in held)
    )


def _carry_over(newest: Document, actor: Any) -> None:
    before = documents.earlier([newest])[newest.pk]
    facts = DocumentFacts.objects.filter(document__in=before).order_by("-document__number").first()
    if facts:
        said = {name: getattr(facts, name) for name in CARRIED}
        DocumentFacts.objects.create(document=newest, updated_by=actor, **said)
