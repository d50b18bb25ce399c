"""A file is taken whole, under a random key, with its event; or nothing of it is kept."""

import hashlib
import time

import pytest
from django.db import DataError, transaction

from accounts.models import User
from audit.models import Event
from documents import queries
from documents.errors import Rejected
from documents.models import Arrival, Document, Status
from documents.uploads import BoundedUploadHandler
from kzcustody_site.celery import app
from tests.plugins import files

pytestmark = pytest.mark.django_db


def test_what_is_kept_of_a_file(received, stored_files, actor):
    document = received(files.pdf(b"<</XFA 1 0 R>>"), "../Устав Әлем.pdf")
    document.refresh_from_db()
    (path,) = stored_files()
    assert path.read_bytes() == files.pdf(b"<</XFA 1 0 R>>")
    assert document.key.endswith(path.name)
    assert len(path.name) == 64
    assert document.name == "Устав Әлем.pdf"
    assert document.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert document.size == path.stat().st_size
    assert (document.content_type, document.extension) == ("application/pdf", "pdf")
    assert document.active_content == ["xfa"]
    assert "active form" in document.warning
    assert (document.status, document.sealed, document.supersedes) == (Status.UNSCANNED, False, None)
    assert (document.uploaded_by, document.uploaded_by_name) == (None, "system: test")
    assert Arrival.objects.count() == 0


def test_a_person_is_remembered_by_name_after_the_account_is_gone(received):
    person = User.objects.create(email="a@example.test", full_name="Әсел Қ.")
    document = files.receive(upload=files.upload("a.pdf", files.pdf()), name="a.pdf", actor=person)
    assert document.uploaded_by == person
    person.delete()
    document.refresh_from_db()
    assert (document.uploaded_by, document.uploaded_by_name) == (None, "Әсел Қ.")


def test_the_event_holds_the_hash_and_not_the_name(received):
    document = received(name="Passport of A. Person.pdf")
    event = Event.objects.get(subject=f"document:{document.pk}")
    assert (event.kind, event.to_state) == ("document.received", "unscanned")
    assert event.data["sha256"] == document.sha256
    assert "Passport" not in str(event.data)


def test_the_limits_of_size(settings, received, stored_files):
    exact = files.pdf()
    settings.DOCUMENT_MAX_BYTES = len(exact)
    assert received(exact).size == len(exact)
    settings.DOCUMENT_MAX_BYTES = len(exact) + 1
    assert received(exact).size == len(exact)
    settings.DOCUMENT_MAX_BYTES = len(exact) - 1
    for content, code in ((exact, "too_big"), (b"", "empty")):
        with pytest.raises(Rejected) as caught:
            received(content)
        assert caught.value.code == code
    assert (Document.objects.count(), Arrival.objects.count(), len(stored_files())) == (2, 0, 2)


def test_a_false_declared_size_changes_nothing(received, settings, actor):
    upload = files.upload("a.pdf", files.pdf())
    upload.size = 1
    settings.DOCUMENT_MAX_BYTES = 10
    with pytest.raises(Rejected) as caught:
        files.receive(upload=upload, name="a.pdf", actor=actor)
    assert caught.value.code == "too_big"


def test_the_declared_type_of_the_upload_must_agree(actor):
    upload = files.upload("a.pdf", files.pdf(), "text/html")
    with pytest.raises(Rejected) as caught:
        files.receive(upload=upload, name="a.pdf", actor=actor)
    assert caught.value.code == "wrong_type"


def test_a_refused_file_leaves_nothing(received, stored_files):
    with pytest.raises(Rejected):
        received(b"<html>", "a.pdf")
    assert (Document.objects.count(), Arrival.objects.count(), stored_files()) == (0, 0, [])
    assert Event.objects.count() == 0


def test_a_full_disk_leaves_nothing_and_the_next_upload_works(settings, store, received, stored_files):
    good = settings.STORAGES
    settings.STORAGES = good | files.two_stores(store, "tests.plugins.files.FullDisk")
    with pytest.raises(Rejected) as caught:
        received()
    assert (caught.value.code, str(caught.value.__cause__)) == (
        "failed",
        "[Errno 28] No space left on device",
    )
    assert (Document.objects.count(), Arrival.objects.count(), stored_files()) == (0, 0, [])
    settings.STORAGES = good
    assert received().usable


def test_a_database_that_refuses_the_record_leaves_no_file(actor, stored_files, db):
    class Nameless:
        pk = None
        audit_name = "a\0b"
        human = ""

    with pytest.raises(DataError, match="NUL"):
        files.receive(upload=files.upload("a.pdf", files.pdf()), name="a.pdf", actor=Nameless())
    assert (Document.objects.count(), Arrival.objects.count(), stored_files()) == (0, 0, [])


def test_new_versions_form_one_chain_and_the_old_bytes_stay(received, stored_files):
    first = received(files.pdf(b"1"))
    second = received(files.pdf(b"2"), supersedes=first)
    from_an_old_page = received(files.pdf(b"3"), supersedes=first)
    assert from_an_old_page.supersedes == second
    assert queries.chain(first) == [from_an_old_page, second, first]
    assert [version.number for version in (first, second, from_an_old_page)] == [1, 2, 3]
    assert queries.chain(from_an_old_page) == [from_an_old_page, second, first]
    assert len(stored_files()) == 3


def test_the_same_bytes_are_noticed(received):
    first, second = received(), received()
    received(files.pdf(b"other"))
    assert list(queries.same_bytes(first)) == [second]


def test_a_file_is_not_taken_inside_a_transaction(received):
    with pytest.raises(RuntimeError), transaction.atomic():
        received()
    assert Document.objects.count() == 0


def test_the_scanner_is_sent_for_after_the_commit(settings, received, django_capture_on_commit_callbacks):
    settings.CLAMD_ADDRESS = "unix:///nowhere"
    sent = []
    app.send_task, original = lambda *call: sent.append(call), app.send_task
    try:
        with django_capture_on_commit_callbacks(execute=True):
            document = received()
            assert sent == []
    finally:
        app.send_task = original
    assert document.status == Status.WAITING
    assert sent == [("documents.tasks.scan_one", [str(document.pk)])]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_harms_no_upload(settings, received, monkeypatch):
    settings.CLAMD_ADDRESS = "unix:///nowhere"
    monkeypatch.setattr(app.conf, "broker_write_url", "redis+socket:///nowhere/broker.sock")
    started = time.monotonic()
    document = received()
    assert Document.objects.get() == document
    assert queries.due_for_scan() == [document.pk]
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(("sent", "kept"), [(9, 9), (10, 10), (11, 11), (12, 11), (1000, 11)])
def test_an_endless_upload_fills_no_disk(settings, sent, kept):
    settings.DOCUMENT_MAX_BYTES = 10
    handler = BoundedUploadHandler()
    handler.new_file("file", "a.pdf", "application/pdf", None)
    for start in range(0, sent, 4):
        handler.receive_data_chunk(bytes(min(4, sent - start)), start)
    file = handler.file_complete(sent)
    assert (file.size, len(file.read())) == (kept, kept)
