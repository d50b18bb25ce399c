"""Proof, before any file is called clean, that the scanner finds what it must find."""

import io
import logging
import tempfile
import zipfile
from datetime import UTC, datetime
from functools import cache
from typing import IO

from django.conf import settings

from documents.clamd import Clamd, NoAnswer
from documents.models import Status
from documents.signatures import eicar
from documents.verdicts import verdict

log = logging.getLogger(__name__)
DEEPER_THAN_ANY_LIMIT = 120
ENCRYPTED = 0x1


class ProbeFailed(Exception):  # noqa: N818
    """The scanner answers, and its answers may not be trusted. The message says which setting to mend."""


@cache
def probe(clamd: Clamd) -> None:
    """Scan made samples; raises ProbeFailed at the first wrong reply. A pass is remembered for this
    process."""
    infected, uncheckable = Status.INFECTED, Status.UNCHECKABLE
    for sample, status, otherwise in (
        (eicar(), infected, "it does not find the EICAR test pattern: check its signatures"),
        (locked_zip(), uncheckable, "it passes locked archives: set AlertEncrypted yes"),
        (nested_zip(), uncheckable, "it passes what is over its limits: set AlertExceedsMax yes"),
    ):
        _expect(clamd, io.BytesIO(sample), status, otherwise)
    with tempfile.TemporaryFile() as zeros:
        zeros.truncate(settings.DOCUMENT_MAX_BYTES)
        _expect(
            clamd,
            zeros,
            Status.CLEAN,
            "it takes no files of DOCUMENT_MAX_BYTES: raise StreamMaxLength, MaxFileSize and MaxScanSize",
        )


def insist() -> None:
    """For a worker that starts: one with a scanner that may not be trusted ends at once. A scanner that does
    not answer may still be reading its signatures, and files wait for it.
    """
    if not settings.CLAMD_ADDRESS:
        return
    try:
        probe(Clamd(settings.CLAMD_ADDRESS, timeout=settings.CLAMD_TIMEOUT))
    except NoAnswer as error:
        log.warning("The virus scanner does not answer yet, and files wait for it: %s", error)
    except ProbeFailed as error:
        raise SystemExit(str(error)) from None


def signatures_of(clamd: Clamd) -> datetime | None:
    """When the scanner's signatures were made, as it says; None where it has none but ours."""
    _program, _dot, rest = clamd.version().partition("/")
    _number, _dot, made = rest.partition("/")
    return datetime.strptime(made, "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC) if made else None


def _expect(clamd: Clamd, sample: IO[bytes], status: Status, otherwise: str) -> None:
    reply = clamd.scan(sample)
    found = verdict(reply)
    if found is None or found[0] != status:
        raise ProbeFailed(f"The virus scanner may not be trusted: {otherwise}. It replied {reply!r}.")


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def locked_zip() -> bytes:
    """An archive that says of its one entry that it is encrypted, in both places where that is said."""
    plain = bytearray(zipped("locked.txt", b"nothing to see"))
    plain[6] |= ENCRYPTED
    plain[plain.index(b"PK\x01\x02") + 8] |= ENCRYPTED
    return bytes(plain)


def nested_zip() -> bytes:
    """Archives within archives, deeper than any scanner is set to follow."""
    content = b"the innermost file"
    for _level in range(DEEPER_THAN_ANY_LIMIT):
        content = zipped("inner.zip", content)
    return content
