"""A picture of the first page of a file, drawn by a process that may take only so much time and memory."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from documents.confined import Broken, Stopped, running
from documents.contents.first_page import SIZES

# Kind of file to the name that typst has for it. The others have no preview.
DRAWN = {"pdf": "pdf", "png": "png", "jpg": "jpg"}
MAGIC = b"\x89PNG\r\n\x1a\n"


class NoPreview(Exception):  # noqa: N818
    """No picture could be made of the file. The message says what happened, for the log and the record."""


@dataclass(frozen=True)
class Pictures:
    by_size: dict[str, bytes]  # a PNG for each of SIZES
    pages: int | None = None  # how many the file has; None where they could not be counted


def pictures_of(file: IO[bytes], *, extension: str) -> Pictures:
    """Raises NoPreview."""
    limits = settings.PREVIEW_SECONDS, settings.PREVIEW_MEMORY_MB
    with tempfile.TemporaryDirectory(prefix="preview-") as name:
        folder = Path(name)
        with (folder / "in").open("wb") as copy:
            shutil.copyfileobj(file, copy)
        try:
            with running("first_page", DRAWN[extension], folder=folder, limits=limits) as process:
                process.result()
        except Stopped as stopped:
            raise NoPreview(str(stopped)) from None
        except Broken:
            raise NoPreview("cannot be drawn") from None
        pictures = {size: _picture(folder / f"{size}.png") for size in SIZES}
        return Pictures(pictures, _pages(folder / "pages") if extension == "pdf" else 1)


def _pages(path: Path) -> int | None:
    return int(path.read_text()) if path.is_file() else None


def _picture(path: Path) -> bytes:
    picture = path.read_bytes() if path.is_file() else b""
    if not picture.startswith(MAGIC):
        raise NoPreview("no picture came out")
    return picture
