"""PDF: whole, without a password; what runs by itself in it is named, so that a warning can be shown."""

import re
import zlib
from collections.abc import Iterator
from typing import IO

from documents.office import damaged, password, too_much

END_WITHIN = 1024
DICTIONARY_WITHIN = 4096
MOST_UNPACKED = 100 * 1024 * 1024
ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
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
NAME = re.compile(rb"/(Encrypt|" + b"|".join(MEANINGS) + rb")(?=[\s/<>\[\](){}%]|$)")


def check(file: IO[bytes]) -> list[str]:
    content = file.read()
    if b"%%EOF" not in content[-END_WITHIN:]:
        raise damaged()
    names: set[bytes] = set()
    for text in (content, *_object_streams(content)):
        names.update(match[1] for match in NAME.finditer(_plain(text)))
    if b"Encrypt" in names:
        raise password()
    return sorted({MEANINGS[name] for name in names})


def _plain(text: bytes) -> bytes:
    """The text with the #xx escapes of its names undone."""
    return ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), text)


def _object_streams(content: bytes) -> Iterator[bytes]:
    """The packed objects, unpacked: a name may stand only there."""
    room, done = MOST_UNPACKED, 0
    for match in STREAM.finditer(content):
        start = match.end()
        if start < done or b"/ObjStm" not in _plain(_dictionary_before(content, match.start())):
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
