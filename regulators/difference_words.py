"""The differences of two versions in the reader's language."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from look import words
from regulators import marks, slot_words
from regulators import rulebook as rb
from regulators.rulebook import Book, Choice, Citation, Condition, say

Words = dict[str, str | Promise]

LABELS: Words = {
    "title": _("Title"), "guidance": _("Guidance"), "declaration": _("What is declared"),
    "choices": _("Answers to choose from"), "evidence": _("What is given"),
    "currency": _("Currency"), "due": _("When it is due"), "mandatory": _("Mandatory"),
    "source": _("Rests on"), "citations": _("Sources"), "powers": _("Powers"),
    "checks": _("Check of the sources"), "adopted": _("Adopted as mandatory"),
    "per_person": _("Asked of each person"), "functions": _("Posts it is about"),
    "applies_when": _("Asked when"), "stage": _("Stage"), "section": _("Section"),
    "effective_from": _("In effect from"), "transition": _("What running cases do"),
    "reassess": _("Assessed anew"), "outcome": _("What a grant makes"),
    "in_principle": _("Approval in principle"), "incomplete": _("An incomplete submission"),
    "fee_is_condition": _("The fee is a condition of filing"),
    "lapse_allowed": _("An application may lapse"), "notice": _("Notice on every page"),
    "panel_required": _("A panel votes before the decision"),
    "authoritative_language": _("Authoritative language"), "required": _("Has to be filled"),
    "working_days": _("Working days"), "calendar_days": _("Calendar days"), "months": _("Months"),
    "starts_on": _("Counted from"), "pausable": _("Pauses while the firm is asked"),
    "pause_cap": _("Pauses move it by at most, in days of its period"),
    "silence": _("What silence means"), "policy": _("Target of this desk, not law"),
    "unit": _("Unit"), "amount": _("Amount"), "percent": _("Percentage"),
    "effect": _("What it counts as"), "body": _("Text"), "languages": _("Languages"),
    "role": _("Role"), "slot.kinds": _("Kinds of file taken"), "slot.most_files": _("Most files"),
    "slot.most_megabytes": _("Most megabytes a file"),
    "slot.languages": _("Language of the files, or of a translation"),
    "slot.certified": _("A certified copy"), "slot.form": _("Headings of the form to fill in"),
    "slot.citations": _("Sources of the language and the certified copy"),
}  # fmt: skip
PARTS: Words = {
    "functions": _("Posts"), "clocks": _("Periods"), "grounds": _("Grounds of refusal"),
    "values": _("Figures"), "thresholds": _("Thresholds of ownership"),
    "capital_lines": _("Lines of the capital computation"), "letters": _("Letters"),
    "authorities": _("Authorities"),
}  # fmt: skip
CODES: dict[str, Words] = {
    "evidence": {
        rb.DECLARATION: _("a declaration"), rb.TEXT: _("a text"), rb.NUMBER: _("a number"),
        rb.MONEY: _("an amount of money"), rb.PERCENTAGE: _("a percentage"), rb.DATE: _("a date"),
        rb.CHOICE: _("a choice"), rb.DOCUMENTS: _("documents"), rb.INSPECTED: _("evidence on site"),
        rb.PEOPLE: _("the people"), rb.OWNERSHIP: _("the ownership"), rb.CAPITAL: _("the capital"),
    },
    "due": {
        rb.SUBMISSION: _("at submission"), rb.RECOMMENDATION: _("before the recommendation"),
        rb.GRANT: _("before the grant"), rb.AFTER_GRANT: _("after the grant"),
    },
    "source": marks.WORDS,
    "transition": {
        "stay": _("stay under their version"), "move": _("drafts move before they are submitted"),
        "reassess": _("drafts move, and cases in review are assessed anew"),
    },
    "outcome": {
        rb.LICENCE: _("a licence"), rb.REGISTRATION: _("a registration"),
        rb.READINESS: _("a readiness record"),
    },
    "incomplete": {"return": _("is returned"), "refile": _("is refused consideration")},
    "starts_on": {
        "receipt": _("the receipt"), "payment": _("the payment"), "acceptance": _("the acceptance"),
        "notice": _("the notice"),
    },
    "silence": {"": _("nothing"), "issue": _("issue"), "refusal": _("refusal")},
    "unit": {
        rb.MONEY_UNIT: _("money"), rb.PERCENT_UNIT: _("percent"), rb.DAYS_UNIT: _("days"),
        rb.MONTHS_UNIT: _("months"),
    },
    "effect": {
        rb.ADD: _("an addition"), rb.DEDUCT: _("a deduction"), rb.LIQUID: _("liquid assets"),
        rb.EXPENDITURE: _("expenditure"),
    },
    "role": {
        "decides": _("decides"), "registers": _("registers"), "notified": _("is notified"),
        "consulted": _("is consulted"),
    },
    "slot.kinds": slot_words.KINDS, "slot.languages": slot_words.LANGUAGES,
}  # fmt: skip
READ: Words = {
    rb.READ_FULL: _("read in full"), rb.READ_PART: _("read in part"),
    rb.READ_TITLE: _("heading only"), rb.READ_SECONDHAND: _("second-hand"),
    rb.READ_NOTHING: _("not seen"),
}  # fmt: skip


def label(name: str) -> str:
    return str(LABELS.get(name, name))


def part(name: str) -> str:
    return str(PARTS[name])


def reader() -> str:
    return (get_language() or "en")[:2]


def value(name: str, found: Any, book: Book, language: str) -> str:
    """The value of a fact; a text in this language, or where there was none before, in the reader's."""
    if found is None and name in ("slot.most_files", "slot.most_megabytes"):
        return gettext("as for every question")
    if found is None:
        return gettext("not on record")
    if isinstance(found, bool):
        return gettext("yes") if found else gettext("no")
    if isinstance(found, dict):
        return str(found[language]) if language else say(found)
    if isinstance(found, Condition):
        return _condition(found, book)
    if isinstance(found, tuple):
        return "\n".join(_item(name, item, book) for item in found) or gettext("none")
    if isinstance(found, date):
        return found.strftime("%d.%m.%Y")
    if isinstance(found, Decimal):
        return words.plain(found)
    if name in ("stage", "section"):
        return _place(name, found, book)
    return _code(name, found) or gettext("none")


def _item(name: str, item: Any, book: Book) -> str:
    if isinstance(item, Citation):
        return _citation(item)
    if isinstance(item, Choice):
        return say(item.label)
    if isinstance(item, dict):
        return say(item)
    if name == "checks":
        act, provision, as_at, checked_by, confidence = item
        day = as_at.strftime("%d.%m.%Y") if as_at else gettext("no date")
        by = ", ".join(checked_by) or gettext("nobody")
        return f"{act}, {provision}: {confidence}; {day}; {by}"
    if name == "functions":
        return next((say(function.title) for function in book.functions if function.code == item), item)
    return _code(name, item)


def _citation(citation: Citation) -> str:
    force = {
        True: gettext("in force"),
        False: gettext("not in force"),
        None: gettext("force not established"),
    }
    applies = {
        True: gettext("applies"),
        False: gettext("does not apply"),
        None: gettext("application not established"),
    }
    kind = {rb.RULE: gettext("rule"), rb.GUIDANCE: gettext("guidance"), rb.POLICY: gettext("own practice")}
    said = (
        kind.get(citation.kind, gettext("practice elsewhere")),
        applies[citation.applies],
        str(READ[citation.read]),
        force[citation.in_force],
    )
    return f"{citation.act}, {citation.provision} ({', '.join(said)})"


def _condition(condition: Condition, book: Book) -> str:
    other = book.by_code[condition.requirement]
    labels = [say(choice.label) for choice in other.choices if choice.code in condition.choices]
    return f"{say(other.title)}: {', '.join(labels)}"


def _place(name: str, code: str, book: Book) -> str:
    places: Any = book.stages if name == "stage" else book.sections
    return next((say(place.title) for place in places if place.code == code), code)


def _code(name: str, code: Any) -> str:
    return str(CODES.get(name, {}).get(code, code))
