"""Reminders by the many: each date under one rule once, in so many statements however many there are."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from accounts.models import User
from notifications.models import Reminder
from notifications.writing import Letter, compose, inside_a_transaction, write

NEW = """
    INSERT INTO notifications_reminder (subject, rule, due_on, created_at)
    SELECT given.subject, given.rule, given.due_on, %s
    FROM unnest(%s::text[], %s::text[], %s::date[]) AS given (subject, rule, due_on)
    ON CONFLICT DO NOTHING
    RETURNING id, subject, rule, due_on, created_at, taken_back_at
"""


class Key(NamedTuple):
    """That this is due on this day, said under this rule."""

    subject: str
    rule: str
    due_on: date


def new_reminders(keys: Collection[Key]) -> dict[Key, Reminder]:
    """Those that were never written before, written now in one statement. Two runs at once write in the same
    order, so neither waits for one that waits for it.

    Raises RuntimeError outside a transaction: a reminder whose message is lost would count as told.
    """
    inside_a_transaction()
    if not keys:
        return {}
    columns = list(zip(*sorted(keys), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(NEW, [timezone.now(), *(list(column) for column in columns)])
        rows = cursor.fetchall()
    names = ("id", "subject", "rule", "due_on", "created_at", "taken_back_at")
    made = (Reminder.from_db("default", names, row) for row in rows)
    return {Key(one.subject, one.rule, one.due_on): one for one in made}


def key_of(reminder: Reminder, to: User) -> str:
    """Of the one message that a reminder makes for each of its readers."""
    return f"reminder:{reminder.pk}:{to.pk}"


def tell_of_each(letters: Iterable[Letter]) -> None:
    """Effects in order: write the messages; wake the sender after commit."""
    inside_a_transaction()
    if rows := [compose(one) for one in letters]:
        write(rows)


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
    if not to:
        return 0
    made = new_reminders([Key(subject, rule, due_on) for subject, due_on in subjects.items()])
    if not made:
        return 0
    first = made[min(made)]
    tell_of_each(
        Letter(
            key=key_of(first, one), reminder=first, to=one, template=template, context={"items": len(made)},
            subject_ref=subject_ref, url=url, off=False, internal=True,
        )
        for one in to
    )  # fmt: skip
    return len(made)
