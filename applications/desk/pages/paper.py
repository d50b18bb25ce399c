"""One submission of a case as a PDF."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from applications import paper
from applications.desk.pages.base import Page
from look.papers import language_of


class PaperPage(Page):
    """Numbers of people are masked as they are for the firm. Files are opened one by one, on the record."""

    name, path = "paper", "submissions/<int:number>/pdf/"
    methods = ("GET", "HEAD")
    title, permission = _("The whole application"), "work_on_case"

    def load(self) -> None:
        found = self.case.snapshots.filter(number=self.ids["number"]).first()
        if found is None:
            raise Http404
        self.snapshot = found

    def get(self) -> HttpResponse:
        return paper.pdf_response(paper.of_snapshot(self.snapshot, self.case, language_of(self.request)))
