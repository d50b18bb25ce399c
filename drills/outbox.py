"""What must hold of everything that was written to be sent."""

from drills.house import insist


def unsent():
    from notifications.models import Message, Status

    return Message.objects.exclude(status__in=(Status.SENT, Status.WITHHELD, Status.KEPT)).count()


def look_again():
    """As if the minute were over that a message rests whose sender was killed."""
    from django.utils import timezone

    from notifications.models import Message, Status

    Message.objects.filter(status=Status.WAITING).update(next_attempt_at=timezone.now())


def all_went(mailbox, *, most):
    """Each message was taken, and none oftener than ``most`` times; how many were taken twice."""
    from notifications.models import Message, Status

    written = set(Message.objects.filter(status=Status.SENT).values_list("message_id", flat=True))
    times = mailbox.times()
    insist(unsent() == 0, f"{unsent()} messages did not leave")
    insist(written == set(times), f"lost: {len(written - set(times))}; not ours: {len(set(times) - written)}")
    over = {one: count for one, count in times.items() if count > most}
    insist(not over, f"taken too often: {over}")
    return sum(count > 1 for count in times.values())


def in_order(mailbox):
    """As they were written."""
    from notifications.models import Message

    keys = dict(Message.objects.values_list("message_id", "pk"))
    taken = [keys[one] for one in mailbox.taken]
    insist(taken == sorted(taken), "they left in another order than they were written in")


def said_once():
    """No two messages say the same to the same person: of each reminder one for each address."""
    from django.db.models import Count

    from notifications.models import Message

    twice = Message.objects.exclude(reminder=None).values("reminder", "email").annotate(n=Count("pk"))
    insist(not twice.filter(n__gt=1).exists(), "a reminder was written twice to one person")


def no_broken_record():
    from audit import verify

    faults = list(verify.faults())
    insist(not faults, f"faults of the record: {faults[:3]}")
