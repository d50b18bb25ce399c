"""All questions of a rule book on paper, before there is a case."""

from datetime import UTC, datetime, time

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.paper.model import Item, Paper
from applications.paper.questions import (
    EVIDENCE,
    Addresses,
    chapters_of,
    due_in_words,
    item_of,
    notes_of,
    words_of_a_page,
)
from look import words
from regulators.rulebook import Book, Requirement, say


def specimen(book: Book, language: str) -> Paper:
    """The questions of this version of the rule book in one language: each with its guidance, its citations,
    what is given as an answer, when it is due, and of whom it is asked. No query; the same book gives the
    same paper.
    """
    with translation.override(language):
        addresses = Addresses()
        items = [(requirement, _item(book, requirement, addresses)) for requirement in book.requirements]
        count = len(items)
        questions = ngettext("%(n)s question", "%(n)s questions", count) % {"n": count}
        name = f"{book.code} {book.version}"
        return Paper(
            language=language,
            title=_("Specimen: %(title)s") % {"title": say(book.title)},
            standing=_("Specimen, not an application"),
            running=_("Rule book %(book)s") % {"book": name},
            made_at=datetime.combine(book.effective_from, time(), UTC),
            file_name=f"{book.code}-{book.version}-{language}",
            facts=(
                (_("Licence type"), say(book.licence_type_title)),
                (_("To"), say(book.regulator_name)),
                (_("Rule book"), name),
                (_("In effect from"), words.day(book.effective_from)),
                (_("What is asked"), questions),
            ),
            warning=say(book.notice) if book.notice else "",
            notes=(
                *notes_of(book),
                _("Some questions are asked only after certain answers, and some for each person."),
            ),
            chapters=chapters_of(book, items),
            addresses=tuple(addresses.numbers),
            words=words_of_a_page(),
        )


def _item(book: Book, requirement: Requirement, addresses: Addresses) -> Item:
    return item_of(requirement, addresses, facts=tuple(_facts(book, requirement)))


def _facts(book: Book, requirement: Requirement) -> list[tuple[str, str]]:
    found = [
        (_("What to give"), ", ".join(str(EVIDENCE[kind]) for kind in requirement.evidence)),
        (_("When"), due_in_words(book, requirement.due)),
    ]
    if requirement.choices:
        found.append((_("Answers to choose from"), "; ".join(say(c.label) for c in requirement.choices)))
    if requirement.currency:
        found.append((_("Currency"), requirement.currency))
    if requirement.per_person or requirement.functions:
        found.append((_("Asked of"), _asked_of(book, requirement)))
    if requirement.applies_when:
        found.append((_("Asked when"), _asked_when(book, requirement)))
    if not requirement.mandatory:
        found.append((_("Instead of an answer"), _("That it does not apply, or is not known yet, and why")))
    return found


def _asked_of(book: Book, requirement: Requirement) -> str:
    titles = [say(f.title) for f in book.functions if f.code in requirement.functions]
    if not requirement.per_person:
        return _("the firm, about: %(posts)s") % {"posts": "; ".join(titles)}
    if not titles:
        return _("each person of the application")
    return _("each person proposed as: %(posts)s") % {"posts": "; ".join(titles)}


def _asked_when(book: Book, requirement: Requirement) -> str:
    condition = requirement.applies_when
    assert condition is not None
    other = book.by_code[condition.requirement]
    labels = [say(choice.label) for choice in other.choices if choice.code in condition.choices]
    told = {"code": other.code, "title": say(other.title), "answers": "; ".join(labels)}
    return _("%(code)s, “%(title)s”, is answered with: %(answers)s") % told
