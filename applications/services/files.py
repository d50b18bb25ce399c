"""What a firm does with a file that it gave: use it again, give a newer version, say what it is."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rules import has_perm

from applications.mandates import StageOf, mandate_for
from applications.models import AnswerFile, Application, DocumentFacts, Person
from applications.queries.files import given_before
from applications.queries.private import private_people
from applications.queries.returned import returned_of
from applications.services.drafting import note_saved, open_answer, rule_of, start_stage
from applications.services.evidence import taken_in
from applications.services.guard import allow_answer, insist, locked_case, same_version
from applications.services.inside import note_changed
from applications.services.limits import insist_fits, insist_on_room
from applications.states import STAGES_WITH_THE_FIRM
from applications.states import StageState as S
from documents import queries as documents
from documents.errors import Rejected
from documents.models import Document
from regulators.rulebook import say
from workflow.errors import Gone, NotAllowed, NotReady
from workflow.services import lock

EDIT = "applications.edit_application"
PAGES = re.compile(r"([1-9][0-9]{0,4})(?:\s*-\s*([1-9][0-9]{0,4}))?")
LONGEST_PAGES = 60


def pick(
    *,
    actor: Any,
    case_id: Any,
    requirement: str,
    document_id: Any,
    person: Person | None = None,
    pages: str = "",
) -> AnswerFile:
    """Give a file of the case for one more answer, of which ``pages`` answer it (as 3-7, 12; empty: all).

    Effects in order: start the stage if it was not started; add the document to the answer; note who saved.
    Raises Gone where the actor may not choose this file here, documents.errors.Rejected (the question takes
    no such file, or has too many), NotAllowed or NotReady.
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
        slot = case.book.by_code[requirement].slot
        insist_on_room(case, held, slot=slot)
        insist_fits(slot, document)
        pages = _pages(pages, document)
        file = AnswerFile.objects.create(answer=answer, document=document, added_by=actor, pages=pages)
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
    the case that is open, where it stands in the list as that one did; carry over what the firm said of the
    file, but for what is a version's own (certification and dates); note who saved.
    Where somebody else replaced the file meanwhile, both versions stay, and this one is the newest. Raises
    documents.errors.Rejected (also where one of these questions does not take it), NotAllowed or NotReady.
    """
    case = Application.objects.get(pk=case_id)
    allow_answer(actor, case, person.pk if person else None)
    slot = rule_of(case, requirement).slot
    insist_on_room(case, AnswerFile.objects.none(), slot=slot, adding=False)
    is_own = person is not None and person.pk in private_people(case)
    before = None if is_own and _is_elsewhere(document, case, person) else document
    about: dict[str, Any] = {"actor": actor, "upload": upload, "name": name, "slot": slot}
    with taken_in(**about, supersedes=before, case_id=case_id) as newest:
        case = lock(Application, case_id)
        answer = open_answer(case, requirement, person, actor)
        if answer.files.filter(document=newest, removed_at=None).exists():
            return newest  # what came in pieces was finished twice
        held = _held_in(case, [document, *documents.chain(newest)], actor, person if is_own else None)
        _insist_each_takes(case, held, newest, here=requirement)
        insist(
            any(file.answer_id == answer.pk for file in held),
            _("This file is not part of the answer any more."),
        )
        before_it = [f for f in held if f.document == document or f.document.number < newest.number]
        _put_in_place(case, before_it, newest, actor)
        carry_over(newest, actor)
        note_saved(case, actor)
    return newest


def describe(
    *,
    actor: Any,
    case_id: Any,
    requirement: str,
    document: Document,
    expected_version: int,
    person: Person | None = None,
    pages: str = "",
    **said: Any,
) -> DocumentFacts:
    """Say what a file of an answer is, by the names of ``DocumentFacts.SAID``, and which ``pages`` answer;
    what is left out is not said. Of a submitted file this is the draft: what was submitted stays.

    Effects in order: start the stage if it was not started; write the facts with their next version; note
    who saved. Raises NotAllowed, NotReady with the reason, or Conflict.
    """
    with transaction.atomic():
        case = lock(Application, case_id)
        answer = open_answer(case, requirement, person, actor)
        held = answer.files.filter(document=document, removed_at=None)
        insist(held.exists(), _("This file is not part of the answer any more."))
        insist(
            not (person and person.pk in private_people(case) and _is_elsewhere(document, case, person)),
            _("This file was given for another answer too, so the firm alone says what it is."),
        )
        _insist_claim_stays(case, document, actor, said)
        written, wrong = read_pages(pages, document)
        wrongs = [wrong] if wrong else []
        facts = write_facts(document, actor, expected_version=expected_version, wrong=wrongs, **said)
        held.update(pages=written)
        note_saved(case, actor)
    return facts


def read_pages(text: str, document: Document) -> tuple[str, str]:
    """Pages as they are kept (3-7, 12); and why they are not taken, empty where they are."""
    parts = [part.strip() for part in text.replace("–", "-").split(",") if part.strip()]
    ranges = [PAGES.fullmatch(part) for part in parts]
    is_sense = all(found and int(found[1]) <= int(found[2] or found[1]) for found in ranges)
    written = ", ".join(f"{found[1]}-{found[2]}" if found[2] else found[1] for found in ranges if found)
    if not is_sense or len(written) > LONGEST_PAGES:
        return "", _("Write pages as 3-7, 12.")
    last = max((int(found[2] or found[1]) for found in ranges if found), default=0)
    if document.page_count and last > document.page_count:
        said = ngettext(
            "Page %(last)s: this file has %(count)s page.",
            "Page %(last)s: this file has %(count)s pages.",
            document.page_count,
        )
        return "", said % {"last": last, "count": document.page_count}
    return written, ""


def _pages(text: str, document: Document) -> str:
    """As ``read_pages``. Raises NotReady where they are not taken."""
    written, wrong = read_pages(text, document)
    insist(not wrong, wrong)
    return written


def _insist_claim_stays(case: Application, document: Document, actor: Any, said: dict[str, Any]) -> None:
    """An adviser, to whom a claim shuts the file, does not open it so."""
    if said.get("confidential") or not mandate_for(actor, case.firm_id):
        return
    if DocumentFacts.objects.filter(document=document, confidential=True).exists():
        raise NotAllowed([_("Only the firm's own people take back the claim that a file is confidential.")])


def write_facts(
    document: Document, actor: Any, *, expected_version: int, wrong: Sequence[str] = (), **said: Any
) -> DocumentFacts:
    """A part of the services that say what a file is. Raises NotReady with all that is wrong (impossible
    dates, a claim without its reason, and what the caller has found ``wrong``), or Conflict.
    """
    unsaid = DocumentFacts()
    facts = DocumentFacts.objects.filter(document=document).first() or DocumentFacts(document=document)
    same_version(facts, expected_version)
    for name in DocumentFacts.SAID:
        value = said.pop(name, getattr(unsaid, name))
        setattr(facts, name, value.strip() if isinstance(value, str) else value)
    assert not said, said
    if reasons := [*nonsense(facts).values(), *wrong]:
        raise NotReady(reasons)
    facts.version += 1
    facts.updated_by = actor
    facts.save()
    return facts


def nonsense(facts: DocumentFacts) -> dict[str, str]:
    """What cannot be, by the name of the fact that is wrong or lacking; empty where all makes sense."""
    today = timezone.localdate()
    found: dict[str, str] = {}
    if facts.certified_on and not facts.certification:
        found["certification"] = _("Say how the document was certified that day.")
    if facts.certified_on and facts.certified_on > today:
        found["certified_on"] = _(
            "The day of the certification is in the future. Enter the date on the document."
        )
    if facts.issued_on and facts.issued_on > today:
        found["issued_on"] = _("The date of issue is in the future. Enter the date on the document.")
    if facts.issued_on and facts.expires_on and facts.expires_on < facts.issued_on:
        found["expires_on"] = _("The document is valid until a day before its issue. Check both dates.")
    if facts.confidential and not facts.confidential_why:
        found["confidential_why"] = _("Say why the document is confidential.")
    return found


def _is_elsewhere(document: Document, case: Application, person: Person | None) -> bool:
    """Whether a file that an invited person replaces is, or an earlier version of it was, given for something
    else too. What they give then begins a chain of its own: nobody reads of it in the versions of the other.
    """
    chain = documents.chain(document)
    return (
        AnswerFile.objects.filter(document__in=chain)
        .exclude(answer__application=case, answer__person=person)
        .exists()
    )


def _held_in(
    case: Application, versions: list[Document], actor: Any, invited: Person | None
) -> list[AnswerFile]:
    """Where versions of one file stand now, in the answers of the case which are open, and which this actor
    may write: of a stage that was returned with questions named, in no other answer; of an invited person, in
    those about them.
    """
    stages = {
        stage.code: returned_of(stage)
        for stage in case.stages.filter(state__in=STAGES_WITH_THE_FIRM)
        if invited or has_perm("applications.edit_stage", actor, StageOf(case, stage.code))
    }
    stage_of = {code: rule.stage for code, rule in case.book.by_code.items()}
    codes = [code for code, stage in stage_of.items() if stage in stages]
    held = AnswerFile.objects.filter(document__in=versions, removed_at=None)
    held = held.filter(answer__application=case, answer__requirement__in=codes)
    if invited:
        held = held.filter(answer__person=invited)
    else:
        held = held.exclude(answer__person__in=private_people(case))
    return [
        file
        for file in held.select_related("answer", "document").order_by("pk")
        if stages[stage_of[file.answer.requirement]].is_open((file.answer.requirement, file.answer.person_id))
    ]


def _insist_each_takes(case: Application, held: list[AnswerFile], newest: Document, *, here: str) -> None:
    """Every question in which the newer version would stand takes it; the one that does not is named."""
    for code in dict.fromkeys([here, *(file.answer.requirement for file in held)]):
        rule = case.book.by_code[code]
        try:
            insist_fits(rule.slot, newest)
        except Rejected as rejection:
            if code == here:
                raise
            words = _("“%(question)s” has this file too. %(why)s Or take the file out there first.")
            told = words % {"question": say(rule.title), "why": rejection.message}
            raise Rejected(rejection.code, told) from rejection


def _put_in_place(case: Application, held: list[AnswerFile], newest: Document, actor: Any) -> None:
    now = timezone.now()
    touched = {case.book.by_code[file.answer.requirement].stage for file in held}
    for stage in case.stages.filter(code__in=touched):
        note_changed(case, stage.code, actor)
        if stage.state == S.CHANGES_REQUESTED:
            start_stage(actor=actor, stage=stage, expected_version=stage.version)
    AnswerFile.objects.filter(pk__in=[file.pk for file in held]).update(removed_at=now)
    since: dict[int, datetime] = {}
    for file in held:
        since[file.answer_id] = min(file.added_at, since.get(file.answer_id, file.added_at))
    for answer, added_at in since.items():
        AnswerFile.objects.create(answer_id=answer, document=newest, added_by=actor)
        AnswerFile.objects.filter(answer=answer, document=newest, removed_at=None).update(added_at=added_at)


def carry_over(newest: Document, actor: Any) -> None:
    before = documents.earlier([newest])[newest.pk]
    facts = DocumentFacts.objects.filter(document__in=before).order_by("-document__number").first()
    if facts:
        said = {name: getattr(facts, name) for name in DocumentFacts.CARRIED}
        DocumentFacts.objects.get_or_create(document=newest, defaults={"updated_by": actor, **said})
