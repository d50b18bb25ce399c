"""A file that comes in pieces goes on where the line dropped, and ends as the one that it would have been."""

import hashlib
import os
import resource
import signal
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from audit.models import Event
from documents import services, tasks
from documents.errors import OutOfStep, Rejected
from documents.models import Arrival, Document, Incoming
from documents.services import pieces, receiving
from documents.stores import PIECE
from tests.plugins import files
from workflow.errors import Gone

pytestmark = pytest.mark.django_db

WHOLE = files.pdf(b"".join(b"%d " % number for number in range(900)))
SAID = {"name": "Жарғы.pdf", "declared_type": "application/pdf", "mark": "1764408", "place": "a question"}


@pytest.fixture
def person():
    return User.objects.create(email="a@example.test", full_name="Әсел Қ.")


@pytest.fixture
def small(monkeypatch):
    """Pieces of a thousand bytes: a store of files takes them of any size."""
    monkeypatch.setattr("documents.models.PIECE", 1000)


def begun(person, whole=WHOLE, **said):
    return pieces.begin(actor=person, **{**SAID, "size": len(whole), **said})


def sent(incoming, whole=WHOLE, *, until=None):
    """Sends what is missing, or the pieces that begin before that byte."""
    while incoming.next_piece and (until is None or incoming.came < until):
        piece = whole[incoming.came : incoming.came + incoming.next_piece]
        incoming = pieces.add(incoming=incoming, at=incoming.came, piece=piece)
    return incoming


def received(incoming, person, **more):
    return files.receive(upload=incoming, name=incoming.name, actor=person, **more)


def left():
    return Document.objects.count(), Incoming.objects.count(), Arrival.objects.count()


def test_pieces_become_the_document_that_the_whole_would_be(person, small, stored_files):
    document = received(sent(begun(person)), person)
    document.refresh_from_db()
    (path,) = stored_files()
    assert path.read_bytes() == WHOLE
    assert document.key.endswith(path.name)
    assert (document.name, document.size, document.sha256) == (
        "Жарғы.pdf",
        len(WHOLE),
        hashlib.sha256(WHOLE).hexdigest(),
    )
    assert (document.content_type, document.extension, document.uploaded_by) == (
        "application/pdf",
        "pdf",
        person,
    )
    assert left() == (1, 1, 0)
    assert list(Event.objects.values_list("kind", "subject")) == [
        ("document.received", f"document:{document.pk}")
    ]
    assert services.open_document(document=document, actor=person, why="view").read() == WHOLE


def test_the_size_of_a_piece_is_the_one_that_s3_takes(person):
    whole = files.pdf(bytes(2 * PIECE))
    incoming, lengths = begun(person, whole), []
    while incoming.next_piece:
        lengths.append(incoming.next_piece)
        incoming = sent(incoming, whole, until=incoming.came + 1)
    assert lengths == [5 * 1024 * 1024, 5 * 1024 * 1024, len(whole) - 2 * PIECE]
    assert received(incoming, person).sha256 == hashlib.sha256(whole).hexdigest()


def test_a_newer_version_can_come_in_pieces(person, small):
    first = received(sent(begun(person)), person)
    second = received(sent(begun(person, mark="later")), person, supersedes=first)
    assert (second.supersedes, second.number) == (first, 2)


def test_the_same_file_goes_on_where_it_stopped(person, small):
    stopped = sent(begun(person), until=2000)
    again = begun(person)
    assert (again.pk, again.came) == (stopped.pk, 2000)
    assert received(sent(again), person).sha256 == hashlib.sha256(WHOLE).hexdigest()


def test_another_file_place_or_person_begins_anew(person, small):
    stopped = sent(begun(person), until=2000)
    other = User.objects.create(email="b@example.test")
    for who, said in (
        (person, {"name": "b.pdf"}),
        (person, {"size": len(WHOLE) + 1}),
        (person, {"mark": "saved since"}),
        (person, {"place": "another question"}),
        (other, {}),
    ):
        anew = begun(who, **said)
        assert (anew.pk == stopped.pk, anew.came) == (False, 0)
    assert left() == (0, 6, 6)


@pytest.mark.parametrize(
    ("at", "length"),
    [(0, 1000), (1000, 1000), (3000, 1000), (2000, 999), (2000, 1001), (2000, 0)],
    ids=["the first again", "the last again", "one ahead", "short", "long", "empty"],
)
def test_only_the_next_piece_is_taken_and_whole(person, small, at, length, stored_files):
    incoming = sent(begun(person), until=2000)
    with pytest.raises(OutOfStep) as caught:
        pieces.add(incoming=incoming, at=at, piece=WHOLE[at : at + length])
    assert caught.value.came == 2000
    assert stored_files()[0].read_bytes() == WHOLE[:2000]
    assert received(sent(incoming), person).sha256 == hashlib.sha256(WHOLE).hexdigest()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"size": 0}, "empty"),
        ({"size": -1}, "empty"),
        ({"size": 5000}, "too_big"),
        ({"name": "a.exe"}, "wrong_type"),
        ({"declared_type": "text/html"}, "wrong_type"),
    ],
)
def test_what_no_content_could_mend_is_refused_before_it_comes(settings, person, said, code):
    settings.DOCUMENT_MAX_BYTES = 4999
    with pytest.raises(Rejected) as caught:
        begun(person, **said)
    assert (caught.value.code, left()) == (code, (0, 0, 0))


def test_what_the_first_piece_gives_away_is_refused_with_it(person, small, stored_files):
    incoming = begun(person)
    with pytest.raises(Rejected) as caught:
        pieces.add(incoming=incoming, at=0, piece=b"<html>" + WHOLE[:994])
    assert (caught.value.code, left(), stored_files()) == ("wrong_type", (0, 0, 0), [])
    with pytest.raises(Gone):
        pieces.add(incoming=incoming, at=0, piece=WHOLE[:1000])


def test_a_stray_first_piece_forgets_nothing_of_what_came(person, small):
    incoming = sent(begun(person), until=2000)
    with pytest.raises(OutOfStep) as caught:
        pieces.add(incoming=incoming, at=0, piece=b"<html>" + WHOLE[:994])
    assert (caught.value.came, Incoming.objects.get().came) == (2000, 2000)


@pytest.mark.parametrize(
    ("name", "declared", "whole", "code"),
    [
        ("a.pdf", "application/pdf", WHOLE[:-7] + b"broken.", "damaged"),
        ("a.pdf", "", WHOLE.replace(b"600", b"/Encrypt 5 0 R") + b"/Encrypt 5 0 R\n%%EOF", "password"),
        ("a.docx", "", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), "old_office"),
    ],
)
def test_what_only_the_whole_gives_away_leaves_nothing(
    person, small, stored_files, name, declared, whole, code
):
    incoming = sent(begun(person, whole, name=name, declared_type=declared), whole)
    with pytest.raises(Rejected) as caught:
        received(incoming, person)
    assert (caught.value.code, left(), stored_files()) == (code, (0, 0, 0), [])


def test_a_file_is_not_taken_before_it_is_whole(person, small):
    incoming = sent(begun(person), until=2000)
    with pytest.raises(OutOfStep) as caught:
        received(incoming, person)
    assert (caught.value.came, left()) == (2000, (0, 1, 1))


def test_what_is_asked_twice_has_one_answer(person, small):
    incoming = sent(begun(person))
    document = received(incoming, person)
    assert received(incoming, person) == document
    found = pieces.find(incoming_id=incoming.pk, place="a question", actor=person)
    assert (received(found, person), found.document) == (document, document)
    with pytest.raises(Gone):
        pieces.add(incoming=incoming, at=0, piece=WHOLE[:1000])
    assert begun(person).pk != incoming.pk, "given once more it is another file"


def test_nobody_else_and_no_other_place_finds_it(person, small):
    incoming = begun(person)
    assert pieces.find(incoming_id=incoming.pk, place="a question", actor=person) == incoming
    for place, who in (("elsewhere", person), ("a question", User.objects.create(email="b@example.test"))):
        with pytest.raises(Gone):
            pieces.find(incoming_id=incoming.pk, place=place, actor=who)


def test_what_is_given_up_is_not_kept(person, small, stored_files):
    incoming = sent(begun(person), until=2000)
    pieces.forget(incoming=incoming)
    assert (left(), stored_files()) == ((0, 0, 0), [])
    with pytest.raises(Gone):
        sent(incoming)


def test_what_became_a_document_is_not_given_up(person, small, stored_files):
    incoming = sent(begun(person))
    received(incoming, person)
    pieces.forget(incoming=incoming)
    assert (left(), len(stored_files())) == ((1, 1, 0), 1)


def test_of_many_unfinished_files_the_oldest_goes(person, small, stored_files, monkeypatch):
    monkeypatch.setattr(pieces, "MOST_OPEN", 2)
    _first, second, third = (sent(begun(person, mark=mark), until=1) for mark in "123")
    assert set(Incoming.objects.all()) == {second, third}
    assert {path.name for path in stored_files()} == {one.key.rsplit("/", 1)[1] for one in (second, third)}


def test_a_document_that_goes_takes_the_way_it_came(person, small, django_capture_on_commit_callbacks):
    document = received(sent(begun(person)), person)
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_unsealed(document=document, actor=person)
    assert left() == (0, 0, 0)


def test_a_day_later_the_sweep_forgets_what_was_not_finished(person, small, stored_files):
    done = received(sent(begun(person, mark="done")), person)
    old = sent(begun(person, mark="old"), until=2000)
    young = sent(begun(person, mark="young"), until=2000)
    for model in (Incoming, Arrival):
        model.objects.exclude(key=young.key).update(started_at=timezone.now() - timedelta(hours=25))
    tasks.sweep()
    assert list(Incoming.objects.all()) == [young]
    assert {path.name for path in stored_files()} == {one.key.rsplit("/", 1)[1] for one in (done, young)}
    with pytest.raises(Gone):
        sent(old)
    with pytest.raises(Gone):
        receiving._keep(Document(key=old.key), person, None, old)


@pytest.fixture
def room():
    """A function: no file of this process may grow beyond so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda most: resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_said_and_the_file_goes_on_once_there_is_room(person, small, room):
    incoming = begun(person)
    room(1500)
    with pytest.raises(Rejected) as caught:
        sent(incoming)
    room(1_000_000)
    assert (caught.value.code, type(caught.value.__cause__)) == ("failed", OSError)
    again = begun(person)
    assert (again.pk, again.came) == (incoming.pk, 1000)
    assert received(sent(again), person).sha256 == hashlib.sha256(WHOLE).hexdigest()


@pytest.mark.parametrize("left_over", [WHOLE[:1999], b"", None], ids=["cut", "empty", "gone"])
def test_where_the_store_lost_what_came_the_file_begins_anew(person, small, stored_files, left_over):
    incoming = sent(begun(person), until=2000)
    lose(stored_files()[0], left_over)
    with pytest.raises(Rejected) as caught:
        sent(incoming)
    assert (caught.value.code, left(), stored_files()) == ("failed", (0, 0, 0), [])
    assert "Upload it again" in caught.value.message
    assert begun(person).came == 0


@pytest.mark.parametrize(
    "left_over",
    [WHOLE[:-1], WHOLE + b"\n", WHOLE[:1000] + bytes(1000) + WHOLE[2000:], b"", None],
    ids=["cut", "more", "a hole", "empty", "gone"],
)
def test_what_the_store_gives_back_otherwise_is_not_taken(person, small, stored_files, left_over):
    incoming = sent(begun(person))
    lose(stored_files()[0], left_over)
    with pytest.raises(Rejected) as caught:
        received(incoming, person)
    assert (caught.value.code, left(), stored_files()) == ("failed", (0, 0, 0), [])


def lose(path, left_over):
    if left_over is None:
        path.unlink()
    else:
        path.write_bytes(left_over)


def test_pieces_that_the_database_forgot_are_written_over(person, small):
    first = sent(begun(person), until=1000)
    remembered = (first.came, first.crc)
    sent(begun(person))
    Incoming.objects.update(came=remembered[0], crc=remembered[1])
    assert received(sent(begun(person)), person).sha256 == hashlib.sha256(WHOLE).hexdigest()


def test_no_more_comes_than_was_said(person):
    incoming = begun(person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Incoming.objects.filter(pk=incoming.pk).update(came=len(WHOLE) + 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_the_same_piece_one_is_told_what_is_there(person, small, stored_files):
    incoming = sent(begun(person), until=2000)

    def send(_number):
        try:
            return pieces.add(incoming=incoming, at=2000, piece=WHOLE[2000 : 2000 + incoming.next_piece]).came
        except OutOfStep as error:
            return f"there are {error.came}"
        finally:
            connection.close()

    end = 2000 + incoming.next_piece
    with ThreadPoolExecutor(4) as four:
        said = sorted(map(str, four.map(send, range(4))))
    assert said == [str(end), *[f"there are {end}"] * 3]
    assert stored_files()[0].read_bytes() == WHOLE[:end]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_finish_both_get_the_one_document(person, small):
    incoming = sent(begun(person))

    def finish(_number):
        try:
            return received(incoming, person).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as four:
        said = set(four.map(finish, range(4)))
    assert said == {Document.objects.get().pk}
    assert Event.objects.filter(kind="document.received").count() == 1


STEPS = {
    "before a piece is written": ("documents.storage.append", False),
    "after a piece is written": ("documents.storage.append", True),
    "before the file is looked at": ("documents.storage.complete", True),
    "after the file is hashed": ("documents.storage.sums", True),
    "before the file is copied": ("documents.storage.take", False),
    "after the file is copied": ("documents.storage.take", True),
    "before the record is committed": ("documents.services.receiving.record", True),
    "before the pieces go": ("documents.services.receiving.discard", False),
    "after the pieces are gone": ("tests.plugins.files.receive", True),
}
# Documents, and notes of keys, where it was killed.
STANDS = {
    "before the file is copied": (0, 2),
    "after the file is copied": (0, 2),
    "before the record is committed": (0, 2),
    "before the pieces go": (1, 1),
    "after the pieces are gone": (1, 0),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", STEPS)
def test_a_process_that_is_killed_leaves_a_file_that_goes_on(person, small, stored_files, monkeypatch, step):
    incoming = sent(begun(person), until=1000)
    killed(lambda: received(sent(begun(person)), person), *STEPS[step], monkeypatch)
    documents, _incoming, arrivals = left()
    assert (documents, arrivals) == STANDS.get(step, (0, 1))
    found = pieces.find(incoming_id=incoming.pk, place="a question", actor=person)
    document = received(sent(found), person)
    services.sweep(before=timezone.now())
    (path,) = stored_files()
    assert (path.name, path.read_bytes()) == (document.key.split("/")[1], WHOLE)
    assert document.sha256 == hashlib.sha256(WHOLE).hexdigest()
    assert left() == (1, 0, 0)
    assert Event.objects.filter(kind="document.received").count() == 1


def killed(what, step, is_done, monkeypatch):
    """Does it in a process of its own, which is killed when it comes to the step, or has taken it."""
    child = os.fork()
    if child == 0:
        of_the_parent = connection.connection  # kept, so that nobody hangs up on it
        connection.connection = None
        module, name = step.rsplit(".", 1)
        taken = getattr(__import__(module, fromlist=[name]), name)

        def die(*args, **kwargs):
            if is_done:
                taken(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(step, die)
        try:
            what()
        finally:
            os._exit(bool(of_the_parent))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


MOST_MEMORY = 16 * 1024 * 1024
LARGE = 45 * 1024 * 1024


def test_a_large_file_is_never_held_whole(person):
    incoming = begun(person, size=LARGE)
    tracemalloc.start()
    try:
        while length := incoming.next_piece:
            piece = bytearray(length)
            if incoming.came == 0:
                piece[:5] = b"%PDF-"
            if incoming.came + length == LARGE:
                piece[-5:] = b"%%EOF"
            incoming = pieces.add(incoming=incoming, at=incoming.came, piece=bytes(piece))
        document = received(incoming, person)
        assert (document.size, tracemalloc.get_traced_memory()[1] < MOST_MEMORY) == (LARGE, True)
    finally:
        tracemalloc.stop()


def test_a_large_file_that_a_form_gives_is_never_held_whole(person):
    with TemporaryUploadedFile("a.pdf", "application/pdf", LARGE, None) as upload:
        upload.write(b"%PDF-")
        upload.seek(LARGE - 5)
        upload.write(b"%%EOF")
        upload.flush()
        tracemalloc.start()
        try:
            document = files.receive(upload=upload, name="a.pdf", actor=person)
            assert (document.size, tracemalloc.get_traced_memory()[1] < MOST_MEMORY) == (LARGE, True)
        finally:
            tracemalloc.stop()
