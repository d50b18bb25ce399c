"""A real mail server on loopback: the ``smtp`` fixture says what it received, and how it shall answer."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Mailbox:
    """What was accepted, in order; ``rcpt_answers`` and ``data_answers`` are used up, one a mail.

    While ``released`` is clear, a mail is taken and noted, but the server does not say so yet.
    """

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.senders: list[str] = []
        self.rcpt_answers: list[str] = []
        self.data_answers: list[str] = []
        self.taken = threading.Event()
        self.released = threading.Event()
        self.released.set()
        self.port = _free_port()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt_answers:
            return self.rcpt_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data_answers:
            return self.data_answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(envelope.rcpt_tos)
        self.senders.append(envelope.mail_from or "")
        self.taken.set()
        await server.loop.run_in_executor(None, self.released.wait, 20)
        return "250 OK"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def smtp(settings: object) -> Iterator[Mailbox]:
    """Django's own SMTP backend, pointed at the server."""
    yield from _serving(settings)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody but itself vouches for, with its key."""
    now = datetime.now(UTC)
    return made_certificate(tmp_path, now - timedelta(days=1), now + timedelta(days=1))


def made_certificate(folder: Path, begins: datetime, ends: datetime) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of the tests")])
    address = x509.IPAddress(ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    kept = folder / "mail.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    kept.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return kept


@pytest.fixture
def smtp_tls(settings: object, certificate: Path) -> Iterator[Mailbox]:
    """The same over STARTTLS, with that certificate."""
    with serving_tls(settings, certificate) as mailbox:
        yield mailbox


@contextmanager
def serving_tls(settings: object, certificate: Path) -> Iterator[Mailbox]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    yield from _serving(settings, tls_context=context, require_starttls=True)


def _serving(settings: object, **how: Any) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    server = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, **how)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port  # type: ignore[attr-defined]
    settings.EMAIL_USE_TLS = bool(how)  # type: ignore[attr-defined]
    yield mailbox
    mailbox.released.set()
    server.stop()
