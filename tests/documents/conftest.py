"""A store in a temporary folder, and a real clamd on one signature of ours."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from accounts.actors import System
from documents import tasks
from documents.clamd import Clamd, NoAnswer
from documents.probe import probe
from documents.signatures import eicar_signature
from kzcustody_site.celery import app
from tests.plugins import files

CLAMD = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
AT_ONCE = {task.name: task for task in (tasks.discard_one, tasks.hold_sealed)}
SAFE = {
    "AlertExceedsMax": "yes",
    "AlertEncrypted": "yes",
    "StreamMaxLength": "100M",
    "MaxFileSize": "100M",
    "MaxScanSize": "400M",
}


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    """The folder that the documents of this test are stored in."""
    folder = tmp_path / "documents"
    settings.STORAGES = settings.STORAGES | files.two_stores(folder)
    settings.CLAMD_ADDRESS = ""
    settings.DOCUMENT_VERDICT_HANDLERS = []
    probe.cache_clear()
    return folder


@pytest.fixture
def stored_files(store):
    """A function: every file in either store now."""
    return lambda: sorted(path for path in store.parent.rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def worker(monkeypatch):
    """Does at once what it is sent for in the store."""
    send = app.send_task

    def told(name, args=(), **more):
        return AT_ONCE[name](*args) if name in AT_ONCE else send(name, args, **more)

    monkeypatch.setattr(app, "send_task", told)


@pytest.fixture
def actor():
    return System("test")


@pytest.fixture
def received(db, actor):
    """A function that takes a file in, a small PDF unless told otherwise."""

    def receive(content=None, name="charter.pdf", **more):
        content = files.pdf() if content is None else content
        return files.receive(upload=files.upload(name, content), name=name, actor=actor, **more)

    return receive


@pytest.fixture(scope="session")
def start_clamd():
    """A function that starts a clamd with these settings over the safe ones, and maybe a newer signature; the
    address it listens at.
    """
    if not CLAMD:
        pytest.skip("clamd is not installed")
    running = []

    def start(newer="", **changed):
        folder = Path(tempfile.mkdtemp(prefix="kzclam"))
        process = _start(folder, SAFE | changed, newer)
        running.append((process, folder))
        return _when_ready(process, folder)

    yield start
    for process, folder in running:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def clamd_address():
    """Where a scanner that may be trusted listens: CLAMD_ADDRESS, or one of our own."""
    return os.environ.get("CLAMD_ADDRESS", "")


@pytest.fixture
def scanner(settings, clamd_address, request):
    settings.CLAMD_ADDRESS = clamd_address or request.getfixturevalue("own_clamd")
    settings.CLAMD_TIMEOUT = 30
    return settings.CLAMD_ADDRESS


@pytest.fixture(scope="session")
def own_clamd(start_clamd):
    return start_clamd()


def _start(folder, options, newer):
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "own.ndb").write_text(f"{eicar_signature()}\n{newer}")
    lines = {
        "Foreground": "yes",
        "LocalSocket": folder / "s",
        "DatabaseDirectory": signatures,
        "TemporaryDirectory": folder,
    }
    conf = folder / "clamd.conf"
    conf.write_text("".join(f"{name} {value}\n" for name, value in (lines | options).items()))
    return subprocess.Popen([CLAMD, "-c", conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _when_ready(process, folder):
    address = f"unix://{folder}/s"
    for _attempt in range(200):
        try:
            if Clamd(address, 1).ping():
                return address
        except NoAnswer:
            assert process.poll() is None, "clamd ended at start"
        time.sleep(0.05)
    raise AssertionError("clamd did not start in 10 s")
