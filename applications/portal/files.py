"""What an applicant reads about files: what is taken, and where each file stands."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.errors import Rejected
from documents.kinds import KINDS, OTHER_NAMES
from documents.models import Document, Status

ACCEPT = ",".join(f".{name}" for name in (*KINDS, *OTHER_NAMES))
WORDS: dict[str, tuple[str, str | Promise]] = {
    Status.WAITING: ("work", gettext_lazy("Checking for viruses")),
    Status.CLEAN: ("ok", gettext_lazy("Ready")),
    Status.UNSCANNED: ("ok", gettext_lazy("Ready, not virus-checked")),
    Status.INFECTED: ("bad", gettext_lazy("Rejected, virus found")),
    Status.UNCHECKABLE: ("bad", gettext_lazy("Could not be checked")),
}
REJECTED = (Status.INFECTED, Status.UNCHECKABLE)


@dataclass(frozen=True)
class FileRow:
    """One file as a line of a page."""

    document: Document

    @property
    def kind(self) -> str:
        return "bad" if self.document.damaged_at else WORDS[self.document.status][0]

    @property
    def word(self) -> str:
        return _("Damaged") if self.document.damaged_at else str(WORDS[self.document.status][1])

    @property
    def note(self) -> str:
        """What to do, where the file cannot be used as it is."""
        return "" if self.document.usable else str(self.document.advice)


def rows(documents: Any) -> list[FileRow]:
    return [FileRow(document) for document in documents]


def rules_in_words() -> str:
    words = _("%(kinds)s. Up to %(size)s each; you can choose several. Without passwords.")
    kinds = ", ".join(name.upper() for name in KINDS)
    return words % {"kinds": kinds, "size": filesizeformat(settings.DOCUMENT_MAX_BYTES)}


def is_rejected(document: Document) -> bool:
    return bool(document.damaged_at) or document.status in REJECTED


def take_each(uploads: list[Any], take: Any) -> list[str]:
    """Hand over each file by itself; returns a message for each that was not taken."""
    problems = []
    for upload in uploads:
        try:
            take(upload)
        except Rejected as rejection:
            problems.append(f"{upload.name}: {rejection.message}")
    return problems
