"""Whether the period for the decision can be extended now, and how far: by the book and its ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, ClockEntry, Deadline
from applications.runs import run_of
from applications.services.clocks import ASSESSMENT
from regulators.calendars import Reach, reach
from regulators.periods import not_computable
from regulators.rulebook import Clock


@dataclass(frozen=True, kw_only=True)
class Extension:
    """``clock`` is the book's, ``deadline`` the period that runs, ``latest`` the last day to which it can be
    extended. ``refusal`` says why it cannot be; then the others may be None.
    """

    refusal: str = ""
    clock: Clock | None = None
    deadline: Deadline | None = None
    latest: date | None = None


def extension_of(
    case: Application,
    deadlines: Iterable[Deadline],
    ledgers: Mapping[tuple[str, str], list[ClockEntry]],
) -> Extension:
    """``deadlines`` of the case; ``ledgers`` of its clocks, each oldest first."""
    clock = case.book.clock("extension")
    running = [one for one in deadlines if one.code in ASSESSMENT and not one.about and one.met_at is None]
    if clock is None or not running:
        words = _("No period for the decision runs.") if clock else _("The rule book names no extension.")
        return Extension(refusal=words, clock=clock)
    deadline = min(running, key=lambda one: one.due_on or date.max)
    if deadline.due_on is None:
        assert deadline.missing_year is not None
        return Extension(refusal=not_computable(deadline.missing_year), clock=clock)
    most = reach(clock, deadline.due_on)
    refusal = _refusal(deadline, ledgers.get((deadline.code, ""), []), most)
    return Extension(refusal=refusal, clock=clock, deadline=deadline, latest=most.day)


def _refusal(deadline: Deadline, entries: list[ClockEntry], most: Reach) -> str:
    run = run_of(entries)
    if most.missing_year:
        return not_computable(most.missing_year)
    if most.day is None:
        return _("The rule book has no length of an extension on record.")
    if run.extended_to:
        return _("The period was extended already. It can be extended once.")
    if run.paused_on:
        return _("The period is paused. It can be extended when it runs again.")
    if deadline.due_on and deadline.due_on < timezone.localdate():
        return _("The period is over. It cannot be extended any more.")
    return ""


def extension_now(case: Application) -> Extension:
    """The same, read for this case alone."""
    ledgers: dict[tuple[str, str], list[ClockEntry]] = {}
    for entry in case.clock_entries.filter(about=""):
        ledgers.setdefault((entry.clock, entry.about), []).append(entry)
    return extension_of(case, case.deadlines.filter(about=""), ledgers)
