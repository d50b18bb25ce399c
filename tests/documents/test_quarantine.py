"""What is not found clean lies apart; a move out of quarantine may be killed anywhere and loses nothing."""

import errno
import os

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from audit.models import Event
from documents import queries, services, storage, tasks
from documents.errors import NotUsable
from documents.models import Arrival, Document, Place, Status
from documents.services import scanning
from tests.documents.test_pieces import begun, killed, person, sent
from tests.plugins import files

__all__ = ["person"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(settings, received):
    """A function: a document that waits for its scan."""

    def receive(body=b"", **more):
        settings.CLAMD_ADDRESS = "unix:///nowhere"
        return received(files.pdf(body), **more)

    return receive


@pytest.fixture
def lying(store):
    """A function: the keys in quarantine, and those of documents."""

    def under(folder):
        return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    return lambda: (under(store.with_name("documents-quarantine")), under(store))


@pytest.mark.parametrize(
    ("status", "is_moved"), [(Status.CLEAN, True), (Status.INFECTED, False), (Status.UNCHECKABLE, False)]
)
def test_only_what_is_clean_leaves_quarantine(waiting, actor, lying, status, is_moved):
    document = waiting()
    assert (document.stored_in, lying()) == (Place.QUARANTINE, ({document.key}, set()))
    files.judge(document, status)
    document.refresh_from_db()
    assert document.status == status
    assert lying() == ((set(), {document.key}) if is_moved else ({document.key}, set()))
    assert document.stored_in == (Place.DOCUMENTS if is_moved else Place.QUARANTINE)
    assert Arrival.objects.count() == 0
    if is_moved:
        assert services.open_document(document=document, actor=actor, why="view").read() == files.pdf()
    else:
        with pytest.raises(NotUsable):
            services.open_document(document=document, actor=actor, why="view")


def test_what_is_usable_at_once_never_lies_in_quarantine(received, lying):
    document = received()
    assert (document.status, lying()) == (Status.UNSCANNED, (set(), {document.key}))


def test_what_came_in_pieces_waits_in_quarantine_too(settings, person, lying):
    settings.CLAMD_ADDRESS = "unix:///nowhere"
    incoming = sent(begun(person))
    assert lying() == ({incoming.key}, set())
    assert incoming.key.startswith("pieces/")
    document = files.receive(upload=incoming, name=incoming.name, actor=person)
    assert (document.status, lying()) == (Status.WAITING, ({document.key}, set()))
    assert not document.key.startswith("pieces/")


def test_a_virus_found_later_leaves_the_file_where_it_is_and_unusable(waiting, actor, lying):
    document = waiting()
    files.judge(document, Status.CLEAN)
    services.seal(documents=[document])
    files.judge(document, Status.INFECTED)
    document.refresh_from_db()
    assert (document.sealed, document.usable, lying()) == (True, False, (set(), {document.key}))


def test_what_waited_before_there_was_a_quarantine_becomes_clean_where_it_lies(received, settings, lying):
    document = received()
    settings.CLAMD_ADDRESS = "unix:///nowhere"
    files.judge(document, Status.CLEAN)
    assert lying() == (set(), {document.key})


def test_the_database_lets_nothing_be_ready_in_quarantine_and_nothing_go_back(waiting):
    document = waiting()
    row = Document.objects.filter(pk=document.pk)
    for status in (Status.CLEAN, Status.UNSCANNED):
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            row.update(status=status)
    row.update(stored_in=Place.DOCUMENTS, version_id="one", status=Status.CLEAN)
    for change in ({"stored_in": Place.QUARANTINE}, {"version_id": "two"}, {"version_id": ""}):
        with pytest.raises(ProgrammingError), transaction.atomic():
            row.update(**change)


def test_another_disk_gets_a_copy_with_the_rights_of_any_file(waiting, monkeypatch, store, lying):
    def no_link(*_paths):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", no_link)
    document = waiting()
    files.judge(document, Status.CLEAN)
    path = store / document.key
    assert (lying(), path.read_bytes()) == ((set(), {document.key}), files.pdf())
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_copy_that_differs_is_not_given_out(waiting, monkeypatch, caplog, lying):
    document = waiting()
    take = storage.take

    def wrongly(from_key, key, *, place):
        version = take(from_key, key, place=place)
        path = storage.store(place).path(key)
        os.unlink(path)
        with open(path, "wb") as file:
            file.write(b"another")
        return version

    monkeypatch.setattr(storage, "take", wrongly)
    assert scanning._settled(document, Status.CLEAN, "") is False
    document.refresh_from_db()
    assert (document.status, document.stored_in) == (Status.WAITING, Place.QUARANTINE)
    assert "the copy is not what was copied" in caplog.text
    monkeypatch.setattr(storage, "take", take)
    files.judge(document, Status.CLEAN)
    assert lying() == (set(), {document.key})


def test_a_move_that_fails_is_tried_again_soon(waiting, monkeypatch, settings):
    document = waiting()
    monkeypatch.setattr(scanning, "_asked", lambda _document: (True, (Status.CLEAN, "")))

    def fail(*_keys, **_place):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage, "take", fail)
    assert services.scan(document_id=document.pk) is False
    document.refresh_from_db()
    assert document.status == Status.WAITING
    assert timezone.now() < document.scan_due_at < timezone.now() + scanning.RETRY_AFTER
    assert queries.due_for_scan() == []


def test_where_the_sweep_came_between_nothing_moves(waiting, monkeypatch, lying):
    document = waiting()
    monkeypatch.setattr(scanning, "note", lambda _document: None)
    assert scanning._settled(document, Status.CLEAN, "") is False
    assert lying() == ({document.key}, set())


STEPS = {
    "before it is noted": ("documents.services.scanning.note", False),
    "after it is noted": ("documents.services.scanning.note", True),
    "before it is copied": ("documents.storage.take", False),
    "after it is copied": ("documents.storage.take", True),
    "after the copy is proven": ("documents.storage.digest", True),
    "before the record is committed": ("documents.services.scanning.record", True),
    "after the record is committed": ("documents.services.scanning._write", True),
    "before it goes from quarantine": ("documents.storage.remove", False),
    "after it is gone from quarantine": ("documents.storage.remove", True),
    "after all": ("documents.services.scanning.discard", True),
}
MOVED = set(list(STEPS)[6:])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sweeps", [False, True], ids=["goes on", "swept first"])
@pytest.mark.parametrize("step", STEPS)
def test_a_worker_that_is_killed_while_it_moves_a_file_loses_nothing(
    waiting, actor, lying, monkeypatch, step, sweeps
):
    document = waiting()
    killed(lambda: scanning._settled(document, Status.CLEAN, ""), *STEPS[step], monkeypatch)
    document.refresh_from_db()
    assert (document.status == Status.CLEAN) == (step in MOVED)
    assert (document.stored_in == Place.DOCUMENTS) == (step in MOVED)
    if document.usable:
        assert services.open_document(document=document, actor=actor, why="view").read() == files.pdf()
    if sweeps:
        services.sweep(before=timezone.now())
        quarantine, clean = lying()
        assert (quarantine, clean) == ((set(), {document.key}) if step in MOVED else ({document.key}, set()))
    files.judge(document, Status.CLEAN)
    services.sweep(before=timezone.now())
    document.refresh_from_db()
    assert (document.status, lying(), Arrival.objects.count()) == (
        Status.CLEAN,
        (set(), {document.key}),
        0,
    )
    assert services.open_document(document=document, actor=actor, why="view").read() == files.pdf()
    tasks.verify_integrity()
    assert Event.objects.filter(kind="document.scanned").count() == 1
    assert not Event.objects.filter(kind="document.damaged").exists()


def test_an_infected_file_that_is_deleted_goes_from_quarantine(
    waiting, actor, lying, django_capture_on_commit_callbacks
):
    document = waiting()
    files.judge(document, Status.INFECTED)
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_unsealed(document=document, actor=actor)
    assert (lying(), Arrival.objects.count()) == ((set(), set()), 0)


def test_what_is_destroyed_is_gone_wherever_it_lies(received, waiting, lying):
    clean, quarantined = received(), waiting(b"2")
    for document in (clean, quarantined):
        assert storage.destroy(document.key) is True
        assert storage.destroy(document.key) is True
    assert lying() == (set(), set())


def test_a_file_that_cannot_be_destroyed_is_said(received, store, caplog):
    document = received()
    path = store / document.key
    path.unlink()
    (path / "in the way").mkdir(parents=True)
    assert storage.destroy(document.key) is False
    assert document.key in caplog.text
