"""Bytes that go, and the row that stays and says so: in any order of crashes."""

import shutil
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from audit.models import Event
from documents import queries, services, storage, tasks
from documents.errors import Kept, NotUsable
from documents.models import Document, Picture, Preview
from documents.services import destroying
from tests.documents.test_headings import workbook
from tests.plugins import files

pytestmark = pytest.mark.django_db
WHY = "rule"


@pytest.fixture
def announced(received):
    """A function: a document that is to be destroyed, with a preview."""

    def make(**how):
        document = received(**how)
        for size in (Picture.LARGE, Picture.SMALL):
            picture = document.pictures.create(size=size, key=storage.new_key(), sha256="0" * 64, bytes=1)
            storage.put(picture.key, files.upload("p.png", b"p"))
        Document.objects.filter(pk=document.pk).update(preview=Preview.MADE)
        with transaction.atomic():
            destroying.announce(documents=destroying.lock([document.pk]))
        document.refresh_from_db()
        return document

    return make


def destroy(document, actor):
    gone = destroying.destroy(document_id=document.pk, actor=actor, why=WHY)
    document.refresh_from_db()
    return gone


def test_the_bytes_go_and_the_row_says_what_lay_there(announced, actor, stored_files):
    document = announced()
    before = (document.sha256, document.size, document.content_type, document.uploaded_at, document.key)
    assert len(stored_files()) == 3

    assert destroy(document, actor)

    after = (document.sha256, document.size, document.content_type, document.uploaded_at, document.key)
    assert (stored_files(), document.name, after) == ([], "", before)
    assert (document.pictures.count(), document.usable, document.has_preview) == (0, False, False)
    event = Event.objects.get(kind="document.destroyed")
    assert (event.subject, event.reason) == (f"document:{document.pk}", WHY)
    assert event.data == {"sha256": document.sha256, "size": document.size}


def test_what_was_read_out_of_a_sheet_goes_with_it(announced, actor):
    document = announced(content=workbook(("Key class", "Owner")), name="keys.xlsx")
    assert document.headings == ["Key class", "Owner"]
    assert destroy(document, actor)
    assert document.headings == []


def test_what_is_destroyed_twice_is_destroyed_once(announced, actor):
    document = announced()
    assert destroy(document, actor)
    first = document.destroyed_at

    assert destroy(document, actor)

    assert (document.destroyed_at, Event.objects.filter(kind="document.destroyed").count()) == (first, 1)


def test_nothing_is_destroyed_that_was_not_announced(received, actor, stored_files):
    document = received()

    with pytest.raises(RuntimeError, match="was not announced"):
        destroy(document, actor)

    assert len(stored_files()) == 1


def test_where_the_store_fails_all_is_left_for_another_attempt(announced, actor, store, stored_files):
    document = announced()
    kept = stored_files()
    store.rename(store.with_name("away"))
    store.write_text("no folder")

    assert not destroy(document, actor)
    assert (document.destroyed_at, document.name, document.pictures.count()) == (None, "charter.pdf", 2)

    store.unlink()
    store.with_name("away").rename(store)
    assert stored_files() == kept
    assert destroy(document, actor)
    assert stored_files() == []


def test_a_crash_after_the_bytes_went_loses_nothing_but_time(announced, actor, stored_files):
    document = announced()
    with transaction.atomic():
        destroying.destroy(document_id=document.pk, actor=actor, why=WHY)
        transaction.set_rollback(True)
    document.refresh_from_db()
    assert (stored_files(), document.destroyed_at, document.usable) == ([], None, False)

    assert destroy(document, actor)

    assert (document.destroyed_at is not None, document.name) == (True, "")


def test_what_is_spared_is_as_it_was(announced, actor, stored_files):
    document = announced()

    assert destroying.spare(document_id=document.pk, actor=actor, why="hold")

    document.refresh_from_db()
    assert (document.destroying_at, document.usable, len(stored_files())) == (None, True, 3)
    with services.open_document(document=document, actor=actor, why="view") as file:
        assert storage.digest(file) == document.sha256
    assert Event.objects.get(kind="document.spared").reason == "hold"
    assert destroying.spare(document_id=document.pk, actor=actor, why="hold")  # it is settled already
    assert Event.objects.filter(kind="document.spared").count() == 1


def test_what_was_gone_before_it_was_spared_is_said_to_be_gone(announced, actor, stored_files):
    document = announced()
    storage.destroy(document.key)

    assert destroying.spare(document_id=document.pk, actor=actor, why="hold")

    document.refresh_from_db()
    assert (document.destroyed_at is not None, stored_files()) == (True, [])
    assert not Event.objects.filter(kind="document.spared").exists()


@pytest.mark.parametrize("is_gone", [False, True])
def test_nobody_opens_checks_draws_or_deletes_it(announced, received, actor, is_gone, store):
    document, other = announced(), received(name="other.pdf")
    if is_gone:
        destroy(document, actor)
    words = "was destroyed on" if is_gone else "cannot be opened at the moment"
    assert words in document.advice
    assert ("under the regulator's rule for keeping documents" in document.advice) is is_gone
    for attempt in (
        lambda: services.open_document(document=document, actor=actor, why="view"),
        lambda: services.seal(documents=[document]),
        lambda: services.delete_unsealed(document=document, actor=actor),
    ):
        with pytest.raises((NotUsable, Kept), match=words):
            attempt()
    with pytest.raises(NotUsable):
        services.open_picture(document=document, size="large", actor=actor, why="view")
    assert list(Document.objects.filter(queries.usable())) == [other]
    Document.objects.update(preview=Preview.DUE)
    assert list(queries.to_preview()) == [other]
    assert queries.due_for_scan() == [other.pk]
    Document.objects.update(status="clean", scanned_at=timezone.now() - timedelta(days=2))
    assert queries.due_for_another_scan(before=timezone.now(), limit=9) == [other.pk]


def test_the_proof_of_the_store_does_not_miss_what_was_destroyed(announced, received, actor, store):
    document, other = announced(), received(name="other.pdf")
    destroy(document, actor)

    tasks.verify_integrity()

    document.refresh_from_db()
    other.refresh_from_db()
    assert (document.damaged_at, document.verified_at, other.damaged_at) == (None, None, None)
    assert other.verified_at is not None
    shutil.rmtree(store)
    tasks.verify_integrity()
    other.refresh_from_db()
    assert other.damaged_at is not None  # what was not destroyed is missed as before


@pytest.mark.parametrize(
    "change",
    [
        {"destroyed_at": None},
        {"destroying_at": None},
        {"destroyed_at": timezone.now() - timedelta(days=1)},
        {"name": "back.pdf"},
    ],
)
def test_what_is_destroyed_stays_destroyed_in_the_database(announced, actor, change):
    document = announced()
    destroy(document, actor)

    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**change)


def test_the_database_wants_it_announced_first_and_keeps_the_row(announced, received, actor):
    document = received()
    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(
            name="", destroying_at=timezone.now(), destroyed_at=timezone.now()
        )
    gone = announced()
    destroy(gone, actor)
    with pytest.raises(ProgrammingError), transaction.atomic():
        gone.delete()


def test_a_sealed_one_becomes_a_tombstone_too_and_stays_sealed(received, actor):
    document = received()
    services.seal(documents=[document])
    with transaction.atomic():
        destroying.announce(documents=destroying.lock([document.pk]))

    assert destroy(document, actor)

    assert (document.sealed, document.usable) == (True, False)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(sealed=False)
