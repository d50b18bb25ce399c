"""A document of a case: opened, or its first page seen beside what was said of it."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from applications.desk.pages.base import Page, case_url, page_url
from applications.models import DocumentFacts
from applications.portal.files import FileRow, expiry_in_words, facts_in_words
from applications.queries.files import facts_of, given_facts, given_in_submission
from applications.services import evidence
from documents.errors import Active
from documents.http import download, picture
from documents.models import Document, Picture
from workflow.errors import Gone, Refused, status_of


class DocumentPage(Page):
    """Always a download. The audit row of the opening is committed before the first byte."""

    name, path = "document", "documents/<uuid:document>/"
    methods = ("GET",)
    title, permission = _("Document"), "work_on_case"
    template = "admin/applications/document.html"

    def load(self) -> None:
        found = Document.objects.filter(pk=self.ids["document"]).select_related("facts").first()
        if found is None or not evidence.is_evidence_in(found, self.case):
            raise Http404
        self.document: Document = found

    def get(self) -> Any:
        try:
            return self.hand_out()
        except Gone as refusal:
            raise Http404 from refusal
        except Refused as refusal:
            return self.render(None, status=status_of(refusal), reasons=refusal.reasons)

    def wanted(self) -> dict[str, Any]:
        return {"actor": self.user, "document_id": self.document.pk, "case": self.case}

    def hand_out(self) -> Any:
        try:
            return download(*evidence.open_evidence(**self.wanted(), warned="warned" in self.request.GET))
        except Active as active:
            first_page = page_url(self.case, "preview", self.document.pk)
            return self.render(None, warned_of=active.document, first_page=first_page)


class PicturePage(DocumentPage):
    """The first page as a picture of ours. Seeing the large one is recorded as an opening is."""

    name, path = "picture", "documents/<uuid:document>/preview/<slug:size>/"

    def hand_out(self) -> Any:
        size = self.ids["size"]
        if size not in dict(Picture.SIZES):
            raise Http404
        return picture(evidence.open_preview(**self.wanted(), size=size))


class PreviewPage(DocumentPage):
    """The first page, beside what was said of the file when it was submitted."""

    name, path = "preview", "documents/<uuid:document>/preview/"
    template = "admin/applications/preview.html"

    def heading(self) -> str:
        return self.said.title or self.document.called

    def load(self) -> None:
        super().load()
        if not self.document.sealed:
            raise Http404
        self.stage, given = given_in_submission(self.case, str(self.document.pk))
        self.said = given_facts(given) if given else facts_of(self.document) or DocumentFacts()

    def hand_out(self) -> Any:
        return self.render(None)

    def context(self) -> dict[str, Any]:
        return {
            "row": FileRow(self.document),
            "picture": page_url(self.case, "picture", self.document.pk, Picture.LARGE),
            "facts": facts_in_words(self.said, self.document.number),
            "expiry": expiry_in_words(self.said.expires_on),
            "back": page_url(self.case, "stage", self.stage) if self.stage else case_url(self.case),
            "back_text": _("Back to the stage") if self.stage else _("Back to the case"),
        }
