"""PDF: whole, without a password; what runs by itself in it is named, so that a warning can be shown."""

import re
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import IO

from documents.office import damaged, password, too_much

END_WITHIN = 1024
DICTIONARY_WITHIN = 4096
MOST_UNPACKED = 100 * 1024 * 1024
MOST_STREAMS = 100_000
MOST_NAMES = 100_000
STREAM = re.compile(rb"stream\r?\n")
MEANINGS = {
    b"JavaScript": "javascript",
    b"Launch": "launch",
    b"EmbeddedFile": "embedded",
    b"EmbeddedFiles": "embedded",
    b"XFA": "xfa",
    b"RichMedia": "media",
    b"Movie": "media",
    b"Sound": "media",
}
END_OF_NAME = rb"(?=[\s/<>\[\](){}%]|$)"


def _spelt(name: bytes) -> bytes:
    """A pattern for the name however it is spelt: any letter may be written as # and two hex digits."""
    return b"".join(b"(?:%c|#(?i:%02x))" % (letter, letter) for letter in name)


NAMES = {b"Encrypt": "locked"} | MEANINGS
NAME = re.compile(b"/(?:" + b"|".join(b"(" + _spelt(name) + b")" for name in NAMES) + b")" + END_OF_NAME)
OBJECT_STREAM = re.compile(b"/" + _spelt(b"ObjStm") + END_OF_NAME)


def check(file: IO[bytes]) -> list[str]:
    content = file.read()
    if b"%%EOF" not in content[-END_WITHIN:]:
        raise damaged()
    found: set[str] = set()
    for text in chain([content], _object_streams(content)):
        found |= _found(text)
    if "locked" in found:
        raise password()
    return sorted(found)


def _found(text: bytes) -> set[str]:
    meanings = tuple(NAMES.values())
    found: set[str] = set()
    for number, match in enumerate(NAME.finditer(text)):
        if number >= MOST_NAMES:
            raise too_much()
        found.add(meanings[(match.lastindex or 1) - 1])
    return found


def _object_streams(content: bytes) -> Iterator[bytes]:
    """The packed objects, unpacked: a name may stand only there."""
    room, done = MOST_UNPACKED, 0
    for number, match in enumerate(STREAM.finditer(content)):
        if number >= MOST_STREAMS:
            raise too_much()
        start = match.end()
        if start < done or not OBJECT_STREAM.search(_dictionary_before(content, match.start())):
            continue
        done = content.find(b"endstream", start)
        if done < 0:
            raise damaged()
        text = _unpacked(content[start:done], room)
        room -= len(text)
        yield text


def _dictionary_before(content: bytes, end: int) -> bytes:
    within = max(0, end - DICTIONARY_WITHIN)
    return content[max(within, content.rfind(b" obj", within, end)) : end]


def _unpacked(packed: bytes, room: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(packed, room + 1)
    except zlib.error:
        raise damaged() from None
    if len(text) > room:
        raise too_much()
    return text
