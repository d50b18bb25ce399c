"""Documents where the case is known: who may open one, and what a verdict means."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import transaction

from applications.models import AnswerFile, Application, PointFile
from applications.queries.private import hidden_people
from applications.services import tell
from applications.services.guard import allow
from documents.errors import Kept
from documents.models import Document
from documents.services import delete_unsealed, open_document, receive
from workflow.errors import Gone


@contextmanager
def taken_in(*, actor: Any, upload: Any, name: str, supersedes: Document | None = None) -> Iterator[Document]:
    """Receive a document and give it its place in one transaction; where that fails, the document goes again,
    unless a newer version stands on it already.

    Raises documents.errors.Rejected, and whatever the block raises.
    """
    document = receive(upload=upload, name=name, actor=actor, supersedes=supersedes)
    try:
        with transaction.atomic():
            yield document
    except Exception:
        with suppress(Kept):
            delete_unsealed(document=document, actor=actor)
        raise


def is_evidence_in(document: Document, case: Application) -> bool:
    """Whether a document was given to this case, as an answer or as part of the answer to a request."""
    return (
        AnswerFile.objects.filter(document=document, answer__application=case).exists()
        or PointFile.objects.filter(document=document, point__request__application=case).exists()
    )


def _case_seen_by(actor: Any, document: Document) -> Application | None:
    """The case in which this person may see the document; not where it is private to a person of the case."""
    seen = Application.objects.visible_to(actor)
    files = AnswerFile.objects.filter(document=document, answer__application__in=seen)
    points = PointFile.objects.filter(document=document, point__request__application__in=seen)
    uses = [
        *((f.answer.application, f.answer.person_id) for f in files.select_related("answer__application")),
        *(
            (p.point.request.application, p.point.person_id)
            for p in points.select_related("point__request__application")
        ),
    ]
    return next((case for case, person in uses if person not in hidden_people(actor, case)), None)


def open_evidence(*, actor: Any, document_id: Any, why: str = "view") -> tuple[Document, Any]:
    """Open a document for somebody who may see its case; the audit row of the opening is committed first.

    Staff open only what was submitted. Raises Gone where there is nothing that this person may see, and what
    ``documents.services.open_document`` raises.
    """
    document = Document.objects.filter(pk=document_id).first()
    case = _case_seen_by(actor, document) if document else None
    if document is None or case is None:
        raise Gone
    if not document.sealed:
        allow(actor, "applications.read_draft", case)
    return document, open_document(document=document, actor=actor, why=why, subject=case.audit_subject)


def on_verdict(document: Document) -> None:
    """News from the scanner: a file that was rejected is told to the firm, by each requirement that it was
    given for and not by its name.
    """
    if document.status not in ("infected", "uncheckable"):
        return
    files = AnswerFile.objects.filter(document=document, removed_at=None)
    points = PointFile.objects.filter(document=document)
    uses = [
        *((f.answer.application, f.answer.requirement) for f in files.select_related("answer__application")),
        *(
            (p.point.request.application, p.point.requirement)
            for p in points.select_related("point__request__application")
        ),
    ]
    for case, requirement in dict.fromkeys(uses):
        key = f"file:{document.pk}:{requirement}"
        tell.firm(case, "file_rejected", key=key, requirement=requirement)
