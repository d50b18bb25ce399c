"""Several files as one ZIP, made while it is sent: nothing of it is kept, in memory or on the disk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone

BIG = 2**31 - 2**20  # from here on a member needs the larger form, which its header has to say at once
ONLY_MINE = 0o600 << 16


@dataclass(frozen=True, kw_only=True)
class Member:
    """``path`` with slashes; ``chunks`` come to ``size`` bytes."""

    path: str
    at: datetime
    size: int
    chunks: Iterable[bytes]


def zipped(members: Iterable[Member]) -> Iterator[bytes]:
    """The bytes of the ZIP, as they come. Not compressed: most of what is kept here is already, and a bomb
    needs compression.
    """
    written = _Written()
    with ZipFile(written, "w", ZIP_STORED) as archive:  # type: ignore[call-overload]
        for member in members:
            info = ZipInfo(member.path, timezone.localtime(member.at).timetuple()[:6])
            info.external_attr = ONLY_MINE
            with archive.open(info, "w", force_zip64=member.size >= BIG) as target:
                for chunk in member.chunks:
                    target.write(chunk)
                    yield written.taken()
            yield written.taken()
    yield written.taken()


class _Written:
    """What was written and not yet taken. It cannot tell or seek, so the archive is one that streams."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        found, self.parts = b"".join(self.parts), []
        return found
