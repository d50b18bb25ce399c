"""All files of a case as one ZIP, made while it is sent, with an index of what is in it and what is not."""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import IO, Any
from uuid import UUID, uuid4

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from applications.models import Application
from applications.queries.files_of_case import GivenFile
from applications.services.evidence import open_evidence
from audit.request import belonging_to, current_request_id
from documents.archive import Member, zipped
from documents.models import Document
from documents.names import for_disk, is_device
from documents.storage import CHUNK
from licences.text import cell
from workflow.errors import Refused

INDEX = "index.csv"
Opened = tuple[Document, IO[bytes]]
Papers = Iterable[tuple[str, bytes]]


class Archive:
    """Iterated, it gives the bytes: the ``papers`` (name and content), each file once, then ``index.csv``.

    A file is opened as by ``open_evidence`` when its turn comes, so the opening is on record before its
    first byte, and none is that was not reached. All of one archive have one id of a request. A file that may
    not be opened or is not usable is left out, and the index says why. Iterate outside a transaction; the
    request and its language may be over by then.
    """

    def __init__(
        self, *, actor: Any, case: Application, files: Iterable[GivenFile], papers: Papers = ()
    ) -> None:
        self.actor, self.case, self.files, self.papers = actor, case, list(files), papers
        self.language, self.request_id = translation.get_language(), current_request_id() or uuid4().hex
        self.paths: dict[UUID, str] = {}  # of each document that was reached; empty where it was left out
        self.rows: list[list[Any]] = []

    def __iter__(self) -> Iterator[bytes]:
        return zipped(self._members())

    def _members(self) -> Iterator[Member]:
        now = timezone.now()
        for name, content in self.papers:
            self.rows.append(
                [name, name, "", "", timezone.localdate(now), len(content), _sha256(content), ""]
            )
            yield Member(path=name, at=now, size=len(content), chunks=[content])
        facts = self._facts()
        for file in self.files:
            opened = self._open(file, facts.get(file.document, [""] * 3))
            if opened is None:
                continue
            document, stored = opened
            with stored:
                path = self.paths[document.pk]
                yield Member(path=path, at=document.uploaded_at, size=document.size, chunks=_chunks(stored))
        content = self._index()
        yield Member(path=INDEX, at=now, size=len(content), chunks=[content])

    def _facts(self) -> dict[UUID, list[Any]]:
        """What the index says of each document, in one query."""
        found = Document.objects.filter(pk__in={file.document for file in self.files})
        rows = found.values_list("pk", "uploaded_at", "size", "sha256")
        return {pk: [timezone.localdate(at), size, digest] for pk, at, size, digest in rows}

    def _open(self, file: GivenFile, facts: list[Any]) -> Opened | None:
        """None where it is in the archive already, or left out; either way the index has a line of it."""
        about = [file.name, file.what_for, file.person]
        if path := self.paths.get(file.document):
            self.rows.append([path, *about, *facts, ""])
            return None
        try:
            with belonging_to(self.request_id), translation.override(self.language):
                asked = {"actor": self.actor, "document_id": file.document, "case": self.case}
                opened = open_evidence(**asked, why="zip", warned=True)
                warning = opened[0].warning
        except Refused as refusal:
            self.rows.append(["", *about, *facts, self._why_not(refusal)])
            return None
        path = self._path_of(file)
        self.paths[opened[0].pk] = path
        self.rows.append([path, *about, *facts, warning])
        return opened

    def _why_not(self, refusal: Refused) -> str:
        with translation.override(self.language):
            reasons = " ".join(str(reason.text) for reason in refusal.reasons)
            return reasons or _("You may not open this file, or it is not there any more.")

    def _path_of(self, file: GivenFile) -> str:
        """Two files of one name in one folder are told apart by the id of the later one. Not every system
        tells a large letter from a small one.
        """
        taken = {path.casefold() for path in self.paths.values()}
        *folders, name = (*(_plain(part) for part in file.folder), for_disk(file.name))
        while (path := "/".join([*folders, name])).casefold() in taken:
            stem, dot, extension = name.rpartition(".")
            name = f"{stem}-{file.document.hex[:8]}{dot}{extension}"
        return path

    def _index(self) -> bytes:
        """A spreadsheet knows UTF-8 by the mark at its start."""
        with translation.override(self.language):
            about = [_("Name"), _("Given for"), _("Person"), _("Uploaded"), _("Size, bytes"), "SHA-256"]
            head = [_("In this archive"), *about, _("Note, or why it is left out")]
        text = StringIO()
        writer = csv.writer(text)
        writer.writerows([head, *([cell(value) for value in row] for row in self.rows)])
        return text.getvalue().encode("utf-8-sig")


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _plain(folder: str) -> str:
    """A title as the name of a folder on any system."""
    kept = "".join(letter if letter.isalnum() or letter in " -_.,()" else " " for letter in folder)
    name = " ".join(kept.split())[:80].strip(". ") or "-"
    return f"_{name}" if is_device(name) else name
