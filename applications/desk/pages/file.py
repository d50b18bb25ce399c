"""Opening a document of a case."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from applications.desk.pages.base import Page, status_of
from applications.services import evidence
from documents.http import download
from documents.models import Document
from workflow.errors import Gone, Refused


class DocumentPage(Page):
    """Always a download. The audit row of the opening is committed before the first byte."""

    name, path = "document", "documents/<uuid:document>/"
    methods = ("GET",)
    title, permission = _("Document"), "work_on_case"

    def load(self) -> None:
        self.document: Any = Document.objects.filter(pk=self.ids["document"]).first()
        if self.document is None or not evidence.is_evidence_in(self.document, self.case):
            raise Http404

    def get(self) -> Any:
        try:
            document, file = evidence.open_evidence(actor=self.user, document_id=self.document.pk)
        except Gone as refusal:
            raise Http404 from refusal
        except Refused as refusal:
            return self.render(None, status=status_of(refusal), reasons=refusal.reasons)
        return download(document, file)
