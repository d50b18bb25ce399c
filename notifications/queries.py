"""Reads of the outbox."""

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.queries import firms_of
from notifications.models import Message, Status


def notices_of(user: User) -> QuerySet[Message]:
    """The notice centre of a firm's people: everything this person was told, newest first, in the words of
    the mail. What is internal to a regulator is not in it, nor what was about a firm that the person left.
    """
    still_theirs = Q(firm=None) | Q(firm__in=firms_of(user))
    told = Message.objects.filter(still_theirs, recipient=user, internal=False)
    return told.exclude(status=Status.WITHHELD).order_by("-pk")


def references_of(user: User) -> list[str]:
    """The cases that this person was told of."""
    return sorted(notices_of(user).order_by().values_list("subject_ref", flat=True).distinct())


def unread_count(user: User) -> int:
    return notices_of(user).filter(read_at=None).count()


def about(subject_ref: str) -> QuerySet[Message]:
    """What was told about one case, to anybody, with its attempts."""
    return Message.objects.filter(subject_ref=subject_ref).prefetch_related("attempts").order_by("-pk")
