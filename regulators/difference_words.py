"""The differences of two versions in the reader's language."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from regulators import rulebook as rb
from regulators.rulebook import Book, Choice, Citation, Condition, say

Words = dict[str, str | Promise]

LABELS: Words = {
    "title": lazy("Title"), "guidance": lazy("Guidance"), "declaration": lazy("What is declared"),
    "choices": lazy("Answers to choose from"), "evidence": lazy("What is given"),
    "currency": lazy("Currency"), "due": lazy("When it is due"), "mandatory": lazy("Mandatory"),
    "source": lazy("Rests on"), "citations": lazy("Sources"), "powers": lazy("Powers"),
    "checks": lazy("Check of the sources"), "adopted": lazy("Adopted as mandatory"),
    "per_person": lazy("Asked of each person"), "functions": lazy("Posts it is about"),
    "applies_when": lazy("Asked when"), "stage": lazy("Stage"), "section": lazy("Section"),
    "effective_from": lazy("In effect from"), "transition": lazy("What running cases do"),
    "reassess": lazy("Assessed anew"), "outcome": lazy("What a grant makes"),
    "in_principle": lazy("Approval in principle"), "incomplete": lazy("An incomplete submission"),
    "fee_is_condition": lazy("The fee is a condition of filing"),
    "lapse_allowed": lazy("An application may lapse"), "notice": lazy("Notice on every page"),
    "authoritative_language": lazy("Authoritative language"), "required": lazy("Has to be filled"),
    "working_days": lazy("Working days"), "calendar_days": lazy("Calendar days"), "months": lazy("Months"),
    "starts_on": lazy("Counted from"), "pausable": lazy("Pauses while the firm is asked"),
    "silence": lazy("What silence means"), "policy": lazy("Target of this desk, not law"),
    "unit": lazy("Unit"), "amount": lazy("Amount"), "percent": lazy("Percentage"),
    "effect": lazy("What it counts as"), "body": lazy("Text"), "languages": lazy("Languages"),
    "role": lazy("Role"),
}  # fmt: skip
PARTS: Words = {
    "functions": lazy("Posts"), "clocks": lazy("Periods"), "grounds": lazy("Grounds of refusal"),
    "values": lazy("Figures"), "thresholds": lazy("Thresholds of ownership"),
    "capital_lines": lazy("Lines of the capital computation"), "letters": lazy("Letters"),
    "authorities": lazy("Authorities"),
}  # fmt: skip
CODES: dict[str, Words] = {
    "evidence": {
        rb.DECLARATION: lazy("a declaration"), rb.TEXT: lazy("a text"), rb.NUMBER: lazy("a number"),
        rb.MONEY: lazy("an amount of money"), rb.PERCENTAGE: lazy("a percentage"), rb.DATE: lazy("a date"),
        rb.CHOICE: lazy("a choice"), rb.DOCUMENTS: lazy("documents"), rb.INSPECTED: lazy("evidence on site"),
        rb.PEOPLE: lazy("the people"), rb.OWNERSHIP: lazy("the ownership"), rb.CAPITAL: lazy("the capital"),
    },
    "due": {
        rb.SUBMISSION: lazy("at submission"), rb.RECOMMENDATION: lazy("before the recommendation"),
        rb.GRANT: lazy("before the grant"), rb.AFTER_GRANT: lazy("after the grant"),
    },
    "source": {"rule": lazy("Rule"), "guidance": lazy("Guidance"), "asked": lazy("Asked")},
    "transition": {
        "stay": lazy("stay under their version"), "move": lazy("drafts move before they are submitted"),
        "reassess": lazy("drafts move, and cases in review are assessed anew"),
    },
    "outcome": {
        rb.LICENCE: lazy("a licence"), rb.REGISTRATION: lazy("a registration"),
        rb.READINESS: lazy("a readiness record"),
    },
    "incomplete": {"return": lazy("is returned"), "refile": lazy("is refused consideration")},
    "starts_on": {
        "receipt": lazy("the receipt"), "payment": lazy("the payment"), "acceptance": lazy("the acceptance"),
        "notice": lazy("the notice"),
    },
    "silence": {"": lazy("nothing"), "issue": lazy("issue"), "refusal": lazy("refusal")},
    "unit": {
        rb.MONEY_UNIT: lazy("money"), rb.PERCENT_UNIT: lazy("percent"), rb.DAYS_UNIT: lazy("days"),
        rb.MONTHS_UNIT: lazy("months"),
    },
    "effect": {
        rb.ADD: lazy("an addition"), rb.DEDUCT: lazy("a deduction"), rb.LIQUID: lazy("liquid assets"),
        rb.EXPENDITURE: lazy("expenditure"),
    },
    "role": {
        "decides": lazy("decides"), "registers": lazy("registers"), "notified": lazy("is notified"),
        "consulted": lazy("is consulted"),
    },
}  # fmt: skip
READ: Words = {
    rb.READ_FULL: lazy("read in full"), rb.READ_PART: lazy("read in part"),
    rb.READ_TITLE: lazy("heading only"), rb.READ_SECONDHAND: lazy("second-hand"),
    rb.READ_NOTHING: lazy("not seen"),
}  # fmt: skip


def label(name: str) -> str:
    return str(LABELS.get(name, name))


def part(name: str) -> str:
    return str(PARTS[name])


def reader() -> str:
    return (get_language() or "en")[:2]


def value(name: str, found: Any, book: Book, language: str) -> str:
    """The value of a fact; a text in this language, or where there was none before, in the reader's."""
    if found is None:
        return _("not on record")
    if isinstance(found, bool):
        return _("yes") if found else _("no")
    if isinstance(found, dict):
        return str(found[language]) if language else say(found)
    if isinstance(found, Condition):
        return _condition(found, book)
    if isinstance(found, tuple):
        return "\n".join(_item(name, item, book) for item in found) or _("none")
    if isinstance(found, date):
        return found.strftime("%d.%m.%Y")
    if isinstance(found, Decimal):
        return f"{found.normalize() + 0:f}"
    if name in ("stage", "section"):
        return _place(name, found, book)
    return _code(name, found) or _("none")


def _item(name: str, item: Any, book: Book) -> str:
    if isinstance(item, Citation):
        return _citation(item)
    if isinstance(item, Choice):
        return say(item.label)
    if name == "checks":
        act, provision, as_at, checked_by, confidence = item
        day = as_at.strftime("%d.%m.%Y") if as_at else _("no date")
        return f"{act}, {provision}: {confidence}; {day}; {', '.join(checked_by) or _('nobody')}"
    if name == "functions":
        return next((say(function.title) for function in book.functions if function.code == item), item)
    return _code(name, item)


def _citation(citation: Citation) -> str:
    force = {True: _("in force"), False: _("not in force"), None: _("force not established")}
    applies = {True: _("applies"), False: _("does not apply"), None: _("application not established")}
    kind = {rb.RULE: _("rule"), rb.GUIDANCE: _("guidance"), rb.POLICY: _("own practice")}
    said = (
        kind.get(citation.kind, _("practice elsewhere")),
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
