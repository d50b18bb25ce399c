"""The timetable: when its tasks are sent stands in the database, so that neither a restart nor a second beat
sends one twice, and a beat that was away sends once what came due meanwhile.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from celery.beat import Scheduler as CeleryScheduler
from django.conf import settings
from django.db import close_old_connections, transaction
from django.db.models import F, Q
from django.utils import timezone

from kzcustody_site.models import Timer

logger = logging.getLogger(__name__)
# What no worker began meanwhile is sent again; the first message is then too old to be carried out.
PATIENCE = timedelta(minutes=5)
AHEAD = timedelta(minutes=1)  # the clocks of two machines may differ by so much
WAIT = 5.0  # seconds at most between two looks at the timetable


def timetable() -> dict[str, timedelta]:
    """How often each task is sent."""
    entries = settings.CELERY_BEAT_SCHEDULE.values()
    return {entry["task"]: timedelta(seconds=entry["schedule"]) for entry in entries}


def next_at(timer: Timer, every: timedelta) -> datetime | None:
    """When the task is to be sent; None for at once."""
    if timer.sent_at is None:
        return None
    is_begun = timer.begun_at is not None and timer.begun_at >= timer.sent_at
    return timer.sent_at + (every if is_begun else min(every, PATIENCE))


def _lies_ahead(timer: Timer, now: datetime) -> bool:
    """Whether the clock went back since the task was sent: then it is sent again, and not waited for."""
    return timer.sent_at is not None and timer.sent_at - now > AHEAD


class Scheduler(CeleryScheduler):
    """Of ``celery beat``. It keeps nothing in memory and writes no file."""

    def setup_schedule(self) -> None:
        """Of Celery's own there is nothing to set up."""

    def tick(self, **_kwargs: Any) -> float:
        """Send what is due; the seconds until the next look."""
        close_old_connections()
        try:
            return self._send_due()
        except Exception as error:
            logger.warning("The timetable waits (%s).", type(error).__name__)
            return WAIT

    def _send_due(self) -> float:
        timers, now = Timer.objects.in_bulk(), timezone.now()
        wait = WAIT
        for task, every in timetable().items():
            timer = timers.get(task) or Timer.objects.get_or_create(task=task)[0]
            at = next_at(timer, every)
            if at is None or at <= now or _lies_ahead(timer, now):
                self._send(timer, every)
            else:
                wait = min(wait, (at - now).total_seconds())
        return wait

    def _send(self, timer: Timer, every: timedelta) -> None:
        """Unless another beat did meanwhile. What the broker does not take is not written down as sent."""
        with transaction.atomic():
            unsent = Timer.objects.filter(pk=timer.pk, sent_at=timer.sent_at)
            if unsent.update(sent_at=timezone.now()):
                expires = min(every, PATIENCE).total_seconds()
                self.app.send_task(timer.task, expires=expires, retry=False)


def note_begun(task: str) -> None:
    """A worker begins a task of the timetable."""
    unnoted = Q(begun_at=None) | Q(begun_at__lt=F("sent_at"))
    Timer.objects.filter(unnoted, pk=task).update(begun_at=timezone.now())
