"""An answer as a part of a paper, from the plain data that a submission keeps."""

from typing import Any

from django.utils.translation import gettext as _

from applications.asked import declined_as_of, given_of
from applications.paper.model import File
from applications.paper.typed import Typed
from applications.portal.answers import in_words
from applications.portal.files import facts_in_words
from applications.queries.content import Content
from applications.queries.files import given_facts
from look.words import size as size_in_words
from regulators.rulebook import Requirement


def given(requirement: Requirement, question: Content, typed: Typed) -> dict[str, Any]:
    """What an ``Item`` shows of the answer: lines, tables and files; or that nothing was provided. Of an
    answer that the reader may not see, only whether it was given.
    """
    if question["person"] in typed.hidden:
        return _private(question)
    lines = in_words(requirement, given_of(question))
    tables, beside = typed.shown(requirement)
    files = tuple(_file(file) for file in question["files"])
    answered = bool(lines or tables or beside or files)
    return {
        "answered": answered,
        "lines": (*lines, *beside),
        "tables": tables,
        "files": files,
        "empty": "" if answered else _("Not provided"),
    }


def _file(file: Content) -> File:
    facts = given_facts(file)
    said = facts_in_words(facts, file.get("version", 1), file.get("pages", ""))
    about = [*([facts.title] if facts.title else []), *said]
    size = size_in_words(file["size"])
    return File(name=file["name"], size=size, sha256=file["sha256"], about="; ".join(about))


def _private(question: Content) -> dict[str, Any]:
    typed = [value for value in question["value"].values() if value not in (None, "", False)]
    answered = bool(typed or question["files"] or declined_as_of(question))
    words = (
        _("Given privately by %(name)s: an answer is there.")
        if answered
        else _("Given privately by %(name)s: nothing yet.")
    )
    return {"answered": answered, "lines": (words % {"name": question["person_name"]},)}
