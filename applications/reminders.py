"""What is due, raised once each: the timer tells people, and never decides."""

from datetime import date

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from applications.due.firms import dates_of_firms
from applications.due.staff import dates_of_staff
from applications.due.telling import remind_firms, remind_staff
from applications.due.years import say_what_is_left_out
from notifications.reminding import remind_together
from regulators.models import Regulator, Role
from regulators.queries import people_with_role
from regulators.reference.provisions import due_checks


def raise_due(today: date | None = None) -> int:
    """Remind firms and staff of every date of theirs that is near or over; late or repeated runs change
    nothing, and what fails holds nothing else up. Returns how many dates were new.
    """
    today = today or timezone.localdate()
    _read_whole()
    say_what_is_left_out(today)
    try:
        of_firms = remind_firms(dates_of_firms(today))
    finally:  # staff are told also where the dates of firms cannot be found
        of_staff = remind_staff(dates_of_staff(today))
    return of_firms + of_staff


def _read_whole() -> None:
    """A cursor is planned as if a tenth of it were read, which is slower by far for who reads all of it."""
    with connection.cursor() as cursor:
        cursor.execute("SET cursor_tuple_fraction = 1")


def raise_checks(today: date | None = None) -> int:
    """Tell the administrators of each regulator which citations are to be checked: each provision once for
    its due date, all that are new in one message. Returns how many were raised.
    """
    today = today or timezone.localdate()
    return sum(_checks(regulator, today) for regulator in Regulator.objects.all())


def _checks(regulator: Regulator, today: date) -> int:
    due = {f"citation:{check.provision.key}": check.due_on for check in due_checks(regulator.code, today)}
    with transaction.atomic():
        return remind_together(
            subjects=due,
            rule="check due",
            to=list(people_with_role(regulator.pk, Role.ADMINISTRATOR)),
            template="checks_due",
            subject_ref=regulator.code,
            url=reverse("admin:regulators_citationcheck_due"),
        )
