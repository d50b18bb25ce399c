"""Proof, before any file is called clean, that the scanner finds what it must find."""

import io
import zipfile
from functools import cache

from django.conf import settings

from documents.clamd import Clamd
from documents.models import Status
from documents.signatures import eicar
from documents.verdicts import verdict

DEEPER_THAN_ANY_LIMIT = 120
ENCRYPTED = 0x1


class ProbeFailed(Exception):  # noqa: N818
    """The scanner answers, and its answers may not be trusted. The message says which setting to mend."""


@cache
def probe(clamd: Clamd) -> None:
    """Scan made samples; raises ProbeFailed at the first wrong reply. A pass is remembered for this
    process."""
    _expect(clamd, eicar(), Status.INFECTED, "it does not find the EICAR test pattern: check its signatures")
    _expect(clamd, locked_zip(), Status.UNCHECKABLE, "it passes locked archives: set AlertEncrypted yes")
    _expect(
        clamd, nested_zip(), Status.UNCHECKABLE, "it passes what is over its limits: set AlertExceedsMax yes"
    )
    _expect(
        clamd,
        bytes(settings.DOCUMENT_MAX_BYTES),
        Status.CLEAN,
        "it does not take files of DOCUMENT_MAX_BYTES: raise StreamMaxLength, MaxFileSize and MaxScanSize",
    )


def _expect(clamd: Clamd, sample: bytes, status: Status, otherwise: str) -> None:
    reply = clamd.scan(io.BytesIO(sample))
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
