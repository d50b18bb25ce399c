"""Walks the chains and names the first bad row of each; reads as a stream, so memory does not grow with
the record.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from audit.anchors import Anchor, Damaged, newest, read
from audit.canonical import hash_of
from audit.models import START, Event
from audit.streams import paired

BATCH = 500
COLUMNS = [str(field.column) for field in Event._meta.concrete_fields]
WALK = f"""
    SELECT coalesce(c.subject, e.subject) COLLATE "C" AS chain, c.length, c.head,
        {", ".join("e." + column for column in COLUMNS)}
    FROM (SELECT * FROM audit_chain {{one}}) c
    FULL JOIN (SELECT * FROM audit_event {{one}}) e ON e.subject = c.subject
    ORDER BY chain, e.number
"""  # noqa: S608 - column names of our own model


@dataclass(frozen=True)
class Fault:
    """The first bad row of a chain. Row 0 is the chain, or the anchor file, as a whole."""

    subject: str
    number: int
    text: str

    def __str__(self) -> str:
        return (
            f"{self.subject} row {self.number}: {self.text}"
            if self.number
            else f"{self.subject}: {self.text}"
        )


@dataclass(frozen=True)
class Row:
    chain: str
    length: int | None
    head: str
    event: Event | None


def faults(subject: str = "", *, seen: Counter[str] | None = None) -> Iterator[Fault]:
    """The first fault of every bad chain, in order of subject; nothing where all is well.

    Each chain is held against itself, against its head row, and against the newest anchor file. ``seen``
    counts the chains and the events that were read, and the anchors they were held against.
    """
    counts: Counter[str] = Counter() if seen is None else seen
    path = newest()  # opened before the first row: a head anchored meanwhile would look like a cut tail
    anchors: Iterable[Anchor] = ()
    try:
        anchors = read(path) if path else ()
    except Damaged as damage:
        yield Fault(path.name if path else "", 0, str(damage))
    with _snapshot():
        rows = groupby(_rows(subject), key=lambda row: row.chain)
        pairs = paired(
            rows,
            _about(subject, anchors),
            left_key=lambda group: group[0],
            right_key=lambda anchor: anchor.subject,
        )
        for group, anchor in pairs:
            counts["anchors"] += anchor is not None
            fault = _fault(*group, anchor, counts) if group else _gone(anchor)
            if fault:
                yield fault


def _about(subject: str, anchors: Iterable[Anchor]) -> Iterator[Anchor]:
    return (anchor for anchor in anchors if subject in ("", anchor.subject))


def _fault(chain: str, rows: Iterable[Row], anchor: Anchor | None, counts: Counter[str]) -> Fault | None:
    counts["chains"] += 1
    number, previous, length, head = 0, START, None, ""
    for row in rows:
        length, head = row.length, row.head
        if row.event is None:
            break
        counts["events"] += 1
        text = _bad_row(row, number, previous)
        if text:
            return Fault(chain, *text)
        number, previous = row.event.number, row.event.hash
        if anchor and number == anchor.length and previous != anchor.head:
            return Fault(
                chain, number, "this is not the row that was anchored; it or one before it was rewritten"
            )
    if anchor and number < anchor.length:
        return Fault(
            chain, number + 1, f"the tail was cut: {anchor.length} rows were anchored, {number} are here"
        )
    if length is None:
        return Fault(chain, 0, "the chain has rows and no head")
    if number < length:
        return Fault(chain, number + 1, f"the tail was cut: the head says {length} rows, {number} are here")
    if head != previous:
        return Fault(chain, number, "this row is not the one that the head was taken from")
    return None


def _bad_row(row: Row, number: int, previous: str) -> tuple[int, str] | None:
    event: Any = row.event
    if event.number != number + 1:
        return number + 1, f"missing: row {event.number} follows row {number}"
    if event.hash != hash_of(event):
        return event.number, "edited: its content does not give its hash"
    if event.previous_hash != previous and number == 0:
        return 1, "not a first row: it was written after another one"
    if event.previous_hash != previous:
        return number, f"replaced: row {event.number} was written after another row {number}"
    if row.length is not None and event.number > row.length:
        return event.number, f"inserted: the head says {row.length} rows"
    return None


def _gone(anchor: Anchor | None) -> Fault:
    assert anchor is not None
    return Fault(anchor.subject, 1, f"the whole chain is gone: {anchor.length} rows were anchored")


def _rows(subject: str) -> Iterator[Row]:
    query = WALK.format(one="WHERE subject = %s" if subject else "")
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, [subject, subject] if subject else [])
        while batch := cursor.fetchmany(BATCH):
            for chain, length, head, *values in batch:
                yield Row(chain, length, head, _event(values))


def _event(values: list[Any]) -> Event | None:
    content = dict(zip(COLUMNS, values, strict=True))
    if content["id"] is None:
        return None
    content["data"] = json.loads(content["data"])
    return Event(**content)


@contextmanager
def _snapshot() -> Iterator[None]:
    """One view of the database for the whole walk, however long it takes."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
