"""What the books of a regulator cite, and when each provision is to be looked at (again)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256

from regulators import books
from regulators.models import CitationCheck, LicenceType
from regulators.queries import last_checks, waiting_checks
from regulators.reference.coverage import citations
from regulators.rulebook import POLICY, Book, Citation

# Our policy, in no law: how long a new book may stand unchecked, and how long a check is good for.
GRACE = timedelta(days=90)
LOOK_AGAIN_MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class Provision:
    """Cited by books of this regulator (``regulator`` is its code)."""

    regulator: str
    citation: Citation

    @property
    def act(self) -> str:
        return self.citation.act

    @property
    def name(self) -> str:
        return self.citation.provision

    @property
    def key(self) -> str:
        """Short, the same each day, and fit for an address."""
        return sha256("\n".join((self.regulator, self.act, self.name)).encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Due:
    """A provision whose check is due; ``last`` is the newest one that two people made, if any did."""

    provision: Provision
    due_on: date
    last: CitationCheck | None
    waiting: CitationCheck | None


@cache
def provisions_of(regulator: str) -> dict[str, Provision]:
    """By key, in the order of the books: what any version cites from elsewhere. Our own practice is no text
    that could be compared.
    """
    return _provisions(regulator, (book for book in books.all_books() if book.regulator == regulator))


def is_cited(regulator: str, act: str, provision: str) -> bool:
    return any((cited.act, cited.name) == (act, provision) for cited in provisions_of(regulator).values())


def due_checks(regulator: str, on: date) -> list[Due]:
    """Provisions of the books in effect that nobody checked in the grace period, or whose check is old."""
    checked, waiting = last_checks(regulator), waiting_checks(regulator)
    found: dict[str, Due] = {}
    for book in _in_effect(regulator, on):
        for key, provision in _provisions(regulator, (book,)).items():
            where = (provision.act, provision.name)
            last = checked.get(where)
            due_on = last.look_again_on if last else book.effective_from + GRACE
            if due_on <= on and (key not in found or due_on < found[key].due_on):
                found[key] = Due(provision=provision, due_on=due_on, last=last, waiting=waiting.get(where))
    return sorted(found.values(), key=lambda due: due.due_on)


def look_again(checked_on: date) -> date:
    """A year after the check, which is our policy; 29 February becomes 28 February."""
    try:
        return checked_on.replace(year=checked_on.year + LOOK_AGAIN_MONTHS // 12)
    except ValueError:
        return checked_on.replace(year=checked_on.year + LOOK_AGAIN_MONTHS // 12, day=28)


def _in_effect(regulator: str, on: date) -> list[Book]:
    codes = LicenceType.objects.filter(regulator__code=regulator).values_list("code", flat=True)
    started = {book.licence_type for book in books.all_books() if book.effective_from <= on}
    return [books.current(code, on) for code in codes if code in started]


def _provisions(regulator: str, among: Iterable[Book]) -> dict[str, Provision]:
    found: dict[str, Provision] = {}
    for citation in (citation for book in among for citation in citations(book)):
        if citation.kind != POLICY:
            provision = Provision(regulator=regulator, citation=citation)
            found.setdefault(provision.key, provision)
    return found
