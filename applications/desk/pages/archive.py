"""All files of a case as one ZIP."""

from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications import paper
from applications.desk.pages.base import Page
from applications.queries.files_of_case import files_of_case
from applications.queries.submissions import newest_submission
from applications.services.archive import Archive, Papers
from documents.http import archive
from look.papers import language_of


class ArchivePage(Page):
    """Says how many files there are; a press sends them, each opened on the record."""

    name, path = "archive", "files/"
    title, permission = gettext_lazy("All files as a ZIP"), "work_on_case"
    button = gettext_lazy("Download the ZIP")

    def load(self) -> None:
        self.files = files_of_case(self.case) if self.case.submitted_at else []

    def context(self) -> dict[str, Any]:
        count = len({file.document for file in self.files})
        words = ngettext(
            "%(count)s file as last submitted or sent in an answer, the whole application, and an index.",
            "%(count)s files as last submitted or sent in answers, the whole application, and an index.",
            count,
        )
        recorded = _("That you open each of them goes on the record.")
        return {"intro": f"{words % {'count': count}} {recorded}"}

    def post(self) -> HttpResponseBase:  # type: ignore[override]
        found = Archive(actor=self.user, case=self.case, files=self.files, papers=self._papers())
        return archive(found, str(self.case.reference))

    def _papers(self) -> Papers:
        snapshot = newest_submission(self.case)
        if snapshot is None:
            return []
        made = paper.of_snapshot(snapshot, self.case, language_of(self.request))
        return [(f"{made.file_name}.pdf", paper.pdf(made))]
