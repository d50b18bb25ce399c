"""Sending, through a real mail server: once, in order; never lost, at most one visible repeat."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import Error, connection, transaction
from django.utils import timezone

from accounts.actors import System
from audit.models import Event
from notifications import sending, services, tasks
from notifications.models import Attempt, Message, Reminder, Status
from tests.plugins.smtp import Mailbox
from workflow.errors import NotReady

pytestmark = pytest.mark.django_db(transaction=True)
failed: list[Message] = []


def tell(key: str = "k", subject_ref: str = "KZC-1") -> Message:
    with transaction.atomic():
        services.tell(
            to="aigul@example.test", template="decision", context={}, subject_ref=subject_ref, key=key
        )
    return Message.objects.get(key=key)


def make_due() -> None:
    Message.objects.update(next_attempt_at=timezone.now())


def outcomes(message: Message) -> list[tuple[str, str]]:
    return list(message.attempts.values_list("outcome", "error"))


def words(mail: EmailMessage, kind: str) -> list[str]:
    return mail.get_body([kind]).get_content().split()


def note_failure(message: Message) -> None:
    failed.append(message)


def stumble(message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(subject="half done")
    raise LookupError


def test_a_message_arrives_as_it_was_written(smtp: Mailbox) -> None:
    message = tell()
    tasks.send_waiting()

    (mail,) = smtp.received
    message.refresh_from_db()
    assert smtp.recipients == [["aigul@example.test"]]
    assert (mail["Subject"], mail["Message-ID"]) == (message.subject, message.message_id)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert words(mail, "plain") == message.body_text.split()
    assert words(mail, "html") == message.body_html.split()
    assert message.status == Status.SENT
    assert outcomes(message) == [("sent", "")]


def test_a_sent_message_is_not_sent_again(smtp: Mailbox) -> None:
    tell()

    assert [services.send_waiting(), services.send_waiting()] == [1, 0]
    assert len(smtp.received) == 1


def test_messages_leave_in_order_and_no_more_than_the_limit(smtp: Mailbox) -> None:
    for number in range(3):
        tell(key=str(number), subject_ref=f"KZC-{number}")

    assert services.send_waiting(limit=2) == 2
    assert [mail["Subject"][:5] for mail in smtp.received] == ["KZC-0", "KZC-1"]


def test_a_rolled_back_act_tells_nobody(smtp: Mailbox) -> None:
    with transaction.atomic():
        tell()
        transaction.set_rollback(True)

    assert services.send_waiting() == 0
    assert (smtp.received, Message.objects.count()) == ([], 0)


def test_an_emptied_redis_loses_nothing(smtp: Mailbox) -> None:
    tell()
    caches["quick"].clear()
    _queue_is_emptied()

    tasks.send_waiting()
    assert len(smtp.received) == 1


def _queue_is_emptied() -> None:
    from celery import current_app

    with current_app.connection_for_write() as broker:
        broker.default_channel.client.delete("celery")


def test_two_senders_send_once(smtp: Mailbox) -> None:
    message = tell()
    smtp.released.clear()
    first = _in_thread(services.send_waiting)
    assert smtp.taken.wait(10)

    made_by_second = services.send_waiting()
    make_due()  # as if the claim had run out while the mail is still on the wire
    made_by_third = services.send_waiting()
    smtp.released.set()
    first.join(10)

    message.refresh_from_db()
    assert (made_by_second, made_by_third, len(smtp.received)) == (0, 0, 1)
    assert (message.status, outcomes(message)) == (Status.SENT, [("sent", "")])


def test_many_senders_at_once_send_each_message_once(smtp: Mailbox) -> None:
    keys = [f"KZC-{number}" for number in range(12)]
    for key in keys:
        tell(key=key, subject_ref=key)
    senders = [_in_thread(services.send_waiting) for _ in range(4)]
    for sender in senders:
        sender.join(30)

    assert sorted(mail["Subject"].split()[0] for mail in smtp.received) == sorted(keys)
    assert Attempt.objects.count() == 12


def _in_thread(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize("stage", ["rcpt_answers", "data_answers"])
def test_a_mail_server_that_says_later_is_asked_later(stage: str, smtp: Mailbox) -> None:
    message = tell()
    getattr(smtp, stage).append("451 4.3.0 later")
    before = timezone.now()
    services.send_waiting()
    message.refresh_from_db()

    assert (message.status, message.tries) == (Status.WAITING, 1)
    assert before + sending.PAUSES[0] <= message.next_attempt_at <= timezone.now() + sending.PAUSES[0]
    assert services.send_waiting() == 0

    make_due()
    assert services.send_waiting() == 1
    message.refresh_from_db()
    assert (message.status, [outcome for outcome, _ in outcomes(message)]) == (
        Status.SENT,
        ["deferred", "sent"],
    )


@pytest.mark.parametrize("stage", ["rcpt_answers", "data_answers"])
def test_a_refusal_for_good_is_a_dead_letter_and_is_told(stage: str, smtp: Mailbox, settings: object) -> None:
    settings.OUTBOX_FAILED_HANDLERS = [f"{__name__}.note_failure"]  # type: ignore[attr-defined]
    failed.clear()
    message = tell()
    getattr(smtp, stage).append("550 5.1.1 no such person")
    services.send_waiting()
    message.refresh_from_db()

    assert message.status == Status.FAILED
    assert outcomes(message)[0][0] == "refused"
    assert outcomes(message)[0][1].endswith(" 550")
    assert failed == [message]


def test_a_handler_that_stumbles_leaves_the_failure_on_record(smtp: Mailbox, settings: object) -> None:
    settings.OUTBOX_FAILED_HANDLERS = [f"{__name__}.stumble"]  # type: ignore[attr-defined]
    message = tell()
    smtp.rcpt_answers.append("550 no")
    services.send_waiting()
    message.refresh_from_db()

    assert (message.status, message.subject) == (Status.FAILED, "KZC-1 decision available")


def test_a_mail_server_that_always_says_later_is_asked_until_the_last_try(smtp: Mailbox) -> None:
    message = tell()
    smtp.data_answers.extend(["451 4.3.0 later"] * sending.MAX_TRIES)
    for _ in range(sending.MAX_TRIES):
        message.refresh_from_db()
        assert message.status == Status.WAITING
        make_due()
        services.send_waiting()

    message.refresh_from_db()
    assert (message.status, message.maybe_taken) == (Status.FAILED, False)
    assert outcomes(message) == [("deferred", "SMTPDataError 451")] * sending.MAX_TRIES


def test_a_mail_server_that_is_away_is_no_try_of_any_message(smtp: Mailbox, settings: object) -> None:
    first, second = tell(key="a"), tell(key="b")
    settings.EMAIL_PORT = 1  # type: ignore[attr-defined]
    made = [services.send_waiting() for _ in range(sending.MAX_TRIES + 1)]

    assert made == [0] * (sending.MAX_TRIES + 1)
    assert (untried(first), untried(second)) == (True, True)
    settings.EMAIL_PORT = smtp.port  # type: ignore[attr-defined]
    assert (services.send_waiting(), len(smtp.received)) == (2, 2)


def untried(message: Message) -> bool:
    message.refresh_from_db()
    return (message.status, message.tries, outcomes(message)) == (Status.WAITING, 0, [])


def test_a_mail_server_that_does_not_greet_ends_the_run(settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    first, second = tell(key="a"), tell(key="b")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()  # type: ignore[attr-defined]
        settings.EMAIL_TIMEOUT = 1  # type: ignore[attr-defined]
        began = time.monotonic()
        assert services.send_waiting() == 0

    assert 1 <= time.monotonic() - began < 2
    assert (untried(first), untried(second)) == (True, True)


def test_a_mail_server_whose_certificate_nobody_vouches_for_gets_nothing(
    smtp_tls: Mailbox, certificate: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    message = tell()
    assert services.send_waiting() == 0
    assert (untried(message), smtp_tls.received) == (True, [])
    assert "The mail server cannot be reached (SSLCertVerificationError): messages wait." in caplog.messages

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert (services.send_waiting(), len(smtp_tls.received)) == (1, 1)


def test_a_run_begins_no_message_after_its_minute(smtp: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in "ab":
        tell(key=key)
    monkeypatch.setattr(sending, "RUN_SECONDS", 0)
    assert services.send_waiting() == 0
    monkeypatch.setattr(sending, "RUN_SECONDS", 60)
    assert services.send_waiting() == 2


def test_what_cannot_be_looked_at_again_is_a_failed_try_and_the_next_goes(smtp: Mailbox) -> None:
    broken, healthy = tell(key="a"), tell(key="b")
    reminder = Reminder.objects.create(subject="x", rule="y", due_on="2026-12-07")
    rows = ["of another release"]
    Message.objects.filter(pk=broken.pk).update(reminder=reminder, context={"rows": rows})
    assert services.send_waiting() == 1

    broken.refresh_from_db()
    healthy.refresh_from_db()
    assert (broken.status, broken.tries, outcomes(broken)) == (
        Status.WAITING,
        1,
        [("deferred", "AttributeError")],
    )
    assert timedelta(seconds=50) < broken.next_attempt_at - timezone.now() <= sending.PAUSES[0]
    assert (healthy.status, len(smtp.received)) == (Status.SENT, 1)


def test_a_sender_that_fell_silent_is_ended_by_the_database(
    smtp: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SILENCE", "1s")
    message = tell()
    smtp.released.clear()
    silent = _in_thread(_expect_to_be_ended)
    assert smtp.taken.wait(10)
    began = time.monotonic()
    _wait_until_unlocked(message)

    assert time.monotonic() - began < 5
    make_due()
    smtp.released.set()
    silent.join(10)
    services.send_waiting()
    assert outcomes(message) == [("uncertain", "cut off"), ("sent", "")]


def _expect_to_be_ended() -> None:
    with pytest.raises(Error):
        services.send_waiting()


def test_other_transactions_may_rest_as_long_as_they_like(smtp: Mailbox) -> None:
    tell()
    services.send_waiting()
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_poisoned_message_does_not_stop_the_others(smtp: Mailbox) -> None:
    poisoned, healthy = tell(key="a"), tell(key="b")
    Message.objects.filter(pk=poisoned.pk).update(subject="two\nlines")
    services.send_waiting()

    healthy.refresh_from_db()
    assert (healthy.status, outcomes(poisoned)) == (Status.SENT, [("deferred", "BadHeaderError")])


def test_a_sender_killed_after_the_server_took_the_mail_repeats_it_once(smtp: Mailbox) -> None:
    message = tell()
    smtp.released.clear()
    sender = _sender_process(smtp)
    assert smtp.taken.wait(30)
    sender.send_signal(signal.SIGKILL)
    sender.wait(10)
    smtp.released.set()

    assert outcomes(message) == [("", "")]
    _wait_until_unlocked(message)
    make_due()
    services.send_waiting()

    message.refresh_from_db()
    assert outcomes(message) == [("uncertain", "cut off"), ("sent", "")]
    assert [mail["Message-ID"] for mail in smtp.received] == [message.message_id] * 2
    assert message.status == Status.SENT


def _sender_process(smtp: Mailbox) -> subprocess.Popen[bytes]:
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(smtp.port),
        "EMAIL_USE_TLS": "0",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    send = "import django; django.setup(); from notifications.services import send_waiting; send_waiting()"
    return subprocess.Popen([sys.executable, "-c", send], env=environment)


def _wait_until_unlocked(message: Message) -> None:
    """PostgreSQL notices within moments that the killed sender is gone."""
    with transaction.atomic():
        list(message.attempts.select_for_update())


def test_after_two_uncertain_attempts_a_person_decides(smtp: Mailbox) -> None:
    message = tell()
    for _ in range(2):
        Attempt.objects.create(message=message)  # begun, and never finished
        with transaction.atomic():
            held = Message.objects.select_for_update().get(pk=message.pk)
            sending._close_cut_off(held)
    services.send_waiting()

    message.refresh_from_db()
    assert (message.status, smtp.received) == (Status.FAILED, [])


def test_silence_after_the_mail_was_handed_over_is_uncertain(smtp: Mailbox, settings: object) -> None:
    settings.EMAIL_TIMEOUT = 1  # type: ignore[attr-defined]
    smtp.released.clear()
    message = tell()
    for _ in range(3):
        make_due()
        services.send_waiting()

    message.refresh_from_db()
    assert [outcome for outcome, _ in outcomes(message)] == ["uncertain", "uncertain"]
    assert (message.status, len(smtp.received)) == (Status.FAILED, 2)


def test_a_dead_letter_can_be_sent_again_and_that_is_on_record(smtp: Mailbox) -> None:
    message = tell()
    smtp.rcpt_answers.append("550 no")
    services.send_waiting()

    services.resend(message=message, actor=System("tests"))
    services.send_waiting()
    message.refresh_from_db()
    assert message.status == Status.SENT
    assert [event.kind for event in Event.objects.filter(subject=message.audit_subject)] == ["message.resend"]
    with pytest.raises(NotReady):
        services.resend(message=message, actor=System("tests"))


def test_a_message_rests_for_the_lease_while_its_turn_lasts(smtp: Mailbox) -> None:
    message = tell()
    sending._next_turn()
    message.refresh_from_db()

    assert timedelta() < message.next_attempt_at - timezone.now() <= sending.LEASE
    assert services.send_waiting() == 0


def withheld_at_its_turn(*keys: str) -> None:
    """What these messages remind of stands no more."""
    reminder = Reminder.objects.create(
        subject=f"request:{uuid.uuid4().int % 10**9}", rule="y", due_on="2026-12-07"
    )
    for key in keys:
        Message.objects.filter(pk=tell(key=key).pk).update(reminder=reminder)


def test_what_is_withheld_needs_no_mail_server(smtp: Mailbox, settings: object) -> None:
    settings.EMAIL_PORT = 1  # type: ignore[attr-defined]
    withheld_at_its_turn("a", "b")
    last = tell(key="c")
    assert services.send_waiting() == 0

    assert list(Message.objects.order_by("pk").values_list("status", flat=True)) == [
        Status.WITHHELD, Status.WITHHELD, Status.WAITING,
    ]  # fmt: skip
    assert untried(last)
    last.refresh_from_db()
    assert last.next_attempt_at <= timezone.now()


def test_the_mail_server_is_reached_once_for_each_message_that_goes(
    smtp: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[int] = []
    is_reached = sending._is_reached

    def counted(server: object) -> bool:
        waiting = Message.objects.filter(status=Status.WAITING).count()
        reached.append(waiting)
        return is_reached(server)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "_is_reached", counted)
    withheld_at_its_turn("a", "b")
    tell(key="c")
    withheld_at_its_turn("d")
    assert services.send_waiting() == 1
    assert (reached, len(smtp.received)) == ([2], 1)


def test_what_is_withheld_while_the_mail_server_is_reached_does_not_go(
    smtp: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    reminder = Reminder.objects.create(subject="x", rule="y", due_on="2026-12-07")
    message = tell(key="a")
    Message.objects.filter(pk=message.pk).update(reminder=reminder, about=["application:1"])
    monkeypatch.setattr(sending, "_is_reached", _and_meanwhile(about="application:1"))
    assert services.send_waiting() == 0

    message.refresh_from_db()
    assert (message.status, outcomes(message), smtp.received) == (Status.WITHHELD, [], [])


def _and_meanwhile(about: str) -> Callable[[object], bool]:
    is_reached = sending._is_reached

    def reach(server: object) -> bool:
        services.withhold(about=about, reason="withdrawn")
        return is_reached(server)  # type: ignore[arg-type]

    return reach
