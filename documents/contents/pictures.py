"""Pictures: their own structure must hold together, and their size in pixels be one that a viewer can
open."""

from typing import IO

from documents.contents.refused import Refused

MOST_PIXELS = 100_000_000
MOST_CHUNKS = 100_000
PNG_HEAD = 8
# The frame headers of a JPEG (SOF0..SOF15 without the three other markers of that range).
NO_SEGMENTS = frozenset({0x00, 0xD9, 0xDA, 0xFF})  # nothing, the end, the picture itself, fill alone
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
    raise Refused("damaged")


def check_jpeg(file: IO[bytes]) -> list[str]:
    """Walk the segments as far as the frame header."""
    file.seek(2)
    for _number in range(MOST_CHUNKS):
        marker, head = _marker(file), file.read(2)
        length = int.from_bytes(head)
        if marker in NO_SEGMENTS or length < 2:
            break
        if marker in FRAMES:
            frame = file.read(5)
            _check_pixels(int.from_bytes(frame[3:]), int.from_bytes(frame[1:3]))
            return []
        file.seek(length - 2, 1)
    raise Refused("damaged")


def _marker(file: IO[bytes]) -> int:
    """The code of the next segment, fill bytes before it left out; 0 where none comes."""
    code = file.read(1)
    if code != b"\xff":
        return 0
    for _number in range(MOST_CHUNKS):
        code = file.read(1)
        if code != b"\xff":
            break
    return int.from_bytes(code)


def _check_pixels(width: int, height: int) -> None:
    if not width or not height:
        raise Refused("damaged")
    if width * height > MOST_PIXELS:
        raise Refused("pixels")
