"""Reads of the outbox."""

from django.db.models import QuerySet

from accounts.models import User
from notifications.models import Message, Status


def notices_of(user: User) -> QuerySet[Message]:
    """The notice centre: everything this person was told, newest first, in the words of the mail."""
    return Message.objects.filter(recipient=user).exclude(status=Status.WITHHELD).order_by("-pk")


def unread_count(user: User) -> int:
    return notices_of(user).filter(read_at=None).count()


def about(subject_ref: str) -> QuerySet[Message]:
    """What was told about one case, to anybody, with its attempts."""
    return Message.objects.filter(subject_ref=subject_ref).prefetch_related("attempts").order_by("-pk")
