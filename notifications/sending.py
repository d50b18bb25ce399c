"""The sender: one attempt at a time, each written down before it is made.

A message is looked at in one transaction, claimed in the next, and sent in a third; the mail server is
reached between the first two, so what is withheld needs none. The third holds the lock of the attempt's row
while the mail is on the wire: an attempt that is unfinished and not locked was cut off, and nobody knows
whether the mail server took the mail. Such a message is sent once more under the same Message-ID, and no
oftener.

A mail server that cannot be reached says nothing of any message: no try is counted, and the run ends.
"""

import logging
import smtplib
import time
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from notifications import envelopes
from notifications.models import Attempt, Message, Outcome, Status
from notifications.turns import still_goes

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=1)
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360)]
MAX_TRIES = len(PAUSES) + 1
RUN_SECONDS = 60  # no message is begun later in a run, so that a slow mail server keeps no worker
# PostgreSQL ends a sender that is silent for longer, as one whose machine lost power is, and frees its locks.
SILENCE = "90s"
LOOK_AGAIN = timedelta(seconds=15)  # at a message that is on the wire


class Away(Exception):  # noqa: N818
    """The mail server cannot be reached."""


class Turn(NamedTuple):
    """A message whose turn has come: no other sender takes it before ``rests_until``. ``goes``: it is to be
    sent.
    """

    message: int
    goes: bool
    due_at: datetime
    rests_until: datetime


def send_waiting(*, limit: int = 100) -> int:
    """Send what waits and is due, oldest first, for a minute at most; return how many attempts were made.

    Effects for each message, in order: let it rest while its turn lasts, or withhold it where it reminds of a
    date that stands no more or its recipient has nothing to do with it any more (committed); reach the mail
    server, or end the run; write an attempt (committed); hand it to the mail server; write the result, and
    where that was the last try, mark it failed and call ``settings.OUTBOX_FAILED_HANDLERS``.
    """
    ends = time.monotonic() + RUN_SECONDS
    made = 0
    while made < limit and time.monotonic() < ends and (turn := _next_turn()):
        try:
            made += turn.goes and _send(turn)
        except Away:
            break
    return made


def _due() -> QuerySet[Message]:
    return Message.objects.filter(status=Status.WAITING, next_attempt_at__lte=timezone.now())


def _next_turn() -> Turn | None:
    """None where nothing is due, or others hold what is."""
    with transaction.atomic():
        message = _due().select_for_update(of=("self",), skip_locked=True).order_by("pk").first()
        if message is None:
            return None
        due_at, on_the_wire = message.next_attempt_at, _is_on_the_wire(message)
        message.next_attempt_at = timezone.now() + (LOOK_AGAIN if on_the_wire else LEASE)
        message.save(update_fields=["next_attempt_at"])
        if not on_the_wire:
            _close_cut_off(message)
        goes = not on_the_wire and message.status == Status.WAITING and _goes(message)
        return Turn(message.pk, goes, due_at, message.next_attempt_at)


def _goes(message: Message) -> bool:
    """``still_goes``; what cannot be looked at is a failed try of this message, and holds up no other."""
    try:
        with transaction.atomic():
            return still_goes(message)
    except Exception as error:
        logger.exception("Message %s cannot be looked at again", message.uuid)
        message.refresh_from_db()
        _finish(Attempt.objects.create(message=message), message, Outcome.DEFERRED, _named(error))
        return False


def _send(turn: Turn) -> bool:
    """Whether an attempt was made: not where the message was withheld while the mail server was reached."""
    server = get_connection()
    try:
        if not _is_reached(server):
            _resting(turn).update(next_attempt_at=turn.due_at)
            raise Away
        attempt_pk = _begin(turn)
        if attempt_pk is None:
            return False
        _deliver(attempt_pk, server)
        return True
    finally:
        _hang_up(server)


def _is_reached(server: BaseEmailBackend) -> bool:
    try:
        server.open()
    except Exception as error:
        logger.warning("The mail server cannot be reached (%s): messages wait.", _named(error))
        return False
    return True


def _resting(turn: Turn) -> QuerySet[Message]:
    """The message, while it waits and nobody else has taken its turn."""
    return Message.objects.filter(pk=turn.message, status=Status.WAITING, next_attempt_at=turn.rests_until)


def _begin(turn: Turn) -> int | None:
    """Write the attempt, and return its pk."""
    with transaction.atomic():
        message = _resting(turn).select_for_update(of=("self",)).first()
        if message is None:
            return None
        message.next_attempt_at = timezone.now() + LEASE
        message.save(update_fields=["next_attempt_at"])
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


def _deliver(attempt_pk: int, server: BaseEmailBackend) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [SILENCE])
        attempt = (
            Attempt.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("message")
            .filter(pk=attempt_pk, finished_at=None)
            .first()
        )
        if attempt is None:
            return
        outcome, error = _hand_over(attempt.message, server)
        message = Message.objects.select_for_update(of=("self",)).get(pk=attempt.message_id)
        _finish(attempt, message, outcome, error)


def _hand_over(message: Message, server: BaseEmailBackend) -> tuple[Outcome, str]:
    """Give the mail to the mail server, to which the connection stands: silence is uncertain."""
    try:
        mail = _as_mail(message)
        mail.message()  # refuses here, and not on the wire, what cannot be made into a mail
    except Exception as error:
        return Outcome.DEFERRED, _named(error)
    try:
        server.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        code = max(code for code, _text in error.recipients.values())
        return _answer(code), f"{_named(error)} {code}"
    except smtplib.SMTPDataError as error:
        return _answer(error.smtp_code), f"{_named(error)} {error.smtp_code}"
    except smtplib.SMTPResponseException as error:
        return Outcome.DEFERRED, f"{_named(error)} {error.smtp_code}"
    except Exception as error:
        return Outcome.UNCERTAIN, _named(error)
    return Outcome.SENT, ""


def _as_mail(message: Message) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.body_text,
        from_email=envelopes.sender_of(message),
        to=[message.email],
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": message.message_id,
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(message.body_html, "text/html")
    return mail


def _answer(code: int) -> Outcome:
    return Outcome.REFUSED if code >= 500 else Outcome.DEFERRED


def _named(error: Exception) -> str:
    return type(error).__name__


def _hang_up(server: BaseEmailBackend) -> None:
    try:
        server.close()
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
