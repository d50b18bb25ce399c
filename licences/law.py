"""What the rule book of a licence says of it."""

from licences.models import Licence
from regulators import books
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
