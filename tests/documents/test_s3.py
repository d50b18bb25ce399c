"""Documents in a bucket, by the settings of production, against a server that speaks S3 on this machine."""

import hashlib
import io
import os
import secrets
import subprocess
import sys
import tracemalloc

import pytest
from botocore.exceptions import ClientError
from django.core.files.storage import storages
from pgtrigger import ignore

from accounts.models import User
from audit.models import Event
from deploy import make_bucket
from documents import services, storage, tasks
from documents.errors import NotUsable, Rejected
from documents.models import Arrival, Document, Incoming, Preview, Status
from documents.s3 import InS3
from documents.services import destroying, pieces
from documents.stores import PIECE
from kzcustody_site import environment
from tests.plugins import files

pytestmark = pytest.mark.django_db
LARGE = files.pdf(bytes(PIECE) + b"<</S /JavaScript>>" + bytes(PIECE))
# A process of its own: what it keeps is none of our memory.
SERVER = """
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
server._thread.join()
"""
MOST_MEMORY = 4 * PIECE
SAID = {"name": "a.pdf", "declared_type": "", "mark": "", "place": "a question"}


@pytest.fixture(scope="module")
def server():
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    process.terminate()
    process.wait(10)


@pytest.fixture
def bucket(server, settings, monkeypatch):
    """A function: the client of an empty bucket that documents lie in."""
    name = secrets.token_hex(4)
    said = {
        "S3_BUCKET": f"documents-{name}",
        "S3_QUARANTINE_BUCKET": f"quarantine-{name}",
        "DOCUMENTS_ENCRYPTED_BY": "s3",
        "S3_OBJECT_LOCK": "1",
        "S3_ENDPOINT_URL": server,
        "S3_ACCESS_KEY": "key",
        "S3_SECRET_KEY": "secret",
    }
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    make_bucket.both()
    settings.DOCUMENTS_OBJECT_LOCK = True
    settings.STORAGES = settings.STORAGES | {
        "documents": environment.file_store(bucket=said["S3_BUCKET"], folder=""),
        "quarantine": environment.file_store(bucket=said["S3_QUARANTINE_BUCKET"], folder=""),
    }
    quarantine = Bucket(storages["quarantine"].connection.meta.client, said["S3_QUARANTINE_BUCKET"])
    return Bucket(storages["documents"].connection.meta.client, said["S3_BUCKET"], quarantine)


class Bucket:
    def __init__(self, client, name, quarantine=None):
        self.client, self.name, self.quarantine = client, name, quarantine

    def keys(self):
        return {one["Key"] for one in self.client.list_objects_v2(Bucket=self.name).get("Contents", ())}

    def unfinished(self):
        found = self.client.list_multipart_uploads(Bucket=self.name).get("Uploads", ())
        return sorted(one["Key"] for one in found)


@pytest.fixture
def person():
    return User.objects.create(email="a@example.test", full_name="Әсел Қ.")


def begun(person, whole=LARGE, **said):
    return pieces.begin(actor=person, size=len(whole), **SAID | said)


def sent(incoming, whole=LARGE, *, until=None):
    while incoming.next_piece and (until is None or incoming.came < until):
        piece = whole[incoming.came : incoming.came + incoming.next_piece]
        incoming = pieces.add(incoming=incoming, at=incoming.came, piece=piece)
    return incoming


def received(incoming, person):
    return files.receive(upload=incoming, name=incoming.name, actor=person)


def test_a_file_is_kept_read_proven_and_deleted(bucket, actor, django_capture_on_commit_callbacks):
    upload = files.upload("a.pdf", files.pdf())
    document = files.receive(upload=upload, name="a.pdf", actor=actor)
    assert bucket.keys() == {document.key}
    assert services.open_document(document=document, actor=actor, why="view").read() == files.pdf()
    tasks.verify_integrity()
    document.refresh_from_db()
    assert (document.damaged_at, document.verified_at is not None) == (None, True)
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_unsealed(document=document, actor=actor)
    assert (bucket.keys(), Arrival.objects.count()) == (set(), 0)


def test_pieces_become_one_object(bucket, person):
    incoming = sent(begun(person), until=2 * PIECE)
    assert (bucket.quarantine.keys(), bucket.quarantine.unfinished()) == (set(), [incoming.key])
    again = begun(person)
    assert (again.pk, again.came) == (incoming.pk, 2 * PIECE)
    document = received(sent(again), person)
    assert (bucket.keys(), bucket.quarantine.keys()) == ({document.key}, set())
    assert (bucket.unfinished(), bucket.quarantine.unfinished()) == ([], [])
    assert (document.sha256, document.active_content) == (hashlib.sha256(LARGE).hexdigest(), ["javascript"])
    opened = services.open_document(document=document, actor=person, why="view", warned=True)
    assert opened.read() == LARGE


def test_a_piece_that_came_and_was_not_written_down_is_written_over(bucket, person):
    incoming = sent(begun(person), until=PIECE)
    storage.append(incoming.key, incoming.handle, PIECE, bytes(PIECE))  # and then the process was killed
    assert received(sent(begun(person)), person).sha256 == hashlib.sha256(LARGE).hexdigest()


def test_a_beginning_that_was_not_written_down_is_ended(bucket, person):
    incoming = begun(person)
    storage.append(incoming.key, "", 0, LARGE[:PIECE])  # and then the process was killed
    document = received(sent(incoming), person)
    assert (bucket.keys(), bucket.quarantine.unfinished()) == ({document.key}, [])


def test_a_file_that_was_put_together_and_not_written_down_is_taken(bucket, person):
    incoming = sent(begun(person))
    storage.complete(incoming.key, incoming.handle)  # and then the process was killed
    assert received(begun(person), person).sha256 == hashlib.sha256(LARGE).hexdigest()


def test_what_is_given_up_or_wrong_leaves_nothing(bucket, person):
    pieces.forget(incoming=sent(begun(person), until=PIECE))
    wrong = LARGE[:-7] + b"broken."
    with pytest.raises(Rejected) as caught:
        received(sent(begun(person, wrong), wrong), person)
    assert (caught.value.code, bucket.quarantine.keys(), bucket.quarantine.unfinished()) == (
        "damaged",
        set(),
        [],
    )
    assert (Document.objects.count(), Incoming.objects.count(), Arrival.objects.count()) == (0, 0, 0)


def test_a_bucket_that_fails_is_said_and_the_file_goes_on_afterwards(bucket, person):
    incoming = sent(begun(person), until=PIECE)
    quarantine = bucket.quarantine.name
    held = bucket.client.list_parts(Bucket=quarantine, Key=incoming.key, UploadId=incoming.handle)
    assert [part["PartNumber"] for part in held["Parts"]] == [1]
    bucket.client.delete_bucket(Bucket=quarantine)
    with pytest.raises(Rejected) as caught:
        sent(incoming)
    assert (caught.value.code, isinstance(caught.value.__cause__, ClientError)) == ("failed", True)
    make_bucket.both()
    assert Incoming.objects.get() == incoming


def test_what_was_done_to_an_object_is_named_and_its_version_is_still_there(bucket, actor, caplog):
    replaced, missing, hidden = (
        files.receive(upload=files.upload("a.pdf", files.pdf(body)), name="a.pdf", actor=actor)
        for body in (b"1", b"2", b"3")
    )
    bucket.client.put_object(Bucket=bucket.name, Key=replaced.key, Body=files.pdf(b"9"))
    bucket.client.delete_object(Bucket=bucket.name, Key=missing.key, VersionId=missing.version_id)
    bucket.client.delete_object(Bucket=bucket.name, Key=hidden.key)
    tasks.verify_integrity()
    found = dict(Event.objects.filter(kind="document.damaged").values_list("subject", "reason"))
    assert found == {
        f"document:{replaced.pk}": "replaced",
        f"document:{missing.pk}": "missing",
        f"document:{hidden.pk}": "hidden",
    }
    for document, body in ((replaced, b"1"), (hidden, b"3")):
        assert f"key {document.key}, version {document.version_id}" in caplog.text
        with pytest.raises(NotUsable):
            services.open_document(document=document, actor=actor, why="view")
        assert storage.bytes_of(document).read() == files.pdf(body)


def test_what_hides_an_object_is_noticed_when_it_is_opened(bucket, actor):
    document = files.receive(upload=files.upload("a.pdf", files.pdf()), name="a.pdf", actor=actor)
    bucket.client.delete_object(Bucket=bucket.name, Key=document.key)
    with pytest.raises(NotUsable) as caught:
        services.open_document(document=document, actor=actor, why="view")
    assert caught.value.code == "hidden"


def test_a_file_from_before_versions_were_remembered_gets_its_own(bucket, actor):
    document = files.receive(upload=files.upload("a.pdf", files.pdf()), name="a.pdf", actor=actor)
    with ignore("documents.Document:version_fixed"):
        Document.objects.filter(pk=document.pk).update(version_id="")
    tasks.verify_integrity()
    assert Document.objects.get().version_id == document.version_id != ""


def test_a_clean_file_goes_from_one_bucket_to_the_other(bucket, settings, actor):
    settings.CLAMD_ADDRESS = "unix:///nowhere"
    clean, infected = (
        files.receive(upload=files.upload("a.pdf", files.pdf(body)), name="a.pdf", actor=actor)
        for body in (b"1", b"2")
    )
    assert (bucket.keys(), bucket.quarantine.keys()) == (set(), {clean.key, infected.key})
    files.judge(clean, Status.CLEAN)
    files.judge(infected, Status.INFECTED)
    assert (bucket.keys(), bucket.quarantine.keys()) == ({clean.key}, {infected.key})
    clean.refresh_from_db()
    shown = bucket.client.head_object(Bucket=bucket.name, Key=clean.key)
    assert (clean.stored_in, clean.version_id) == ("documents", shown["VersionId"])
    assert services.open_document(document=clean, actor=actor, why="view").read() == files.pdf(b"1")


def test_every_object_is_written_encrypted(bucket, person, actor):
    whole = files.receive(upload=files.upload("a.pdf", files.pdf()), name="a.pdf", actor=actor)
    pieces = received(sent(begun(person)), person)
    for document in (whole, pieces):
        found = bucket.client.head_object(Bucket=bucket.name, Key=document.key)
        assert found["ServerSideEncryption"] == "AES256"
    under_way = storage.append("pieces/aa/a", "", 0, bytes(PIECE))
    begun_as = bucket.client.list_multipart_uploads(Bucket=bucket.quarantine.name)
    assert [one["UploadId"] for one in begun_as["Uploads"]] == [under_way]
    storage.complete("pieces/aa/a", under_way)
    found = bucket.client.head_object(Bucket=bucket.quarantine.name, Key="pieces/aa/a")
    assert found["ServerSideEncryption"] == "AES256"


def test_what_is_submitted_is_locked_and_destroyed_all_the_same(
    bucket, actor, django_capture_on_commit_callbacks
):
    document, other = (
        files.receive(upload=files.upload("a.pdf", files.pdf()), name="a.pdf", actor=actor) for _ in "12"
    )
    whose = {"Bucket": bucket.name, "Key": document.key, "VersionId": document.version_id}
    with django_capture_on_commit_callbacks(execute=True):
        services.seal(documents=[document])
    document.refresh_from_db()
    assert document.held_at is not None
    with pytest.raises(ClientError) as caught:
        bucket.client.delete_object(**whose)
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    bucket.client.delete_object(Bucket=bucket.name, Key=document.key)
    assert storage.destroy(document.key) is True
    assert bucket.keys() == {other.key}
    listed = bucket.client.list_object_versions(Bucket=bucket.name)
    assert [one["Key"] for one in listed["Versions"]] == [other.key]
    assert "DeleteMarkers" not in listed
    assert storage.destroy(document.key) is True, "it may be called again"


def test_what_is_spared_after_its_lock_was_lifted_is_locked_again(bucket, actor, monkeypatch):
    document = files.receive(upload=files.upload("a.pdf", files.pdf()), name="a.pdf", actor=actor)
    services.seal(documents=[document])
    tasks.verify_integrity()
    destroying.announce(documents=[document])
    lift = InS3._set_hold

    def lift_and_break_off(*said):
        lift(*said)
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(InS3, "_set_hold", lift_and_break_off)
        assert destroying.destroy(document_id=document.pk, actor=actor, why="x") is False
    assert destroying.spare(document_id=document.pk, actor=actor, why="x")
    tasks.verify_integrity()
    held = bucket.client.get_object_legal_hold(
        Bucket=bucket.name, Key=document.key, VersionId=document.version_id
    )
    assert (held["LegalHold"], Document.objects.get().usable) == ({"Status": "ON"}, True)


def test_what_the_store_will_not_let_go_is_said(bucket, settings, actor, caplog):
    document = files.receive(upload=files.upload("a.pdf", files.pdf()), name="a.pdf", actor=actor)
    storage.hold(document)
    settings.DOCUMENTS_OBJECT_LOCK = False
    assert storage.destroy(document.key) is False
    assert document.key in caplog.text
    assert bucket.keys() == {document.key}


def test_a_lock_that_was_not_put_is_put_by_the_next_proof(bucket, actor):
    document = files.receive(upload=files.upload("a.pdf", files.pdf()), name="a.pdf", actor=actor)
    services.seal(documents=[document])
    assert Document.objects.get().held_at is None, "the message was lost"
    tasks.verify_integrity()
    assert Document.objects.get().held_at is not None
    held = bucket.client.get_object_legal_hold(
        Bucket=bucket.name, Key=document.key, VersionId=document.version_id
    )
    assert held["LegalHold"] == {"Status": "ON"}


def test_a_preview_lies_in_the_bucket_too(bucket, actor):
    upload = files.upload("a.png", files.flat_png(30, 30))
    document = files.receive(upload=upload, name="a.png", actor=actor)
    services.make_preview(document_id=document.pk)
    document.refresh_from_db()
    assert (document.preview, len(bucket.keys())) == (Preview.MADE, 3)
    picture = services.open_picture(document=document, size="large", actor=actor, why="view")
    assert files.size_of_png(picture.read()) == (50, 50)


def test_an_object_is_read_from_any_place_and_office_files_too(bucket, actor):
    whole = bytes(number % 251 for number in range(3_000_000))
    bucket.client.put_object(Bucket=bucket.name, Key="aa/a", Body=whole)
    with storage.opened("aa/a") as file:
        assert file.seek(0, os.SEEK_END) == len(whole)
        assert file.read(1) == b""
        for at in (2_999_000, 5, 1_500_000, 0):
            assert (file.seek(at), file.read(2000)) == (at, whole[at : at + 2000])
        assert file.seek(-10, os.SEEK_CUR) == 1990
        assert file.read() == whole[1990:]
    with pytest.raises(FileNotFoundError):
        storage.opened("aa/b")
    document = files.receive(
        upload=files.upload("a.docx", files.docx(word__a=bytes(3_000_000))), name="a.docx", actor=actor
    )
    assert document.extension == "docx"


def test_an_object_that_is_changed_while_it_is_read_is_not_mixed(bucket):
    bucket.client.put_object(Bucket=bucket.name, Key="aa/a", Body=b"1" * 3_000_000)
    with storage.opened("aa/a") as file:
        assert file.read(10) == b"1" * 10
        bucket.client.put_object(Bucket=bucket.name, Key="aa/a", Body=b"2" * 3_000_000)
        file.seek(2_900_000)
        with pytest.raises(ClientError):
            file.read(10)


def test_no_more_of_a_large_file_is_held_than_a_piece(bucket, person):
    whole = files.pdf(bytes(9 * PIECE))
    incoming = begun(person, whole)
    read = io.BytesIO(whole)
    tracemalloc.start()
    try:
        while incoming.next_piece:
            piece = read.read(incoming.next_piece)
            incoming = pieces.add(incoming=incoming, at=incoming.came, piece=piece)
        document = received(incoming, person)
        with services.open_document(document=document, actor=person, why="view") as file:
            while file.read(PIECE):
                pass
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (document.size, most < MOST_MEMORY) == (len(whole), True), most
