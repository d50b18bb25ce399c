"""The timetable: each task once when it is due, whatever restarts, is lost or is there twice."""

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery, current_app
from django.conf import settings
from django.db import connection
from django.utils import timezone

from kzcustody_site import beat
from kzcustody_site.celery import app
from kzcustody_site.models import Timer

pytestmark = pytest.mark.django_db(transaction=True)
DAY, SECONDS_5 = timedelta(days=1), timedelta(seconds=5)
DAILY, OFTEN = "documents.tasks.verify_integrity", "notifications.tasks.send_waiting"


class Queue:
    """What lies in a queue of its own in the broker, and the app that sends there."""

    def __init__(self, app: Celery) -> None:
        self.app, self.name = app, app.conf.task_default_queue
        with app.connection_for_write() as broker:
            self.client = broker.default_channel.client

    def headers(self) -> list[dict[str, Any]]:
        return [json.loads(one)["headers"] for one in self.client.lrange(self.name, 0, -1)]

    def taken(self) -> list[str]:
        found = sorted(headers["task"] for headers in self.headers())
        self.client.delete(self.name)
        return found

    def beat(self) -> beat.Scheduler:
        return beat.Scheduler(app=self.app, lazy=True)


@pytest.fixture
def queue() -> Iterator[Queue]:
    own = Celery("tests of beat", set_as_current=False)
    own.config_from_object("django.conf:settings", namespace="CELERY")
    own.conf.broker_url = settings.CELERY_BROKER_URL  # whatever becomes of the setting
    own.conf.task_default_queue = f"beat-{uuid.uuid4()}"
    queue = Queue(own)
    yield queue
    queue.taken()


@pytest.fixture
def at_rest() -> Callable[..., None]:
    """A function: all was sent and begun now, and one task so long ago."""

    def make(task: str = OFTEN, *, ago: timedelta = timedelta(), begun: bool = True) -> None:
        now = timezone.now()
        for name in beat.timetable():
            Timer.objects.update_or_create(task=name, defaults={"sent_at": now, "begun_at": now})
        Timer.objects.filter(pk=task).update(sent_at=now - ago, begun_at=now - ago if begun else None)

    return make


def test_each_task_is_there_once_and_runs_without_more() -> None:
    entries = list(settings.CELERY_BEAT_SCHEDULE.values())
    app.loader.import_default_modules()
    assert [set(entry) for entry in entries] == [{"task", "schedule"}] * len(entries)
    assert len(beat.timetable()) == len(entries)
    for entry in entries:
        app.tasks[entry["task"]].__header__()  # raises where it needs an argument


def test_a_new_database_gets_everything_once(queue: Queue) -> None:
    first, second = queue.beat(), queue.beat()
    first.tick()
    second.tick()
    assert queue.taken() == sorted(beat.timetable())


@pytest.mark.parametrize(
    ("task", "every"), [(DAILY, DAY), (OFTEN, SECONDS_5), ("documents.tasks.sweep", timedelta(hours=1))]
)
def test_it_is_sent_when_its_time_is_over_and_not_before(
    queue: Queue, at_rest: Callable[..., None], task: str, every: timedelta
) -> None:
    at_rest(task, ago=every - timedelta(seconds=2))
    assert 0 < queue.beat().tick() <= 2
    assert queue.taken() == []

    at_rest(task, ago=every)
    queue.beat().tick()
    assert queue.taken() == [task]


def test_a_beat_that_was_away_for_a_week_sends_each_once(queue: Queue, at_rest: Callable[..., None]) -> None:
    at_rest(DAILY, ago=7 * DAY)
    for _restart in range(5):
        queue.beat().tick()
    assert queue.taken() == [DAILY]


def test_a_clock_that_went_back_is_not_waited_for(queue: Queue, at_rest: Callable[..., None]) -> None:
    at_rest(DAILY, ago=-beat.AHEAD)
    queue.beat().tick()
    assert queue.taken() == []
    at_rest(DAILY, ago=-beat.AHEAD - timedelta(seconds=30))
    queue.beat().tick()
    queue.beat().tick()
    assert queue.taken() == [DAILY]


def test_two_beats_send_it_once(queue: Queue, at_rest: Callable[..., None]) -> None:
    for _ in range(5):
        at_rest(DAILY, ago=2 * DAY)
        start = threading.Barrier(4)
        beats = [threading.Thread(target=_tick_once, args=(queue, start)) for _ in range(4)]
        for one in beats:
            one.start()
        for one in beats:
            one.join(20)
        assert queue.taken() == [DAILY]


def _tick_once(queue: Queue, start: threading.Barrier) -> None:
    try:
        start.wait(10)
        queue.beat().tick()
    finally:
        connection.close()


@pytest.mark.parametrize(("ago", "sent"), [(timedelta(minutes=4, seconds=58), []), (beat.PATIENCE, [DAILY])])
def test_what_nobody_began_is_sent_again_after_five_minutes(
    queue: Queue, at_rest: Callable[..., None], ago: timedelta, sent: list[str]
) -> None:
    at_rest(DAILY, ago=ago, begun=False)
    queue.beat().tick()
    assert queue.taken() == sent


def test_a_message_is_too_old_when_the_next_one_is_sent(queue: Queue) -> None:
    before = timezone.now()
    queue.beat().tick()
    for headers in queue.headers():
        lasts = timezone.datetime.fromisoformat(headers["expires"]) - before
        wanted = min(beat.timetable()[headers["task"]], beat.PATIENCE)
        assert wanted <= lasts < wanted + timedelta(seconds=4)


def test_what_the_broker_does_not_take_is_not_written_down_as_sent(
    queue: Queue, at_rest: Callable[..., None], redis_away: None
) -> None:
    at_rest(DAILY, ago=2 * DAY)
    was = Timer.objects.get(pk=DAILY).sent_at
    away = beat.Scheduler(app=current_app._get_current_object(), lazy=True)
    assert away.tick() == beat.WAIT
    assert Timer.objects.get(pk=DAILY).sent_at == was

    queue.beat().tick()
    assert queue.taken() == [DAILY]


def test_a_worker_writes_down_that_it_began(at_rest: Callable[..., None]) -> None:
    at_rest(DAILY, ago=timedelta(minutes=1), begun=False)
    beat.note_begun(OFTEN)
    assert Timer.objects.get(pk=DAILY).begun_at is None

    beat.note_begun(DAILY)
    begun = Timer.objects.get(pk=DAILY).begun_at
    assert begun is not None
    beat.note_begun(DAILY)
    assert Timer.objects.get(pk=DAILY).begun_at == begun


def test_celery_is_told_of_it() -> None:
    """The signal of the worker, as the worker sends it."""
    Timer.objects.create(task=OFTEN, sent_at=timezone.now())
    app.loader.import_default_modules()
    task: Any = app.tasks[OFTEN]
    task.apply()
    assert Timer.objects.get(pk=OFTEN).begun_at is not None
    assert app.conf.beat_scheduler == "kzcustody_site.beat:Scheduler"


def test_two_beats_that_are_killed_and_come_back_send_a_daily_task_once(queue: Queue) -> None:
    """Real processes, in an empty folder each: nothing but the database tells them what was sent."""
    beats = [_process(queue), _process(queue)]
    _wait_for(lambda: queue.client.llen(queue.name) >= len(beat.timetable()))
    for one in beats:
        one.kill()
        one.wait(10)
    last = Timer.objects.get(pk=OFTEN).sent_at
    beats = [_process(queue), _process(queue)]
    _wait_for(lambda: Timer.objects.get(pk=OFTEN).sent_at != last)
    for one in beats:
        one.kill()
        one.wait(10)

    counted = Counter(queue.taken())
    assert counted.pop(OFTEN) >= 2
    rare = [task for task, every in beat.timetable().items() if every >= beat.PATIENCE]
    assert {task: counted[task] for task in rare} == dict.fromkeys(rare, 1)


def _process(queue: Queue) -> subprocess.Popen[bytes]:
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
    start = f"app.conf.task_default_queue = {queue.name!r}; app.Beat(quiet=True).run()"
    command = [sys.executable, "-c", f"from kzcustody_site.celery import app; {start}"]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)


def _wait_for(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.2)
