"""Reads a file of any size window by window, so that what is looked for in it is never held whole."""

import re
from collections.abc import Iterable, Iterator
from typing import IO, NamedTuple

SIZE = 1024 * 1024
BEHIND = 4096
AHEAD = 256  # longer than anything that is looked for


class Window(NamedTuple):
    """What begins between ``start`` and ``end`` of ``text`` is looked at here, and nowhere else. The rest is
    what stands around it. ``at`` is where ``text`` begins in the whole.
    """

    text: bytes
    at: int
    start: int
    end: int

    def matches(self, pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
        for match in pattern.finditer(self.text, self.start):
            if match.start() >= self.end:
                return
            yield match


def chunks(file: IO[bytes], start: int = 0) -> Iterator[bytes]:
    """The file from there to its end, wherever others read in it meanwhile."""
    while True:
        file.seek(start)
        chunk = file.read(SIZE)
        if not chunk:
            return
        start += len(chunk)
        yield chunk


def windows(parts: Iterable[bytes]) -> Iterator[Window]:
    text, at, start = b"", 0, 0
    for part in parts:
        text += part
        end = len(text) - AHEAD
        if end <= start:
            continue
        yield Window(text, at, start, end)
        cut = max(0, end - BEHIND)
        text, at, start = text[cut:], at + cut, end - cut
    yield Window(text, at, start, len(text))


def holds(file: IO[bytes], words: bytes) -> bool:
    """Whether these words, shorter than AHEAD, stand anywhere in the file."""
    return any(words in window.text for window in windows(chunks(file)))
