"""What a newer version of a rule book changes. Nothing is read from anywhere, and nothing is written."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from regulators import difference_words as words
from regulators.rulebook import Book, Choice, Citation, Requirement, Text

# Of a citation: what it says of the law. The rest says who looked at it and when.
OF_THE_LAW = ("act", "provision", "kind", "applies", "read", "in_force")
QUESTION = (
    "title", "guidance", "declaration", "choices", "evidence", "currency", "due", "mandatory", "source",
    "citations", "checks", "adopted", "per_person", "functions", "applies_when", "stage", "section",
    "slot.kinds", "slot.most_files", "slot.most_megabytes", "slot.languages", "slot.certified", "slot.form",
    "slot.citations",
)  # fmt: skip
OF_THE_BOOK = (
    "title", "effective_from", "transition", "reassess", "outcome", "in_principle", "incomplete",
    "fee_is_condition", "lapse_allowed", "panel_required", "notice", "authoritative_language",
)  # fmt: skip
PARTS = (
    "functions", "clocks", "grounds", "values", "thresholds", "capital_lines", "letters", "authorities",
)  # fmt: skip
NOT_COMPARED = frozenset({"code"})
RECORDS = frozenset({"checks"})  # who checked a text, and when, changes no question


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that reads differently now; ``old`` and ``new`` as the books have it."""

    name: str
    old: Any
    new: Any
    books: tuple[Book, Book]

    @property
    def label(self) -> str:
        return words.label(self.name)

    @property
    def was(self) -> str:
        return words.value(self.name, self.old, self.books[0], self.language)

    @property
    def now(self) -> str:
        return words.value(self.name, self.new, self.books[1], self.language)

    @property
    def language(self) -> str:
        """Of a text: one in which it differs, the reader's own where it does. Of anything else, empty."""
        if not isinstance(self.old, dict) or not isinstance(self.new, dict):
            return ""
        both = self.old.keys() & self.new.keys()
        differs = sorted(language for language in both if self.old[language] != self.new[language])
        return next(one for one in (words.reader(), "en", *differs) if one in differs)


@dataclass(frozen=True, kw_only=True)
class Changed:
    """An item of both versions with the facts that differ."""

    old: Any
    new: Any
    facts: tuple[Fact, ...]

    @property
    def of_the_rule(self) -> tuple[Fact, ...]:
        """Without who looked at a source, and when."""
        return tuple(fact for fact in self.facts if fact.name not in RECORDS)

    @property
    def asks_anew(self) -> bool:
        """Something of the question itself is different, so that an answer has to be looked at again."""
        return bool(self.of_the_rule)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Clocks, grounds, figures and the like."""

    name: str
    added: tuple[Any, ...]
    removed: tuple[Any, ...]
    changed: tuple[Changed, ...]

    @property
    def label(self) -> str:
        return words.part(self.name)


@dataclass(frozen=True, kw_only=True)
class Differences:
    old: Book
    new: Book
    facts: tuple[Fact, ...]  # of the book as a whole
    added: tuple[Requirement, ...]
    removed: tuple[Requirement, ...]
    changed: tuple[Changed, ...]  # questions
    parts: tuple[Part, ...]  # only those in which something is different
    translated: dict[str, int]  # language: how many questions have their texts in it for the first time

    @property
    def to_check(self) -> tuple[Changed, ...]:
        """Questions of both versions whose answers have to be looked at again."""
        return tuple(one for one in self.changed if one.asks_anew)


def between(old: Book, new: Book) -> Differences:
    """What ``new`` changes against ``old``. That a text is translated now changes no question."""
    added, removed, changed = _compare(old.requirements, new.requirements, QUESTION, (old, new))
    parts = [_part(name, old, new) for name in PARTS]
    return Differences(
        old=old,
        new=new,
        facts=_facts(old, new, OF_THE_BOOK, (old, new)),
        added=added,
        removed=removed,
        changed=changed,
        parts=tuple(part for part in parts if part.added or part.removed or part.changed),
        translated=dict(
            Counter(
                language
                for requirement in new.requirements
                if (before := old.by_code.get(requirement.code))
                for language in requirement.title.keys() - before.title.keys()
            )
        ),
    )


def codes_to_check(old: Book, new: Book) -> frozenset[str]:
    """Codes of the questions of both versions of which something is different."""
    names = tuple(name for name in QUESTION if name not in RECORDS)
    _added, _removed, changed = _compare(old.requirements, new.requirements, names, (old, new))
    return frozenset(one.new.code for one in changed)


def _part(name: str, old: Book, new: Book) -> Part:
    before, after = _items(old, name), _items(new, name)
    sample = next(iter((*before, *after)), None)
    names = tuple(field.name for field in fields(sample)) if sample else ()
    if {"citations", "powers"} & set(names):
        names = (*names, "checks")
    names = tuple(one for one in names if one not in NOT_COMPARED)
    added, removed, changed = _compare(before, after, names, (old, new))
    return Part(name=name, added=added, removed=removed, changed=changed)


def _items(book: Book, name: str) -> tuple[Any, ...]:
    return book.capital.lines if name == "capital_lines" else getattr(book, name)


def _compare(
    before: Iterable[Any], after: Iterable[Any], names: tuple[str, ...], books: tuple[Book, Book]
) -> tuple[tuple[Any, ...], tuple[Any, ...], tuple[Changed, ...]]:
    was, now = ({_key(item): item for item in items} for items in (before, after))
    changed = [
        Changed(old=was[key], new=item, facts=facts)
        for key, item in now.items()
        if key in was and was[key] != item and (facts := _facts(was[key], item, names, books))
    ]
    return (
        tuple(item for key, item in now.items() if key not in was),
        tuple(item for key, item in was.items() if key not in now),
        tuple(changed),
    )


def _key(item: Any) -> Any:
    """An authority has no code: it is known by its name."""
    return getattr(item, "code", None) or item.body["en"]


def _facts(old: Any, new: Any, names: tuple[str, ...], books: tuple[Book, Book]) -> tuple[Fact, ...]:
    found = [(name, _read(old, name), _read(new, name)) for name in names]
    return tuple(
        Fact(name=name, old=was, new=now, books=books) for name, was, now in found if not _same(was, now)
    )


def _read(item: Any, name: str) -> Any:
    if name == "checks":
        cited = item.powers if hasattr(item, "powers") else item.citations
        return tuple((c.act, c.provision, c.as_at, c.checked_by, c.confidence) for c in cited)
    return attrgetter(name)(item)


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, dict) and isinstance(new, dict):
        return _same_text(old, new)
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(map(_same_item, old, new))
    return bool(old == new)


def _same_text(old: Text, new: Text) -> bool:
    return all(old[language] == new[language] for language in old.keys() & new.keys())


def _same_item(old: Any, new: Any) -> bool:
    if isinstance(old, Citation) and isinstance(new, Citation):
        return all(getattr(old, name) == getattr(new, name) for name in OF_THE_LAW)
    if isinstance(old, Choice) and isinstance(new, Choice):
        return old.code == new.code and _same_text(old.label, new.label)
    if isinstance(old, dict) and isinstance(new, dict):
        return _same_text(old, new)
    return bool(old == new)
