"""A scanner that is away, slow or babbling never makes a file clean."""

import socket
import struct
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from documents import queries, services, tasks
from documents.clamd import Clamd, NoAnswer
from documents.models import Document, Status
from documents.probe import insist
from documents.verdicts import verdict

PROBE_REPLIES = (
    b"stream: Eicar-Test-Signature.UNOFFICIAL FOUND\0",
    b"stream: Heuristics.Encrypted.Zip FOUND\0",
    b"stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND\0",
    b"stream: OK\0",
)


def hang_up(line):
    pass


def reset(line):
    line.recv(16)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang(line):
    time.sleep(3)


def drip(line):
    for _second in range(20):
        line.sendall(b"s")
        time.sleep(0.2)


def flood(line):
    line.sendall(b"stream: OK" * 2000)


def saying(reply):
    def say(line):
        drain(line)
        line.sendall(reply)

    return say


def of_version(reply):
    def say(line):
        line.recv(len(b"zVERSION\0"))
        line.sendall(reply)

    return say


def drain(line):
    """Read one whole INSTREAM."""
    with line.makefile("rb") as words:
        words.read(len(b"zINSTREAM\0"))
        while length := int.from_bytes(words.read(4)):
            words.read(length)


@pytest.fixture
def server():
    """A function that serves one connection after another, each in its own manner, the last one for ever."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(*manners):
        def run():
            for number in range(100):
                try:
                    line, _address = listener.accept()
                except OSError:
                    return
                with line:
                    try:
                        manners[min(number, len(manners) - 1)](line)
                    except OSError:
                        continue

        threading.Thread(target=run, daemon=True).start()
        return f"tcp://127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    listener.close()


BROKEN = {
    "hangs up": hang_up,
    "resets": reset,
    "hangs": hang,
    "drips": drip,
    "floods": flood,
    "garbage": saying(b"\xff\xfe\0"),
    "nothing": saying(b"\0"),
    "no end": saying(b"stream: OK"),
    "lower case": saying(b"stream: ok\0"),
    "more words": saying(b"stream: OK \0"),
    "another stream": saying(b"other: OK\0"),
    "an error": saying(b"stream: Can't allocate memory ERROR\0"),
    "no signature": saying(b"stream:  FOUND\n\0"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("manner", BROKEN.values(), ids=BROKEN)
def test_a_scanner_that_breaks_after_it_was_proven_leaves_the_file_waiting(
    server, settings, received, manner
):
    settings.CLAMD_ADDRESS = server(*(saying(reply) for reply in PROBE_REPLIES), manner)
    settings.CLAMD_TIMEOUT = 1
    settings.DOCUMENT_MAX_BYTES = 1024
    document = received()
    assert services.scan(document_id=document.pk) is False
    document.refresh_from_db()
    assert (document.status, document.verdict, document.scanned_at) == (Status.WAITING, "", None)
    assert not document.usable
    assert queries.due_for_scan() == [], "it is not asked again at once"
    Document.objects.update(scan_due_at=document.uploaded_at)
    assert queries.due_for_scan() == [document.pk], "and it is asked again"


@pytest.mark.django_db
def test_a_scanner_that_recovers_settles_the_file(server, settings, received):
    settings.CLAMD_ADDRESS = server(*(saying(r) for r in PROBE_REPLIES), hang_up, saying(b"stream: OK\0"))
    settings.CLAMD_TIMEOUT = 5
    settings.DOCUMENT_MAX_BYTES = 1024
    document = received()
    assert services.scan(document_id=document.pk) is False
    Document.objects.update(scan_due_at=document.uploaded_at)
    assert services.scan(document_id=document.pk) is True
    document.refresh_from_db()
    assert document.status == Status.CLEAN


@pytest.mark.django_db
@pytest.mark.parametrize("manner", [hang_up, saying(b"stream: OK\0")], ids=["hangs up", "always OK"])
def test_a_scanner_that_was_never_proven_is_not_believed(server, settings, received, manner):
    settings.CLAMD_ADDRESS = server(manner)
    settings.CLAMD_TIMEOUT = 1
    document = received()
    assert services.scan(document_id=document.pk) is False
    document.refresh_from_db()
    assert document.status == Status.WAITING


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["unix:///nowhere/clamd", "tcp://127.0.0.1:1", "clamd:3310", "tcp://"])
def test_a_scanner_that_is_not_there_leaves_the_file_waiting(settings, received, address):
    settings.CLAMD_ADDRESS = address
    document = received()
    tasks.scan_waiting()
    document.refresh_from_db()
    assert document.status == Status.WAITING
    assert queries.waiting_since() == document.uploaded_at


def test_an_exchange_ends_in_time_even_when_bytes_keep_dripping(server):
    started = time.monotonic()
    with pytest.raises(NoAnswer):
        Clamd(server(drip), 1).version()
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        ("stream: OK", Status.CLEAN),
        ("stream: Eicar FOUND", Status.INFECTED),
        ("stream: Heuristics.Phishing FOUND", Status.INFECTED),
        ("stream: Heuristics.Encrypted.PDF FOUND", Status.UNCHECKABLE),
        ("stream: Heuristics.Limits.Exceeded.MaxFiles FOUND", Status.UNCHECKABLE),
        ("INSTREAM size limit exceeded. ERROR", Status.UNCHECKABLE),
    ],
)
def test_what_a_reply_means(reply, status):
    assert verdict(reply)[0] == status


@pytest.mark.parametrize(
    "reply", ["", "OK", "stream: OK\n", " stream: OK", "stream: x FOUND y", "stream: ERROR"]
)
def test_any_other_reply_means_nothing(reply):
    assert verdict(reply) is None


@pytest.mark.parametrize("address", ["", "unix:///nowhere/clamd"])
def test_a_worker_starts_while_the_scanner_does_not_answer(settings, address):
    settings.CLAMD_ADDRESS = address
    assert insist() is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("waited", "made", "said"),
    [
        (timedelta(minutes=14), timedelta(hours=47), []),
        (timedelta(minutes=16), timedelta(hours=47), ["A file has waited for the virus check since"]),
        (timedelta(minutes=14), timedelta(hours=49), ["The signatures of the virus scanner are of"]),
        (timedelta(minutes=14), None, ["The virus scanner does not answer:"]),
    ],
)
def test_what_somebody_has_to_look_at_is_said(server, settings, received, caplog, waited, made, said):
    version = f"ClamAV 1.4.6/27812/{datetime.now(UTC) - made:%a %b %d %H:%M:%S %Y}\0" if made else ""
    settings.CLAMD_ADDRESS, settings.CLAMD_TIMEOUT = server(of_version(version.encode())), 5
    with time_machine.travel(datetime.now(UTC) - waited):
        received()
    tasks.watch_scanner()
    assert [record.message[: len(words)] for record, words in zip(caplog.records, said, strict=True)] == said
    assert {record.levelname for record in caplog.records} <= {"ERROR"}


@pytest.mark.django_db
def test_without_a_scanner_nobody_watches(received, caplog):
    received()
    tasks.watch_scanner()
    assert caplog.records == []
