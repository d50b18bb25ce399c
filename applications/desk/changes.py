"""What changed between two submissions: answers word by word, files by version."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SAME, ADDED, REMOVED = "same", "added", "removed"
REPLACED = "replaced"
TOKEN = re.compile(r"\n|[^\s]+[^\S\n]*|[^\S\n]+")
MOST_WORDS = 6000  # above, lines are compared instead: the matching grows with the square
FILE_WORDS: dict[str, tuple[str, str | Promise]] = {
    ADDED: ("look", _("New file")),
    REPLACED: ("look", _("Newer version")),
    REMOVED: ("bad", _("Taken out")),
}


@dataclass(frozen=True)
class Run:
    """Words that belong together: the ``same`` in both, ``added`` or ``removed``."""

    kind: str
    text: str


def word_runs(before: Iterable[str], after: Iterable[str]) -> list[Run]:
    """The lines of two answers as runs of words, in the order one reads them; a removal stands before what
    came in its place. The space after a word counts as part of it.
    """
    old, new = "\n".join(before), "\n".join(after)
    tokens = TOKEN.findall(old), TOKEN.findall(new)
    if sum(map(len, tokens)) > MOST_WORDS:
        tokens = old.splitlines(keepends=True), new.splitlines(keepends=True)
    return [run for run in _runs(*tokens) if run.text]


def _runs(old: list[str], new: list[str]) -> Iterator[Run]:
    then, now = ([token.strip(" \t\r") for token in side] for side in (old, new))
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, then, now, autojunk=True).get_opcodes():
        if tag == "equal":
            yield Run(SAME, "".join(new[j1:j2]))
            continue
        if i1 < i2:
            yield Run(REMOVED, "".join(old[i1:i2]))
        if j1 < j2:
            yield Run(ADDED, "".join(new[j1:j2]))


@dataclass(frozen=True, kw_only=True)
class FileChange:
    """One file that is other than before: ``kind`` is added, replaced or removed."""

    kind: str
    name: str
    before: str  # its name before, where a newer version took its place
    document: str

    @property
    def look(self) -> str:
        return FILE_WORDS[self.kind][0]

    @property
    def word(self) -> str:
        return str(FILE_WORDS[self.kind][1])


def file_changes(
    before: Iterable[dict[str, str]], after: Iterable[dict[str, str]], supersedes: dict[str, str]
) -> list[FileChange]:
    """``before`` and ``after`` are files as a snapshot keeps them; ``supersedes`` gives the id of the version
    before a document, where it has one.
    """
    old = {file["document"]: file for file in before}
    new = {file["document"]: file for file in after}
    found, replaced = [], set()
    for pk, file in new.items():
        if pk in old:
            continue
        earlier = _earlier(pk, old.keys() - new.keys(), supersedes)
        replaced.add(earlier)
        kind, name = (REPLACED, old[earlier]["name"]) if earlier else (ADDED, "")
        found.append(FileChange(kind=kind, name=file["name"], before=name, document=pk))
    gone = [pk for pk in old if pk not in new and pk not in replaced]
    return [
        *found,
        *(FileChange(kind=REMOVED, name=old[pk]["name"], before="", document=pk) for pk in gone),
    ]


def _earlier(pk: str, gone: Iterable[str], supersedes: dict[str, str]) -> str:
    """The version before, or one further back, that stood there; empty where the file is new."""
    among, seen = set(gone), set()
    while pk in supersedes and pk not in seen:
        seen.add(pk)
        pk = supersedes[pk]
        if pk in among:
            return pk
    return ""
