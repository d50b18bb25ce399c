"""Pictures: their own structure must hold together, and their size in pixels be one that a viewer can
open."""

from typing import IO

from django.utils.translation import gettext as _

from documents.errors import Rejected
from documents.office import damaged

MOST_PIXELS = 100_000_000
MOST_CHUNKS = 100_000
PNG_HEAD = 8
# The frame headers of a JPEG (SOF0..SOF15 without the three other markers of that range).
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def check_png(file: IO[bytes]) -> list[str]:
    """Walk the chunks: the first is the header, the last ends the file."""
    file.seek(PNG_HEAD)
    for number in range(MOST_CHUNKS):
        head = file.read(8)
        length, kind = int.from_bytes(head[:4]), head[4:]
        if len(head) < 8 or (number == 0) != (kind == b"IHDR"):
            break
        chunk_end = file.tell() + length + 4
        if kind == b"IHDR":
            size = file.read(8)
            _check_pixels(int.from_bytes(size[:4]), int.from_bytes(size[4:]))
        if kind == b"IEND" and chunk_end == file.seek(0, 2):
            return []
        file.seek(chunk_end)
    raise damaged()


def check_jpeg(file: IO[bytes]) -> list[str]:
    """Walk the segments as far as the frame header."""
    file.seek(2)
    for _number in range(MOST_CHUNKS):
        head = file.read(4)
        length = int.from_bytes(head[2:])
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0xD9, 0xDA) or length < 2:
            break
        if head[1] in FRAMES:
            frame = file.read(5)
            _check_pixels(int.from_bytes(frame[3:]), int.from_bytes(frame[1:3]))
            return []
        file.seek(length - 2, 1)
    raise damaged()


def _check_pixels(width: int, height: int) -> None:
    if not width or not height:
        raise damaged()
    if width * height > MOST_PIXELS:
        message = _("The picture is too large to open safely. Save it with fewer pixels and upload it again.")
        raise Rejected("pixels", message)
