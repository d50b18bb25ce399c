"""Rows of the outbox, each in the words of its recipient."""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils import timezone, translation

from accounts.models import Firm, User
from accounts.zones import ALMATY
from notifications import mails
from notifications.models import Message, Reminder, Status

logger = logging.getLogger(__name__)
SEND_TASK = "notifications.tasks.send_waiting"
BATCH = 500  # rows in one statement


def inside_a_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("A message must be written inside the transaction of what it tells of.")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What one message is made of; ``services.tell`` says what each part is, and what is refused. Where its
    context has ``rows``, each of them names its own case, and ``about`` is empty or one of them.
    """

    to: User | str
    template: str
    context: dict[str, Any]
    subject_ref: str
    key: str
    off: bool
    about: str = ""
    internal: bool = False
    url: str = ""
    language: str = ""
    zone: str = ""
    reminder: Reminder | None = None
    is_draft: bool = False
    firm: Firm | None = None


def compose(letter: Letter) -> Message:
    """A row that is not written yet."""
    to, context = letter.to, letter.context
    address = _address(to)
    validate_email(address)
    link = _link(letter.url)
    language = _language(to, letter.language)
    words = mails.render(
        letter.template,
        context=context,
        subject_ref=letter.subject_ref,
        language=language,
        internal=letter.internal,
        url=link,
        zone=to.zone if isinstance(to, User) else letter.zone or ALMATY,
        is_draft=letter.is_draft,
    )
    number = uuid.uuid4()
    return Message(
        uuid=number,
        key=letter.key,
        recipient=to if isinstance(to, User) else None,
        email=address,
        language=language,
        template=letter.template,
        context=mails.as_json(context),
        subject_ref=letter.subject_ref,
        about=mails.cases_of(context) or ([letter.about] if letter.about else []),
        internal=letter.internal,
        url=link,
        subject=words.subject,
        body_text=words.text,
        body_html=words.html,
        message_id=f"<{number}@{urlsplit(settings.BASE_URL).hostname}>",
        reminder=letter.reminder,
        firm=letter.firm,
        status=Status.KEPT if letter.off else Status.WAITING,
        next_attempt_at=timezone.now(),
    )


def write(rows: Sequence[Message]) -> None:
    """All at once; a row whose key exists stays as it is. The sender is woken after commit."""
    Message.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    wake_after_commit()


def wake_after_commit() -> None:
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
