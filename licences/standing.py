"""What pages and exports show of a licence: its conditions and its history, told in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from licences.models import Licence, RegisterEntry
from licences.states import Change
from look import words


@dataclass(frozen=True, kw_only=True)
class ShownCondition:
    number: int
    text: str
    where_from: str
    is_in_force: bool
    ended: str  # "" while it is in force


@dataclass(frozen=True, kw_only=True)
class ShownEntry:
    """A line of the history. ``corrected_by`` are the numbers of later lines that correct it."""

    number: int
    entry: RegisterEntry
    what: str
    changes: list[str]
    corrects: int
    corrected_by: list[int]


def conditions_of(licence: Licence, history: list[RegisterEntry]) -> list[ShownCondition]:
    """Each with where it came from and, where it ended, by which line of the history."""
    return [
        ShownCondition(
            number=number,
            text=one["text"],
            where_from=_where_from(one, history),
            is_in_force=one["until"] is None,
            ended=_by_line(_("Ended on %(day)s, line %(number)s of the history"), one["until"], history),
        )
        for number, one in enumerate(licence.conditions, start=1)
    ]


def history_of(history: list[RegisterEntry]) -> list[ShownEntry]:
    """In order; both a line and its correction are shown."""
    numbers = {entry.pk: number for number, entry in enumerate(history, start=1)}
    corrected: dict[int, list[int]] = {}
    for entry in history:
        if entry.corrects_id:
            corrected.setdefault(entry.corrects_id, []).append(numbers[entry.pk])
    return [
        ShownEntry(
            number=numbers[entry.pk],
            entry=entry,
            what=entry.get_what_display(),
            changes=list(changes_in_words(entry.changes)),
            corrects=numbers.get(entry.corrects_id or 0, 0),
            corrected_by=corrected.get(entry.pk, []),
        )
        for entry in history
    ]


def changes_in_words(changes: dict[str, Any]) -> Iterator[str]:
    """Of a variation, as anybody may read them."""
    for number, text in changes.get("change", {}).items():
        yield _("Condition %(number)s now reads: %(text)s") % {"number": number, "text": text}
    for number in changes.get("remove", []):
        yield _("Condition %(number)s was removed") % {"number": number}
    for text in changes.get("add", []):
        yield _("Condition added: %(text)s") % {"text": text}
    if "valid_until" in changes:
        until = changes["valid_until"]
        yield (
            _("Valid until %(day)s") % {"day": words.day(date.fromisoformat(str(until)))}
            if until
            else _("No last day")
        )
    if "granted_on" in changes:
        day = date.fromisoformat(str(changes["granted_on"]))
        yield _("Granted on %(day)s") % {"day": words.day(day)}
    if "firm_name" in changes:
        yield _("Name of the firm: %(name)s") % {"name": changes["firm_name"]}
    if "scope" in changes:
        scope = changes["scope"]
        yield _("Scope: %(text)s") % {"text": scope} if scope else _("The limits of the scope ended")


def _where_from(one: dict[str, Any], history: Iterable[RegisterEntry]) -> str:
    if one["origin"] == Change.GRANTED:
        return _("Carried over from the case")
    return _by_line(_("Since %(day)s, line %(number)s of the history"), one["since"], list(history))


def _by_line(text: str, number: int | None, history: list[RegisterEntry]) -> str:
    if number is None or number > len(history):
        return ""
    return text % {"day": words.day(history[number - 1].at), "number": number}
