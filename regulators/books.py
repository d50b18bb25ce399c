"""The rule books in memory, read once from their files."""

from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path

from django.utils import timezone

from regulators.loader import RuleBookError, load
from regulators.rulebook import Book, Requirement, Text

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
    check_together(books)
    return books


def check_together(books: tuple[Book, ...]) -> None:
    """What has to hold between the files: raises RuleBookError."""
    regulators: dict[str, str] = {}
    for book in books:
        owner = regulators.setdefault(book.licence_type, book.regulator)
        if owner != book.regulator:
            where = f"{book.code}-{book.version}.toml: licence_type.code {book.licence_type!r}"
            raise RuleBookError(f"{where} belongs to {owner}. Write a code of its own.")
    for book, other in combinations(books, 2):
        if book.licence_type == other.licence_type:
            _check_versions(book, other)


def _check_versions(book: Book, other: Book) -> None:
    """A case can move from one version to another: they have the same stages, and one is the newer."""
    where, than = (f"{one.code}-{one.version}.toml" for one in (other, book))
    if book.effective_from == other.effective_from:
        raise RuleBookError(
            f"{where}: effective_from is {other.effective_from}, as in {than}. Write another day."
        )
    if book.stage_codes != other.stage_codes:
        raise RuleBookError(
            f"{where}: stages are not those of {than}. Write the stages {', '.join(book.stage_codes)}, or a "
            "licence_type.code of its own."
        )


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


def notices_of(regulator_code: str) -> list[tuple[Text, Text]]:
    """What has to stand on every page of a regulator's tracks, with the title of each licence type."""
    newest = {book.code: latest(book.code) for book in all_books() if book.regulator == regulator_code}
    return [(book.licence_type_title, book.notice) for book in newest.values() if book.notice]


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


def after(book: Book, on: date | None = None) -> tuple[Book, ...]:
    """The versions for the same licence that came into effect after this one, up to the day, in order."""
    day = on or timezone.localdate()
    same = [other for other in all_books() if other.licence_type == book.licence_type]
    found = [other for other in same if book.effective_from < other.effective_from <= day]
    return tuple(sorted(found, key=lambda other: other.effective_from))


def last_asked(licence_type: str, code: str) -> Requirement:
    """A requirement as the newest version has it that asks it. Raises LookupError where none ever did."""
    asking = [b for b in all_books() if b.licence_type == licence_type and code in b.by_code]
    if not asking:
        raise LookupError(code)
    return max(asking, key=lambda book: book.effective_from).by_code[code]


def faults(folder: Path) -> list[str]:
    """What is wrong with the files, the first fault of each; and, where each can be read, between them."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        try:
            load(path)
        except RuleBookError as error:
            found.append(str(error))
    if not found:
        try:
            read_folder(folder)
        except RuleBookError as error:
            found.append(str(error))
    return found
