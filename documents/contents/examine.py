"""What the content of one file is: ``examine KIND``, the file on standard input. Says as JSON what runs by
itself in it, the headings of a sheet, and whether it is filled in; or the code of the refusal.
"""

import codecs
import importlib
import io
import json
import os
import sys
from typing import IO, Any

from documents.contents import start
from documents.contents.refused import Refused

# The module and the function that look into a kind of file. One kind loads no more than its own.
EXAMINERS = {
    "pdf": ("pdf", "check"),
    "docx": ("office", "check_docx"),
    "xlsx": ("office", "check_xlsx"),
    "png": ("pictures", "check_png"),
    "jpg": ("pictures", "check_jpeg"),
    "csv": ("text", "check"),
    "txt": ("text", "check"),
    "ole": ("office", "check_old"),
}
SHEETS = {"xlsx": ("sheet", "headings")}
FILLED = {"xlsx": ("sheet", "is_filled")}
CODINGS = ("ascii", "cp437", "utf-8", "utf-16-le", "utf-16-be")


class Given(io.RawIOBase):
    """The file on standard input, read without moving the place at which whoever gave it reads."""

    at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        ends = {os.SEEK_SET: 0, os.SEEK_CUR: self.at, os.SEEK_END: os.fstat(0).st_size}
        self.at = offset + ends[whence]
        if self.at < 0:
            raise ValueError("before the start of the file")
        return self.at

    def readinto(self, buffer: Any) -> int:
        count = os.preadv(0, [buffer], self.at)
        self.at += count
        return count


def prepare(kind: str) -> None:
    """Load what Python loads when it is first needed: by then nothing more can be opened."""
    for table in (EXAMINERS, SHEETS, FILLED):
        if kind in table:
            _function(*table[kind])
    for coding in CODINGS:
        codecs.lookup(coding)


def examined(file: IO[bytes], kind: str) -> dict[str, Any]:
    """Raises Refused."""
    file.seek(0)
    active = _function(*EXAMINERS[kind])(file)
    headings = _function(*SHEETS[kind])(file) if kind in SHEETS else []
    filled = _function(*FILLED[kind])(file) if kind in FILLED else None
    return {"active": active, "headings": headings, "filled": filled}


def _function(module: str, name: str) -> Any:
    return getattr(importlib.import_module(f"documents.contents.{module}"), name)


def main(kind: str) -> None:
    prepare(kind)
    start.open_no_more()
    try:
        said: Any = examined(io.BufferedReader(Given()), kind)
    except Refused as refused:
        said = {"refused": refused.code}
    sys.stdout.write(json.dumps(said))
