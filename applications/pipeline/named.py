"""What stands in addresses by its code, and the words for it: places, turns, licence types, regulators."""

from django.utils.translation import gettext as _

from applications.models.standing import APPROVED, DECISION, FIRM, INTAKE, US
from applications.states import ApplicationState as A
from regulators import books
from regulators.rulebook import say

FILED = [state for state in A if state not in (A.DRAFT, A.DISCARDED)]
NOBODY = "nobody"  # of a case officer
UNKNOWN_AGE = "unknown"
OVERDUE, SOON = "over", "soon"  # of the nearest date of a case


def stage_titles() -> dict[str, str]:
    """Every stage of the rule books, in their order."""
    return {stage.code: say(stage.title) for book in books.all_books() for stage in book.stages}


def type_titles() -> dict[str, str]:
    return {book.licence_type: say(book.licence_type_title) for book in books.all_books()}


def regulator_names() -> dict[str, str]:
    return {book.regulator: say(book.regulator_name) for book in books.all_books()}


def types_of(regulator: str) -> list[str]:
    return sorted({book.licence_type for book in books.all_books() if book.regulator == regulator})


def place_in_words(place: str) -> str:
    named = {APPROVED: _("All stages approved"), INTAKE: _("Before it was accepted")}
    return named.get(place) or stage_titles().get(place, place)


def waiting_in_words(waiting: str) -> str:
    return dict(turns()).get(waiting, "")


def turns() -> list[tuple[str, str]]:
    return [(US, _("Us")), (FIRM, _("The firm")), (DECISION, _("A decision"))]
