"""What the pipeline writes when a list leaves the house, or is to."""

from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, ngettext

from accounts.models import User
from applications.models import Export
from audit.services import Actor, record
from workflow.errors import NotReady

# A policy of ours: who asks for more waits for what was asked for.
AT_ONCE = 3
TASK = "applications.tasks.write_export"


def account_of(user: Actor) -> str:
    return f"account:{user.pk or user.audit_name}"


@transaction.atomic
def record_export(*, actor: Actor, what: str, form: str, filters: str, rows: int) -> None:
    """Record in the chain of the account that this list was exported, and how long it was."""
    record(
        subject=account_of(actor),
        kind="pipeline.export",
        actor=actor,
        data={"list": what, "format": form, "filters": filters, "rows": rows},
    )


@transaction.atomic
def ask_for_export(*, owner: User, what: str, form: str, query: str, words: list[str], rows: int) -> Export:
    """Ask for a list that is written in the background, in the language in use.

    Effects in order: lock the account; write the row; append the audit event; send for the worker after
    commit. Raises NotReady while three of theirs wait.
    """
    _insist_on_room(owner)
    export = Export.objects.create(
        owner=owner, what=what, format=form, query=query, words=words, rows_of=rows,
        language=(get_language() or settings.LANGUAGE_CODE)[:2], asked_at=timezone.now(),
    )  # fmt: skip
    _ask(export, "pipeline.export_asked")
    return export


@transaction.atomic
def retry_export(*, owner: User, export_id: Any) -> Export:
    """Ask once more for a list of theirs that was not written; one that did not fail stays as it is. Effects
    as of ``ask_for_export``.

    Raises Export.DoesNotExist for what is not theirs, NotReady while three of theirs wait.
    """
    _insist_on_room(owner)
    export = Export.objects.select_for_update().get(pk=export_id, owner=owner)
    if export.status != Export.FAILED:
        return export
    export.status, export.problem, export.tries, export.rows_done = Export.QUEUED, "", 0, 0
    export.asked_at, export.ended_at = timezone.now(), None
    export.save()
    _ask(export, "pipeline.export_retried")
    return export


@transaction.atomic
def record_opened(*, actor: User, export: Export) -> None:
    """Record that the file was opened by its owner."""
    record(
        subject=account_of(actor),
        kind="pipeline.export_opened",
        actor=actor,
        data={**export.noted, "rows": export.rows_done},
    )


def _insist_on_room(owner: User) -> None:
    User.objects.select_for_update().get(pk=owner.pk)
    waiting = Export.objects.filter(owner=owner, status__in=Export.WAITING).count()
    if waiting >= AT_ONCE:
        words = ngettext(
            "%(most)s list of yours is being written. Wait until it is ready, then ask again.",
            "%(most)s lists of yours are being written. Wait until one is ready, then ask again.",
            AT_ONCE,
        )
        raise NotReady([words % {"most": AT_ONCE}])


def _ask(export: Export, kind: str) -> None:
    """Where the broker is down, the timer finds what waits."""
    data = {**export.noted, "rows": export.rows_of}
    record(subject=account_of(export.owner), kind=kind, actor=export.owner, data=data)
    transaction.on_commit(lambda: current_app.send_task(TASK, [export.pk]), robust=True)
