"""Keeping in the row of a case where it stands."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Greatest

from applications.models import Application
from applications.queries.standing import LOOKING, computed
from audit.services import Actor

SUBJECT = "application:"


def on_event(*, subject: str, kind: str, actor: Actor, at: datetime) -> None:
    """At the end of an act on a case, in its transaction: keep where the case stands now. One query."""
    if not subject.startswith(SUBJECT) or kind in LOOKING:
        return
    now = computed()
    del now["active_at"]
    if actor.pk is not None:
        now["active_at"] = Greatest(F("active_at"), Value(at))
    Application.objects.filter(pk=uuid.UUID(subject.removeprefix(SUBJECT))).update(**now)


def keep(cases: Collection[Any]) -> int:
    """Keep anew where these cases stand (their keys), for rows that were written past the services. Returns
    how many there were.
    """
    return Application.objects.filter(pk__in=cases).update(**computed())
