"""PDF: whole, without a password; what runs by itself in it is named, so that a warning can be shown."""

import re
import zlib
from collections.abc import Iterator
from typing import IO

from documents.contents.refused import Refused
from documents.contents.windows import AHEAD, BEHIND, Window, chunks, windows

END_WITHIN = 1024
FILL = 64 * 1024  # white space behind the end, which some programs fill up a file with
START = 4096
UNPACKED_AT_ONCE = 256 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
MOST_STREAMS = 100_000
MOST_NAMES = 100_000
# It begins with letters, which Python seeks quickly; with the look behind first it took twenty times as long.
STREAM = re.compile(rb"stream(?<!endstream)[ \t]*(?:\r\n|\n|\r)")
MEANINGS = {
    b"JavaScript": "javascript",
    b"JS": "javascript",
    b"OnInstantiate": "javascript",
    b"Launch": "launch",
    b"EmbeddedFile": "embedded",
    b"EmbeddedFiles": "embedded",
    b"EF": "embedded",
    b"XFA": "xfa",
    b"RichMedia": "media",
    b"Rendition": "media",
    b"Movie": "media",
    b"Sound": "media",
    b"3D": "media",
    b"OpenAction": "opens",
    b"AA": "opens",
}
NAMES = {b"Encrypt": "locked"} | MEANINGS
OBJECT_STREAM, FILTER = b"ObjStm", b"Filter"
FIRSTS = bytes({name[0] for name in (*NAMES, OBJECT_STREAM, FILTER)})
# Any letter may be written as # and two hex digits, so the longest of them takes no more than this.
NAME = re.compile(rb"/([#" + FIRSTS + rb"][^\0\s/<>\[\](){}%]{0,59})")
IN_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
WHITE = b"\0\t\n\f\r "
KEYS = re.compile(rb"[\0\s]*(?:<<|\d+[\0\s]+\d+[\0\s]+R)")
# Numbers of objects, each with the place where it begins; and the first of them, or more than can be seen.
OBJECTS = re.compile(
    rb"[\0\s]*[1-9]\d*[\0\s]+0[\0\s]+(?:[1-9]\d*[\0\s]+\d+[\0\s]+)*(?:[\d\0\s]*$|[<\[(/]|true|false|null)"
)
UNSEEN = "unseen"


def check(file: IO[bytes]) -> list[str]:
    file.seek(max(0, file.seek(0, 2) - FILL - END_WITHIN))
    if b"%%EOF" not in file.read().rstrip(WHITE)[-END_WITHIN:]:
        raise Refused("damaged")
    names, packed = _Names(), _ObjectStreams(file)
    for window in windows(chunks(file)):
        names.look_at(window)
        for text in packed.beginning_in(window):
            for inner in windows(text):
                names.look_at(inner)
    if "locked" in names.found:
        raise Refused("password")
    return sorted(names.found | packed.unseen)


class _Names:
    """What the names in a file mean, as far as they were looked at."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self.number = 0

    def look_at(self, window: Window) -> None:
        for match in window.matches(NAME):
            meaning = NAMES.get(_name(match))
            if meaning is None or not _counts(meaning, window.text[match.end() : match.end() + AHEAD]):
                continue
            self.number += 1
            if self.number > MOST_NAMES:
                raise Refused("bomb")
            self.found.add(meaning)


class _ObjectStreams:
    """The packed objects, unpacked: a name may stand only there. What they are is told by what they hold,
    since a dictionary can hide that it is of one; ``unseen`` says that some could not be looked into.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.number = 0
        self.room = MOST_UNPACKED
        self.unseen: set[str] = set()

    def beginning_in(self, window: Window) -> Iterator[Iterator[bytes]]:
        for match in window.matches(STREAM):
            self.number += 1
            if self.number > MOST_STREAMS:
                raise Refused("bomb")
            start = window.at + match.end()
            head, said = _head(self.file, start), _said_before(window.text, match.start())
            if OBJECTS.match(head):
                yield self._unpacked(start)
            elif _is_packed(head) or (OBJECT_STREAM in said and FILTER in said):
                self.unseen.add(UNSEEN)

    def _unpacked(self, start: int) -> Iterator[bytes]:
        """To where the packed part itself says that it ends."""
        unpacker = zlib.decompressobj()
        try:
            for part in chunks(self.file, start):
                while part and not unpacker.eof:
                    yield self._within_room(unpacker.decompress(part, UNPACKED_AT_ONCE))
                    part = unpacker.unconsumed_tail
                if unpacker.eof:
                    return
        except zlib.error:
            pass
        self.unseen.add(UNSEEN)

    def _within_room(self, text: bytes) -> bytes:
        self.room -= len(text)
        if self.room < 0:
            raise Refused("bomb")
        return text


def _head(file: IO[bytes], start: int) -> bytes:
    """How a stream begins, unpacked; empty where it is not packed, or not in the common way."""
    file.seek(start)
    try:
        return zlib.decompressobj().decompress(file.read(START), START)
    except zlib.error:
        return b""


def _is_packed(head: bytes) -> bool:
    """Whether it is packed once more: by the two bytes with which that begins."""
    return len(head) > 2 and head[0] & 0x0F == 8 and int.from_bytes(head[:2]) % 31 == 0


def _said_before(text: bytes, end: int) -> set[bytes]:
    """The names in the dictionary of a stream, as far as it is seen."""
    within = max(0, end - BEHIND)
    dictionary = text[max(within, text.rfind(b" obj", within, end)) : end]
    return {_name(match) for match in NAME.finditer(dictionary)}


def _name(match: re.Match[bytes]) -> bytes:
    """However it is spelt."""
    return IN_HEX.sub(lambda letter: bytes([int(letter[1], 16)]), match[1]) if b"#" in match[1] else match[1]


def _counts(meaning: str, after: bytes) -> bool:
    """A name that a bracket ends stands in a text. Keys of a locked file follow its name; what happens as a
    file opens may be no more than which page is shown, which is written as a list.
    """
    if meaning == "locked":
        return bool(KEYS.match(after))
    if meaning == "opens" and after.lstrip(WHITE).startswith(b"["):
        return False
    return not after.startswith(b")")
