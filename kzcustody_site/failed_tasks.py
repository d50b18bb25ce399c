"""Tasks that were given up are counted, so that somebody sees them; their words are in the log."""

from django.db import connection
from django.db.models import F
from django.utils import timezone

from kzcustody_site.models import FailedTask


def note(*, task: str, error: str) -> None:
    """Also called by the process that starts the others: it keeps no connection for them to inherit."""
    row, _is_new = FailedTask.objects.get_or_create(task=task[:200], day=timezone.localdate())
    FailedTask.objects.filter(pk=row.pk).update(
        count=F("count") + 1, last_at=timezone.now(), last_error=error[:100]
    )
    if not connection.in_atomic_block:
        connection.close()
