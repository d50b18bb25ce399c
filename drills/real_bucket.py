"""Documents in the buckets of a real server: who may, quarantine, versions, locks, encryption, and a file
from upload to destruction.

The web server has the key of its role, this process that of the worker.
"""

import hashlib
import os
import random
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
from drills.weed import Weed, keys_of, secret_of
from kzcustody_site.embedded import clamd

DOCUMENTS, QUARANTINE = "kzcustody-documents", "kzcustody-quarantine"  # as the roles name them
TOLD = {
    "S3_BUCKET": DOCUMENTS,
    "S3_QUARANTINE_BUCKET": QUARANTINE,
    "S3_OBJECT_LOCK": "1",
    "DOCUMENTS_ENCRYPTED_BY": "s3",
}


class Server:
    """As the role that may all."""

    def __init__(self, url):
        self.url = url
        self.client = self.as_("release")

    def as_(self, role, secret=None):
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=role,
            aws_secret_access_key=secret or secret_of(role),
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}, signature_version="s3v4"),
        )

    def held(self, bucket=DOCUMENTS):
        return {one["Key"] for one in self.client.list_objects_v2(Bucket=bucket).get("Contents", ())}

    def unfinished(self):
        return [
            one["Key"] for one in self.client.list_multipart_uploads(Bucket=QUARANTINE).get("Uploads", ())
        ]

    def versions(self, key, kind="Versions"):
        return self.client.list_object_versions(Bucket=DOCUMENTS, Prefix=key).get(kind, [])


def drill():
    insist(clamd.program(), "there is no clamd on this machine")
    with House(**TOLD, **keys_of("worker")) as house:
        weed = Weed(house)
        house.environment["S3_ENDPOINT_URL"] = weed.url
        weed.start()
        _make_twice(house)
        scanner = clamd.Clamd(house.state)
        scanner.start(house.family, house.environment, clamd.program())
        house.environment["CLAMD_ADDRESS"] = scanner.url
        house.start_database()
        house.start_web(**keys_of("web"))
        server, person = Server(weed.url), house.person()
        whole, pieces, third = _given(person, server)
        refused = _doors(server, person, whole.key)
        _infected(person, server)
        _broken_off(person, server)
        _encrypted(weed, server, whole)
        _damage(server, whole, pieces)
        _held(server, third)
        return (
            f"SeaweedFS {weed.version()}, with the roles of the compose file: buckets made twice; taken "
            "whole and in pieces, scanned, moved, opened, deleted; a virus stays in quarantine; broken off "
            "and swept; encrypted on its disk; a replaced and a hidden object named, their versions there; "
            "what is submitted is deleted by no role, and destroyed; "
            f"refused: {refused}; more than a role needs: {_too_much(server)}"
        )


def _make_twice(house):
    before = dict(os.environ)
    os.environ |= {**house.environment, **keys_of("release")}
    for _twice in range(2):
        runpy.run_path("deploy/make_bucket.py", run_name="__main__")
    os.environ.clear()
    os.environ |= before


def _given(person, server):
    """One whole, one in pieces, a third, and one that is deleted: in quarantine first, then read again."""
    from applications.models import AnswerFile
    from documents import services
    from documents.models import Document

    contents = {f"{name}.pdf": pdf(number, size) for number, (name, size) in enumerate(
        {"whole": SMALL, "pieces": LARGE, "third": SMALL, "deleted": SMALL}.items()
    )}  # fmt: skip
    for name, content in contents.items():
        _give(person, name, content)
        document = Document.objects.get(name=name)
        insist(document.status == "waiting" and document.stored_in == "quarantine", f"{name} does not wait")
        insist(document.key in server.held(QUARANTINE) - server.held(), f"{name} lies elsewhere")
        insist(services.scan(document_id=document.pk), f"{name} was not scanned")
        document.refresh_from_db()
        insist(document.status == "clean" and document.version_id, f"{name}: {document.status}")
        with services.open_document(document=document, actor=person.user, why="view") as file:
            insist(file.read() == content, f"{name} reads differently")
    insist(not server.unfinished() and not server.held(QUARANTINE), "something is left in quarantine")
    deleted = Document.objects.get(name="deleted.pdf")
    AnswerFile.objects.filter(document=deleted).delete()
    services.delete_unsealed(document=deleted, actor=person.user)
    services.discard(deleted.key)
    documents = Document.objects.all()
    insist(
        server.held() == {one.key for one in documents}, "objects without a row, or rows without an object"
    )
    return [documents.get(name=name) for name in ("whole.pdf", "pieces.pdf", "third.pdf")]


def _give(person, name, content):
    if len(content) > PIECE:
        answer = person.give_in_pieces(name, len(content), lambda at: content[at : at + PIECE])
    else:
        answer = person.give_whole(name, content)
    insist(answer.status == 201, f"{name} was not taken: {answer.status} {answer.text[:300]}")
    insist(truth.held(person, name) == [hashlib.sha256(content).hexdigest()], "another file than was given")


def _doors(server, person, key):
    """Who gets nothing, and how it is said: strangers nothing at all, the web role nothing that waits."""
    from documents.models import Document

    _give(person, "waits.pdf", pdf(7, SMALL))
    waits = Document.objects.get(name="waits.pdf").key
    said = {"nobody": {_status(f"{server.url}/{path}") for path in _paths(key, waits)}}
    for who, client in {
        "wrong key": server.as_("web", "not the secret"),
        "unknown key": server.as_("nobody", "a secret"),
    }.items():
        said[who] = _asked(client, DOCUMENTS, key) | _asked(client, QUARANTINE, waits)
    web = server.as_("web")
    said["web, in quarantine"] = {
        _error(web.get_object, Bucket=QUARANTINE, Key=waits),
        _error(web.head_object, Bucket=QUARANTINE, Key=waits),
        _error(web.list_objects_v2, Bucket=QUARANTINE),
        _error(web.copy_object, Bucket=QUARANTINE, Key="pieces/aa/a", CopySource=f"{QUARANTINE}/{waits}"),
    }
    said["web, among documents"] = {
        _error(web.put_object, Bucket=DOCUMENTS, Key="strange", Body=b""),
        _error(web.delete_object, Bucket=DOCUMENTS, Key=key),
        _error(web.copy_object, Bucket=DOCUMENTS, Key="strange", CopySource=f"{QUARANTINE}/{waits}"),
    }
    insist(key in server.held() and "strange" not in server.held(), "somebody wrote or deleted")
    insist(all("" not in words for words in said.values()), f"somebody was let in: {said}")
    return "; ".join(f"{who} {', '.join(sorted(words))}" for who, words in said.items())


def _paths(key, waits):
    return (f"{DOCUMENTS}/{key}", DOCUMENTS, f"{QUARANTINE}/{waits}", QUARANTINE)


def _asked(client, bucket, key):
    return {
        _error(client.get_object, Bucket=bucket, Key=key),
        _error(client.list_objects_v2, Bucket=bucket),
        _error(client.put_object, Bucket=bucket, Key="strange", Body=b""),
        _error(client.delete_object, Bucket=bucket, Key=key),
    }


def _infected(person, server):
    from documents import services
    from documents.models import Document
    from documents.signatures import eicar

    content = pdf(8, SMALL)
    _give(person, "virus.pdf", content[:-6] + eicar() + b"\n%%EOF\n")
    virus = Document.objects.get(name="virus.pdf")
    services.scan(document_id=virus.pk)
    virus.refresh_from_db()
    insist(virus.status == "infected" and not virus.usable, f"the virus is {virus.status}")
    insist(virus.key in server.held(QUARANTINE) - server.held(), "the virus left quarantine")


def _broken_off(person, server):
    """Put together and not written down: it may be done again. Given up: nothing is left."""
    from documents import storage
    from documents.models import Incoming
    from documents.services import pieces

    content = pdf(4, LARGE)
    about = {"declared_type": "", "mark": "", "place": "a drill", "actor": person.user, "size": LARGE}
    incoming = pieces.begin(name="four.pdf", **about)
    for at in (0, PIECE):
        incoming = pieces.add(incoming=incoming, at=at, piece=content[at : at + PIECE])
    insist(server.unfinished() == [incoming.key], "no upload of parts is under way")
    for _twice in range(2):
        storage.complete(incoming.key, incoming.handle)
    with storage.opened(incoming.key, place="quarantine") as file:
        insist(storage.digest(file) == hashlib.sha256(content).hexdigest(), "put together, and another file")
    half = pieces.begin(name="half.pdf", **about)
    pieces.add(incoming=half, at=0, piece=content[:PIECE])
    truth.sweep()
    insist(
        not Incoming.objects.exists() and not server.unfinished(),
        "an upload of parts is left after the sweep",
    )
    insist(incoming.key not in server.held(QUARANTINE), "an object is left after the sweep")


def _encrypted(weed, server, document):
    """What was written without asking for it stands on the server's disk; nothing of a document does."""
    found = server.client.head_object(Bucket=DOCUMENTS, Key=document.key).get("ServerSideEncryption")
    insist(found == "AES256", f"the server says of a document: encrypted by {found}")
    plain, asked = (random.Random(seed).randbytes(SMALL) for seed in (1, 2))
    server.client.put_object(Bucket=QUARANTINE, Key="plain", Body=plain)
    server.client.put_object(Bucket=QUARANTINE, Key="asked", Body=asked, ServerSideEncryption="AES256")
    insist(weed.holds(plain[:64]), "what is not encrypted is not found on the disk: this proves nothing")
    insist(not weed.holds(asked[:64]), "what is encrypted stands on the disk")
    for key in ("plain", "asked"):
        server.client.delete_object(Bucket=QUARANTINE, Key=key)


def _damage(server, replaced, hidden):
    """The nightly proof names what was written over and what a mark hides; their versions are still read."""
    from audit.models import Event
    from documents import services, storage, tasks
    from documents.errors import NotUsable

    server.client.put_object(Bucket=DOCUMENTS, Key=replaced.key, Body=pdf(9, SMALL))
    server.client.delete_object(Bucket=DOCUMENTS, Key=hidden.key)
    tasks.verify_integrity()
    found = dict(Event.objects.filter(kind="document.damaged").values_list("subject", "reason"))
    wanted = {f"document:{replaced.pk}": "replaced", f"document:{hidden.pk}": "hidden"}
    insist(found == wanted, f"the proof names {found}")
    insist(len(server.versions(hidden.key, "DeleteMarkers")) == 1, "no mark is listed")
    for document in (replaced, hidden):
        try:
            services.open_document(document=document, actor=document.uploaded_by, why="view")
        except NotUsable:
            pass
        else:
            insist(False, f"{document} opens")
        with storage.bytes_of(document) as file:
            insist(storage.digest(file) == document.sha256, "its version is another file")


def _held(server, document):
    """What is submitted nobody deletes, until it is destroyed; every version and mark goes then."""
    from documents import services, storage, tasks

    services.seal(documents=[document])
    tasks.hold_sealed()
    document.refresh_from_db()
    insist(document.held_at, "nothing holds what was submitted")
    whose = {"Bucket": DOCUMENTS, "Key": document.key, "VersionId": document.version_id}
    for role in ("web", "worker", "release"):
        insist(_error(server.as_(role).delete_object, **whose), f"{role} deletes what is held")
    server.client.delete_object(Bucket=DOCUMENTS, Key=document.key)
    insist(storage.destroy(document.key) and storage.destroy(document.key), "it is not destroyed")
    left = server.versions(document.key) + server.versions(document.key, "DeleteMarkers")
    insist(not left, f"left of what was destroyed: {left}")


def _too_much(server):
    """Asked of the server, so that the day its roles are smaller is seen."""
    server.client.put_object(Bucket=QUARANTINE, Key="of another", Body=b"1")
    web, worker = server.as_("web"), server.as_("worker")
    rule = {"Bucket": DOCUMENTS, "VersioningConfiguration": {"Status": "Enabled"}}
    asked = {
        "web writes over and deletes in quarantine": [
            _error(web.put_object, Bucket=QUARANTINE, Key="of another", Body=b"2"),
            _error(web.delete_object, Bucket=QUARANTINE, Key="of another"),
        ],
        "worker sets the rules of the documents": [_error(worker.put_bucket_versioning, **rule)],
    }
    return ", ".join(what for what, errors in asked.items() if not all(errors)) or "nothing that was asked"


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
