"""A picture of the first page of a file, drawn by a process that may take only so much time and memory."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from django.conf import settings

from documents.first_page import SIZES

# Kind of file to the name that typst has for it. The others have no preview.
DRAWN = {"pdf": "pdf", "png": "png", "jpg": "jpg"}
SCRIPT = Path(__file__).parent / "first_page.py"
# No setting and no secret reaches the process; it takes one thread, which is what the limits are made for.
SURROUNDINGS = {"RAYON_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
GRACE = 10  # a process that waits uses no time of the processor
MAGIC = b"\x89PNG\r\n\x1a\n"


class NoPreview(Exception):  # noqa: N818
    """No picture could be made of the file. The message says what happened, for the log and the record."""


def pictures_of(file: IO[bytes], *, extension: str) -> dict[str, bytes]:
    """A PNG for each of SIZES. Raises NoPreview."""
    with tempfile.TemporaryDirectory(prefix="preview-") as name:
        folder = Path(name)
        with (folder / "in").open("wb") as copy:
            shutil.copyfileobj(file, copy)
        _draw(folder, DRAWN[extension])
        return {size: _picture(folder / f"{size}.png") for size in SIZES}


def _draw(folder: Path, kind: str) -> None:
    limits = [str(settings.PREVIEW_MEMORY_MB), str(settings.PREVIEW_SECONDS)]
    try:
        ended = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(SCRIPT), kind, *limits],
            cwd=folder,
            env=SURROUNDINGS,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=settings.PREVIEW_SECONDS + GRACE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoPreview("took too long") from None
    if ended.returncode < 0:
        raise NoPreview(f"stopped by signal {-ended.returncode}")
    if ended.returncode:
        raise NoPreview("cannot be drawn")


def _picture(path: Path) -> bytes:
    picture = path.read_bytes() if path.is_file() else b""
    if not picture.startswith(MAGIC):
        raise NoPreview("no picture came out")
    return picture
