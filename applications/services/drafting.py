"""What the firm does before it submits, and again when something is returned to it."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Firm
from accounts.queries import firm_roles
from applications.asked import NOT_APPLICABLE, NOT_KNOWN, clash_with_instead, refused_as
from applications.mandates import StageOf
from applications.models import (
    Answer,
    AnswerFile,
    AnswerRevision,
    Application,
    CopiedFact,
    Entity,
    Person,
    Stage,
)
from applications.queries.drafts import draft_of
from applications.queries.law import home_of
from applications.queries.returned import kind_is_open, returned_of
from applications.services.checking import note_checked
from applications.services.evidence import taken_in
from applications.services.guard import allow, allow_answer, insist, insist_on_consent, same_version
from applications.services.inside import note_changed
from applications.services.limits import insist_fits, insist_on_room
from applications.states import DECIDED
from applications.states import StageState as S
from audit.services import record
from documents.models import Document
from regulators.models import LicenceType
from regulators.queries import current_pin
from regulators.rulebook import Requirement
from workflow import services as workflow
from workflow.errors import NotAllowed, NotReady
from workflow.services import lock

NOT_RETURNED = gettext_lazy("This answer was not returned to you, so it cannot be changed now.")


def start_application(
    *, actor: Any, firm: Firm, licence_type: LicenceType, language: str = "en"
) -> Application:
    """Open a draft under the rule book that is current today.

    Effects in order: write the case pinned to the book; write its stages in the book's order; write the
    firm as the root of its ownership chart; audit event. Raises NotAllowed unless the actor is an
    editor of the firm.
    """
    if "editor" not in firm_roles(actor, firm.pk):
        raise NotAllowed([_("Only an editor of the firm can start an application for it.")])
    with transaction.atomic():
        case = Application.objects.create(
            firm=firm,
            licence_type=licence_type,
            rulebook=current_pin(licence_type),
            language=language,
            created_by=actor,
            saved_at=timezone.now(),
            saved_by=actor,
        )
        Stage.objects.bulk_create(
            [
                Stage(application=case, code=code, order=n)
                for n, code in enumerate(case.book.stage_codes, start=1)
            ]
        )
        Entity.objects.create(application=case, name=firm.name, country=firm.country, is_applicant=True)
        record(
            subject=case.audit_subject,
            kind="application.start",
            actor=actor,
            to_state=case.state,
            data={"book": case.book.code, "version": case.book.version},
        )
    return case


def draft_or_start(
    *, actor: Any, firm: Firm, licence_type: LicenceType, language: str = "en"
) -> tuple[Application, bool]:
    """The draft that the firm has for the licence, else a new one; and whether it is new. A second press at
    the same moment finds the draft of the first.

    Effects in order: lock the firm; as ``start_application`` where there is none. Raises NotAllowed unless
    the actor is an editor of the firm.
    """
    with transaction.atomic():
        Firm.objects.select_for_update().get(pk=firm.pk)
        found = draft_of(firm, licence_type) if "editor" in firm_roles(actor, firm.pk) else None
        if found:
            return found, False
        new = start_application(actor=actor, firm=firm, licence_type=licence_type, language=language)
        return new, True


def save_answer(
    *,
    actor: Any,
    case_id: Any,
    requirement: str,
    value: dict[str, Any],
    person: Person | None = None,
    declined: str = "",
    declined_as: str = "",
    expected_version: int | None = None,
) -> Answer:
    """Keep one answer of a draft, complete or not.

    ``value``, ``declined_as`` and ``declined`` as in ``applications.models.Answer``. ``expected_version``
    is the version of the answer that the page was built on; None where there was none yet. Effects in order:
    start the stage if it was not started; write the answer with its next version; write its revision; note
    who saved. Raises NotAllowed, NotReady (unknown requirement, stage not open, consent of the person
    withdrawn, something that may not stand instead of an answer, or beside one) or Conflict.
    What an invited person gives is written by that person alone.
    """
    with transaction.atomic():
        case = lock(Application, case_id)
        answer = open_answer(case, requirement, person, actor)
        _insist_on_instead(case.book.by_code[requirement], declined, declined_as)
        if expected_version is not None:
            same_version(answer, expected_version)
        _insist_on_one_of_both(answer, value, declined_as)
        answer.value = value
        answer.declined, answer.declined_as = declined, declined_as
        answer.version += 1
        answer.updated_by = actor
        answer.save()
        if person is None:
            note_checked(case, CopiedFact.ANSWER, actor, code=requirement)
        AnswerRevision.objects.create(
            application_id=case.pk,
            requirement=requirement,
            person_id=person.pk if person else None,
            value=value,
            declined=declined,
            declined_as=declined_as,
            by_id=actor.pk,
            at=timezone.now(),
        )
        note_saved(case, actor)
    return answer


def attach(
    *, actor: Any, case_id: Any, requirement: str, upload: Any, name: str, person: Person | None = None
) -> AnswerFile:
    """Take in a document as evidence for one requirement.

    Effects in order: receive the document (quarantine, type check, scan queued); start the stage if it
    was not started; add the document to the answer. Raises documents.errors.Rejected with a message for
    the firm (of the file, that the question takes no such file, or has too many), NotAllowed or NotReady.
    """
    case = Application.objects.get(pk=case_id)
    allow_answer(actor, case, person.pk if person else None)
    slot = rule_of(case, requirement).slot
    place = {"answer__application": case, "answer__requirement": requirement, "answer__person": person}
    insist_on_room(case, AnswerFile.objects.filter(**place, removed_at=None), slot=slot)
    with taken_in(actor=actor, upload=upload, name=name, slot=slot) as document:
        case = lock(Application, case_id)
        answer = open_answer(case, requirement, person, actor)
        slot = case.book.by_code[requirement].slot  # of the version that the case is pinned to by now
        held = answer.files.filter(removed_at=None)
        if taken := held.filter(document=document).first():  # what came in pieces was finished twice
            return taken
        insist_on_room(case, held, slot=slot)
        insist_fits(slot, document)
        file = AnswerFile.objects.create(answer=answer, document=document, added_by=actor)
        note_saved(case, actor)
    return file


def detach(
    *, actor: Any, case_id: Any, requirement: str, document_id: Any, person: Person | None = None
) -> Document:
    """Take a document out of one answer of a draft. Its row stays, marked as removed; so does the file."""
    with transaction.atomic():
        case = lock(Application, case_id)
        answer = open_answer(case, requirement, person, actor)
        file = answer.files.select_related("document").filter(document=document_id, removed_at=None).first()
        insist(file, _("This file is not part of the answer any more."))
        assert file is not None
        file.removed_at = timezone.now()
        file.save(update_fields=["removed_at"])
        note_saved(case, actor)
    return file.document


def start_stage(*, actor: Any, stage: Stage, expected_version: int) -> Stage:
    """The firm begins a stage that nobody has begun."""
    return workflow.perform(Stage, stage.pk, "start", actor=actor, expected_version=expected_version)


def complete_stage(*, actor: Any, stage: Stage, expected_version: int) -> Stage:
    """Strict check of the questions that are due at submission; NotReady lists what is missing."""
    return workflow.perform(Stage, stage.pk, "complete", actor=actor, expected_version=expected_version)


def edit_stage_again(*, actor: Any, stage: Stage, expected_version: int) -> Stage:
    """A complete stage is open for the firm's answers again, while the application is a draft."""
    return workflow.perform(Stage, stage.pk, "edit_again", actor=actor, expected_version=expected_version)


def discard_application(*, actor: Any, case: Application, expected_version: int) -> Application:
    """The firm gives up a draft that was never submitted."""
    return workflow.perform(Application, case.pk, "discard", actor=actor, expected_version=expected_version)


def note_saved(case: Application, actor: Any) -> None:
    """Who last saved something in the locked case, and when."""
    case.saved_at = timezone.now()
    case.saved_by = actor
    case.save(update_fields=["saved_at", "saved_by"])


def open_answer(case: Application, requirement: str, person: Person | None, actor: Any) -> Answer:
    """The row of an answer of the locked case, with its stage started. Raises NotAllowed where somebody else
    gives this answer, and NotReady.
    """
    allow_answer(actor, case, person.pk if person else None)
    insist_on_consent(case, person)
    rule = rule_of(case, requirement)
    allow_answer(actor, case, person.pk if person else None, stage=rule.stage)
    _open_stage(case, rule.stage, actor, (rule.code, person.pk if person else None))
    return _answer_row(case, rule, person, actor)


def open_stage_of(case: Application, kind: str, actor: Any) -> None:
    """Open the stage of the case that typed records of this kind (people, ownership, capital) belong to. That
    another stage asks for them too, and is open, is not enough.
    """
    home = home_of(case, kind)
    insist(home, _("The rule book of this application does not ask for this."))
    assert home is not None
    allow(actor, "applications.edit_stage", StageOf(case, home))
    stage = _open_stage(case, home, actor)
    insist(kind_is_open(stage, kind), NOT_RETURNED)


def rule_of(case: Application, code: str) -> Requirement:
    rule = case.book.by_code.get(code)
    if rule is None:
        raise NotReady(
            [_("The rule book of this application has no requirement “%(code)s”.") % {"code": code}]
        )
    return rule


def _insist_on_instead(rule: Requirement, declined: str, declined_as: str) -> None:
    is_known = declined_as in (NOT_APPLICABLE, NOT_KNOWN) or not (declined_as or declined)
    insist(is_known, _("Say either that this does not apply to you, or that you do not know it yet."))
    refused = refused_as(rule, declined_as)
    insist(not refused, refused)


def _insist_on_one_of_both(answer: Answer, value: dict[str, Any], declined_as: str) -> None:
    has_files = bool(declined_as) and answer.files.filter(removed_at=None).exists()
    clash = clash_with_instead(value, declined_as, has_files=has_files)
    insist(not clash, clash)


def _open_stage(
    case: Application, code: str, actor: Any, key: tuple[str, UUID | None] | None = None
) -> Stage:
    """Start the stage where it was not started. The question of the ``key`` has to be open."""
    insist(case.state not in DECIDED, _("The case is decided: nothing in it changes any more."))
    stage = case.stages.get(code=code)
    note_changed(case, code, actor)
    if stage.state == S.IN_PROGRESS:
        return _with_open_question(stage, key)
    if stage.state not in (S.NOT_STARTED, S.CHANGES_REQUESTED):
        raise NotReady(
            [_("This stage is %(state)s, so it cannot be edited now.") % {"state": stage.get_state_display()}]
        )
    return _with_open_question(start_stage(actor=actor, stage=stage, expected_version=stage.version), key)


def _with_open_question(stage: Stage, key: tuple[str, UUID | None] | None) -> Stage:
    insist(key is None or returned_of(stage).is_open(key), NOT_RETURNED)
    return stage


def _answer_row(case: Application, rule: Requirement, person: Person | None, actor: Any) -> Answer:
    if rule.per_person != (person is not None):
        raise NotReady([_("“%(code)s” is asked once per person.") % {"code": rule.code}])
    if person and not case.posts.filter(person=person).exists():
        raise NotReady([_("This person has no post in this application.")])
    answer, _made = Answer.objects.get_or_create(
        application=case, requirement=rule.code, person=person, defaults={"updated_by": actor}
    )
    return answer
