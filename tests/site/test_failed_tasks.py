"""A message that no worker can carry out ends in the log and in a count, and the queue goes on."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection, transaction

from kzcustody_site import failed_tasks
from kzcustody_site.models import FailedTask
from notifications import services, tasks
from notifications.models import Message, Status

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
SEND = "notifications.tasks.send_waiting"
# As the service starts one, and with a task of a later release whose process dies each time.
WORKER = """
import os, signal, sys
from kzcustody_site.celery import app
queue, dies = sys.argv[1], sys.argv[2]
app.conf.task_annotations = {
    "*": {"default_retry_delay": 0},
    "notifications.tasks.send_waiting": {"time_limit": int(sys.argv[3])},
}
app.conf.task_default_queue = queue

@app.task(name="tests.dies")
def die():
    with open(dies, "a") as file:
        file.write("x")
    os.kill(os.getpid(), signal.SIGKILL)

app.worker_main(["worker", "-Q", queue, "--concurrency", "1", "--loglevel", "INFO",
                 "--without-mingle", "--without-gossip", "--without-heartbeat"])
"""


@pytest.fixture
def queue():
    own = Celery("tests of failed tasks", set_as_current=False)
    own.config_from_object("django.conf:settings", namespace="CELERY")
    own.conf.task_default_queue = f"failed-{uuid.uuid4()}"
    yield own
    with own.connection_for_write() as broker:
        broker.default_channel.client.delete(own.conf.task_default_queue)


@pytest.fixture
def work(queue, smtp, tmp_path):
    """A function: a worker runs until the condition holds; what it wrote to its log."""
    log, dies = tmp_path / "worker.log", tmp_path / "dies"
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "CLAMD_ADDRESS": "",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(smtp.port),
        "EMAIL_USE_TLS": "0",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }

    def run(is_over, *, time_limit=60, **told):
        command = [sys.executable, "-c", WORKER, queue.conf.task_default_queue, str(dies), str(time_limit)]
        with log.open("wb") as out:
            worker = subprocess.Popen(
                command, env={**environment, **told}, stdout=out, stderr=subprocess.STDOUT
            )
        try:
            ends = time.monotonic() + 90
            while not is_over():
                assert worker.poll() is None, log.read_text()
                assert time.monotonic() < ends, log.read_text()
                time.sleep(0.2)
        finally:
            worker.terminate()
            worker.wait(30)
        return log.read_text()

    run.times_died = lambda: len(dies.read_text())
    return run


def tell():
    with transaction.atomic():
        services.tell(to="a@example.test", template="decision", context={}, subject_ref="KZC-1", key="k")


def is_sent():
    return Message.objects.filter(status=Status.SENT).exists()


def counted():
    return {row.task: (row.count, row.last_error) for row in FailedTask.objects.all()}


def test_what_lies_in_the_queue_since_another_release_stops_nothing(queue, work, smtp):
    tell()
    queue.send_task("notifications.tasks.gone")
    queue.send_task(SEND, args=["of another release"])
    queue.send_task(SEND, kwargs={"batch": 7})
    queue.send_task("documents.tasks.preview_one", args=["no number of a document"])
    with queue.connection_for_write() as broker:
        client, name = broker.default_channel.client, queue.conf.task_default_queue
        whole = json.loads(client.lindex(name, 0))
        without_task = {**whole, "headers": {}}
        broken_body = {**whole, "body": "bm8ganNvbg=="}  # "no json"
        for message in (without_task, broken_body):
            client.lpush(name, json.dumps(message))
    queue.send_task(SEND)
    log = work(is_sent)

    assert counted() == {
        "notifications.tasks.gone": (1, "NotRegistered"),
        SEND: (2, "TypeError"),
        "documents.tasks.preview_one": (1, "ValidationError"),
        "?": (1, ""),
    }
    assert "Received unregistered task of type 'notifications.tasks.gone'" in log
    assert f"Task {SEND}[" in log
    assert "Received and deleted unknown message." in log
    assert len(smtp.received) == 1
    with queue.connection_for_write() as broker:
        assert broker.default_channel.client.llen(queue.conf.task_default_queue) == 0


def test_a_task_whose_process_always_dies_is_given_up_after_four_times(queue, work):
    tell()
    queue.send_task("tests.dies")
    queue.send_task(SEND)
    log = work(lambda: is_sent() and "tests.dies" in counted())

    assert work.times_died() == 4
    assert counted() == {"tests.dies": (1, "WorkerLostError")}
    assert "WorkerLostError" in log


def drip(listening):
    """A mail server that sends a letter each fifth of a second, and never a line."""
    with contextlib.suppress(OSError):
        while True:
            line, _peer = listening.accept()
            with contextlib.suppress(OSError), line:
                while True:
                    line.sendall(b"2")
                    time.sleep(0.2)


def test_a_mail_server_that_drips_keeps_no_worker(queue, work):
    tell()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=drip, args=(listening,), daemon=True).start()
        queue.send_task(SEND)
        queue.send_task("tests.dies")
        port = str(listening.getsockname()[1])
        log = work(lambda: "tests.dies" in counted(), time_limit=3, EMAIL_PORT=port)
    assert counted()[SEND] == (1, "TimeLimitExceeded")
    assert log.count(f"Hard time limit (3s) exceeded for {SEND}") == 1
    assert (Message.objects.get().status, Message.objects.get().tries) == (Status.WAITING, 0)
    assert tasks.send_waiting.time_limit == tasks.TIME_LIMIT == 180


def test_the_service_gives_up_as_the_test_does():
    assert settings.CELERY_TASK_RETRY_ON_WORKER_LOST is True
    assert settings.CELERY_TASK_ANNOTATIONS == {"*": {"default_retry_delay": 10}}


def test_failures_are_counted_by_task_and_day(time_machine):
    time_machine.move_to("2026-11-30 18:59:59+00:00", tick=False)  # 23:59:59 in Almaty
    failed_tasks.note(task="a", error="KeyError")
    failed_tasks.note(task="a", error="ValueError")
    failed_tasks.note(task="b" * 300, error="e" * 200)
    time_machine.move_to("2026-11-30 19:00:00+00:00", tick=False)
    failed_tasks.note(task="a", error="KeyError")
    rows = FailedTask.objects.order_by("day", "task").values_list("task", "day", "count", "last_error")
    assert [(task, f"{day}", count, error) for task, day, count, error in rows] == [
        ("a", "2026-11-30", 2, "ValueError"),
        ("b" * 200, "2026-11-30", 1, "e" * 100),
        ("a", "2026-12-01", 1, "KeyError"),
    ]
