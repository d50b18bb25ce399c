"""The rule books in memory, read once from their files."""

from datetime import date
from functools import cache
from pathlib import Path

from django.utils import timezone

from regulators.loader import RuleBookError, load
from regulators.rulebook import Book

FOLDER = Path(__file__).parent / "rulebooks"
CHANGED = (
    "{file}: the file was changed after it was published. Put the published file back, and write the changes "
    "under a new version."
)


def read_folder(folder: Path) -> tuple[Book, ...]:
    """Every book of the folder; a bad file, or a licence type of two regulators, is a RuleBookError."""
    books = tuple(load(path) for path in sorted(folder.glob("*.toml")))
    if not books:
        raise RuleBookError(f"{folder.name}: there is no rule book. Put a .toml file there.")
    regulators: dict[str, str] = {}
    for book in books:
        owner = regulators.setdefault(book.licence_type, book.regulator)
        if owner != book.regulator:
            where = f"{book.code}-{book.version}.toml: licence_type.code {book.licence_type!r}"
            raise RuleBookError(f"{where} belongs to {owner}. Write a code of its own.")
    return books


@cache
def all_books() -> tuple[Book, ...]:
    return read_folder(FOLDER)


@cache
def get(code: str, version: str) -> Book:
    for book in all_books():
        if (book.code, book.version) == (code, version):
            return book
    raise RuleBookError(
        f"{code} {version}: there is no such rule book. Put {code}-{version}.toml in rulebooks/."
    )


def latest(code: str) -> Book:
    """The newest version of this book, in effect already or not."""
    found = [book for book in all_books() if book.code == code]
    if not found:
        raise RuleBookError(f"{code}: there is no such rule book. Put its file in rulebooks/.")
    return max(found, key=lambda book: book.effective_from)


def current(licence_type: str, on: date | None = None) -> Book:
    """The book that a case started on this day (today) is pinned to: the latest one in effect."""
    day = on or timezone.localdate()
    in_effect = [
        book for book in all_books() if book.licence_type == licence_type and book.effective_from <= day
    ]
    if not in_effect:
        raise RuleBookError(
            f"{licence_type}: no rule book is in effect on {day}. Publish one that starts earlier."
        )
    return max(in_effect, key=lambda book: book.effective_from)
