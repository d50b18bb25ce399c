"""The processes that open what strangers made: bounded, without network, without our secrets."""

import io
import subprocess
import sys
import tempfile
import threading

import pytest

from documents import checks, confined, services
from documents import examination as examining
from documents.contents.examine import Given
from documents.errors import Rejected
from documents.examination import examination
from documents.models import Document
from tests.plugins import files

SHUT_IN = "import sys; sys.path.insert(0, sys.argv.pop(1)); from documents.contents import start; "


def tried(shut, attempt):
    """What the attempt ends with in a process that is shut in so."""
    code = f"{SHUT_IN} import socket, os; {shut}\ntry: {attempt}\nexcept OSError as error: print(error.errno)"
    command = [sys.executable, "-I", "-c", code, str(confined.ROOT)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.stdout.strip()


@pytest.fixture
def waiting(tmp_path):
    with tempfile.TemporaryFile(dir=tmp_path) as file:
        file.write(files.real_pdf())
        yield file


def looked_into(file):
    with examination(file, name="a.pdf") as found:
        return found()


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
        "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_UNIX)",
        "socket.socketpair()",
        "os.execv('/bin/true', ['true'])",
    ],
)
def test_no_network_and_no_other_program(attempt):
    assert tried("", attempt) == ""
    assert tried("start.cut_off()", attempt) == "1"


def test_who_looks_into_a_file_opens_no_other():
    attempt = "os.open('/etc/passwd', os.O_RDONLY)"
    assert tried("start.cut_off()", attempt) == ""
    assert tried("start.open_no_more()", attempt) == "24"
    assert tried("start.open_no_more(); os.close(0)", attempt) == "24"


def test_where_the_kernel_has_no_filter_nothing_is_looked_into(monkeypatch, waiting):
    without = "start.LIBRARY = 'libnone.so'"
    monkeypatch.setattr(confined, "ENTRY", f"{SHUT_IN}{without}; start.main()")
    with pytest.raises(confined.Broken):
        looked_into(waiting)


@pytest.mark.django_db
def test_what_could_not_be_looked_into_is_told_so_and_leaves_nothing(monkeypatch, actor, stored_files):
    monkeypatch.setattr(confined, "ENTRY", "import sys; sys.exit(1)")
    upload = io.BytesIO(files.real_pdf())
    with pytest.raises(Rejected) as caught, services.receive(upload=upload, name="a.pdf", actor=actor):
        pass
    assert caught.value.code == "failed"
    assert (Document.objects.count(), stored_files()) == (0, [])


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ("while True: pass", "signal"),
        ("import time; time.sleep(60)", "took too long"),
        ("bytes(300_000_000)", "memory"),
    ],
)
def test_what_takes_too_much_is_ended_and_refused(monkeypatch, settings, waiting, caplog, instead, said):
    settings.EXAMINATION_SECONDS = 1
    monkeypatch.setattr(confined, "GRACE", 0 if "sleep" in instead else 10)
    monkeypatch.setattr(
        confined,
        "ENTRY",
        f"{SHUT_IN}start.importlib.import_module = lambda name: Task\n"
        f"class Task:\n def main(*words):\n  {instead}\n"
        "start.main()",
    )
    with pytest.raises(Rejected) as caught:
        looked_into(waiting)
    assert caught.value.code == "heavy"
    assert said in caplog.text


def test_so_many_go_on_at_once_and_one_more_waits_for_a_place(monkeypatch, waiting):
    monkeypatch.setattr(examining, "places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(examining, "WAIT", 0)
    with examination(waiting, name="a.pdf") as found:
        with pytest.raises(confined.Broken, match="no place was free"):
            looked_into(waiting)
        assert found().active == []
    assert looked_into(waiting).active == []


def test_one_more_goes_on_once_another_is_over(monkeypatch, waiting):
    places = threading.BoundedSemaphore(1)
    monkeypatch.setattr(examining, "places", places)
    places.acquire()
    threading.Timer(0.2, places.release).start()
    assert looked_into(waiting).active == []


def test_it_knows_nothing_of_ours(monkeypatch, waiting):
    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setattr(confined, "ENTRY", "import os; print(sorted(os.environ))")
    with confined.running("examine", limits=(5, 100), given=waiting) as process:
        assert process.result().decode().strip() == "['LC_CTYPE', 'MALLOC_ARENA_MAX', 'RAYON_NUM_THREADS']"


def test_it_reads_the_file_from_wherever_the_reader_beside_it_stands(waiting):
    with examination(waiting, name="a.pdf") as found:
        waiting.seek(10)
        content = found()
        assert (content.kind.extension, content.active, waiting.tell()) == ("pdf", [], 10)


def test_no_process_is_left_behind(waiting):
    with confined.running("examine", "pdf", limits=(5, 200), given=waiting) as running:
        pass
    assert running.process.returncode is not None


def test_nothing_is_read_from_before_the_start():
    at = Given()
    with pytest.raises(ValueError, match="before the start"):
        at.seek(-1)


def test_a_machine_that_cannot_cut_off_is_named_before_anybody_uploads(monkeypatch):
    assert checks.processes_can_be_cut_off(None) == []
    monkeypatch.setattr("documents.contents.start.LIBRARY", "libnone.so")
    assert [error.id for error in checks.processes_can_be_cut_off(None)] == ["documents.E001"]
