"""When a letter may be sent: each power it names has to be one that can be relied on. Pure; no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from look import words
from regulators import marks
from regulators.rulebook import GUIDANCE, POLICY, READ_FULL, RULE, Citation, Letter, Text


class Check(Protocol):
    """A check of a citation that two people made (``CitationCheck``)."""

    pk: Any
    result: str
    read_in_full: bool
    applies: bool
    checked_on: date


AS_CITED, DIFFERENT = "as_cited", "different"
BOOK, CHECK, OURS = "book", "check", "ours"
MARKS: dict[str, str | Promise] = {
    RULE: marks.WORDS[RULE],
    GUIDANCE: marks.WORDS[GUIDANCE],
    POLICY: gettext_lazy("Our practice"),
}
# A letter is written in its own language, whatever the language of the page it is written on.
IN_LETTER: dict[str, Text] = {
    RULE: {"en": "Rule", "ru": "Норма", "kk": "Норма"},
    GUIDANCE: {"en": "Guidance", "ru": "Руководство", "kk": "Нұсқаулық"},
    POLICY: {"en": "Our practice", "ru": "Наша практика", "kk": "Біздің тәжірибе"},
    "benchmark": {"en": "Practice elsewhere", "ru": "Практика других", "kk": "Өзгелердің тәжірибесі"},
    "powers": {"en": "This letter rests on", "ru": "Основание письма", "kk": "Хаттың негізі"},
    "by": {"en": "by {day}", "ru": "срок: {day}", "kk": "мерзімі: {day}"},
    "none": {"en": "none", "ru": "нет", "kk": "жоқ"},
}


@dataclass(frozen=True, kw_only=True)
class Power:
    """A provision that a letter names: what it can be relied on for (``stands_by``), or why it cannot."""

    citation: Citation
    stands_by: str  # book, check, ours; empty: it does not stand
    check: Check | None = None
    missing: str = ""

    @property
    def name(self) -> str:
        return f"{self.citation.act}, {self.citation.provision}"

    @property
    def mark(self) -> str:
        return str(MARKS.get(self.citation.kind, _("Practice elsewhere")))


def powers_of(letter: Letter, checks: Mapping[tuple[str, str], Any]) -> list[Power]:
    """Each power of the letter. ``checks``: the newest confirmed one of each act and provision.

    Our own practice stands by itself. A check that found another text, or that it does not apply, outweighs
    the book; one that found all in order carries what the book did not read in full. Otherwise the book says.
    """
    return [_power(citation, checks.get((citation.act, citation.provision))) for citation in letter.powers]


def why_blocked(letter: Letter, checks: Mapping[tuple[str, str], Any]) -> list[str]:
    """Why the letter cannot be sent, each missing power by its name; nothing where it can."""
    words = _("“%(power)s” cannot be relied on: %(why)s.")
    if not letter.powers:
        return [_("The rule book names no power for this letter.")]
    missing = [power for power in powers_of(letter, checks) if not power.stands_by]
    return [words % {"power": power.name, "why": power.missing} for power in missing]


def _power(citation: Citation, check: Any) -> Power:
    if citation.kind == POLICY:
        return Power(citation=citation, stands_by=OURS)
    against = _against(check) if check else ""
    if against:
        return Power(citation=citation, stands_by="", check=check, missing=against)
    if check and check.read_in_full:
        return Power(citation=citation, stands_by=CHECK, check=check)
    if citation.quotable:
        return Power(citation=citation, stands_by=BOOK)
    return Power(citation=citation, stands_by="", check=check, missing=", ".join(_gaps(citation)))


def _against(check: Any) -> str:
    told = {"day": words.day(check.checked_on)}
    if check.result == DIFFERENT:
        return _("the check of %(day)s found that it reads differently now") % told
    if check.result != AS_CITED:
        return _("the check of %(day)s did not find it any more") % told
    if not check.applies:
        return _("the check of %(day)s found that it does not apply to custody") % told
    return ""


def _gaps(citation: Citation) -> list[str]:
    gaps = [
        (citation.kind != RULE, _("it is no binding rule")),
        (citation.read != READ_FULL, _("it was not read in full")),
        (citation.applies is None, _("it is not established that it applies to custody")),
        (citation.applies is False, _("it does not apply to custody")),
        (citation.in_force is None, _("it is not established that it is in force")),
        (citation.in_force is False, _("it is not in force")),
    ]
    return [text for is_so, text in gaps if is_so]
