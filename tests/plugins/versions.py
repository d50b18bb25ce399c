"""Further versions of a shipped rule book, for the time of a test. No file is written and none is edited."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from applications.models import Application
from regulators import books
from regulators.rulebook import Book, Requirement, Slot
from regulators.services import load_rulebooks
from tests.plugins.cases import SHELL, fresh

FIRST_DAY = date(2026, 2, 1)


def reworded(requirement: Requirement, title: str = "Asked in other words") -> Requirement:
    return dataclasses.replace(requirement, title={**requirement.title, "en": title})


def following(
    book: Book,
    version: str,
    *,
    days: int = 1,
    reword: tuple[str, ...] = (),
    drop: tuple[str, ...] = (),
    add: tuple[Requirement, ...] = (),
    **changes: Any,
) -> Book:
    """The next version, in effect so many days after this one: some questions reworded, dropped, added."""
    kept = [r for r in book.requirements if r.code not in drop]
    requirements = tuple(reworded(r) if r.code in reword else r for r in kept) + add
    made = {"transition": "stay", "reassess": (), "effective_from": book.effective_from + timedelta(days)}
    return dataclasses.replace(
        book, version=version, requirements=requirements, sha256=f"{int(version[-1]):064x}", **made | changes
    )


def new_question(book: Book, code: str, stage: str) -> Requirement:
    """A text to write, in the first section of the stage."""
    sample = book.requirements[0]
    section = book.sections_of(stage)[0].code
    return dataclasses.replace(
        sample, code=code, stage=stage, section=section, title={"en": f"New question {code}"},
        guidance={"en": "Write it."}, evidence=("text",), due="submission", per_person=False, functions=(),
        choices=(), currency="", declaration=None, applies_when=None, adopted="",
    )  # fmt: skip


def with_slots(book: Book, slots: dict[str, Slot], version: str = "2099.9") -> Book:
    """The next version, in which these questions, by code, take these files."""
    requirements = tuple(
        dataclasses.replace(rule, slot=slots.get(rule.code, rule.slot)) for rule in book.requirements
    )
    return following(dataclasses.replace(book, requirements=requirements), version)


@pytest.fixture
def slotted(shelf: Callable[..., Book]) -> Callable[..., Application]:
    """A function: the case goes on under a version in which these questions, by code, take these files."""

    def put(case: Application, slots: dict[str, Slot]) -> Application:
        book = shelf(with_slots(case.book, slots))
        pin = case.licence_type.rulebooks.get(version=book.version)
        Application.objects.filter(pk=case.pk).update(rulebook=pin)
        return fresh(case)

    return put


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch, rulebooks: None) -> Iterator[Callable[..., Book]]:
    """``shelf("afm-custody")``: the newest shipped version, as though it were in effect since February.
    ``shelf(version, …)`` publishes these beside it.
    """
    held = [dataclasses.replace(book) for book in books.all_books()]

    def put(*found: Any) -> Book:
        if isinstance(found[0], str):
            *older, newest = sorted(
                (b for b in held if b.code == found[0]), key=lambda book: book.effective_from
            )
            for days, book in enumerate(reversed(older), 1):
                held.remove(book)
                held.append(dataclasses.replace(book, effective_from=FIRST_DAY - timedelta(days)))
            found = (dataclasses.replace(newest, effective_from=FIRST_DAY),)
            held.remove(newest)
        held.extend(found)
        monkeypatch.setattr(books, "all_books", lambda: tuple(held))
        books.get.cache_clear()
        load_rulebooks(actor=SHELL)
        return found[-1]

    yield put
    books.get.cache_clear()
