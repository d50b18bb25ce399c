"""Whether the service is whole: for machines that watch it, yes or no of each part, no hosts, no errors; for
administrators, since when, and what lies in the outbox. Every number of that page is read here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache, caches
from django.db import connection
from django.db.models import Count, Max, Min, QuerySet
from django.utils import timezone

from accounts.models import User
from documents.clamd import Clamd
from documents.models import Document, Place
from documents.queries import kept, waiting_since
from documents.storage import is_there, store
from kzcustody_site.beat import AHEAD
from kzcustody_site.models import FailedTask, Timer
from notifications.models import Message, Status
from notifications.queries import STANDING, refused_in_a_row, waiting

REMINDERS, SWEEP = "applications.tasks.raise_due", "documents.tasks.sweep"
OFTEN = "notifications.tasks.send_waiting"  # sent every five seconds, and begun by each worker that lives
SHOWN = (Status.WAITING, Status.FAILED, Status.WITHHELD)
# Policies of ours: how old the last sign of life, and the oldest message that no mail server took, may be;
# how many messages in a row a mail server may refuse for good.
LIMITS = {
    "beat": timedelta(minutes=1),
    "worker": timedelta(minutes=2),
    "outbox": timedelta(minutes=10),
    "scanner": timedelta(minutes=15),  # the oldest file that waits for its check
    "reminders": timedelta(minutes=15),
    "sweep": timedelta(hours=3),
}
ANSWERS_WITHIN = 2.0  # seconds that a scanner has to say that it is there
REFUSED = 2


@dataclass(frozen=True, kw_only=True)
class Part:
    """``at``: of the database since when it runs, of the outbox since when its oldest message waits, of the
    others their last sign of life; None where there was none or it cannot be read. ``is_asked``: a machine
    that watches is told of it.
    """

    name: str
    holds: bool
    at: datetime | None
    is_asked: bool


def parts() -> list[Part]:
    return [
        Part(name=name, holds=_holds(ask), at=_at(name), is_asked=name in PARTS)
        for name, ask in (PARTS | BESIDE).items()
    ]


def outbox(messages: QuerySet[Message]) -> dict[str, int]:
    """How many of these there are of each list that the page leads to."""
    by_status = messages.order_by().values_list("status").annotate(count=Count("pk"))
    counted = dict(by_status.filter(status__in=SHOWN))
    return {
        **{status.value: counted.get(status, 0) for status in SHOWN},
        **{name: narrowed(messages).count() for name, narrowed in STANDING.items()},
    }


def failed_tasks() -> list[FailedTask]:
    """Of the last seven days, the newest first."""
    first = timezone.localdate() - timedelta(days=6)
    return list(FailedTask.objects.filter(day__gte=first).order_by("-last_at"))


def reading() -> dict[str, bool]:
    """Of the parts without which people cannot work or mail does not go."""
    return {name: _holds(ask) for name, ask in PARTS.items()}


def is_ready() -> bool:
    """Whether the database answers, without which nothing does."""
    return _holds(_database)


def _holds(ask: Callable[[], bool]) -> bool:
    try:
        return ask()
    except Exception:
        return False


def _at(name: str) -> datetime | None:
    try:
        return SINCE[name]()
    except Exception:
        return None


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _sign_in() -> bool:
    """Sessions and what sign-in counts can be read."""
    Session.objects.exists()
    cache.get("health")
    return True


def _redis() -> bool:
    caches["quick"].get("health")
    return True


def _beat() -> bool:
    return _is_recent("beat", _last_sent())


def _worker() -> bool:
    return _is_recent("worker", _last_begun())


def _outbox() -> bool:
    """Mail goes: none waits for long to be taken, however often it was tried, and not each is refused."""
    since = _oldest_waiting()
    return (since is None or _is_recent("outbox", since)) and refused_in_a_row() <= REFUSED


def _scanner() -> bool:
    """It answers, and no file waits for long to be checked."""
    there = Clamd(settings.CLAMD_ADDRESS, timeout=ANSWERS_WITHIN).ping()
    since = waiting_since()
    return there and (since is None or _is_recent("scanner", since))


def _store() -> bool:
    """What was stored last can be read; while nothing is, the store answers. Of the quarantine, who serves
    pages may not read everything.
    """
    newest = kept().filter(stored_in=Place.DOCUMENTS).order_by("-uploaded_at").first()
    return is_there(newest) if newest else store().exists("health") is False


def _reminders() -> bool:
    return _is_recent("reminders", _begun(REMINDERS))


def _sweep() -> bool:
    return _is_recent("sweep", _begun(SWEEP))


def _started() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time()")
        started: datetime = cursor.fetchone()[0]
    return started


def _last_sign_in() -> datetime | None:
    return User.objects.aggregate(at=Max("last_login"))["at"]


def _last_sent() -> datetime | None:
    """By beat to the broker, which is Redis."""
    return Timer.objects.aggregate(at=Max("sent_at"))["at"]


def _last_begun() -> datetime | None:
    return _begun(OFTEN)


def _begun(task: str) -> datetime | None:
    return Timer.objects.get(pk=task).begun_at


def _last_checked() -> datetime | None:
    return Document.objects.aggregate(at=Max("scanned_at"))["at"]


def _last_stored() -> datetime | None:
    return Document.objects.aggregate(at=Max("uploaded_at"))["at"]


def _oldest_waiting() -> datetime | None:
    return waiting(Message.objects.all()).aggregate(at=Min("waits_since"))["at"]


def _is_recent(part: str, at: datetime | None) -> bool:
    """What is said to lie ahead comes of a clock that went back, and proves nothing."""
    return at is not None and -AHEAD <= timezone.now() - at <= LIMITS[part]


PARTS = {
    "database": _database,
    "sign_in": _sign_in,
    "redis": _redis,
    "worker": _worker,
    "beat": _beat,
    "outbox": _outbox,
}
# They are shown beside the others and stop nobody: files wait for a scanner, and dates for a later run.
BESIDE = {"scanner": _scanner, "store": _store, "reminders": _reminders, "sweep": _sweep}
SINCE: dict[str, Callable[[], datetime | None]] = {
    "database": _started,
    "sign_in": _last_sign_in,
    "redis": _last_sent,
    "worker": _last_begun,
    "beat": _last_sent,
    "outbox": _oldest_waiting,
    "scanner": _last_checked,
    "store": _last_stored,
    "reminders": lambda: _begun(REMINDERS),
    "sweep": lambda: _begun(SWEEP),
}
