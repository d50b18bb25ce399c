"""A button that is pressed twice: the second press of a form makes nothing, and is answered like the first.

A form carries ``seen``, the newest row that its page showed. The same words of the same person since then are
the same press; the same words from a page that shows them are meant.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def newest(rows: Iterable[Model]) -> int:
    """What a form sends back as ``seen``."""
    return max((row.pk for row in rows), default=0)


def posted_seen(data: Mapping[str, Any]) -> int | None:
    """None where the form has none: then every press counts."""
    text = str(data.get("seen", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def same_press(rows: QuerySet[M], *, seen: int | None, **words: Any) -> M | None:
    """What the first press made, None where this is the first. Ask under a lock, or both may be."""
    return rows.filter(pk__gt=seen, **words).first() if seen is not None else None
