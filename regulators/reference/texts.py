"""The claims and the glossary, read once from their files."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from regulators import books
from regulators.loader_words import LANGUAGES, words
from regulators.rulebook import Text
from regulators.toml_table import Table, read_toml

FOLDER = Path(__file__).parent
STATUSES = ("confirmed", "corrected", "unverified", "outdated", "opinion")
SOURCES = ("afsa", "national")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement about the law that is going round, what was found, and what in a book answers it."""

    source: str  # afsa, national: the track it speaks of
    number: int
    status: str
    claim: Text
    finding: Text
    book: str  # code of the book of the requirements, or ""
    requirements: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Term:
    code: str
    term: Text
    meaning: Text
    source: str  # act and provision, or "" for this desk's own use of the word


@cache
def claims() -> tuple[Claim, ...]:
    """Every claim of the file. Raises RuleBookError for a bad file or a requirement that no book has."""
    return tuple(_claim(table) for table in _tables(FOLDER / "claims.toml", "claims"))


@cache
def glossary() -> tuple[Term, ...]:
    return tuple(_term(table) for table in _tables(FOLDER / "glossary.toml", "terms"))


def _claim(table: Table) -> Claim:
    book = table.text("book")
    claim = Claim(
        source=table.one_of("source", SOURCES),
        number=table.count("number") or 0,
        status=table.one_of("status", STATUSES),
        claim=words(table, "claim", LANGUAGES),
        finding=words(table, "finding", LANGUAGES),
        book=book,
        requirements=table.some_of("requirements", _codes(book)),
    )
    table.done()
    return claim


def _term(table: Table) -> Term:
    term = Term(
        code=table.name(),
        term=words(table, "term", LANGUAGES),
        meaning=words(table, "meaning", LANGUAGES),
        source=table.text("source"),
    )
    table.done()
    return term


def _codes(book: str) -> tuple[str, ...]:
    return tuple(books.latest(book).by_code) if book else ()


def _tables(path: Path, key: str) -> list[Table]:
    source, data, _sha256 = read_toml(path)
    top = Table(source, (), data)
    found = top.tables(key)
    top.done()
    return found
