"""What the rule book of a licence says of it."""

from datetime import date, timedelta

from licences.models import Licence
from regulators import books
from regulators.calendars import add_working_days
from regulators.loader import RuleBookError
from regulators.rulebook import Book, Clock


def book_of(licence: Licence) -> Book | None:
    """The one that the licence was granted under; None where it is no longer shipped."""
    code, _space, version = licence.rulebook_version.rpartition(" ")
    try:
        return books.get(code, version)
    except RuleBookError:
        return None


def time_for_representations(licence: Licence) -> Clock | None:
    book = book_of(licence)
    return book.clock("representations") if book else None


def first_last_day(licence: Licence, served_on: date) -> date | None:
    """The earliest last day for representations; None where the book has no length on record."""
    clock = time_for_representations(licence)
    if clock and clock.working_days:
        return add_working_days(served_on, clock.working_days)
    return served_on + timedelta(days=clock.calendar_days) if clock and clock.calendar_days else None
