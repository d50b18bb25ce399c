"""What is near or over in a case, told to who takes it over: no run says again what others were told."""

from collections.abc import Iterator
from dataclasses import replace

from django.utils import timezone

from accounts.models import User
from applications.due.found import Due
from applications.due.staff import dates_of_officer
from applications.due.telling import Dated, letters_to
from applications.models import Application
from notifications.models import Message, Reminder, Status
from notifications.reminding import Key, tell_of_each


def tell_new_officer(case: Application) -> None:
    """In the transaction that gives the case to its officer. Effects: one message with each date of theirs
    that was told to others, and not to this person; what nobody was told of is left to the next run.
    """
    officer = case.case_officer
    assert officer is not None
    missed = _said_to_others(case, officer)
    if not missed:
        return
    near = list(dates_of_officer(case, timezone.localdate()))
    dates = [one for one in _dated(near) if one.reminder.pk in missed]
    tell_of_each(
        replace(one, key=f"handed:{case.pk}:{case.version}:{officer.pk}:{number}")
        for number, one in enumerate(letters_to(officer, dates))
    )


def _said_to_others(case: Application, officer: User) -> set[int]:
    """The reminders of the case that messages to other staff say, and none to this person."""
    found = Message.objects.filter(about__contains=[case.audit_subject], internal=True)
    found = found.filter(reminder__isnull=False).exclude(status=Status.WITHHELD)
    ours: set[int] = set()
    others: set[int] = set()
    for recipient, reminder, context in found.values_list("recipient", "reminder", "context"):
        said = {row.get("reminder", 0) for row in context.get("rows", [])} or {reminder}
        (ours if recipient == officer.pk else others).update(said)
    return others - ours


def _dated(dates: list[Due]) -> Iterator[Dated]:
    said = Reminder.objects.filter(subject__in={due.subject for due in dates}, taken_back_at=None)
    by_key = {Key(one.subject, one.rule, one.due_on): one for one in said}
    return (Dated(due, by_key[due.key]) for due in dates if due.key in by_key)
