"""Reads of the outbox."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from accounts.models import User
from accounts.queries import firms_of
from notifications.models import Attempt, Bounce, Message, Outcome, Status

# A policy of ours: for so long after a mail came back its address counts as one to be looked at.
DOUBTED_FOR = timedelta(days=30)
TAKEN = (Outcome.SENT, Outcome.UNCERTAIN)  # by a mail server, or perhaps


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


def with_bounces(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Each with ``came_back_at``: when the mail came back that was taken last, or None; also None while it
    waits to be sent again.
    """
    taken = Attempt.objects.filter(message=OuterRef("pk"), outcome__in=TAKEN).order_by("-pk")
    came_back = Subquery(taken.values("bounce__at")[:1])
    return messages.annotate(came_back_at=Case(When(status=Status.SENT, then=came_back)))


def came_back_at(email: str) -> datetime | None:
    """When a mail to this address last came back, of late."""
    return _of_late().filter(went_to__iexact=email).aggregate(at=Max("at"))["at"]


def bounces_about(about: str) -> QuerySet[Bounce]:
    """Of mail to a firm's people, of late, about a case or several with it: its audit subject is given."""
    return _of_late().filter(attempt__message__about__contains=[about], attempt__message__internal=False)


def doubted_addresses(about: str) -> dict[str, datetime]:
    """The addresses that these are of, and when mail last came back from each."""
    came_back: Any = bounces_about(about)
    found = came_back.values_list("went_to").annotate(at=Max("at"))
    return dict(found.order_by("went_to"))


def last_answer(*outcomes: Outcome) -> str:
    """What was said at the last attempt that ended so: the kind of the fault and the code, no address."""
    ended = Attempt.objects.filter(outcome__in=outcomes).order_by("-pk")
    return ended.values_list("error", flat=True).first() or ""


def refused_in_a_row() -> int:
    """How many messages the mail server has refused for good since it last took one."""
    taken = Attempt.objects.filter(outcome=Outcome.SENT).order_by("-pk").values_list("pk", flat=True).first()
    refused = Attempt.objects.filter(outcome=Outcome.REFUSED, pk__gt=taken or 0)
    return refused.values("message").distinct().count()


def waiting(messages: QuerySet[Message]) -> QuerySet[Message]:
    return messages.filter(status=Status.WAITING)


def due(messages: QuerySet[Message]) -> QuerySet[Message]:
    return waiting(messages).filter(next_attempt_at__lte=timezone.now())


def put_off(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Those that the mail server did not take when they were tried, and that are tried again."""
    return waiting(messages).filter(tries__gt=0)


def refused_today(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Not delivered, since the mail server has refused them for good today."""
    refusals = Attempt.objects.filter(
        message=OuterRef("pk"), outcome=Outcome.REFUSED, finished_at__gte=_midnight()
    )
    return messages.filter(Exists(refusals), status=Status.FAILED)


def came_back_today(messages: QuerySet[Message]) -> QuerySet[Message]:
    bounces = Bounce.objects.filter(attempt__message=OuterRef("pk"), at__gte=_midnight())
    return messages.filter(Exists(bounces))


# What the outbox can be narrowed to beside the status: in its list, and where it is counted.
STANDING: dict[str, Callable[[QuerySet[Message]], QuerySet[Message]]] = {
    "due": due,
    "put_off": put_off,
    "refused_today": refused_today,
    "came_back_today": came_back_today,
}


def _midnight() -> datetime:
    """With which this day began in Almaty."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _of_late() -> Any:
    """Each with ``went_to``, the address that it came back from."""
    went_to = Case(When(attempt__email="", then="attempt__message__email"), default="attempt__email")
    return Bounce.objects.annotate(went_to=went_to).filter(at__gt=timezone.now() - DOUBTED_FOR)
