"""Writing an export outside of the request. One worker at a time, to the end, whatever dies on the way."""

import hashlib
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO, Any, NamedTuple

from django.db import connection, transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation

from accounts.actors import System
from accounts.models import User
from applications.models import Export, ExportPiece
from applications.pipeline import queries
from applications.pipeline.exports import sheets
from applications.pipeline.exports.lists import LISTS, PORTION
from applications.pipeline.services import account_of
from applications.queries.passages import ZONE
from applications.runs import end_of
from audit.services import record
from notifications.services import tell
from regulators.models import LicenceType

log = logging.getLogger(__name__)
PIECE = 256 * 1024
TRIES = 3
# A policy of ours: a copy of so many names lies about no longer.
KEPT_FOR = timedelta(days=7)
LOCK = "applications_export"
WORKER = System("exports")


class Filled(NamedTuple):
    rows: int
    licence_types: set[int]


class Stopped(Exception):  # noqa: N818
    """Why it cannot be written: one of ``Export.PROBLEMS``."""


def write_all() -> int:
    """Go on with everything that waits, the oldest first; how many were written."""
    waiting = Export.objects.filter(status__in=Export.WAITING).order_by("pk")
    return sum(write(export_id=pk) for pk in list(waiting.values_list("pk", flat=True)))


def write(*, export_id: Any) -> bool:
    """Write one export; whether it was written now. It may be called again after any crash, and by two
    workers at once: one of them has it, as long as its connection to the database stands. Call it outside a
    transaction.

    Effects in order: take it, or leave it where it is over or another worker has it (committed); read the
    rows and write them into a temporary file, with the number of rows so far (committed at times); in one
    transaction keep the file, say that it is ready, append the audit event, tell its owner. What fails is
    tried again by the timer, three times in all; then its owner is told.
    """
    with _alone(export_id) as is_mine:
        export = _taken(export_id) if is_mine else None
        return export is not None and _write(export)


@contextmanager
def _alone(export_id: Any) -> Iterator[bool]:
    """Whether this process has the export. PostgreSQL frees the lock of a process that is gone."""
    key = [LOCK, export_id]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s::int)", key)
        is_mine = cursor.fetchone()[0]
    try:
        yield is_mine
    finally:
        if is_mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s::int)", key)


@transaction.atomic
def _taken(export_id: Any) -> Export | None:
    """One that was cut off too often is given up."""
    export = _locked(export_id)
    if export is None or export.status not in Export.WAITING:
        return None
    if export.tries >= TRIES:
        _give_up(export, Export.BROKEN)
        return None
    export.status, export.tries, export.rows_done = Export.RUNNING, export.tries + 1, 0
    export.save(update_fields=["status", "tries", "rows_done"])
    return export


def _locked(export_id: Any) -> Export | None:
    found = Export.objects.select_for_update(of=("self",)).select_related("owner")
    return found.filter(pk=export_id).first()


def _write(export: Export) -> bool:
    try:
        with tempfile.TemporaryFile() as file, translation.override(export.language):
            _keep(export.pk, file, _fill(file, export))
    except Stopped as stopped:
        _end(export.pk, str(stopped))
        return False
    except Exception:
        log.exception("Export %s could not be written", export.pk)
        _end(export.pk, Export.BROKEN if export.tries >= TRIES else "")
        return False
    return True


def _fill(file: IO[bytes], export: Export) -> Filled:
    """Raises Stopped."""
    owner = User.objects.get(pk=export.owner_id)  # afresh: what this person may is remembered on the object
    if not owner.is_active or not queries.managed_by(owner):
        raise Stopped(Export.NO_RIGHTS)
    listed, now = LISTS[export.what], timezone.now()
    form = listed.form(QueryDict(export.query), owner, timezone.localdate(now))
    if not form.is_valid():
        raise Stopped(Export.NO_FILTER)
    found, types = listed.found(form, owner), set[int]()
    Export.objects.filter(pk=export.pk).update(rows_of=found.order_by().count())
    rows = sheets.licence_types(listed.rows(found, owner), listed.type_of, types)
    about = sheets.About(
        title=listed.title,
        filters=export.query,
        in_words=listed.in_words(form),
        by=owner.full_name,
        as_at=now,
    )
    rows = _counted(export, rows)
    return Filled(sheets.write(file, export.format, columns=listed.columns, rows=rows, about=about), types)


def _counted(export: Export, rows: Iterator[Any]) -> Iterator[Any]:
    """The same rows; how many there were is written down now and then."""
    for number, row in enumerate(rows, start=1):
        yield row
        if number % PORTION == 0:
            Export.objects.filter(pk=export.pk).update(rows_done=number)


@transaction.atomic
def _keep(export_id: Any, file: IO[bytes], filled: Filled) -> None:
    export = _locked(export_id)
    if export is None or export.status != Export.RUNNING:
        return
    rows, of_types = filled.rows, LicenceType.objects.filter(pk__in=filled.licence_types)
    export.regulators = sorted(of_types.values_list("regulator_id", flat=True).distinct())
    export.size, export.sha256 = _keep_pieces(export, file)
    export.status, export.rows_done, export.rows_of = Export.DONE, rows, rows
    export.ended_at = timezone.now()
    export.expires_at = end_of(timezone.localdate(export.ended_at, ZONE) + KEPT_FOR)
    export.save()
    noted = {**export.noted, "rows": rows, "sha256": export.sha256}
    record(subject=account_of(export.owner), kind="pipeline.export_written", actor=WORKER, data=noted)
    _tell(export, "internal_export_ready", lines=rows, due=timezone.localdate(export.expires_at, ZONE))


def _keep_pieces(export: Export, file: IO[bytes]) -> tuple[int, str]:
    """The size of the file and its SHA-256."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    for number, content in enumerate(iter(lambda: file.read(PIECE), b"")):
        ExportPiece.objects.create(export=export, number=number, content=content)
        digest.update(content)
        size += len(content)
    return size, digest.hexdigest()


@transaction.atomic
def _end(export_id: Any, problem: str) -> None:
    """Not written: it waits for the timer, or where there is a problem it is given up."""
    export = _locked(export_id)
    if export is None or export.status != Export.RUNNING:
        return
    if problem:
        _give_up(export, problem)
        return
    export.status = Export.QUEUED
    export.save(update_fields=["status"])


def _give_up(export: Export, problem: str) -> None:
    export.status, export.problem, export.ended_at = Export.FAILED, problem, timezone.now()
    export.save(update_fields=["status", "problem", "ended_at"])
    noted = {**export.noted, "problem": problem}
    record(subject=account_of(export.owner), kind="pipeline.export_failed", actor=WORKER, data=noted)
    _tell(export, "internal_export_failed")


def _tell(export: Export, template: str, **context: Any) -> None:
    """Once for each time it was asked for."""
    tell(
        to=export.owner,
        template=template,
        context=context,
        subject_ref="",
        key=f"export:{export.pk}:{export.asked_at.isoformat()}:{template}",
        internal=True,
        url=reverse("pipeline:exports"),
    )


def sweep() -> int:
    """Delete the files whose time is over; how many there were."""
    over = Export.objects.filter(status=Export.DONE, expires_at__lte=timezone.now())
    return sum(_expire(pk) for pk in list(over.values_list("pk", flat=True)))


@transaction.atomic
def _expire(export_id: Any) -> bool:
    export = _locked(export_id)
    if export is None or export.status != Export.DONE:
        return False
    export.pieces.all().delete()
    export.status = Export.EXPIRED
    export.save(update_fields=["status"])
    record(subject=account_of(export.owner), kind="pipeline.export_expired", actor=WORKER, data=export.noted)
    return True
