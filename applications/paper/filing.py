"""A case on paper: from one of its submissions, or from the draft as it stands."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from applications.models import Application, Snapshot
from applications.paper.answers import given
from applications.paper.model import Item, Paper, Part, Table
from applications.paper.questions import (
    Addresses,
    chapters_of,
    due_in_words,
    item_of,
    notes_of,
    words_of_a_page,
)
from applications.paper.typed import Typed
from applications.queries.content import Content, content_hash, content_of
from applications.queries.drafts import load_draft
from applications.queries.law import requirement_of
from look import words
from regulators import books
from regulators.rulebook import SUBMISSION, Book, Requirement, say

Pairs = tuple[tuple[str, str], ...]


def of_snapshot(
    snapshot: Snapshot, case: Application, language: str, hidden: Collection[UUID] = frozenset()
) -> Paper:
    """What was submitted, with the words of the rule book that it was submitted under. The same snapshot
    gives the same paper. ``hidden`` are people whose own part the reader may not see. No query.
    """
    law = snapshot.law
    book = books.get(law["book"], law["version"])
    declaration = snapshot.content["declaration"]
    with translation.override(language):
        version = _("version %(number)s") % {"number": snapshot.number}
        facts = (
            (_("Reference"), case.reference or ""),
            (_("Version"), str(snapshot.number)),
            (_("Submitted"), words.moment(snapshot.made_at)),
            (_("Submitted by"), snapshot.made_by_name),
            *_about(snapshot.content, book),
            (_("Hash (SHA-256)"), snapshot.sha256),
        )
        return _paper(
            case, book, snapshot.content, language, hidden,
            title=_("Application %(reference)s") % {"reference": case.reference},
            standing=_("Submitted %(day)s") % {"day": words.day(snapshot.made_at)},
            running=f"{case.reference}, {version}",
            made_at=snapshot.made_at,
            file_name=f"{case.reference}-{snapshot.number}-{language}",
            facts=facts,
            parts=(_declaration(declaration),),
        )  # fmt: skip


def of_draft(case: Application, language: str, hidden: Collection[UUID] = frozenset()) -> Paper:
    """What the firm has given so far. A fixed number of queries."""
    with translation.override(language):
        content = content_of(case, load_draft(case))
        saved = case.saved_at or case.created_at
        return _paper(
            case, case.book, content, language, hidden,
            title=_("Draft of an application"),
            standing=_("Draft, not submitted"),
            running=str(case),
            made_at=saved,
            file_name=f"draft-{str(case.pk)[:8]}-{language}",
            facts=(
                (_("Last saved"), words.moment(saved)),
                *_about(content, case.book),
                (_("Hash (SHA-256)"), content_hash(content)),
            ),
            parts=(),
        )  # fmt: skip


def _paper(
    case: Application,
    book: Book,
    content: Content,
    language: str,
    hidden: Collection[UUID],
    *,
    title: str,
    standing: str,
    running: str,
    made_at: datetime,
    file_name: str,
    facts: Pairs,
    parts: tuple[Part, ...],
) -> Paper:
    addresses = Addresses()
    typed = Typed(content, book, {str(pk) for pk in hidden})
    items = []
    for question in content["questions"]:
        code = question["requirement"]
        requirement = book.by_code.get(code) or requirement_of(case, code)
        items.append((requirement, _item(requirement, question, addresses, typed)))
    return Paper(
        language=language,
        title=title,
        standing=standing,
        running=running,
        made_at=made_at,
        file_name=file_name,
        facts=facts,
        warning=say(book.notice) if book.notice else "",
        notes=(*notes_of(book), _left_out()),
        chapters=chapters_of(book, items),
        parts=(*_people(typed), *parts),
        addresses=tuple(addresses.numbers),
        words=words_of_a_page(),
    )


def _item(requirement: Requirement, question: Content, addresses: Addresses, typed: Typed) -> Item:
    person, name = question["person"], question["person_name"]
    title = say(requirement.title)
    due: Pairs = (
        () if question["due"] == SUBMISSION else ((_("When"), due_in_words(typed.book, question["due"])),)
    )
    return item_of(
        requirement,
        addresses,
        title=f"{title} ({name})" if name else title,
        anchor=f"{requirement.code}-{person}" if person else requirement.code,
        facts=due,
        **given(requirement, question, typed),
    )


def _people(typed: Typed) -> tuple[Part, ...]:
    table = typed.everybody()
    return (Part(anchor="people", title=_("People"), tables=(table,)),) if table else ()


def _about(content: Content, book: Book) -> Pairs:
    firm = content["firm"]
    number: Pairs = ((_("BIN"), firm["bin"]),) if firm.get("bin") else ()
    return (
        (_("Firm"), firm["name"]),
        *number,
        (_("To"), say(book.regulator_name)),
        (_("For"), say(book.licence_type_title)),
        (_("Rule book"), f"{book.code} {book.version}"),
    )


def _left_out() -> str:
    return _(
        "Documents are listed with their size and their hash, and are not part of this paper: no scan of an "
        "identity document is in it. Of the number of a person only the last characters are shown."
    )


def _declaration(declared: Content) -> Part:
    signed = [
        (_("Signed by"), declared.get("signed_by", "")),
        (_("Role"), declared.get("role", "")),
        (_("Authority"), declared.get("authority", "")),
        (_("Signed"), words.moment(datetime.fromisoformat(declared["at"])) if declared.get("at") else ""),
    ]
    if declared.get("amends"):
        signed.append((_("Signed for version"), str(declared["amends"])))
        signed.append((_("Changed since by"), declared["amended_by"]))
    signed.append((_("Hash of what was signed (SHA-256)"), declared.get("content_sha256", "")))
    looked_at = [(one["text"], one["reason"]) for one in declared.get("looked_at", [])]
    head = (_("What does not go together"), _("Why both are right"))
    return Part(
        anchor="declaration",
        title=_("Declaration"),
        facts=tuple(pair for pair in signed if pair[1]),
        paragraphs=(declared.get("text", ""),),
        tables=(Table(caption=_("Looked at"), head=head, rows=tuple(looked_at)),) if looked_at else (),
    )
