"""Documents where the case is known: who may open one, and what a verdict means."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import rules
from django.utils.translation import gettext as _

from accounts.queries import firm_roles
from applications.mandates import StageOf, mandate_for
from applications.models import AnswerFile, Application, Consent, DocumentFacts, PointFile
from applications.queries.files import facts_of
from applications.queries.private import hidden_people, private_people
from applications.rules import OwnPart, is_the_person
from applications.services import tell
from applications.services.guard import allow
from applications.services.limits import in_words_of, insist_takes
from applications.slots import EVERY_FILE
from documents import queries as documents
from documents.models import Document, Picture
from documents.services import open_document, open_picture, receive
from documents.services.receiving import nothing
from regulators.rulebook import Slot
from workflow.errors import Gone, NotAllowed
from workflow.services import lock


@contextmanager
def taken_in(
    *,
    actor: Any,
    upload: Any,
    name: str,
    slot: Slot = EVERY_FILE,
    supersedes: Document | None = None,
    case_id: Any = None,
) -> Iterator[Document]:
    """Receive a document that the ``slot`` takes and give it its place in one transaction; where that fails,
    nothing is kept. Of what takes the place of another the case is locked first, as every act on it does.

    Raises documents.errors.Rejected, Gone, and whatever the block raises.
    """
    insist_takes(slot, upload, name)
    lock_first = partial(lock, Application, case_id) if case_id else nothing
    with (
        in_words_of(slot),
        receive(
            upload=upload, name=name, actor=actor, supersedes=supersedes, lock_first=lock_first
        ) as document,
    ):
        yield document


def uses_of(document: Document) -> list[OwnPart]:
    """Each case that a document was given to, and the person whom the answer or point is about, if any."""
    files = AnswerFile.objects.filter(document=document).select_related("answer__application")
    points = PointFile.objects.filter(document=document).select_related("point__request__application")
    consents = Consent.objects.filter(paper=document).select_related("application")
    return [
        *(OwnPart(file.answer.application, file.answer.person_id) for file in files),
        *(OwnPart(one.point.request.application, one.point.person_id) for one in points),
        *(OwnPart(consent.application, None) for consent in consents),
    ]


def is_evidence_in(document: Document, case: Application) -> bool:
    """Whether a document was given to this case: as an answer, with that to a request, or as a consent."""
    return any(use.application.pk == case.pk for use in uses_of(document))


def _may_open(actor: Any, document: Document, use: OwnPart) -> bool:
    """The invited person; whoever may see the case, but staff with a conflict of interest nothing, the firm
    nothing of what is private, and an adviser nothing but what answers a question in the stages of the
    mandate.
    """
    if use.person_id is not None and is_the_person(actor, use):
        return True
    case = use.application
    if not Application.objects.visible_to(actor).filter(pk=case.pk).exists():
        return False
    if actor.is_staff and not rules.has_perm("applications.work_on_case", actor, case):
        return False
    of_the_firm = bool(firm_roles(actor, case.firm_id))
    if not of_the_firm and mandate_for(actor, case.firm_id):
        of_the_firm = True
        if not _is_in_reach(actor, document, use):
            return False
    return not of_the_firm or use.person_id is None or use.person_id not in hidden_people(actor, case)


def _is_in_reach(actor: Any, document: Document, use: OwnPart) -> bool:
    case = use.application
    files = AnswerFile.objects.filter(
        document=document, answer__application=case, answer__person=use.person_id
    )
    codes = files.values_list("answer__requirement", flat=True)
    stages = {rule.stage for code in codes if (rule := case.book.by_code.get(code))}
    return any(rules.has_perm("applications.read_stage", actor, StageOf(case, stage)) for stage in stages)


def open_evidence(
    *, actor: Any, document_id: Any, case: Application | None = None, why: str = "view", warned: bool = False
) -> tuple[Document, Any]:
    """Open a document for somebody who may see its case, or for the invited person whom it is about; the
    audit row of the opening is committed first, to the ``case`` that it is opened in, where that is known.

    Staff open only what was submitted. Raises Gone where there is nothing that this person may see, and what
    ``documents.services.open_document`` raises.
    """
    document, _uses, case = _for_reader(actor, document_id, case)
    asked = {"actor": actor, "why": why, "subject": case.audit_subject, "warned": warned}
    return document, open_document(document=document, **asked)


def open_preview(
    *, actor: Any, document_id: Any, size: str, case: Application | None = None, why: str = "view"
) -> Any:
    """The picture of the first page, for whoever may open the file. The large one is recorded like an
    opening. Of what is about a person there is no small one: a list shows no face and no number.

    Raises Gone as ``open_evidence``, and what ``documents.services.open_picture`` raises.
    """
    document, uses, case = _for_reader(actor, document_id, case)
    if size == Picture.SMALL and not has_thumbnail(document, about_person=any(u.person_id for u in uses)):
        raise Gone
    return open_picture(document=document, size=size, actor=actor, why=why, subject=case.audit_subject)


def has_thumbnail(document: Document, *, about_person: bool) -> bool:
    """Whether a list may show the small picture."""
    facts = facts_of(document)
    is_shy = facts is not None and (facts.confidential or facts.kind == DocumentFacts.IDENTITY)
    return document.has_preview and not about_person and not is_shy


def _for_reader(
    actor: Any, document_id: Any, within: Application | None
) -> tuple[Document, list[OwnPart], Application]:
    """A document that this person may open, what it was given for, and the case by which they may."""
    document = Document.objects.filter(pk=document_id).first()
    uses = uses_of(document) if document else []
    here = [one for one in uses if within is None or one.application.pk == within.pk]
    seen = [one for one in here if document and _may_open(actor, document, one)]
    if document is None or not seen:
        raise Gone
    use = _use_of_few(actor, document, seen)
    case = use.application
    if not document.sealed and not is_the_person(actor, use) and not mandate_for(actor, case.firm_id):
        allow(actor, "applications.read_draft", case)
    return document, uses, case


def _use_of_few(actor: Any, document: Document, uses: list[OwnPart]) -> OwnPart:
    """The first; of what is claimed as confidential, the first by which one of the firm's own people, or who
    has to judge that case, opens it.
    """
    claim = _claim_on(document)
    if claim is None:
        return uses[0]
    for use in uses:
        case = use.application
        if is_the_person(actor, use) or firm_roles(actor, case.firm_id):
            return use
        if rules.has_perm("applications.open_confidential", actor, case):
            return use
    words = _("The firm claims this file as confidential, so only those who judge the case open it: %(why)s")
    raise NotAllowed([words % {"why": claim.confidential_why}])


def _claim_on(document: Document) -> DocumentFacts | None:
    """That of the file, or of a newer version: nobody describes an earlier one any more."""
    versions = [one for one in documents.chain(document) if one.number >= document.number]
    claims = DocumentFacts.objects.filter(document__in=versions, confidential=True)
    return claims.order_by("document__number").first()


def on_verdict(document: Document) -> None:
    """News from the scanner: a file that was rejected is told to whoever gives the answer, by each
    requirement that it was given for and not by its name; one that was submitted, to the desk as well.
    """
    if document.status not in ("infected", "uncheckable"):
        return
    files = AnswerFile.objects.filter(document=document, removed_at=None)
    points = PointFile.objects.filter(document=document, removed_at=None).select_related(
        "point__request__application"
    )
    uses = [
        *(
            (f.answer.application, f.answer.requirement, f.answer.person_id)
            for f in files.select_related("answer__application")
        ),
        *((p.point.request.application, p.point.requirement, p.point.person_id) for p in points),
    ]
    told = set()
    for case, requirement, person_id in uses:
        person = person_id if person_id is not None and person_id in private_people(case) else None
        news = {"key": f"file:{document.pk}:{requirement}", "requirement": requirement}
        if (case.pk, requirement, person) in told:
            continue
        told.add((case.pk, requirement, person))
        if person:
            tell.invited(case, person, "file_rejected", **news)
        else:
            tell.firm(case, "file_rejected", **news)
        if document.sealed:
            tell.desk(case, "internal_file_rejected", **news)
