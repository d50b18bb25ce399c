"""Mail that was taken and came back: noted on its message."""

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from audit.services import Actor, record
from notifications import envelopes
from notifications.models import Attempt, Bounce, Message
from notifications.queries import TAKEN
from notifications.reports import NotAReport, Report


class StillOnTheWire(Exception):  # noqa: N818
    """The message is being sent: whether it was taken is written down in a moment."""


def note_bounce(*, report: Report, came_to: str, actor: Actor) -> Bounce:
    """Note that a mail came back. ``came_to`` is the address that the report was sent to, which alone says of
    which message it is, where ``BOUNCE_ADDRESS`` is set; else the Message-ID of the headers does.

    Effects in order: lock the message; write the bounce of the attempt that was taken last; append the audit
    event. A second report about it finds the first and changes nothing.

    Raises NotAReport where it is about no mail that we sent, StillOnTheWire where it may be about one that is
    being sent.
    """
    with transaction.atomic():
        message = _find(report, came_to)
        attempt = last_taken(message)
        if attempt is None:
            raise NotAReport("The message was never sent.")
        bounce, is_new = Bounce.objects.get_or_create(
            attempt=attempt, defaults={"status": report.status, "diagnostic": report.diagnostic}
        )
        if is_new:
            record(
                subject=message.audit_subject,
                kind="message.came_back",
                actor=actor,
                data={"status": report.status},
            )
    return bounce


def last_taken(message: Message) -> Attempt | None:
    """The last attempt at which a mail server took the mail, or may have."""
    taken = message.attempts.filter(outcome__in=TAKEN).select_related("bounce")
    return taken.order_by("pk").last()


def has_come_back(message: Message) -> bool:
    """Whether the mail came back that was taken last."""
    return Bounce.objects.filter(attempt=last_taken(message)).exists()


def _find(report: Report, came_to: str) -> Message:
    """The message, locked."""
    if settings.BOUNCE_ADDRESS:
        named = Q(uuid=envelopes.message_named_by(came_to))
    else:
        named = Q(message_id=report.message_id)
    message = Message.objects.select_for_update(of=("self",)).filter(named).first()
    if message is None:
        raise NotAReport("It is about no message of ours.")
    if message.attempts.filter(finished_at=None).exists():
        raise StillOnTheWire
    return message
