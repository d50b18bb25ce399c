"""A page of the notice centre, whoever's notices they are."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from notifications.models import Message

SIZE = 20


def page_of(found: QuerySet[Message], *, before: str = "") -> dict[str, Any]:
    """Newest first, a page at a time from the last notice that was shown, by its key. ``older`` is the key
    that the next page begins after, or None.
    """
    if (key := as_key(before)) is not None:
        found = found.filter(pk__lt=key)
    rows = list(found.defer("body_text", "body_html", "context")[: SIZE + 1])
    return {"rows": rows[:SIZE], "older": rows[SIZE - 1].pk if len(rows) > SIZE else None}


def path_of(notice: Message) -> str:
    """Where it leads, on this site; empty where it leads nowhere."""
    return notice.url.removeprefix(settings.BASE_URL)


def as_key(text: str) -> int | None:
    """What a request names as the key of a notice; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
