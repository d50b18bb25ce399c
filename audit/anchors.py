"""The heads of all chains, written once a day outside the database, so that a cut or rewritten chain is
found out.

A file is JSON lines: one head a line, sorted by subject, and a last line with the SHA-256 of all lines
before it.
"""

import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db.models.functions import Collate
from django.utils import timezone

from audit.models import Chain, Event
from audit.streams import paired

log = logging.getLogger(__name__)
PATTERN = "heads-????-??-??.jsonl"


class Damaged(Exception):  # noqa: N818 - a finding, not a slip of the program
    """An anchor file is not what was written."""


@dataclass(frozen=True)
class Anchor:
    subject: str
    length: int
    head: str


def path_of(day: date) -> Path:
    return Path(settings.AUDIT_ANCHOR_DIR) / f"heads-{day.isoformat()}.jsonl"


def newest() -> Path | None:
    """The last day's file, or None where nothing was anchored yet."""
    return max(Path(settings.AUDIT_ANCHOR_DIR).glob(PATTERN), default=None)


def read(path: Path) -> Iterator[Anchor]:
    """The heads in a file, in order of subject. Raises Damaged at once if the file is not what was
    written.
    """
    file = path.open("rb")
    try:
        _prove(file)
    except Damaged:
        file.close()
        raise
    file.seek(0)
    return _heads(file)


def anchor_heads() -> Path:
    """Write today's file: the newest head of every chain, and for one that lost or changed what was
    anchored, the old head.

    Effects in order: read the newest file; compare each chain with it (a chain that is shorter, gone, or
    has another hash at the anchored length is an alarm in the log); write beside, flush to disk, rename.
    Running it again replaces today's file.
    """
    directory = Path(settings.AUDIT_ANCHOR_DIR)
    directory.mkdir(parents=True, exist_ok=True)
    with _alone(directory):
        target = path_of(timezone.localdate())
        _write(target, _kept_heads(_last_anchors()))
    return target


def _prove(file: BinaryIO) -> None:
    digest, last = hashlib.sha256(), b""
    for line in file:
        digest.update(last)
        last = line
    if last != _seal(digest.hexdigest()):
        raise Damaged(f"The anchor file {Path(file.name).name} is damaged: it is not what was written.")


def _heads(file: BinaryIO) -> Iterator[Anchor]:
    with file:
        for line in file:
            content = json.loads(line)
            if "sha256" not in content:
                yield Anchor(**content)


def _seal(digest: str) -> bytes:
    return json.dumps({"sha256": digest}).encode() + b"\n"


def _last_anchors() -> Iterator[Anchor]:
    """The heads anchored last; a damaged file is an alarm, is set aside, and the one before it counts."""
    while path := newest():
        try:
            return read(path)
        except Damaged as damage:
            log.error("AUDIT ALARM: %s", damage)
            path.rename(path.with_name(path.name + ".damaged"))
    return iter(())


def _kept_heads(anchored: Iterable[Anchor]) -> Iterator[Anchor]:
    chains = Chain.objects.order_by(Collate("subject", "C")).iterator(chunk_size=2000)
    pairs = paired(chains, anchored, left_key=lambda c: c.subject, right_key=lambda a: a.subject)
    for chain, anchor in pairs:
        if anchor is None:
            assert chain is not None
            yield Anchor(chain.subject, chain.length, chain.head)
        elif chain is None or not _holds(chain, anchor):
            found = chain.length if chain else 0
            log.error(
                "AUDIT ALARM: chain %s has %d rows and does not hold the head anchored at row %d; "
                "the anchor is kept",
                anchor.subject, found, anchor.length,
            )  # fmt: skip
            yield anchor
        else:
            yield Anchor(chain.subject, chain.length, chain.head)


def _holds(chain: Chain, anchor: Anchor) -> bool:
    """Whether the chain still has the anchored hash in the anchored place."""
    if chain.length <= anchor.length:
        return (chain.length, chain.head) == (anchor.length, anchor.head)
    return Event.objects.filter(subject=chain.subject, number=anchor.length, hash=anchor.head).exists()


def _write(target: Path, anchors: Iterable[Anchor]) -> None:
    """All or nothing: whoever opens the target finds the old file or the whole new one, after a power
    cut too.
    """
    beside = target.with_name(f".{target.name}.new")
    try:
        with beside.open("wb") as file:
            _write_lines(file, anchors)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    directory = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _write_lines(file: BinaryIO, anchors: Iterable[Anchor]) -> None:
    digest = hashlib.sha256()
    for anchor in anchors:
        line = json.dumps(asdict(anchor), ensure_ascii=False).encode() + b"\n"
        digest.update(line)
        file.write(line)
    file.write(_seal(digest.hexdigest()))


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One writer at a time on this machine."""
    with (directory / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
