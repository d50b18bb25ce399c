"""What a mail server can do wrong at each step, played by a server of lines: what it says, that it hangs, or
that it hangs up. A fault before a mail is given is no try of any message; one with a mail is a try of it.
"""

import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from notifications import services
from notifications.models import Message, Status
from tests.plugins.smtp import made_certificate, serving_tls

pytestmark = pytest.mark.django_db(transaction=True)
HANG, HANG_UP = "hang", "hang up"
SECONDS = 1  # that the sender waits for an answer
WHOLE = {
    "connect": "220 mx.example.test",
    "EHLO": "250-mx.example.test\r\n250 AUTH PLAIN",
    "AUTH": "235 welcome",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "content": "250 taken",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}


class Played:
    """A server that answers by ``lines``; ``taken`` counts the contents that it read to the end."""

    def __init__(self, lines):
        self.lines, self.taken, self.over = lines, 0, threading.Event()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self.over.set()
        self.listening.close()

    def _serve(self):
        while not self.over.is_set():
            try:
                line, _peer = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line):
        with line, line.makefile("rb") as read:
            try:
                goes_on = self._say(line, "connect")
                while goes_on and (words := read.readline()):
                    verb = words.split()[0].decode().upper()
                    goes_on = self._say(line, verb)
                    if verb == "DATA" and goes_on and self.lines["DATA"].startswith("354"):
                        while (words := read.readline()) not in (b".\r\n", b""):
                            pass
                        self.taken += words == b".\r\n"
                        goes_on = self._say(line, "content")
            except OSError:
                return

    def _say(self, line, step):
        said = self.lines.get(step, "502 no")
        if said == HANG:
            self.over.wait(20)
        elif said != HANG_UP:
            line.sendall(f"{said}\r\n".encode())
            return not said.startswith("421")
        return False


@pytest.fixture
def played(settings):
    """A function: a server that does everything right but the given steps."""
    servers = []

    def play(**wrong):
        servers.append(Played({**WHOLE, **wrong}))
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", servers[-1].port
        return servers[-1]

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = False, SECONDS
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "desk", "secret"
    yield play
    for server in servers:
        server.close()


@pytest.fixture
def message():
    with transaction.atomic():
        services.tell(to="a@example.test", template="decision", context={}, subject_ref="KZC-1", key="k")
    return Message.objects.get()


def outcomes(message):
    return list(message.attempts.values_list("outcome", "error"))


def state(message):
    message.refresh_from_db()
    return message.status, message.tries, outcomes(message)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"connect": "421 too many"}, "SMTPConnectError"),
        ({"connect": "554 not you"}, "SMTPConnectError"),
        ({"connect": "HTTP/1.1 400 Bad Request"}, "SMTPConnectError"),
        ({"connect": HANG}, "SMTPServerDisconnected"),
        ({"connect": HANG_UP}, "SMTPServerDisconnected"),
        ({"EHLO": HANG}, "SMTPServerDisconnected"),
        ({"EHLO": "502 no", "HELO": "502 no"}, "SMTPHeloError"),
        ({"AUTH": "535 wrong password"}, "SMTPAuthenticationError"),
        ({"AUTH": "454 later"}, "SMTPAuthenticationError"),
        ({"AUTH": HANG}, "SMTPServerDisconnected"),
    ],
)
def test_a_fault_before_a_mail_is_given_is_no_try_of_it(played, message, caplog, wrong, error):
    server = played(**wrong)
    assert [services.send_waiting() for _ in range(2)] == [0, 0]
    assert (state(message), server.taken) == ((Status.WAITING, 0, []), 0)
    assert f"The mail server cannot be reached ({error}): messages wait." in caplog.messages

    played()
    assert services.send_waiting() == 1
    assert state(message) == (Status.SENT, 1, [("sent", "")])


@pytest.mark.parametrize(
    ("wrong", "outcome", "error", "status"),
    [
        ({"MAIL": "451 later"}, "deferred", "SMTPSenderRefused 451", Status.WAITING),
        ({"MAIL": "550 not you"}, "deferred", "SMTPSenderRefused 550", Status.WAITING),
        ({"MAIL": HANG}, "uncertain", "SMTPServerDisconnected", Status.WAITING),
        ({"RCPT": "450 later"}, "deferred", "SMTPRecipientsRefused 450", Status.WAITING),
        ({"RCPT": "421 going down"}, "deferred", "SMTPRecipientsRefused 421", Status.WAITING),
        ({"RCPT": "550 nobody"}, "refused", "SMTPRecipientsRefused 550", Status.FAILED),
        ({"RCPT": HANG}, "uncertain", "SMTPServerDisconnected", Status.WAITING),
        ({"DATA": "451 later"}, "deferred", "SMTPDataError 451", Status.WAITING),
        ({"DATA": "554 no"}, "refused", "SMTPDataError 554", Status.FAILED),
        ({"DATA": HANG}, "uncertain", "SMTPServerDisconnected", Status.WAITING),
        ({"content": "452 full"}, "deferred", "SMTPDataError 452", Status.WAITING),
        ({"content": "552 too large"}, "refused", "SMTPDataError 552", Status.FAILED),
        ({"content": HANG}, "uncertain", "SMTPServerDisconnected", Status.WAITING),
        ({"content": HANG_UP}, "uncertain", "SMTPServerDisconnected", Status.WAITING),
        ({"QUIT": HANG}, "sent", "", Status.SENT),
        ({"QUIT": HANG_UP}, "sent", "", Status.SENT),
    ],
)
def test_a_fault_with_a_mail_is_a_try_of_it(played, message, wrong, outcome, error, status):
    played(**wrong)
    assert services.send_waiting() == 1
    assert state(message) == (status, 1, [(outcome, error)])


def test_a_server_without_encryption_gets_nothing_where_it_is_asked_for(played, message, settings, caplog):
    settings.EMAIL_USE_TLS = True
    for wrong in ({}, {"EHLO": "250-mx\r\n250 STARTTLS", "STARTTLS": "454 no certificate"}):
        server = played(**wrong)
        assert services.send_waiting() == 0
        assert (state(message), server.taken) == ((Status.WAITING, 0, []), 0)
    told = [line for line in caplog.messages if "cannot be reached" in line]
    errors = [line.partition("(")[2].partition(")")[0] for line in told]
    assert errors == ["SMTPNotSupportedError", "SMTPResponseException"]


@pytest.mark.parametrize(
    ("first", "last", "host", "taken"),
    [(-1, 9, "127.0.0.1", 1), (-9, -1, "127.0.0.1", 0), (1, 9, "127.0.0.1", 0), (-1, 9, "localhost", 0)],
)
def test_a_certificate_of_another_time_or_host_gets_nothing(
    message, settings, monkeypatch, tmp_path, first, last, host, taken
):
    now = datetime.now(UTC)
    path = made_certificate(tmp_path, now + timedelta(days=first), now + timedelta(days=last))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with serving_tls(settings, path) as server:
        settings.EMAIL_HOST = host
        assert services.send_waiting() == taken
        assert (state(message)[1], len(server.received)) == (taken, taken)
