"""Telling: writing a message into the outbox, in the transaction of what it tells of."""

import logging
import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Firm, User
from audit.services import Actor, record
from notifications import mails
from notifications.choices import is_off
from notifications.models import Attempt, Message, Reminder, Status
from notifications.sending import send_waiting
from workflow.errors import NotReady

__all__ = [
    "first_reminder",
    "mark_all_read",
    "mark_read",
    "remind",
    "remind_together",
    "resend",
    "send_waiting",
    "tell",
    "tell_of",
    "withhold",
]

logger = logging.getLogger(__name__)
SEND_TASK = "notifications.tasks.send_waiting"


def tell(
    *,
    to: User | str,
    template: str,
    context: dict[str, Any],
    subject_ref: str,
    key: str,
    internal: bool = False,
    url: str = "",
    language: str = "",
    is_draft: bool = False,
    firm: Firm | None = None,
    off: bool | None = None,
) -> None:
    """Write one message into the outbox; ``mails.MAILS`` lists the templates and the context each takes.
    ``subject_ref`` is the reference of the case, or what an application is called that has none yet
    (``is_draft``). What is about a ``firm`` is read in the notice centre by its people alone. ``off`` is
    whether the person has switched this mail off, where the caller has read it (``choices.off_for``).

    Effects in order: write the row in the recipient's language (for a bare address: ``language``, or the one
    in use), unless a row with this key exists, which then stays as it is; wake the sender after commit. A
    courtesy that the person switched off is written as a notice and not sent.
    Nothing is sent if the transaction is rolled back.

    Raises RuntimeError outside a transaction, ValueError for an unknown mail, a context that does not fit, or
    a link to elsewhere, ValidationError for an address that is none.
    """
    _write(
        to=to,
        template=template,
        context=context,
        subject_ref=subject_ref,
        key=key,
        internal=internal,
        url=url,
        language=language,
        reminder=None,
        is_draft=is_draft,
        firm=firm,
        off=off,
    )


def remind(
    *,
    subject: str,
    rule: str,
    due_on: date,
    to: Sequence[User | str],
    template: str,
    context: dict[str, Any],
    subject_ref: str,
    internal: bool = False,
    url: str = "",
) -> int:
    """Remind everybody in ``to`` once of one date under one rule; how many were told. A second call tells
    nobody.

    Effects in order: write the reminder; write one message for each recipient; wake the sender after commit.
    """
    _inside_a_transaction()
    reminder, made = Reminder.objects.get_or_create(subject=subject, rule=rule, due_on=due_on)
    if not made:
        return 0
    for recipient in to:
        _write(
            to=recipient,
            template=template,
            context=context,
            subject_ref=subject_ref,
            key=f"reminder:{reminder.pk}:{_address(recipient)}",
            internal=internal,
            url=url,
            language="",
            reminder=reminder,
        )
    return len(to)


def first_reminder(*, subject: str, rule: str, due_on: date) -> Reminder | None:
    """The reminder of one date under one rule, written now; None where it was written before."""
    _inside_a_transaction()
    reminder, made = Reminder.objects.get_or_create(subject=subject, rule=rule, due_on=due_on)
    return reminder if made else None


def tell_of(
    reminder: Reminder,
    *,
    to: User,
    template: str,
    context: dict[str, Any],
    subject_ref: str,
    url: str,
    is_draft: bool = False,
    firm: Firm | None = None,
) -> None:
    """Write the one message to this person that the reminder, or several with it, makes."""
    _write(
        to=to,
        template=template,
        context=context,
        subject_ref=subject_ref,
        key=f"reminder:{reminder.pk}:{to.email}",
        internal=False,
        url=url,
        language="",
        reminder=reminder,
        is_draft=is_draft,
        firm=firm,
    )


def remind_together(
    *,
    subjects: dict[str, date],
    rule: str,
    to: Sequence[User],
    template: str,
    subject_ref: str,
    url: str = "",
) -> int:
    """Remind staff of many dates in one message each: of those that nobody was reminded of yet. ``subjects``
    are due on their days; the mail is told ``items``, how many are new. Returns that number. While there is
    nobody to tell nothing counts as told.

    Effects in order: write a reminder for each new one; write one message for each recipient; wake the sender
    after commit.
    """
    _inside_a_transaction()
    if not to:
        return 0
    made = [
        reminder
        for subject, due_on in sorted(subjects.items())
        for reminder, is_new in [Reminder.objects.get_or_create(subject=subject, rule=rule, due_on=due_on)]
        if is_new
    ]
    for recipient in to if made else ():
        _write(
            to=recipient,
            template=template,
            context={"items": len(made)},
            subject_ref=subject_ref,
            key=f"reminder:{made[0].pk}:{recipient.email}",
            internal=True,
            url=url,
            language="",
            reminder=made[0],
        )
    return len(made)


def withhold(*, subject_ref: str, templates: Sequence[str], reason: str) -> int:
    """Take back what waits and is no longer true, for example reminders of a case that was withdrawn.

    Effects: the waiting messages of these templates about this reference are withheld with the reason. What
    is on the wire is left. Returns how many were withheld.
    """
    with transaction.atomic():
        waiting = (
            Message.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(status=Status.WAITING, subject_ref=subject_ref, template__in=templates)
            .exclude(pk__in=Attempt.objects.filter(finished_at=None).values("message"))
        )
        return Message.objects.filter(pk__in=[message.pk for message in waiting]).update(
            status=Status.WITHHELD, withheld_because=reason
        )


def resend(*, message: Message, actor: Actor) -> Message:
    """Send a message again that could not be delivered.

    Effects in order: lock it; let it wait with its tries forgotten; append the audit event; wake the sender
    after commit. Raises NotReady where the message is not one that failed.
    """
    with transaction.atomic():
        message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
        if message.status != Status.FAILED:
            raise NotReady([_("Only a message that could not be delivered can be sent again.")])
        message.status = Status.WAITING
        message.tries = 0
        message.maybe_taken = False
        message.next_attempt_at = timezone.now()
        message.save(update_fields=["status", "tries", "maybe_taken", "next_attempt_at"])
        record(subject=message.audit_subject, kind="message.resend", actor=actor)
        _wake_after_commit()
    return message


def mark_read(*, user: User, pk: int) -> bool:
    """Mark one of the user's own notices as read; False where there is no such unread notice."""
    return bool(Message.objects.filter(pk=pk, recipient=user, read_at=None).update(read_at=timezone.now()))


def mark_all_read(*, user: User, subject_ref: str = "") -> int:
    """Mark the user's own notices as read, of one case or of all; how many there were."""
    unread = Message.objects.filter(recipient=user, read_at=None)
    if subject_ref:
        unread = unread.filter(subject_ref=subject_ref)
    return unread.update(read_at=timezone.now())


def _write(
    *,
    to: User | str,
    template: str,
    context: dict[str, Any],
    subject_ref: str,
    key: str,
    internal: bool,
    url: str,
    language: str,
    reminder: Reminder | None,
    is_draft: bool = False,
    firm: Firm | None = None,
    off: bool | None = None,
) -> None:
    _inside_a_transaction()
    if off is None:
        off = isinstance(to, User) and is_off(to, template)
    address = _address(to)
    validate_email(address)
    link = _link(url)
    language = _language(to, language)
    words = mails.render(
        template,
        context=context,
        subject_ref=subject_ref,
        language=language,
        internal=internal,
        url=link,
        is_draft=is_draft,
    )
    number = uuid.uuid4()
    row = Message(
        uuid=number,
        key=key,
        recipient=to if isinstance(to, User) else None,
        email=address,
        language=language,
        template=template,
        context=mails.as_json(context),
        subject_ref=subject_ref,
        internal=internal,
        url=link,
        subject=words.subject,
        body_text=words.text,
        body_html=words.html,
        message_id=f"<{number}@{urlsplit(settings.BASE_URL).hostname}>",
        reminder=reminder,
        firm=firm,
        status=Status.KEPT if off else Status.WAITING,
        next_attempt_at=timezone.now(),
    )
    Message.objects.bulk_create([row], ignore_conflicts=True)
    _wake_after_commit()


def _inside_a_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("A message must be written inside the transaction of what it tells of.")


def _address(to: User | str) -> str:
    return to.email if isinstance(to, User) else to


def _language(to: User | str, language: str) -> str:
    chosen = to.language if isinstance(to, User) else language or translation.get_language()
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _link(url: str) -> str:
    """The full address of a page here; a link to anywhere else is refused, since the mail says that it never
    has one.
    """
    link = settings.BASE_URL + url if url.startswith("/") or not url else url
    if link != settings.BASE_URL and not link.startswith(settings.BASE_URL + "/"):
        raise ValueError(f"A mail links only to {settings.BASE_URL}, not to {url!r}.")
    return link


def _wake_after_commit() -> None:
    """Once a transaction, however many are told: a broker that hangs costs its time-out once."""
    if all(queued[1] is not _wake for queued in connection.run_on_commit):
        transaction.on_commit(_wake)


def _wake() -> None:
    """A lost wake-up costs seconds: the timer finds the row.

    So nothing here may reach the person who acted.
    """
    try:
        current_app.send_task(SEND_TASK, retry=False, ignore_result=True)
    except Exception as error:
        logger.warning("The sender could not be woken (%s); the timer will send.", type(error).__name__)
