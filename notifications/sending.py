"""The sender: one attempt at a time, each written down before it is made.

A message is claimed in one transaction and sent in the next. The second holds the lock of the attempt's row
while the mail is on the wire: an attempt that is unfinished and not locked was cut off, and nobody knows
whether the mail server took the mail. Such a message is sent once more under the same Message-ID, and no
oftener.
"""

import logging
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from notifications.models import Attempt, Message, Outcome, Status
from notifications.turns import still_true

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=1)
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360)]
MAX_TRIES = len(PAUSES) + 1


def send_waiting(*, limit: int = 100) -> int:
    """Send what waits and is due, oldest first; return how many attempts were made.

    Effects for each message, in order: claim it and write an attempt (committed), or withhold it where it
    reminds of a date that stands no more; hand it to the mail server;
    write the result, and where that was the last try, mark it failed and call
    ``settings.OUTBOX_FAILED_HANDLERS``.
    """
    for made in range(limit):
        attempt_pk = _claim()
        if attempt_pk is None:
            return made
        _deliver(attempt_pk)
    return limit


def _claim() -> int | None:
    """Write the attempt that comes next, and return its pk; None where nothing is due."""
    while True:
        with transaction.atomic():
            message = (
                Message.objects.select_for_update(of=("self",), skip_locked=True)
                .filter(status=Status.WAITING, next_attempt_at__lte=timezone.now())
                .order_by("pk")
                .first()
            )
            if message is None:
                return None
            message.next_attempt_at = timezone.now() + LEASE
            message.save(update_fields=["next_attempt_at"])
            if _is_on_the_wire(message):
                continue
            _close_cut_off(message)
            if message.status == Status.WAITING and still_true(message):
                return Attempt.objects.create(message=message).pk


def _is_on_the_wire(message: Message) -> bool:
    """Whether another sender holds the message's open attempt."""
    unfinished = message.attempts.filter(finished_at=None)
    free = unfinished.select_for_update(skip_locked=True)
    return unfinished.exists() and not list(free)


def _close_cut_off(message: Message) -> None:
    attempt = message.attempts.filter(finished_at=None).first()
    if attempt:
        _finish(attempt, message, Outcome.UNCERTAIN, "cut off")


def _deliver(attempt_pk: int) -> None:
    with transaction.atomic():
        attempt = (
            Attempt.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("message")
            .filter(pk=attempt_pk, finished_at=None)
            .first()
        )
        if attempt is None:
            return
        outcome, error = _hand_over(attempt.message)
        message = Message.objects.select_for_update(of=("self",)).get(pk=attempt.message_id)
        _finish(attempt, message, outcome, error)


def _hand_over(message: Message) -> tuple[Outcome, str]:
    """Give the mail to the mail server.

    Until the connection stands nothing can have been taken; after that, silence is uncertain.
    """
    connection = get_connection()
    try:
        mail = _as_mail(message)
        mail.message()  # refuses here, and not on the wire, what cannot be made into a mail
        connection.open()
    except Exception as error:
        return Outcome.DEFERRED, _named(error)
    try:
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        code = max(code for code, _text in error.recipients.values())
        return _answer(code), f"{_named(error)} {code}"
    except smtplib.SMTPDataError as error:
        return _answer(error.smtp_code), f"{_named(error)} {error.smtp_code}"
    except smtplib.SMTPResponseException as error:
        return Outcome.DEFERRED, f"{_named(error)} {error.smtp_code}"
    except Exception as error:
        return Outcome.UNCERTAIN, _named(error)
    finally:
        _hang_up(connection)
    return Outcome.SENT, ""


def _as_mail(message: Message) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.body_text,
        to=[message.email],
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(message.body_html, "text/html")
    return mail


def _answer(code: int) -> Outcome:
    return Outcome.REFUSED if code >= 500 else Outcome.DEFERRED


def _named(error: Exception) -> str:
    return type(error).__name__


def _hang_up(connection: object) -> None:
    try:
        connection.close()  # type: ignore[attr-defined]
    except Exception as error:
        logger.info("The mail server hung up first (%s).", _named(error))


def _finish(attempt: Attempt, message: Message, outcome: Outcome, error: str) -> None:
    """Write the result, and what follows from it. Both rows are locked."""
    now = timezone.now()
    attempt.finished_at, attempt.outcome, attempt.error = now, outcome, error
    attempt.save(update_fields=["finished_at", "outcome", "error"])
    message.tries += 1
    if outcome == Outcome.SENT:
        message.status, message.sent_at = Status.SENT, now
    elif _was_the_last(message, outcome):
        message.status = Status.FAILED
    elif outcome == Outcome.UNCERTAIN:
        message.maybe_taken = True
    else:
        message.next_attempt_at = now + PAUSES[message.tries - 1]
    message.save()
    if message.status == Status.FAILED:
        _tell_handlers(message)


def _was_the_last(message: Message, outcome: Outcome) -> bool:
    twice_uncertain = outcome == Outcome.UNCERTAIN and message.maybe_taken
    return outcome == Outcome.REFUSED or twice_uncertain or message.tries >= MAX_TRIES


def _tell_handlers(message: Message) -> None:
    """In the same transaction; a handler that fails is logged, since the failure of the mail must be on
    record in any case.
    """
    for path in settings.OUTBOX_FAILED_HANDLERS:
        try:
            with transaction.atomic():
                import_string(path)(message)
        except Exception:
            logger.exception("%s failed for message %s", path, message.uuid)
