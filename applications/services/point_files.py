"""A file of a point of a request, until the answers are sent: taken out, replaced, described."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import DocumentFacts, PointFile, RequestPoint
from applications.queries.law import slot_of
from applications.services.evidence import taken_in
from applications.services.files import carry_over, write_facts
from applications.services.guard import insist
from applications.services.limits import insist_fits, insist_on_room
from applications.services.requests import allow_point, open_point
from documents.models import Document


def detach_from_point(*, actor: Any, point: RequestPoint, document: Document) -> Document:
    """Take a document out of the answer to a point. Its row stays, marked as removed; so does the file."""
    with transaction.atomic():
        _case, fresh = open_point(actor, point)
        _take_out(_held(fresh, document))
    return document


def replace_in_point(
    *, actor: Any, point: RequestPoint, document: Document, upload: Any, name: str
) -> Document:
    """Take in a newer version of a file, in its place.

    Effects in order: receive the document at the end of the chain of versions; put it in the place of the one
    before, also in the list; carry over what was said of the file, but for what is a version's own
    (certification and dates). Raises documents.errors.Rejected, NotAllowed or NotReady.
    """
    case = point.request.application
    allow_point(actor, case, point)
    slot = slot_of(case, point.requirement)
    insist_on_room(case, PointFile.objects.none(), slot=slot, adding=False)
    about: dict[str, Any] = {"actor": actor, "upload": upload, "name": name, "slot": slot}
    with taken_in(**about, supersedes=document, case_id=case.pk) as newest:
        _case, fresh = open_point(actor, point)
        if fresh.files.filter(document=newest, removed_at=None).exists():
            return newest  # what came in pieces was finished twice
        insist_fits(slot, newest)
        before = _held(fresh, document)
        _take_out(before)
        file = PointFile.objects.create(point=fresh, document=newest)
        PointFile.objects.filter(pk=file.pk).update(added_at=before.added_at)
        carry_over(newest, actor)
    return newest


def describe_in_point(
    *, actor: Any, point: RequestPoint, document: Document, expected_version: int, **said: Any
) -> DocumentFacts:
    """Say what a file is, as ``applications.services.files.describe``. Raises NotAllowed, NotReady or
    Conflict.
    """
    with transaction.atomic():
        _case, fresh = open_point(actor, point)
        _held(fresh, document)
        return write_facts(document, actor, expected_version=expected_version, **said)


def _held(point: RequestPoint, document: Document) -> PointFile:
    file = point.files.filter(document=document, removed_at=None).first()
    insist(file, _("This file is not part of the answer any more."))
    assert file is not None
    return file


def _take_out(file: PointFile) -> None:
    file.removed_at = timezone.now()
    file.save(update_fields=["removed_at"])
