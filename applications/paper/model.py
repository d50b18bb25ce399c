"""The parts of a paper, in words. They know nothing of the case that they came from."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Table:
    """``numeric`` names the columns that are aligned as numbers; the first column heads its rows."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Act and provision, with the number of its address in the list at the end; 0 where it has none."""

    text: str
    url: str = ""
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class File:
    """``about`` is what the firm said of it: its name for readers, kind, language, dates."""

    name: str
    size: str
    sha256: str
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question. ``answered`` is None in a specimen, else whether anything was given."""

    anchor: str
    code: str
    title: str
    mark: str  # Rule, Guidance, Asked
    look: str  # rule, guide, asked: how the page draws the mark
    sources: tuple[Source, ...]
    guidance: str
    facts: tuple[tuple[str, str], ...] = ()
    declaration: str = ""
    answered: bool | None = None
    lines: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    tables: tuple[Table, ...] = ()
    empty: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Chapter:
    anchor: str
    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part at the end: paragraphs, then tables."""

    anchor: str
    title: str
    facts: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Paper:
    """``standing`` and ``running`` are on every page of the PDF, ``made_at`` in its properties."""

    language: str
    title: str
    standing: str
    running: str
    made_at: datetime
    file_name: str
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    warning: str = ""
    chapters: tuple[Chapter, ...] = ()
    parts: tuple[Part, ...] = ()
    addresses: tuple[str, ...] = ()
    words: dict[str, str] = field(default_factory=dict)
