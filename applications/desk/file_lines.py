"""A file as a line of a page of the desk: as it was submitted, and how it stands now."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.desk.questions import Asked
from applications.portal.files import FileRow, expiry_in_words, facts_in_words
from applications.queries.files import given_facts
from applications.services.evidence import has_thumbnail
from documents.models import Document


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """``row`` is None where the document is not there any more."""

    document: str
    name: str
    sha256: str
    row: FileRow | None
    title: str  # the firm's name for it
    facts: list[str]  # what the firm said of it, as it was submitted
    expires_on: date | None
    has_thumbnail: bool = False
    is_shown: bool = False  # its first page stands beside the answer

    @property
    def expiry(self) -> str:
        """That it has expired, or soon will."""
        return expiry_in_words(self.expires_on)

    @property
    def usable(self) -> bool:
        return self.row is not None and self.row.document.usable

    @property
    def problem(self) -> str:
        """Why it cannot be used, or that it has expired; mostly empty."""
        if self.row is None:
            return _("The file is not there any more.")
        if not self.usable:
            return self.row.word
        return self.expiry if self.expires_on and self.expires_on < timezone.localdate() else ""


def file_line(
    given: Asked, documents: dict[str, Document], *, about_person: bool = False, shown: str = ""
) -> FileLine:
    """``given`` is as a submission holds it; ``shown`` is the document whose first page is asked for."""
    found = documents.get(given["document"])
    facts = given_facts(given)
    return FileLine(
        document=given["document"],
        name=given["name"],
        sha256=given["sha256"],
        row=FileRow(found) if found else None,
        title=facts.title,
        facts=facts_in_words(facts, given.get("version", 1), given.get("pages", "")),
        expires_on=facts.expires_on,
        has_thumbnail=bool(found and has_thumbnail(found, about_person=about_person)),
        is_shown=bool(found and found.has_preview and given["document"] == shown),
    )
