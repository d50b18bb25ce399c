"""Destroying the documents of a case that two people decided on: file by file, to the end."""

import logging
from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import timezone

from applications.models import Application, DestroyedFile, Destruction, DocumentFacts
from applications.queries import retention as queries
from applications.rules import RETENTION
from applications.services.destroyed import certify
from applications.services.retention import clear
from audit.services import record
from documents.models import Document
from documents.services import destroying
from workflow import services as workflow
from workflow.errors import Refused
from workflow.services import Change, lock

NOT_SAID = "-"
log = logging.getLogger(__name__)
UNSETTLED = {"destroyed_at": None, "spared_at": None}


def wake(destruction_id: Any) -> None:
    """Send for the worker after commit; where the broker is down, the timer finds what was confirmed."""
    task, args = "applications.tasks.carry_out", [destruction_id]
    transaction.on_commit(lambda: current_app.send_task(task, args), robust=True)


def carry_out_all() -> int:
    """Go on with everything that was confirmed and is not over; of how many some is left."""
    confirmed = Destruction.objects.filter(state=Destruction.CONFIRMED)
    ids = list(confirmed.order_by("confirmed_at", "pk").values_list("pk", flat=True))
    return sum(not carry_out(destruction_id=pk) for pk in ids)


def carry_out(*, destruction_id: Any) -> bool:
    """Destroy the documents of one destruction that was confirmed; whether it is over. It may be called again
    after any crash, and by two workers at once. Call it outside a transaction.

    Effects in order: in one transaction lock the case, ask again whether it is due and under no hold, list
    the documents that no other case keeps, and announce them; then each in a transaction of its own, under
    the lock of every case that it was given to: ask all of this again, remove the bytes and say so, and what
    the firm said of the file goes too; what may not go any more is spared. When each is settled: the
    certificate, the end of the destruction, the audit event with the digest of the list. A file that the
    store could not remove waits for the next time, and the others do not wait for it.
    """
    _take_up(destruction_id)
    files = DestroyedFile.objects.filter(destruction=destruction_id, **UNSETTLED)
    for pk in list(files.values_list("pk", flat=True)):
        try:
            _settle(pk)
        except Exception:
            log.exception("A file of destruction %s could not be settled; it is tried again", destruction_id)
    return _finish(destruction_id)


@transaction.atomic(durable=True)
def _take_up(destruction_id: Any) -> None:
    destruction = lock(Destruction, destruction_id)
    if (
        destruction.state != Destruction.CONFIRMED
        or destruction.files.exists()
        or not _may_go_on(destruction)
    ):
        return
    case = destruction.application
    documents = destroying.lock(queries.documents_of([case.pk]).get(case.pk, ()))
    free = queries.free_of(case)
    taken = [one for one in documents if one.pk in free and one.destroying_at is None]
    DestroyedFile.objects.bulk_create(
        DestroyedFile(destruction=destruction, document=document) for document in taken
    )
    destroying.announce(documents=taken)
    record(
        subject=case.audit_subject,
        kind="destruction.begin",
        actor=RETENTION,
        data={"of": destruction.record_name, "files": len(taken)},
    )


@transaction.atomic(durable=True)
def _settle(pk: Any) -> None:
    file = DestroyedFile.objects.get(pk=pk)
    _lock_cases(file)
    destruction = lock(Destruction, file.destruction_id)
    destroying.lock([file.document_id])
    file.refresh_from_db()
    if file.destroyed_at or file.spared_at:
        return
    why = destruction.record_name
    settle = destroying.destroy if _goes(destruction, file.document_id) else destroying.spare
    if not settle(document_id=file.document_id, actor=RETENTION, why=why):
        return
    file.destroyed_at = Document.objects.values_list("destroyed_at", flat=True).get(pk=file.document_id)
    file.spared_at = None if file.destroyed_at else timezone.now()
    file.save(update_fields=["destroyed_at", "spared_at"])
    if file.destroyed_at:
        _forget_what_was_said(file.document_id)


def _forget_what_was_said(document_id: Any) -> None:
    """But for a claim of confidentiality, which may shut an earlier version that is kept."""
    said = DocumentFacts.objects.filter(document=document_id)
    said.filter(confidential=False).delete()
    unsaid = {name: getattr(DocumentFacts(), name) for name in DocumentFacts.SAID}
    said.update(**unsaid | {"confidential": True, "confidential_why": NOT_SAID})


def _lock_cases(file: DestroyedFile) -> None:
    """Each that the document was given to, in one order for all: none comes under a hold meanwhile."""
    cases = queries.cases_of([file.document_id])[file.document_id]
    list(Application.objects.select_for_update(of=("self",)).filter(pk__in=cases).order_by("pk"))


def _may_go_on(destruction: Destruction) -> bool:
    if destruction.stopped_at or queries.is_held(destruction.application):
        return False
    until = queries.kept_until(destruction.application)
    return until is not None and until < timezone.localdate()


def _goes(destruction: Destruction, document_id: Any) -> bool:
    case = destruction.application_id
    return _may_go_on(destruction) and bool(queries.free({case: {document_id}})[case])


def _finish(destruction_id: Any) -> bool:
    destruction = Destruction.objects.get(pk=destruction_id)
    if destruction.state != Destruction.CONFIRMED:
        return True
    if destruction.files.filter(**UNSETTLED).exists():
        return False
    try:
        workflow.perform(
            Destruction, destruction.pk, "finish", actor=RETENTION, expected_version=destruction.version
        )
    except Refused as refusal:
        log.warning("Destruction %s is not over yet: %s", destruction.pk, refusal)
        return False
    return True


def after_destruction(change: Change) -> dict[str, Any]:
    """What follows from an act on a destruction, in its transaction: the worker is woken for what was
    confirmed; what is over gets its certificate, and a case of which nothing is left is not looked at again.
    """
    destruction: Destruction = change.instance
    if change.act.name == "destroy":
        wake(destruction.pk)
    if change.act.name != "finish":
        return {}
    case = destruction.application
    if not queries.documents_of([case.pk]):
        clear(case)
    gone = list(destruction.files.filter(destroyed_at__isnull=False).select_related("document"))
    noted: dict[str, Any] = {"files": len(gone), "spared": destruction.files.count() - len(gone)}
    if not gone:
        return noted
    certificate = certify(destruction, gone)
    return {**noted, "certificate": certificate.pk, "sha256": certificate.sha256}
