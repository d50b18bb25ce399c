"""A question of a rule book as a part of a paper, in the language that is switched on."""

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.paper.model import Chapter, Item, Section, Source
from regulators import marks
from regulators import rulebook as rb
from regulators.rulebook import Book, Citation, Requirement, say

DUE: dict[str, str | Promise] = {
    rb.SUBMISSION: gettext_lazy("with the application"),
    rb.RECOMMENDATION: gettext_lazy("before the recommendation"),
    rb.GRANT: gettext_lazy("before the grant"),
    rb.AFTER_GRANT: gettext_lazy("after the grant"),
}
DUE_OF_READINESS = DUE | {
    rb.GRANT: gettext_lazy("before the readiness record"),
    rb.AFTER_GRANT: gettext_lazy("after the readiness record"),
}
EVIDENCE: dict[str, str | Promise] = {
    rb.DECLARATION: gettext_lazy("a declaration"),
    rb.TEXT: gettext_lazy("a text"),
    rb.NUMBER: gettext_lazy("a number"),
    rb.MONEY: gettext_lazy("an amount of money"),
    rb.PERCENTAGE: gettext_lazy("a percentage"),
    rb.DATE: gettext_lazy("a date"),
    rb.CHOICE: gettext_lazy("one of several answers"),
    rb.DOCUMENTS: gettext_lazy("documents"),
    rb.INSPECTED: gettext_lazy("evidence that is inspected on site"),
    rb.PEOPLE: gettext_lazy("the people and their posts"),
    rb.OWNERSHIP: gettext_lazy("the holdings in the firm"),
    rb.CAPITAL: gettext_lazy("the capital computation"),
}


def due_in_words(book: Book, due: str) -> str:
    """When an answer is needed. A readiness record grants nothing."""
    return str((DUE_OF_READINESS if book.outcome == rb.READINESS else DUE)[due])


class Addresses:
    """Each address once, numbered in the order in which it is first cited."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def source(self, citation: Citation) -> Source:
        text = f"{citation.act} {citation.provision}".strip()
        if citation.in_force is False:
            text = f"{text} ({_('no longer in force')})"
        if not citation.url:
            return Source(text=text)
        number = self.numbers.setdefault(citation.url, len(self.numbers) + 1)
        return Source(text=text, url=citation.url, number=number)


def item_of(
    requirement: Requirement, addresses: Addresses, *, title: str = "", anchor: str = "", **given: Any
) -> Item:
    """``given`` has what a case adds: its answer, and what else is known of the question."""
    kind = requirement.source
    return Item(
        anchor=anchor or requirement.code,
        code=requirement.code,
        title=title or say(requirement.title),
        mark=marks.word(kind),
        look=marks.LOOKS[kind],
        sources=tuple(addresses.source(citation) for citation in requirement.citations),
        guidance=say(requirement.guidance),
        declaration=say(requirement.declaration) if requirement.declaration else "",
        **given,
    )


def chapters_of(book: Book, items: Iterable[tuple[Requirement, Item]]) -> tuple[Chapter, ...]:
    """In the order of the book; a stage or a section without a question is left out."""
    placed: dict[tuple[str, str], list[Item]] = {}
    for requirement, item in items:
        placed.setdefault((requirement.stage, requirement.section), []).append(item)
    found = []
    for stage in book.stages:
        sections = tuple(
            Section(title=say(section.title), items=tuple(placed[stage.code, section.code]))
            for section in book.sections_of(stage.code)
            if (stage.code, section.code) in placed
        )
        if sections:
            found.append(Chapter(anchor=f"stage-{stage.code}", title=say(stage.title), sections=sections))
    return tuple(found)


def notes_of(book: Book) -> tuple[str, ...]:
    """Which language of the law prevails, and that its translation here is ours."""
    prevails = {
        "en": _("The English text of the law prevails."),
        "ru": _("The Russian text of the law prevails."),
        "kk": _("The Kazakh text of the law prevails."),
    }[book.authoritative_language]
    marks = _(
        "Beside each question stands where it comes from. Rule: binding law. Guidance: a text of the "
        "regulator that does not bind. Asked: no rule requires it."
    )
    return prevails, marks


def words_of_a_page() -> dict[str, str]:
    """What every paper says beside its content."""
    return {
        "page": _("Page {n} of {m}"),
        "answer": _("Answer"),
        "files": _("Documents"),
        "size": _("Size"),
        "addresses": _("Addresses of the sources"),
        "contents": _("Contents"),
        "no_font": _(
            "This PDF has a character that its fonts lack, and shows a box in its place. The page of the "
            "application in the service shows it."
        ),
    }
