"""A store that speaks https, with a certificate of an authority of our own: taken where we trust it, refused
where we do not.
"""

import datetime
import ipaddress
import secrets
import subprocess
import sys

import pytest
from botocore.exceptions import SSLError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.files.storage import storages

from deploy import make_bucket
from documents import services
from documents.errors import Rejected
from documents.models import Document
from kzcustody_site import environment
from tests.plugins import files

pytestmark = pytest.mark.django_db
SERVER = """
import sys
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
app = DomainDispatcherApplication(create_backend_app)
server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=(sys.argv[1], sys.argv[2]))
print(server.server_port, flush=True)
server.serve_forever()
"""
DAY = datetime.timedelta(days=1)


def certified(name, *, by=None, key_of=None, is_authority=False):
    """A key and its certificate: of an authority, or of the store at 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if not is_authority:
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        made = made.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    return key, made.sign(key_of or key, hashes.SHA256())


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def authority():
    return certified("Authority of the tests", is_authority=True)


@pytest.fixture(scope="module")
def port(authority, tmp_path_factory):
    """The port of the server."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = certified("store", by=authority[1], key_of=authority[0])
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*form))
    (folder / "store.pem").write_bytes(pem(certificate))
    command = [sys.executable, "-c", SERVER, str(folder / "store.pem"), str(folder / "key.pem")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    yield int(process.stdout.readline())
    process.terminate()
    process.wait(10)


@pytest.fixture
def trusting(port, tmp_path, settings, monkeypatch):
    """A function: the documents lie in that store, and whom we trust."""

    def trust(certificate, *, host="127.0.0.1"):
        (tmp_path / "trusted.pem").write_bytes(pem(certificate))
        name = secrets.token_hex(4)
        said = {
            "AWS_CA_BUNDLE": str(tmp_path / "trusted.pem"),
            "S3_BUCKET": f"documents-{name}",
            "S3_QUARANTINE_BUCKET": f"quarantine-{name}",
            "DOCUMENTS_ENCRYPTED_BY": "s3",
            "S3_ENDPOINT_URL": f"https://{host}:{port}",
            "S3_ACCESS_KEY": "key",
            "S3_SECRET_KEY": "secret",
        }
        for setting, value in said.items():
            monkeypatch.setenv(setting, value)
        settings.STORAGES = settings.STORAGES | {
            "documents": environment.file_store(bucket=said["S3_BUCKET"], folder=""),
            "quarantine": environment.file_store(bucket=said["S3_QUARANTINE_BUCKET"], folder=""),
        }

    return trust


def given(actor):
    return files.receive(upload=files.upload("a.pdf", files.pdf()), name="a.pdf", actor=actor)


def test_a_store_is_used_whose_certificate_is_of_an_authority_that_we_trust(trusting, authority, actor):
    trusting(authority[1])
    make_bucket.both()
    document = given(actor)
    assert storages["documents"].connection.meta.client.meta.endpoint_url.startswith("https://")
    assert services.open_document(document=document, actor=actor, why="view").read() == files.pdf()


@pytest.mark.parametrize(("is_trusted", "host"), [(False, "127.0.0.1"), (True, "localhost")])
def test_nothing_is_given_to_a_store_that_cannot_show_who_it_is(trusting, authority, actor, is_trusted, host):
    """Of an authority that we do not know, or of another name than we call it by."""
    stranger = certified("Another authority", is_authority=True)[1]
    trusting(authority[1] if is_trusted else stranger, host=host)
    with pytest.raises(SSLError):
        storages["documents"].connection.meta.client.list_buckets()
    with pytest.raises(Rejected) as refused:
        given(actor)
    assert (refused.value.code, Document.objects.count()) == ("failed", 0)
