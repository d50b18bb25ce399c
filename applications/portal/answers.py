"""An answer in words, for pages that show it and do not ask it."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from applications.asked import NOT_KNOWN, OPEN, REJECTED, WAITING, Given, decimal_of
from look import words
from regulators import rulebook as rb
from regulators.rulebook import Requirement, say


def in_words(requirement: Requirement, given: Given) -> list[str]:
    """One line for each simple kind that was answered, and what stands instead of an answer; of a private
    answer where it stands.
    """
    if given.private:
        return [private_in_words(given)]
    lines = [line for kind in requirement.evidence if (line := _line(kind, requirement, given.value))]
    return [*lines, instead_in_words(given)] if given.declined_as else lines


def instead_in_words(given: Given) -> str:
    if given.declined_as == NOT_KNOWN:
        words = _("Not known yet: %(reason)s") if given.declined else _("Not known yet")
    else:
        words = _("Does not apply: %(reason)s") if given.declined else _("Does not apply")
    return words % {"reason": given.declined}


def private_in_words(given: Given) -> str:
    """All that the firm knows of an answer which an invited person gives."""
    if given.private == OPEN or given.saved_at is None:
        return _("Not answered yet by the person, who answers this privately.")
    text = _("Answered by the person on %(day)s. The answer is private.")
    if given.private == WAITING:
        text = _("Answered by the person on %(day)s, privately. A file is still being checked.")
    if given.private == REJECTED:
        text = _("Answered by the person on %(day)s, privately. A file was rejected.")
    return text % {"day": words.day(given.saved_at)}


def _line(kind: str, requirement: Requirement, value: dict[str, Any]) -> str:
    if kind == rb.CHOICE:
        return next((say(c.label) for c in requirement.choices if c.code == value.get("choice")), "")
    if kind == rb.DECLARATION:
        return _("Declared") if value.get("agreed") else ""
    if kind == rb.MONEY:
        amount = decimal_of(value.get("amount"))
        return "" if amount is None else words.money(amount, str(value.get("currency") or ""))
    if kind == rb.NUMBER:
        number = decimal_of(value.get("number"))
        return "" if number is None else words.number(number)
    if kind == rb.PERCENTAGE:
        percent = decimal_of(value.get("percent"))
        return "" if percent is None else f"{words.number(percent)} %"
    if kind == rb.DATE:
        return words.day(date.fromisoformat(value["date"])) if value.get("date") else ""
    return str(value.get({rb.TEXT: "text", rb.INSPECTED: "inspected"}.get(kind, "")) or "")
