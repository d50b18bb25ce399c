"""What the content of an uploaded file says, found out by a process with limits."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings

from documents import words
from documents.confined import Broken, Running, Stopped, running
from documents.errors import Rejected
from documents.kinds import HEAD, OLE, Kind, check_start, wrong_type

log = logging.getLogger(__name__)
WAIT = 30  # seconds; longer than those before take at most
places = threading.BoundedSemaphore(settings.EXAMINATIONS_AT_ONCE)


@dataclass(frozen=True)
class Content:
    kind: Kind
    active: list[str]  # what runs by itself in it, by codes
    headings: list[str]  # the texts in the first row of a workbook's first sheet
    is_filled: bool | None = None  # whether something stands below them; None: not known, or no workbook


@contextmanager
def examination(file: IO[bytes], *, name: str, declared_type: str = "") -> Iterator[Callable[[], Content]]:
    """Gives what waits for the content of a file on a disk. The block may read the file meanwhile. Name,
    declared type and content must agree. Of one web process only so many go on at once; others wait.

    Raises Rejected with words that say how to mend it, or documents.confined.Broken.
    """
    file.seek(0)
    head = file.read(HEAD)
    kind = None if head.startswith(OLE) else check_start(head, name=name, declared_type=declared_type)
    file.seek(0)
    limits = settings.EXAMINATION_SECONDS, settings.EXAMINATION_MEMORY_MB
    about: dict[str, Any] = {"given": file, "limits": limits}
    with _place(), running("examine", kind.extension if kind else "ole", **about) as process:
        yield lambda: _found(process, kind)


@contextmanager
def _place() -> Iterator[None]:
    if not places.acquire(timeout=WAIT):
        raise Broken(f"no place was free within {WAIT} seconds")
    try:
        yield
    finally:
        places.release()


def _found(process: Running, kind: Kind | None) -> Content:
    try:
        said = json.loads(process.result())
    except Stopped as stopped:
        log.warning("An uploaded file was not looked into: %s", stopped)
        raise _refused("heavy") from None
    if kind is None or "refused" in said:
        raise _refused(said["refused"])
    return Content(kind, said["active"], said["headings"], said["filled"])


def _refused(code: str) -> Rejected:
    return wrong_type() if code == "wrong_type" else Rejected(code, str(words.REFUSED[code]))
