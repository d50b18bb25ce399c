"""Compiles the catalogues in locale/ to what Django reads, on machines without the gettext tools.

Also by itself: ``python -m kzcustody_site.embedded.translations``.
"""

import ast
import re
import struct
from collections.abc import Iterator
from pathlib import Path

from .console import Trouble
from .places import ROOT

MAGIC = 0x950412DE
CONTEXT_END, PLURAL_END = "\x04", "\x00"
LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr)(?:\[(\d)\])?\s+)?(".*")$')
Entry = dict[str, str]
EXTRACT = [
    *("makemessages", "-l", "ru", "-l", "kk", "--no-location", "--no-wrap"),
    *("-i", ".venv", "-i", "tests/*", "-i", "bench/*", "-i", "docs/*", "-i", "drills/*"),
]


def compile_all(root: Path = ROOT) -> int:
    """Compiles the catalogues that changed; returns how many there are."""
    sources = sorted((root / "locale").glob("**/LC_MESSAGES/*.po"))
    for source in sources:
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            part = target.with_suffix(".part")
            part.write_bytes(compiled(source))
            part.rename(target)
    return len(sources)


def compiled(source: Path) -> bytes:
    pairs = sorted(_pairs(source))
    ids = [name.encode() for name, _ in pairs]
    texts = [text.encode() for _, text in pairs]
    header = struct.calcsize("<7I")
    table = struct.calcsize("<2I") * len(pairs)
    index, data, place = b"", b"", header + 2 * table
    for one in (*ids, *texts):
        index += struct.pack("<2I", len(one), place + len(data))
        data += one + b"\0"
    return struct.pack("<7I", MAGIC, 0, len(pairs), header, header + table, 0, 0) + index + data


def _pairs(source: Path) -> Iterator[tuple[str, str]]:
    for entry in entries(source):
        forms = [text for name, text in sorted(entry.items()) if name.startswith("msgstr")]
        if not all(forms):
            continue
        context = entry["msgctxt"] + CONTEXT_END if "msgctxt" in entry else ""
        plural = PLURAL_END + entry["msgid_plural"] if "msgid_plural" in entry else ""
        yield context + entry["msgid"] + plural, PLURAL_END.join(forms)


def entries(source: Path) -> Iterator[Entry]:
    """The entries in use: obsolete ones are comments, and fuzzy ones, which are guesses, are left out."""
    text = source.read_text(encoding="utf-8")
    number = 1
    for block in re.split(r"\n[ \t]*\n", text):
        entry = _entry(block, source, number)
        number += block.count("\n") + 2
        if "msgid" in entry and not re.search(r"^#,.*\bfuzzy\b", block, re.MULTILINE):
            yield entry


def _entry(block: str, source: Path, first: int) -> Entry:
    entry: Entry = {}
    field = ""
    for offset, line in enumerate(block.splitlines()):
        if not line.strip() or line.startswith("#"):
            continue
        found = LINE.match(line.strip())
        if not found or not (found[1] or field):
            raise Trouble(f"{source}, line {first + offset}: not a line of a .po file: {line!r}")
        field = f"{found[1]}{found[2] or ''}" if found[1] else field
        entry[field] = entry.get(field, "") + ast.literal_eval(found[3])
    return entry


if __name__ == "__main__":
    compile_all()
