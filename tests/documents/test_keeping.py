"""Sealed files stay; the rest can go; what lies in the store is what was received."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from audit.models import Event
from documents import services, storage, tasks
from documents.errors import Kept, NotUsable
from documents.models import Arrival, Document, Status
from tests.plugins import files

pytestmark = pytest.mark.django_db


def test_a_sealed_document_cannot_be_deleted_by_anyone(received, actor, stored_files):
    document = received()
    services.seal(documents=[document])
    with pytest.raises(Kept) as caught:
        services.delete_unsealed(document=document, actor=actor)
    assert caught.value.code == "sealed"
    with pytest.raises(ProgrammingError), transaction.atomic():
        Document.objects.filter(pk=document.pk).delete()
    with pytest.raises(ProgrammingError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(sealed=False)
    assert len(stored_files()) == 1


def test_a_document_that_may_not_be_opened_cannot_be_sealed(settings, received):
    good = received()
    settings.CLAMD_ADDRESS = "unix:///nowhere"
    waiting = received(name="waiting.pdf")
    with pytest.raises(NotUsable, match=r"waiting\.pdf"):
        services.seal(documents=[good, waiting])
    assert not Document.objects.filter(sealed=True).exists()


@pytest.mark.parametrize("field", ["key", "sha256", "size", "content_type", "supersedes"])
def test_the_database_keeps_what_was_received(received, field):
    document, other = received(), received()
    value = {"size": 7, "supersedes": other}.get(field, "x")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**{field: value})


@pytest.mark.parametrize("after", Status.values)
@pytest.mark.parametrize("before", Status.values)
def test_the_database_refuses_any_other_change_of_status(settings, received, before, after):
    settings.CLAMD_ADDRESS = "" if before == Status.UNSCANNED else "unix:///nowhere"
    document = received()
    row = Document.objects.filter(pk=document.pk)
    row.update(status=before, stored_in="documents")
    allowed = (
        before == after
        or (before, after) == (Status.CLEAN, Status.INFECTED)
        or (
            before in (Status.WAITING, Status.UNSCANNED)
            and after in (Status.CLEAN, Status.INFECTED, Status.UNCHECKABLE)
        )
    )
    if allowed:
        assert row.update(status=after) == 1
    else:
        with pytest.raises(ProgrammingError), transaction.atomic():
            row.update(status=after)


def test_no_document_has_two_successors(received):
    first = received()
    received(supersedes=first)
    document = received()
    copy = {field.attname: getattr(document, field.attname) for field in Document._meta.concrete_fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.create(**copy | {"id": None, "key": "other", "supersedes_id": first.pk})


def test_an_unsealed_document_goes_with_its_bytes(
    received, actor, stored_files, django_capture_on_commit_callbacks
):
    document = received()
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_unsealed(document=document, actor=actor)
        assert len(stored_files()) == 1, "the bytes go after the commit"
    assert (Document.objects.count(), Arrival.objects.count(), stored_files()) == (0, 0, [])
    event = Event.objects.get(kind="document.deleted")
    assert event.data == {"sha256": document.sha256}


def test_a_superseded_document_stays(received, actor):
    first = received()
    received(supersedes=first)
    with pytest.raises(Kept) as caught:
        services.delete_unsealed(document=first, actor=actor)
    assert caught.value.code == "superseded"
    with pytest.raises(ProtectedError):
        first.delete()


def test_the_nightly_proof_names_a_flipped_byte_and_a_missing_file(received, stored_files, caplog):
    whole, flipped, missing = received(files.pdf(b"1")), received(files.pdf(b"2")), received(files.pdf(b"3"))
    for path in stored_files():
        if flipped.key.endswith(path.name):
            path.write_bytes(path.read_bytes().replace(b"2", b"9"))
        if missing.key.endswith(path.name):
            path.unlink()
    tasks.verify_integrity()
    found = dict(Event.objects.filter(kind="document.damaged").values_list("subject", "reason"))
    assert found == {f"document:{flipped.pk}": "changed", f"document:{missing.pk}": "missing"}
    assert {str(document.pk) for document in Document.objects.filter(damaged_at=None)} == {str(whole.pk)}
    assert not Document.objects.filter(verified_at=None).exists()
    assert [str(flipped.pk) in caplog.text, str(missing.pk) in caplog.text, str(whole.pk) in caplog.text] == [
        True,
        True,
        False,
    ]


def test_damage_is_recorded_once(received, stored_files):
    received()
    stored_files()[0].unlink()
    tasks.verify_integrity()
    tasks.verify_integrity()
    assert Event.objects.filter(kind="document.damaged").count() == 1


def test_the_proof_goes_on_in_batches_until_all_are_proven(received):
    for _number in range(3):
        received()
    now = timezone.now()
    assert [services.verify_integrity(before=now, limit=2) for _batch in range(3)] == [2, 1, 0]


def left_behind(hours):
    """What a process killed between storing and recording leaves."""
    key = storage.new_key()
    Arrival.objects.create(key=key, started_at=timezone.now() - timedelta(hours=hours))
    storage.put(key, files.upload("a.pdf", b"left behind"))
    return key


def test_the_sweep_removes_what_a_killed_upload_left_a_day_ago(received, stored_files):
    kept = received()
    left_behind(hours=25)
    young = left_behind(hours=23)
    tasks.sweep()
    assert {path.name for path in stored_files()} == {key.split("/")[1] for key in (kept.key, young)}
    assert [arrival.key for arrival in Arrival.objects.all()] == [young]


def test_the_sweep_never_touches_what_a_document_owns(received, stored_files):
    document = received()
    Arrival.objects.create(key=document.key, started_at=timezone.now() - timedelta(days=9))
    tasks.sweep()
    assert len(stored_files()) == 1


def test_the_sweep_comes_again_where_the_storage_fails(stored_files, store):
    key = left_behind(hours=25)
    (path,) = stored_files()
    path.unlink()
    (path / "in the way").mkdir(parents=True)
    tasks.sweep()
    assert [arrival.key for arrival in Arrival.objects.all()] == [key]
    (path / "in the way").rmdir()
    path.rmdir()
    path.write_bytes(b"left behind")
    tasks.sweep()
    assert (stored_files(), Arrival.objects.count()) == ([], 0)
