"""Answers to questions that the version of the case does not ask: kept and shown, and not submitted."""

from typing import Any

from applications.asked import NOTHING, Draft
from applications.models import Application
from applications.portal.answers import in_words
from applications.queries.law import requirement_of
from regulators.rulebook import Requirement


def kept_answers(requirement: Requirement, draft: Draft) -> list[dict[str, Any]]:
    """The answers to one question, for each person where it was asked so, in words and with their files."""
    keys = [key for key in draft.given if key[0] == requirement.code]
    return [
        {
            "person": draft.people.get(key[1], "") if key[1] else "",
            "lines": in_words(requirement, draft.answer(key)),
            "files": [document.called for document in draft.answer(key).documents],
        }
        for key in keys
        if draft.answer(key) != NOTHING
    ]


def kept_of_before(case: Application, draft: Draft) -> list[tuple[Requirement, list[dict[str, Any]]]]:
    """What an earlier version asked and this one does not, where it was answered. ``draft`` is whole."""
    codes = sorted({code for code, _person in draft.given} - draft.book.by_code.keys())
    return [(requirement := requirement_of(case, code), kept_answers(requirement, draft)) for code in codes]
