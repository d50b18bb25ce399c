"""Who else has a page open: a courtesy, kept in the cache, which may lose it at any time."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import caches
from django.utils import timezone

from accounts.models import User

log = logging.getLogger(__name__)
POLLED = 75  # seconds: more than two polls of the page, one every 30 s
OPENED = 300  # a page that is opened without scripts counts for some minutes
LONGEST = 12 * 3600


@dataclass(frozen=True)
class Colleague:
    name: str
    since: str


def note(user: User, path: str, *, polled: bool = False, opened: int = OPENED) -> list[Colleague]:
    """This person has the page open now; who else has. ``opened``: for how many seconds a page counts that
    does not ask again.
    """
    now = timezone.now().timestamp()
    here = {key: entry for key, entry in _read(path).items() if entry[2] > now}
    _name, since, until = here.get(user.pk, (user.full_name, now, 0))
    lasts = POLLED if polled else opened
    here[user.pk] = (user.full_name, since, now + lasts if polled else max(until, now + lasts))
    _write(path, here)
    others = [entry for key, entry in here.items() if key != user.pk]
    return [Colleague(name, _clock(began)) for name, began, _until in sorted(others, key=lambda e: e[1])]


def left(user: User, path: str) -> None:
    here = _read(path)
    if here.pop(user.pk, None):
        _write(path, here)


def _read(path: str) -> dict[int, tuple[str, float, float]]:
    try:
        return caches["quick"].get(_key(path)) or {}
    except Exception:
        log.warning("The cache does not answer: nobody is told who else has a page open")
        return {}


def _write(path: str, here: dict[int, tuple[str, float, float]]) -> None:
    try:
        caches["quick"].set(_key(path), here, LONGEST)
    except Exception:
        log.warning("The cache does not answer: nobody is told who else has a page open")


def _key(path: str) -> str:
    return f"presence:{hashlib.sha256(path.encode()).hexdigest()[:32]}"


def _clock(at: float) -> str:
    return f"{timezone.localtime(datetime.fromtimestamp(at, timezone.get_current_timezone())):%H:%M}"
