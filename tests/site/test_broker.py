"""A worker outlives a Redis that dies while a task is under way: a real worker, and a Valkey of its own."""

import os
import signal
import subprocess
import sys
import time

import pytest
from celery import Celery

from kzcustody_site import environment
from kzcustody_site.embedded.processes import Family
from kzcustody_site.embedded.valkey import Valkey

pytestmark = pytest.mark.long
WORKER = """
import sys, time
from pathlib import Path
from kzcustody_site.celery import app
folder = Path(sys.argv[1])

@app.task(name="tests.waits")
def wait(name):
    (folder / f"{name}.begun").touch()
    while not (folder / f"{name}.go").exists():
        time.sleep(0.05)
    (folder / f"{name}.done").touch()

app.worker_main(["worker", "--concurrency", "1", "--loglevel", "INFO",
                 "--without-mingle", "--without-gossip", "--without-heartbeat"])
"""


@pytest.fixture
def valkey(tmp_path):
    family = Family(tmp_path)
    server = Valkey(tmp_path)
    server.child = server.start(family, os.environ)
    server.again = lambda: server.start(family, os.environ)
    yield server
    family.stop()


@pytest.fixture
def worker(valkey, tmp_path):
    told = {
        **os.environ,
        "REDIS_URL": valkey.url,
        "CLAMD_ADDRESS": "",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",  # which no task here asks
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-c", WORKER, str(tmp_path)]
    log = tmp_path / "worker.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=told, stdout=out, stderr=subprocess.STDOUT)
    yield process
    process.kill()
    process.wait(10)


def until(is_so, worker, log):
    ends = time.monotonic() + 90
    while not is_so():
        assert worker.poll() is None, log.read_text()[-3000:]
        assert time.monotonic() < ends, log.read_text()[-3000:]
        time.sleep(0.1)


def test_a_task_that_ends_while_redis_is_away_ends_no_worker(valkey, worker, tmp_path):
    log = tmp_path / "worker.log"
    queue = Celery("tests of the broker", set_as_current=False, broker=environment.broker(valkey.url))
    queue.send_task("tests.waits", args=["first"])
    until((tmp_path / "first.begun").exists, worker, log)
    valkey.child.process.send_signal(signal.SIGKILL)
    valkey.child.process.wait(10)
    until(lambda: "Connection to broker lost" in log.read_text(), worker, log)
    (tmp_path / "first.go").touch()
    until((tmp_path / "first.done").exists, worker, log)
    until(lambda: "Trying again in" in log.read_text(), worker, log)

    valkey.again()
    (tmp_path / "second.go").touch()
    queue.close()
    anew = Celery("tests of the broker, anew", set_as_current=False, broker=environment.broker(valkey.url))
    anew.send_task("tests.waits", args=["second"])
    until((tmp_path / "second.done").exists, worker, log)
    assert worker.poll() is None
