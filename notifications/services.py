"""Telling: writing a message into the outbox, in the transaction of what it tells of."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Firm, User
from audit.services import Actor, record
from notifications.bounces import has_come_back, note_bounce
from notifications.choices import is_off
from notifications.models import Attempt, Message, Status
from notifications.sending import send_waiting
from notifications.turns import leave_out
from notifications.writing import Letter, compose, inside_a_transaction, wake_after_commit, write
from workflow.errors import NotReady

__all__ = [
    "mark_all_read",
    "mark_read",
    "note_bounce",
    "resend",
    "send_waiting",
    "tell",
    "withhold",
]


def tell(
    *,
    to: User | str,
    template: str,
    context: dict[str, Any],
    subject_ref: str,
    key: str,
    about: str = "",
    internal: bool = False,
    url: str = "",
    language: str = "",
    zone: str = "",
    is_draft: bool = False,
    firm: Firm | None = None,
    off: bool | None = None,
) -> None:
    """Write one message into the outbox; ``mails.MAILS`` lists the templates and the context each takes.
    ``subject_ref`` is the reference of the case, or what an application is called that has none yet
    (``is_draft``); ``about`` is the audit subject of the case, or empty where it is of none. What is about a
    ``firm`` is read in the notice centre by its people alone. ``off`` is whether the person has switched this
    mail off, where the caller has read it (``choices.off_for``).

    Effects in order: write the row in the recipient's language and zone (for a bare address: ``language``, or
    the one in use, and ``zone``, or Almaty), unless a row with this key exists, which then stays as it is;
    wake the sender after commit. A courtesy that the person switched off is written as a notice and not sent.
    Nothing is sent if the transaction is rolled back.

    Raises RuntimeError outside a transaction, ValueError for an unknown mail, a context that does not fit, or
    a link to elsewhere, ValidationError for an address that is none.
    """
    inside_a_transaction()
    if off is None:
        off = isinstance(to, User) and is_off(to, template)
    letter = Letter(
        to=to,
        template=template,
        context=context,
        subject_ref=subject_ref,
        key=key,
        about=about,
        internal=internal,
        url=url,
        language=language,
        zone=zone,
        is_draft=is_draft,
        firm=firm,
        off=off,
    )
    write([compose(letter)])


def withhold(*, about: str, reason: str) -> int:
    """Take back every reminder of a case that waits: it was withdrawn, or is over.

    Effects: of each waiting message the lines of this case are left out, and one that says nothing else is
    withheld with the reason; what they remind of counts as not said. What is on the wire is left. Returns how
    many messages were changed. Raises ValueError without a case.
    """
    if not about:
        raise ValueError("Name the case whose reminders are to be taken back, by its audit subject.")
    with transaction.atomic():
        waiting = (
            Message.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(status=Status.WAITING, reminder__isnull=False, about__contains=[about])
            .exclude(pk__in=Attempt.objects.filter(finished_at=None).values("message"))
        )
        found = list(waiting.order_by("pk"))
        for message in found:
            lines = message.context.get("rows", [])
            leave_out(message, [line for line in lines if line.get("about") == about], reason)
    return len(found)


def resend(*, message: Message, actor: Actor) -> Message:
    """Send a message again that could not be delivered, or that came back.

    It goes to the address that its recipient has now; what was tried before keeps the one of before. Effects
    in order: lock it; its address; let it wait with its tries forgotten; append the audit event, which says
    whether the address is another one; wake the sender after commit. Raises NotReady where the message
    neither failed nor came back since it was last sent.
    """
    with transaction.atomic():
        message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
        came_back = message.status == Status.SENT and has_come_back(message)
        if message.status != Status.FAILED and not came_back:
            raise NotReady([_("Only a message that could not be delivered can be sent again.")])
        is_mended = _readdressed(message)
        message.status = Status.WAITING
        message.sent_at = None
        message.tries = 0
        message.maybe_taken = False
        message.waits_since = message.next_attempt_at = timezone.now()
        message.save(
            update_fields=[
                "email", "status", "sent_at", "tries", "maybe_taken", "waits_since", "next_attempt_at"
            ]
        )  # fmt: skip
        told = {"address_changed": True} if is_mended else {}
        record(subject=message.audit_subject, kind="message.resend", actor=actor, data=told)
        wake_after_commit()
    return message


def _readdressed(message: Message) -> bool:
    """To where its recipient has mail now; whether that is another address. It is saved with what follows."""
    if message.recipient is None or message.recipient.email == message.email:
        return False
    message.attempts.filter(email="").update(email=message.email)
    message.email = message.recipient.email
    return True


def mark_read(*, user: User, pk: int) -> bool:
    """Mark one of the user's own notices as read; False where there is no such unread notice."""
    return bool(Message.objects.filter(pk=pk, recipient=user, read_at=None).update(read_at=timezone.now()))


def mark_all_read(*, user: User, subject_ref: str = "") -> int:
    """Mark the user's own notices as read, of one case or of all; how many there were."""
    unread = Message.objects.filter(recipient=user, read_at=None)
    if subject_ref:
        unread = unread.filter(subject_ref=subject_ref)
    return unread.update(read_at=timezone.now())
