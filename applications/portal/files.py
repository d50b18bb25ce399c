"""What an applicant reads about files: what is taken, and where each file stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application, DocumentFacts
from applications.queries.files import facts_of, pages_of, readable_versions, said_before
from applications.services.evidence import has_thumbnail
from documents import queries
from documents.errors import Rejected
from documents.models import Document, Status
from documents.preview import DRAWN
from look import words

WORDS: dict[str, tuple[str, str | Promise]] = {
    Status.WAITING: ("work", gettext_lazy("Checking for viruses")),
    Status.CLEAN: ("ok", gettext_lazy("Ready")),
    Status.UNSCANNED: ("ok", gettext_lazy("Ready, not virus-checked")),
    Status.INFECTED: ("bad", gettext_lazy("Rejected – virus found")),
    Status.UNCHECKABLE: ("bad", gettext_lazy("Could not be checked")),
}
WARNED = "act", gettext_lazy("Ready, with a warning")  # something in it runs by itself
REJECTED = (Status.INFECTED, Status.UNCHECKABLE)
WATCHED_FOR = timedelta(minutes=5)  # how long a page asks by itself how the virus check goes
SOON = timedelta(days=30)
Reader = tuple[Any, Application, UUID | None]  # who reads, in which case; as which invited person


@dataclass(frozen=True)
class FileRow:
    """One file as a line of a page. ``place`` is the address of what it was given for, ending in a slash;
    ``about_person`` whether that is about a person."""

    document: Document
    place: str = ""
    editable: bool = False
    earlier: tuple[Document, ...] = ()
    about_person: bool = False

    @property
    def kind(self) -> str:
        if self.document.destroying_at:
            return "done" if self.document.destroyed_at else "work"
        return "bad" if self.document.damaged_at else self._standing[0]

    @property
    def word(self) -> str:
        if self.document.destroying_at:
            return _("Destroyed") if self.document.destroyed_at else _("Cannot be opened now")
        return _("Damaged") if self.document.damaged_at else str(self._standing[1])

    @property
    def _standing(self) -> tuple[str, str | Promise]:
        is_warned = self.document.usable and self.document.active_content
        return WARNED if is_warned else WORDS[self.document.status]

    @property
    def note(self) -> str:
        """What to do, where the file cannot be used as it is."""
        if self.document.usable:
            return ""
        if self.goes_on == "check" and not _is_new(self.document):
            return _("The check takes longer than usual. You can leave this page, and look again later.")
        return str(self.document.advice)

    @property
    def title(self) -> str:
        facts = facts_of(self.document)
        return facts.title if facts and facts.title else self.document.called

    @property
    def facts(self) -> list[str]:
        """What the firm said of the file, and which version it is."""
        return facts_in_words(facts_of(self.document), self.document.number, pages_of(self.document))

    @property
    def before(self) -> DocumentFacts | None:
        """What was said of the version before, and is to be said of this one too, or not."""
        return said_before(self.document, self.earlier)

    @property
    def to_confirm(self) -> list[str]:
        """The same in words; mostly empty."""
        own = {name: getattr(self.before, name) for name in DocumentFacts.OWN} if self.before else {}
        return facts_in_words(DocumentFacts(**own), 1)

    @property
    def validity(self) -> str:
        """That the document has expired, or soon will; mostly empty."""
        facts = facts_of(self.document)
        return validity_in_words(facts.expires_on if facts else None)

    @property
    def url(self) -> str:
        return f"{self.place}files/{self.document.pk}/" if self.place else ""

    @property
    def has_thumbnail(self) -> bool:
        return bool(self.place) and has_thumbnail(self.document, about_person=self.about_person)

    @property
    def no_preview(self) -> str:
        """That files of this type have none."""
        is_known = self.document.extension in DRAWN or not self.document.usable
        return "" if is_known else _("no preview of this type of file")

    @property
    def goes_on(self) -> str:
        """What the page waits for: the virus check, then the preview; empty where all is done."""
        is_there = not self.document.damaged_at and not self.document.destroying_at
        if self.document.status == Status.WAITING and is_there:
            return "check"
        return "preview" if self.document.preview_is_due else ""

    @property
    def watched(self) -> bool:
        """Whether the page asks by itself how it goes on."""
        return bool(self.place) and bool(self.goes_on) and _is_new(self.document)


def rows(documents: Iterable[Document]) -> list[FileRow]:
    return [FileRow(document) for document in documents]


def rows_at(
    place: str, documents: Iterable[Document], *, about_person: bool, reader: Reader, editable: bool = False
) -> list[FileRow]:
    """The files of one question or point, with those versions before each that the reader may read: one query
    where there are some, and those that say who may read.
    """
    documents = list(documents)
    earlier = queries.earlier(documents)
    before = [one for versions in earlier.values() for one in versions]
    prefetch_related_objects(before, "facts")
    user, case, own = reader
    shown = readable_versions(user, case, before, own=own) if before else frozenset()
    return [
        FileRow(one, place, editable, tuple(v for v in earlier[one.pk] if v.pk in shown), about_person)
        for one in documents
    ]


def show_in(
    form: Any, held: list[FileRow], place: str, *, sheet: str = "", pick: bool = False, stay: bool = False
) -> None:
    """Has the form show what was given; where it has no field for files, nothing. ``sheet`` is the address of
    the form that is filled in. ``pick`` where files that were given before can be chosen; ``stay`` where a
    button of the form itself gives the chosen ones.
    """
    field = form.fields.get("files")
    if field:
        field.rows, field.place, field.stay, field.form_url = held, place, stay, sheet
        field.pick_url = f"{place}pick/" if pick else ""


def facts_in_words(facts: DocumentFacts | None, version: int, pages: str = "") -> list[str]:
    """``pages``: those that answer the question that it was given for."""
    found = [_("See pages %(pages)s") % {"pages": pages}] if pages else []
    found += [_("Version %(number)s") % {"number": version}] if version > 1 else []
    if facts is None:
        return found
    found += [str(text) for text in (facts.get_kind_display(), facts.get_language_display()) if text]
    if facts.translated_by:
        found.append(_("Translated by %(name)s") % {"name": facts.translated_by})
    if facts.certification:
        how = _("Certified: %(how)s") % {"how": facts.get_certification_display()}
        found.append(f"{how}, {words.day(facts.certified_on)}" if facts.certified_on else how)
    if facts.issued_on:
        found.append(_("Issued %(day)s") % {"day": words.day(facts.issued_on)})
    if facts.expires_on:
        found.append(_("Valid until %(day)s") % {"day": words.day(facts.expires_on)})
    if facts.confidential:
        found.append(_("Claimed confidential: %(why)s") % {"why": facts.confidential_why})
    return found


def validity_in_words(until: date | None) -> str:
    today = timezone.localdate()
    if until is None or until > today + SOON:
        return ""
    if until < today:
        return _("This document was valid until %(day)s. Give a newer one.") % {"day": words.day(until)}
    return _("This document is valid until %(day)s only. Give a newer one if you submit after that.") % {
        "day": words.day(until)
    }


def expiry_in_words(until: date | None) -> str:
    """As ``validity_in_words``, for somebody who reads the file and did not give it."""
    today = timezone.localdate()
    if until is None or until > today + SOON:
        return ""
    return _("This document has expired.") if until < today else _("This document expires soon.")


def is_rejected(document: Document) -> bool:
    return bool(document.damaged_at) or (document.status in REJECTED and not document.destroying_at)


def take_each(uploads: list[Any], take: Any) -> list[str]:
    """Hand over each file by itself; returns a message for each that was not taken."""
    problems = []
    for upload in uploads:
        try:
            take(upload)
        except Rejected as rejection:
            problems.append(f"{upload.name}: {rejection.message}")
    return problems


def _is_new(document: Document) -> bool:
    return timezone.now() - document.uploaded_at < WATCHED_FOR
