"""Documents where the case is known: who may open one, and what a verdict means."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from applications.models import AnswerFile, Application, PointFile
from applications.services import tell
from applications.services.guard import allow
from documents.models import Document
from documents.services import delete_unsealed, open_document, receive
from workflow.errors import Gone


@contextmanager
def taken_in(*, actor: Any, upload: Any, name: str) -> Iterator[Document]:
    """Receive a document and give it its place in one transaction; where that fails, the document goes again.

    Raises documents.errors.Rejected, and whatever the block raises.
    """
    document = receive(upload=upload, name=name, actor=actor)
    try:
        with transaction.atomic():
            yield document
    except Exception:
        delete_unsealed(document=document, actor=actor)
        raise


def case_of(document: Document) -> Application | None:
    """The case that a document was given to, as an answer or as part of the answer to a request."""
    file = AnswerFile.objects.select_related("answer__application").filter(document=document).first()
    if file:
        return file.answer.application
    point = PointFile.objects.select_related("point__request__application").filter(document=document).first()
    return point.point.request.application if point else None


def open_evidence(*, actor: Any, document_id: Any, why: str = "view") -> tuple[Document, Any]:
    """Open a document for somebody who may see its case; the audit row of the opening is committed first.

    Staff open only what was submitted. Raises Gone where there is nothing that this person may see, and what
    ``documents.services.open_document`` raises.
    """
    document = Document.objects.filter(pk=document_id).first()
    case = case_of(document) if document else None
    if (
        document is None
        or case is None
        or not Application.objects.visible_to(actor).filter(pk=case.pk).exists()
    ):
        raise Gone
    if not document.sealed:
        allow(actor, "applications.read_draft", case)
    return document, open_document(document=document, actor=actor, why=why, subject=case.audit_subject)


def on_verdict(document: Document) -> None:
    """News from the scanner: a file that was rejected is told to the firm, by its requirement and not
    by its name.
    """
    if document.status not in ("infected", "uncheckable"):
        return
    file = AnswerFile.objects.select_related("answer__application").filter(document=document).first()
    if file and file.removed_at is None:
        case = file.answer.application
        tell.firm(case, "file_rejected", key=f"file:{document.pk}", requirement=file.answer.requirement)
