"""How long cases and their stages took."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.zones import ALMATY
from applications.models import ClockEntry, Passage
from regulators.calendars import YearNotInCalendarError, working_days_between

ZONE = ZoneInfo(ALMATY)
Entry = tuple[str, str, date]  # clock, what, day
Days = tuple[date, date]


def took(passages: list[Passage]) -> list[Passage]:
    """Each with its working days, and those of them in which the clocks of the case ran. One query."""
    entries = _entries_of({passage.application_id for passage in passages})
    for passage in passages:
        spell = (passage.began_on, passage.ended_on)
        passage.days, passage.running = lengths(spell, entries[passage.application_id])
    return passages


def lengths(spell: Days, entries: Iterable[Entry]) -> tuple[int | None, int | None]:
    """Working days of the spell, all and without the days on which a clock of the whole case stood still;
    None where the calendar lacks a year.
    """
    try:
        days = working_days_between(*spell)
        return days, days - _lost(spell, _pauses(entries, spell[1]))
    except YearNotInCalendarError:
        return None, None


def _entries_of(cases: Iterable[Any]) -> dict[Any, list[Entry]]:
    rows = ClockEntry.objects.filter(application__in=cases, about="").order_by("at", "pk")
    found: dict[Any, list[Entry]] = defaultdict(list)
    for case, clock, what, at in rows.values_list("application", "clock", "what", "at"):
        found[case].append((clock, what, timezone.localdate(at, ZONE)))
    return found


def _pauses(entries: Iterable[Entry], end: date) -> list[Days]:
    found: list[Days] = []
    since: dict[str, date] = {}
    for clock, what, day in entries:
        if what == ClockEntry.PAUSE:
            since.setdefault(clock, day)
        elif what in (ClockEntry.RESUME, ClockEntry.STOP) and clock in since:
            found.append((since.pop(clock), day))
    return sorted([*found, *((day, end) for day in since.values())])


def _lost(spell: Days, pauses: list[Days]) -> int:
    """A day on which two clocks stood still is lost once."""
    lost, until = 0, spell[0]
    for start, end in pauses:
        first, last = max(start, until), min(end, spell[1])
        if first < last:
            lost, until = lost + working_days_between(first, last), last
    return lost
