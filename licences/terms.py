"""What a licence allows and asks: its conditions, each with where it came from and whether it still stands,
and the changes that a variation makes.

A condition is ``{"text", "origin", "since", "until"}``. ``origin`` is the act that added it (``granted``
where it was carried over from the case); ``since`` and ``until`` are numbers of lines of the public history,
counted from 1. A condition that ended stays where it was, so that its number stays too.

A change is ``{"add": [text], "change": {number: text}, "remove": [number], "valid_until": ISO day or "",
"firm_name": text, "scope": text, "granted_on": ISO day}``; a key that is not there changes nothing. A slip in
the name or a day is put right by a correction, which knows ``SLIPS`` alone.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from licences.states import Change

Condition = dict[str, Any]
Terms = dict[str, Any]
SLIPS = frozenset({"firm_name", "granted_on", "valid_until"})


def carried_over(texts: Iterable[str]) -> list[Condition]:
    return [condition(text, Change.GRANTED.value, 1) for text in texts]


def condition(text: str, origin: str, since: int) -> Condition:
    return {"text": text, "origin": origin, "since": since, "until": None}


def standing(conditions: Iterable[Condition]) -> list[tuple[int, str]]:
    """Number and text of those in force."""
    return [(n, one["text"]) for n, one in enumerate(conditions, start=1) if one["until"] is None]


def apply(licence: Any, changes: Terms, *, act: str, entry: int) -> None:
    """Make the changes to the fields of the licence, in memory."""
    conditions: list[Condition] = licence.conditions
    for number, text in changes.get("change", {}).items():
        end(conditions, int(number), entry)
        conditions.append(condition(text, act, entry))
    for number in changes.get("remove", []):
        end(conditions, int(number), entry)
    conditions.extend(condition(text, act, entry) for text in changes.get("add", []))
    if "valid_until" in changes:
        last_day = changes["valid_until"]
        licence.valid_until = date.fromisoformat(str(last_day)) if last_day else None
    if "granted_on" in changes:  # at the same time of the other day
        day = date.fromisoformat(str(changes["granted_on"]))
        at = timezone.localtime(licence.granted_at)
        licence.granted_at = at.replace(year=day.year, month=day.month, day=day.day)
    for name in ("firm_name", "scope"):
        if name in changes:
            setattr(licence, name, changes[name])


def end(conditions: list[Condition], number: int, entry: int) -> None:
    conditions[number - 1]["until"] = entry


def end_all_of(conditions: list[Condition], origin: str, entry: int) -> None:
    """Those that a restriction or a winding down brought along end with it."""
    for one in conditions:
        if one["origin"] == origin and one["until"] is None:
            one["until"] = entry


def against_the_firm(licence: Any, changes: Terms) -> bool:
    """A condition more or another one, another scope, or an earlier last day. A condition fewer, a later last
    day and a name that was put right take nothing from the firm.
    """
    if changes.get("add") or changes.get("change") or "scope" in changes:
        return True
    if "valid_until" not in changes:
        return False
    new, old = changes["valid_until"], licence.valid_until
    return bool(new) and (old is None or str(new) < str(old))
