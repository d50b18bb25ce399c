"""Periods of a rule book in words: how long, and whether that is law or our own target.

The one place for these words, so that no page shows a target as if it were law.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulators.rulebook import GUIDANCE, RULE, Citation, Clock


def length(clock: Clock) -> str:
    """Empty where the book has none on record."""
    if clock.working_days:
        words = ngettext("%(n)s working day", "%(n)s working days", clock.working_days)
        return words % {"n": clock.working_days}
    if clock.calendar_days:
        words = ngettext("%(n)s calendar day", "%(n)s calendar days", clock.calendar_days)
        return words % {"n": clock.calendar_days}
    if clock.months:
        return ngettext("%(n)s month", "%(n)s months", clock.months) % {"n": clock.months}
    return ""


def counted(length: str, event: str) -> str:
    """``10 working days from the receipt``."""
    words = {
        "receipt": _("%(length)s from the receipt"),
        "payment": _("%(length)s from the payment"),
        "acceptance": _("%(length)s from the acceptance"),
        "notice": _("%(length)s from the notice"),
    }
    return words[event] % {"length": length} if event in words else length


def footing(clock: Clock | None) -> str:
    """What the period rests on; empty where the book does not have it."""
    if clock is None:
        return ""
    if clock.policy:
        return _("our target, not law")
    source = source_of(clock.citations)
    return source if length(clock) else _("length not on record (%(source)s)") % {"source": source}


def in_words(clock: Clock | None) -> str:
    """``10 working days (our target, not law)``."""
    if clock is None:
        return _("not on record")
    return f"{length(clock)} ({footing(clock)})" if length(clock) else footing(clock)


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
