"""The forecast of a scope, kept for some minutes: it reads every open case, and its seed is that of the day.

The cache may lose it at any time, and may be away: then it is worked out again.
"""

import hashlib
import logging
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from django.core.cache import caches
from django.utils import timezone

from applications.pipeline.forecast.outlook import Outlook, outlook

log = logging.getLogger(__name__)
KEPT_FOR = 600  # seconds, a policy of ours
MOST = 25  # cases that a page lists


@dataclass(frozen=True, kw_only=True)
class Kept:
    """As it was ``at`` a moment, with the likeliest of the ``ahead`` cases whose last day is ahead."""

    at: datetime
    outlook: Outlook
    ahead: int


def forecast_of(regulators: Collection[int], *, chosen: list[str] | None, seed: int, today: date) -> Kept:
    """Two queries, or none."""
    key = _key(sorted(regulators), chosen, seed, today)
    found = _read(key)
    if found is None:
        at = timezone.now()
        whole = outlook(regulators, chosen=chosen, seed=seed, today=today)
        found = Kept(at=at, outlook=replace(whole, risks=whole.risks[:MOST]), ahead=len(whole.risks))
        if whole.used:  # what says nothing costs little, and may say something by the next opening
            _write(key, found)
    return found


def _key(*about: object) -> str:
    """Another one where a release has given the forecast another shape."""
    shape = [field.name for kind in (Kept, Outlook) for field in fields(kind)]
    return f"forecast:{hashlib.sha256(repr((shape, about)).encode()).hexdigest()}"


def _read(key: str) -> Kept | None:
    try:
        found = caches["quick"].get(key)
    except Exception:
        log.warning("The cache does not answer: the forecast is worked out again")
        return None
    return found if isinstance(found, Kept) else None


def _write(key: str, found: Kept) -> None:
    try:
        caches["quick"].set(key, found, KEPT_FOR)
    except Exception:
        log.warning("The cache does not answer: the forecast is not kept")
