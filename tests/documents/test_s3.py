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

from accounts.models import User
from audit.models import Event
from deploy.make_bucket import make
from documents import services, storage, tasks
from documents.errors import NotUsable, Rejected
from documents.models import Arrival, Document, Incoming, Preview
from documents.services import pieces
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
    said = {
        "S3_BUCKET": f"documents-{secrets.token_hex(4)}",
        "S3_ENDPOINT_URL": server,
        "S3_ACCESS_KEY": "key",
        "S3_SECRET_KEY": "secret",
    }
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    make(said["S3_BUCKET"])
    settings.STORAGES = settings.STORAGES | {"documents": environment.document_storage("/nowhere")}
    return Bucket(storages["documents"].connection.meta.client, said["S3_BUCKET"])


class Bucket:
    def __init__(self, client, name):
        self.client, self.name = client, name

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


def test_pieces_become_one_object_under_the_key_they_came_to(bucket, person):
    incoming = sent(begun(person), until=2 * PIECE)
    assert (bucket.keys(), bucket.unfinished()) == (set(), [incoming.key])
    again = begun(person)
    assert (again.pk, again.came) == (incoming.pk, 2 * PIECE)
    document = received(sent(again), person)
    assert (bucket.keys(), bucket.unfinished()) == ({document.key}, [])
    assert (document.sha256, document.active_content) == (hashlib.sha256(LARGE).hexdigest(), ["javascript"])
    assert services.open_document(document=document, actor=person, why="view").read() == LARGE


def test_a_piece_that_came_and_was_not_written_down_is_written_over(bucket, person):
    incoming = sent(begun(person), until=PIECE)
    storage.append(incoming.key, incoming.handle, PIECE, bytes(PIECE))  # and then the process was killed
    assert received(sent(begun(person)), person).sha256 == hashlib.sha256(LARGE).hexdigest()


def test_a_beginning_that_was_not_written_down_is_ended(bucket, person):
    incoming = begun(person)
    storage.append(incoming.key, "", 0, LARGE[:PIECE])  # and then the process was killed
    document = received(sent(incoming), person)
    assert (bucket.keys(), bucket.unfinished()) == ({document.key}, [])


def test_a_file_that_was_put_together_and_not_written_down_is_taken(bucket, person):
    incoming = sent(begun(person))
    storage.complete(incoming.key, incoming.handle)  # and then the process was killed
    assert received(begun(person), person).sha256 == hashlib.sha256(LARGE).hexdigest()


def test_what_is_given_up_or_wrong_leaves_nothing(bucket, person):
    pieces.forget(incoming=sent(begun(person), until=PIECE))
    wrong = LARGE[:-7] + b"broken."
    with pytest.raises(Rejected) as caught:
        received(sent(begun(person, wrong), wrong), person)
    assert (caught.value.code, bucket.keys(), bucket.unfinished()) == ("damaged", set(), [])
    assert (Document.objects.count(), Incoming.objects.count(), Arrival.objects.count()) == (0, 0, 0)


def test_a_bucket_that_fails_is_said_and_the_file_goes_on_afterwards(bucket, person):
    incoming = sent(begun(person), until=PIECE)
    held = bucket.client.list_parts(Bucket=bucket.name, Key=incoming.key, UploadId=incoming.handle)
    assert [part["PartNumber"] for part in held["Parts"]] == [1]
    bucket.client.delete_bucket(Bucket=bucket.name)
    with pytest.raises(Rejected) as caught:
        sent(incoming)
    assert (caught.value.code, isinstance(caught.value.__cause__, ClientError)) == ("failed", True)
    make(bucket.name)
    assert Incoming.objects.get() == incoming


def test_the_flipped_and_the_missing_object_are_named(bucket, actor):
    flipped, missing, hidden = (
        files.receive(upload=files.upload("a.pdf", files.pdf(body)), name="a.pdf", actor=actor)
        for body in (b"1", b"2", b"3")
    )
    bucket.client.put_object(Bucket=bucket.name, Key=flipped.key, Body=files.pdf(b"9"))
    versions = bucket.client.list_object_versions(Bucket=bucket.name, Prefix=missing.key)["Versions"]
    bucket.client.delete_object(Bucket=bucket.name, Key=missing.key, VersionId=versions[0]["VersionId"])
    bucket.client.delete_object(Bucket=bucket.name, Key=hidden.key)
    tasks.verify_integrity()
    found = dict(Event.objects.filter(kind="document.damaged").values_list("subject", "reason"))
    assert found == {
        f"document:{flipped.pk}": "changed",
        f"document:{missing.pk}": "missing",
        f"document:{hidden.pk}": "missing",
    }
    flipped.refresh_from_db()
    with pytest.raises(NotUsable):
        services.open_document(document=flipped, actor=actor, why="view")
    kept = bucket.client.list_object_versions(Bucket=bucket.name, Prefix=hidden.key)["Versions"]
    first = bucket.client.get_object(Bucket=bucket.name, Key=hidden.key, VersionId=kept[0]["VersionId"])
    assert first["Body"].read() == files.pdf(b"3"), "a marker hides it, and the version is still there"


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
