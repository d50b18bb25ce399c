"""A mail that was taken and comes back is noted on its message; nothing else of a report counts."""

import os
import subprocess
import sys
import time
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.actors import System
from audit.models import Event
from kzcustody_site.embedded.places import ROOT
from notifications import envelopes, queries, reports, services
from notifications.models import Attempt, Bounce, Message, Outcome, Status
from notifications.reports import NotAReport
from tests.plugins.returned import NO_SUCH_PERSON, report_on
from workflow.errors import NotReady

pytestmark = pytest.mark.django_db(transaction=True)
OURS = "bounce@desk.example.test"
LONG = 1024 * 1024


@pytest.fixture
def tokens(settings):
    settings.BOUNCE_ADDRESS = OURS


def tell(key="k"):
    with transaction.atomic():
        services.tell(
            to="aigul@example.test", template="decision", context={}, subject_ref="KZC-1", about="case:1",
            key=key,
        )  # fmt: skip
    return Message.objects.get(key=key)


@pytest.fixture
def sent(smtp):
    """A message that a mail server took, and the mail as it arrived there."""
    message = tell()
    services.send_waiting()
    return message, smtp.received[-1]


def note(raw, came_to=""):
    report = reports.read(raw)
    return services.note_bounce(report=report, came_to=came_to, actor=System("tests"))


def noted():
    return list(Bounce.objects.values_list("attempt__message__key", "status", "diagnostic"))


def piped(raw, *arguments, **told):
    """As a mail server runs the command."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    environment = {**os.environ, "DATABASE_URL": url, **told}
    command = [sys.executable, "manage.py", "note_bounce", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, input=raw, capture_output=True, check=False)
    return done.returncode, (done.stdout + done.stderr).decode().strip()


@pytest.mark.parametrize("headers_alone", [False, True])
def test_a_mail_that_comes_back_is_noted_once_on_its_message(sent, headers_alone):
    message, mail = sent
    raw = report_on(mail, headers_alone=headers_alone)
    first, second = note(raw), note(raw)

    assert (first, noted()) == (second, [("k", "5.1.1", NO_SUCH_PERSON)])
    assert first.attempt == message.attempts.get()
    events = Event.objects.filter(subject=message.audit_subject)
    assert [(event.kind, event.data) for event in events] == [("message.came_back", {"status": "5.1.1"})]
    message.refresh_from_db()
    assert message.status == Status.SENT


def test_the_command_takes_it_from_standard_input(sent):
    message, mail = sent
    told = (0, f"Noted: message {message.uuid} came back with 5.1.1.")
    assert [piped(report_on(mail)), piped(report_on(mail))] == [told, told]
    assert noted() == [("k", "5.1.1", NO_SUCH_PERSON)]


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_is_no_failure_is_not_noted(sent, action):
    assert reports.read(report_on(sent[1], action=action, status="4.4.7")) is None
    assert noted() == []


def test_a_mail_that_the_server_gave_up_after_days_has_come_back_too(sent):
    note(report_on(sent[1], status="4.4.7"))
    assert noted() == [("k", "4.4.7", NO_SUCH_PERSON)]


@pytest.mark.parametrize("status", ["2.0.0", "5.1", "5.1.1000", "", "5.1.1;5.2.2", "٥.1.1"])
def test_a_status_that_is_no_failure_is_refused(sent, status):
    with pytest.raises(NotAReport, match="Its status is"):
        reports.read(report_on(sent[1], status=status))


def test_a_mail_that_is_no_report_is_refused(sent):
    for raw in (b"", b"Subject: I am away\n\nUntil Monday.", bytes(sent[1])):
        with pytest.raises(NotAReport, match="no multipart/report of a delivery"):
            reports.read(raw)
    with pytest.raises(NotAReport, match="no multipart/report of a delivery"):
        reports.read(report_on(sent[1], kind="disposition-notification"))
    with pytest.raises(NotAReport, match="of no recipient"):
        reports.read(report_on(sent[1]).replace(b"Action:", b"Inaction:"))


def test_a_report_may_be_so_long_and_no_longer(sent):
    raw = report_on(sent[1])
    filled = raw + b"." * (LONG - len(raw))
    assert reports.read(filled).status == "5.1.1"
    with pytest.raises(NotAReport, match=f"longer than {LONG} bytes"):
        reports.read(filled + b".")
    code, said = piped(filled + b".")
    assert (code, said) == (os.EX_DATAERR, f"CommandError: Refused. It is longer than {LONG} bytes.")


def test_what_cannot_be_taken_apart_is_refused():
    deep = b"".join(
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="%d"\n\n--%d\n' % (n, n)
        for n in range(3000)
    )
    with pytest.raises(NotAReport, match="cannot be taken apart"):
        reports.read(deep)


@pytest.mark.parametrize("within", ["first", "second"])
def test_a_type_without_end_is_not_read(within):
    long = b'multipart/report; x="' + b";" * 900_000 + b'"'
    other = b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" if within == "second" else b""
    begun = time.monotonic()
    with pytest.raises(NotAReport, match="A type in it is longer than 2048 bytes"):
        reports.read(other + b"Content-Type: " + long + b"\n\n")
    assert time.monotonic() - begun < 5


def test_the_words_of_the_other_server_are_one_short_line(sent):
    crafted = b"smtp; 550\n Bcc: x@example.test\n \x00\x1b[31mno" + b" one" * 300
    note(report_on(sent[1], diagnostic="HERE").replace(b"HERE", crafted))
    (told,) = (one[2] for one in noted())
    assert told == ("smtp; 550 Bcc: x@example.test [31mno" + " one" * 300)[:500]


def test_nothing_that_hides_or_turns_text_is_kept():
    assert reports.plain("a\u202eb\u200b\ud800\u2028c\td") == "a b c d"


def test_a_forged_report_is_refused(sent):
    message, mail = sent
    mail.replace_header("Message-ID", f"<{uuid.uuid4()}@localhost>")
    with pytest.raises(NotAReport, match="no message of ours"):
        note(report_on(mail))
    del mail["Message-ID"]
    with pytest.raises(NotAReport, match="no message of ours"):
        note(report_on(mail))
    assert (piped(report_on(mail))[0], noted()) == (os.EX_DATAERR, [])
    assert not Event.objects.filter(subject=message.audit_subject).exists()


def test_a_report_on_what_was_never_sent_is_refused(sent):
    _message, mail = sent
    waiting = tell("waits")
    mail.replace_header("Message-ID", waiting.message_id)
    refused = Attempt.objects.create(
        message=waiting, finished_at=timezone.now(), outcome=Outcome.REFUSED, error="SMTPDataError 550"
    )
    with pytest.raises(NotAReport, match="never sent"):
        note(report_on(mail))
    Attempt.objects.filter(pk=refused.pk).update(outcome=Outcome.UNCERTAIN)
    assert note(report_on(mail)).attempt == refused


def test_a_report_on_what_is_on_the_wire_is_to_be_given_again(sent):
    _message, mail = sent
    Attempt.objects.update(outcome=Outcome.OPEN, finished_at=None)
    assert piped(report_on(mail)) == (os.EX_TEMPFAIL, "CommandError: Later (StillOnTheWire).")


def test_a_database_that_is_away_is_no_refusal(sent):
    code, said = piped(report_on(sent[1]), DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert (code, said) == (os.EX_TEMPFAIL, "CommandError: Later (OperationalError).")


def test_without_the_setting_the_envelope_is_as_it_was(sent, smtp, settings):
    assert smtp.senders == [settings.DEFAULT_FROM_EMAIL]
    assert sent[1]["From"] == settings.DEFAULT_FROM_EMAIL


def test_with_the_setting_the_envelope_names_the_message(tokens, sent, smtp, settings):
    message, mail = sent
    (sender,) = smtp.senders
    assert sender == envelopes.sender_of(message)
    assert sender.startswith(f"bounce+{message.uuid.hex}")
    assert len(sender.partition("@")[0]) <= 64
    assert mail["From"] == settings.DEFAULT_FROM_EMAIL
    assert envelopes.message_named_by(sender.upper()) == message.uuid


def test_with_the_setting_the_address_alone_says_what_came_back(tokens, sent, smtp):
    message, mail = sent
    (sender,) = smtp.senders
    other = tell("other")
    mail.replace_header("Message-ID", other.message_id)
    told = (0, f"Noted: message {message.uuid} came back with 5.1.1.")
    assert piped(report_on(mail), "--to", sender, BOUNCE_ADDRESS=OURS) == told
    assert piped(report_on(mail), BOUNCE_ADDRESS=OURS)[0] == os.EX_USAGE
    assert noted() == [("k", "5.1.1", NO_SUCH_PERSON)]


def test_a_token_that_we_did_not_write_is_refused(tokens, sent, smtp):
    message, mail = sent
    (sender,) = smtp.senders
    local, host = sender.split("@")
    last = "0" if local[-1] != "0" else "1"
    forged = [
        f"{local[:-1]}{last}@{host}",
        f"{local}0@{host}",
        f"{local[:-20]}@{host}",
        f"bounce+{tell('other').uuid.hex}{local[-20:]}@{host}",
        f"{local}@elsewhere.example.test",
        f"{local}@{host}\nx",
        OURS,
        "",
    ]
    for address in forged:
        with pytest.raises(NotAReport, match="no message of ours"):
            note(report_on(mail), came_to=address)
    assert noted() == []
    assert note(report_on(mail), came_to=sender).attempt.message == message


def test_what_came_back_can_be_sent_again_and_come_back_again(sent, smtp):
    message, mail = sent
    with pytest.raises(NotReady):
        services.resend(message=message, actor=System("tests"))
    note(report_on(mail))
    services.resend(message=message, actor=System("tests"))
    services.send_waiting()
    message.refresh_from_db()
    assert (message.status, len(smtp.received)) == (Status.SENT, 2)
    with pytest.raises(NotReady):
        services.resend(message=message, actor=System("tests"))

    note(report_on(mail, status="5.2.2"))
    assert [status for _key, status, _said in noted()] == ["5.1.1", "5.2.2"]


def test_an_address_is_in_doubt_for_thirty_days(sent, time_machine):
    note(report_on(sent[1]))
    at = Bounce.objects.get().at
    asked = ("aigul@example.test", "AIGUL@example.test", "dana@example.test")
    assert [queries.came_back_at(email) for email in asked] == [at, at, None]
    assert queries.doubted_addresses("case:1") == {"aigul@example.test": at}
    assert queries.doubted_addresses("case:2") == {}
    for later, is_so in ((queries.DOUBTED_FOR - timedelta(seconds=1), True), (queries.DOUBTED_FOR, False)):
        time_machine.move_to(at + later, tick=False)
        assert (queries.came_back_at("aigul@example.test") == at) is is_so
    Message.objects.update(internal=True)
    time_machine.move_to(at, tick=False)
    assert queries.doubted_addresses("case:1") == {}
