"""PDF: whole, without a password; what runs by itself in it is named, so that a warning can be shown."""

import re
import zlib
from collections.abc import Iterable, Iterator
from typing import IO

from documents.office import damaged, password, too_much
from documents.windows import BEHIND, Window, chunks, windows

END_WITHIN = 1024
UNPACKED_AT_ONCE = 256 * 1024
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
END_OF_STREAM = b"endstream"


def check(file: IO[bytes]) -> list[str]:
    file.seek(max(0, file.seek(0, 2) - END_WITHIN))
    if b"%%EOF" not in file.read():
        raise damaged()
    names, packed = _Names(), _ObjectStreams(file)
    for window in windows(chunks(file)):
        names.look_at(window)
        for text in packed.beginning_in(window):
            for inner in windows(text):
                names.look_at(inner)
    if "locked" in names.found:
        raise password()
    return sorted(names.found)


class _Names:
    """What the names in a file mean, as far as they were looked at."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self.number = 0

    def look_at(self, window: Window) -> None:
        meanings = tuple(NAMES.values())
        for match in window.matches(NAME):
            self.number += 1
            if self.number > MOST_NAMES:
                raise too_much()
            self.found.add(meanings[(match.lastindex or 1) - 1])


class _ObjectStreams:
    """The packed objects, unpacked: a name may stand only there."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.number = self.done = 0
        self.room = MOST_UNPACKED

    def beginning_in(self, window: Window) -> Iterator[Iterator[bytes]]:
        for match in window.matches(STREAM):
            self.number += 1
            if self.number > MOST_STREAMS:
                raise too_much()
            start = window.at + match.end()
            if start >= self.done and OBJECT_STREAM.search(_dictionary_before(window.text, match.start())):
                yield self._unpacked(self._packed(start))

    def _packed(self, start: int) -> Iterator[bytes]:
        kept, held = len(END_OF_STREAM) - 1, b""
        self.done = start
        for chunk in chunks(self.file, start):
            held += chunk
            end = held.find(END_OF_STREAM)
            ready = held[: end if end >= 0 else -kept]
            self.done += len(ready)
            yield ready
            if end >= 0:
                return
            held = held[-kept:]
        raise damaged()

    def _unpacked(self, packed: Iterable[bytes]) -> Iterator[bytes]:
        unpacker = zlib.decompressobj()
        try:
            for part in packed:
                while part:
                    text = unpacker.decompress(part, UNPACKED_AT_ONCE)
                    part = unpacker.unconsumed_tail
                    yield self._within_room(text)
            yield self._within_room(unpacker.flush())
        except zlib.error:
            raise damaged() from None

    def _within_room(self, text: bytes) -> bytes:
        self.room -= len(text)
        if self.room < 0:
            raise too_much()
        return text


def _dictionary_before(text: bytes, end: int) -> bytes:
    within = max(0, end - BEHIND)
    return text[max(within, text.rfind(b" obj", within, end)) : end]
