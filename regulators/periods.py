"""Periods of a rule book in words: how long, and whether that is law or our own target.

The one place for these words, so that no page shows a target as if it were law.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulators.calendars import Period
from regulators.rulebook import GUIDANCE, RULE, Citation, Clock


def length(clock: Period) -> str:
    """Empty where the book has none on record."""
    if count := clock.working_days or clock.calendar_days:
        return days(clock, count)
    if clock.months:
        return ngettext("%(n)s month", "%(n)s months", clock.months) % {"n": clock.months}
    return ""


def days(period: Period, count: int) -> str:
    """So many of the days in which the period and its pauses are counted."""
    if period.working_days:
        return ngettext("%(n)s working day", "%(n)s working days", count) % {"n": count}
    return ngettext("%(n)s calendar day", "%(n)s calendar days", count) % {"n": count}


def counted(length: str, event: str) -> str:
    """``10 working days from the receipt``."""
    anew = _("%(length)s from the day on which the assessment began anew")
    words = {
        "receipt": _("%(length)s from the receipt"),
        "payment": _("%(length)s from the payment"),
        "acceptance": _("%(length)s from the acceptance"),
        "notice": _("%(length)s from the notice"),
        "reopen": anew,
        "remit": anew,
        "send_back": anew,
    }
    return words[event] % {"length": length} if event in words else length


def footing(clock: Clock | None) -> str:
    """What the period rests on; empty where the book does not have it."""
    if clock is None:
        return ""
    if clock.policy:
        return _("our target, not law")
    source = source_of(clock.citations)
    return source if length(clock) else _("length not on record: %(source)s") % {"source": source}


def in_words(clock: Clock | None) -> str:
    """``10 working days (our target, not law)``, and how far pauses can move it where the book has a cap."""
    if clock is None:
        return _("not on record")
    if not length(clock):
        return footing(clock)
    words = f"{length(clock)} ({footing(clock)})"
    if clock.pause_cap is None:
        return words
    return _("%(period)s; pauses move it by %(days)s at most") % {
        "period": words,
        "days": days(clock, clock.pause_cap),
    }


def not_computable(year: int) -> str:
    """Instead of a day that needs a year which is not in the calendar."""
    words = _(
        "Not computable until the calendar of %(year)s is entered. Whoever runs this service enters it."
    )
    return words % {"year": year}


def set_in_the_case() -> str:
    """For a day that somebody named in this case: no clock of the book made it."""
    return _("a day set by the regulator in this case, not by law")


def source_of(citations: Iterable[Citation]) -> str:
    """The rules among these that stand, else the guidance, by name."""
    standing = [citation for citation in citations if citation.stands]
    if rules := _names(standing, RULE):
        return _("Rule: %(citations)s") % {"citations": rules}
    if guidance := _names(standing, GUIDANCE):
        return _("Guidance: %(citations)s") % {"citations": guidance}
    return _("no rule on record")


def _names(citations: Iterable[Citation], kind: str) -> str:
    """Each act once, with its provisions."""
    acts: dict[str, list[str]] = {}
    for citation in citations:
        if citation.kind == kind:
            acts.setdefault(citation.act, []).append(citation.provision)
    return "; ".join(f"{act} {', '.join(provisions)}" for act, provisions in acts.items())
