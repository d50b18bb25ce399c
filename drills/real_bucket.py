"""Documents in a bucket of a real server: who may, versions, locks, and a file from upload to loss."""

import hashlib
import os
import runpy
import urllib.error
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from documents.stores import PIECE
from drills import truth
from drills.house import House, insist
from drills.kills import LARGE, SMALL, pdf
from drills.swift import OTHER, OTHER_SECRET, OWNER, OWNER_SECRET, Swift

BUCKET = "documents"


class Bucket:
    def __init__(self, url):
        self.url = url
        self.client = self.as_(OWNER, OWNER_SECRET)

    def as_(self, key, secret):
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}, signature_version="s3v4"),
        )

    def held(self):
        return {one["Key"] for one in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", ())}

    def unfinished(self):
        return [one["Key"] for one in self.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", ())]

    def versions(self, key, kind="Versions"):
        return self.client.list_object_versions(Bucket=BUCKET, Prefix=key).get(kind, [])


def drill():
    with House(S3_BUCKET=BUCKET, S3_ACCESS_KEY=OWNER, S3_SECRET_KEY=OWNER_SECRET, CLAMD_ADDRESS="") as house:
        server = Swift(house)
        house.environment["S3_ENDPOINT_URL"] = server.url
        server.start()
        os.environ |= {name: value for name, value in house.environment.items() if name.startswith("S3_")}
        for _twice in range(2):
            runpy.run_path("deploy/make_bucket.py", run_name="__main__")
        bucket = Bucket(server.url)
        status = bucket.client.get_bucket_versioning(Bucket=BUCKET).get("Status")
        insist(status == "Enabled", f"versions: {status}")
        house.start_database()
        house.start_web()
        person = house.person()
        whole, pieces = _given(person, bucket)
        refused = _doors(bucket, whole.key)
        _broken_off(person, bucket)
        _damage(bucket, whole, pieces)
        lacks = _what_it_lacks(bucket)
        return (
            f"Swift {server.version()}: bucket made twice; taken whole and in pieces, opened, deleted; "
            f"broken off and swept; a changed object and a delete marker named, the version under it there; "
            f"refused: {refused}; it cannot: {lacks}"
        )


def _given(person, bucket):
    """One file whole, one in pieces; each read again, the second asked for twice, a third deleted."""
    from django.db import connection

    from documents import services
    from documents.models import Document

    contents = {"whole.pdf": pdf(1, SMALL), "pieces.pdf": pdf(2, LARGE), "third.pdf": pdf(3, SMALL)}
    for name, content in contents.items():
        if len(content) > PIECE:
            answer = person.give_in_pieces(name, len(content), lambda at, all=content: all[at : at + PIECE])
        else:
            answer = person.give_whole(name, content)
        insist(answer.status == 201, f"{name} was not taken: {answer.status} {answer.text[:300]}")
        insist(
            truth.held(person, name) == [hashlib.sha256(content).hexdigest()], "another file than was given"
        )
        document = Document.objects.get(name=name)
        with services.open_document(document=document, actor=person.user, why="view") as file:
            insist(file.read() == content, f"{name} reads differently")
    insist(not bucket.unfinished(), "an upload of parts is left")
    third = Document.objects.get(name="third.pdf")
    from applications.models import AnswerFile

    AnswerFile.objects.filter(document=third).delete()
    services.delete_unsealed(document=third, actor=person.user)
    insist(third.key not in bucket.held(), "deleted, and still there")
    truth.sweep()
    documents = Document.objects.all()
    insist(
        bucket.held() == {one.key for one in documents}, "objects without a row, or rows without an object"
    )
    connection.close()
    return documents.get(name="whole.pdf"), documents.get(name="pieces.pdf")


def _broken_off(person, bucket):
    """Put together and not written down: it may be done again. Given up: nothing is left."""
    from documents import storage
    from documents.models import Incoming
    from documents.services import pieces

    content = pdf(4, LARGE)
    incoming = pieces.begin(
        name="four.pdf", size=LARGE, declared_type="", mark="", place="a drill", actor=person.user
    )
    for at in (0, PIECE):
        incoming = pieces.add(incoming=incoming, at=at, piece=content[at : at + PIECE])
    insist(bucket.unfinished() == [incoming.key], "no upload of parts is under way")
    for _twice in range(2):
        storage.complete(incoming.key, incoming.handle)
    with storage.opened(incoming.key) as file:
        insist(storage.digest(file) == hashlib.sha256(content).hexdigest(), "put together, and another file")
    half = pieces.begin(
        name="half.pdf", size=LARGE, declared_type="", mark="", place="a drill", actor=person.user
    )
    pieces.add(incoming=half, at=0, piece=content[:PIECE])
    truth.sweep()
    insist(
        not Incoming.objects.exists() and not bucket.unfinished(),
        "an upload of parts is left after the sweep",
    )
    insist(incoming.key not in bucket.held(), "an object is left after the sweep")


def _doors(bucket, key):
    """Who gets nothing, and how it is said."""
    strangers = {
        "wrong key": (OWNER, "not the secret"),
        "unknown key": ("documents:nobody", "a secret"),
        "other user": (OTHER, OTHER_SECRET),
    }
    said = {}
    for who, (name, secret) in strangers.items():
        client = bucket.as_(name, secret)
        said[who] = {
            _error(client.get_object, Bucket=BUCKET, Key=key),
            _error(client.list_objects_v2, Bucket=BUCKET),
            _error(client.put_object, Bucket=BUCKET, Key="strange", Body=b""),
            _error(client.delete_object, Bucket=BUCKET, Key=key),
        }
    said["nobody"] = {_status(f"{bucket.url}/{BUCKET}/{key}"), _status(f"{bucket.url}/{BUCKET}")}
    insist(key in bucket.held() and "strange" not in bucket.held(), "a stranger wrote or deleted")
    insist(all("" not in words for words in said.values()), f"a stranger was let in: {said}")
    return "; ".join(f"{who} {', '.join(sorted(words))}" for who, words in said.items())


def _damage(bucket, changed, hidden):
    """The nightly proof names what was changed and what a marker hides; the version under it is there."""
    from audit.models import Event
    from documents import services, tasks
    from documents.errors import NotUsable

    bucket.client.put_object(Bucket=BUCKET, Key=changed.key, Body=pdf(9, SMALL))
    bucket.client.delete_object(Bucket=BUCKET, Key=hidden.key)
    tasks.verify_integrity()
    found = dict(Event.objects.filter(kind="document.damaged").values_list("subject", "reason"))
    wanted = {f"document:{changed.pk}": "changed", f"document:{hidden.pk}": "missing"}
    insist(found == wanted, f"the proof names {found}")
    changed.refresh_from_db()
    try:
        services.open_document(document=changed, actor=changed.uploaded_by, why="view")
    except NotUsable:
        pass
    else:
        insist(False, "a changed file opens")
    insist(len(bucket.versions(hidden.key, "DeleteMarkers")) == 1, "no marker is listed")
    kept = bucket.versions(hidden.key)
    insist(len(kept) == 1, f"versions under the marker: {len(kept)}")
    body = bucket.client.get_object(Bucket=BUCKET, Key=hidden.key, VersionId=kept[0]["VersionId"])[
        "Body"
    ].read()
    insist(hashlib.sha256(body).hexdigest() == hidden.sha256, "the version under the marker is another file")
    for version in bucket.versions(changed.key):
        bucket.client.delete_object(Bucket=BUCKET, Key=changed.key, VersionId=version["VersionId"])
    insist(not bucket.versions(changed.key), "every version was deleted, and one is listed")


def _what_it_lacks(bucket):
    """Asked of the server, so that the day it can is seen."""
    lock = {"ObjectLockEnabled": "Enabled"}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    asked = {
        "lock objects": _error(
            bucket.client.put_object_lock_configuration, Bucket=BUCKET, ObjectLockConfiguration=lock
        ),
        "encrypt by a rule of the bucket": _error(
            bucket.client.put_bucket_encryption, Bucket=BUCKET, ServerSideEncryptionConfiguration=rules
        ),
    }
    return (
        ", ".join(f"{what} ({answer})" for what, answer in asked.items() if answer)
        or "nothing that was asked"
    )


def _error(call, **said):
    try:
        call(**said)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def _status(url):
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            insist(False, f"anybody may read {url}: {answer.status}")
    except urllib.error.HTTPError as error:
        return str(error.code)


if __name__ == "__main__":
    print(drill())
