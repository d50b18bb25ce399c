"""What a rule book asks of one firm, and what still lacks an answer.

Which questions there are follows from the book, the people and their posts, and from answers that
switch others on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import slots
from regulators import rulebook as rb
from regulators.rulebook import Book, Requirement, say

Key = tuple[str, UUID | None]


@dataclass(frozen=True, kw_only=True)
class Question:
    requirement: Requirement
    person_id: UUID | None = None
    person_name: str = ""

    @property
    def key(self) -> Key:
        return (self.requirement.code, self.person_id)

    @property
    def title(self) -> str:
        title = say(self.requirement.title)
        return f"{title} ({self.person_name})" if self.person_name else title


@dataclass(frozen=True, kw_only=True)
class Given:
    """One answer: its value by kind; what stands instead of it (NOT_APPLICABLE, NOT_KNOWN) and why; its
    documents in order, and when it was saved.

    ``private`` stands in the place of all that where an invited person gives the answer and this reader may
    not know it: one of OPEN, ANSWERED, WAITING (for the check of a file), REJECTED (a file).
    """

    value: dict[str, Any] = field(default_factory=dict)
    declined: str = ""
    declined_as: str = ""
    documents: tuple[Any, ...] = ()
    saved_at: datetime | None = None
    private: str = ""


NOT_APPLICABLE, NOT_KNOWN = "not_applicable", "not_known"
INSTEAD = {
    NOT_APPLICABLE: gettext_lazy("This does not apply to us"),
    NOT_KNOWN: gettext_lazy("We do not know yet"),
}
NOTHING_INSTEAD = gettext_lazy("Nothing: we answer it")
OPEN, ANSWERED, WAITING, REJECTED = "open", "answered", "waiting", "rejected"
NOTHING = Given()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Everything a firm has given so far. Made by ``applications.queries.drafts.load_draft``."""

    book: Book
    given: dict[Key, Given]
    people: dict[UUID, str]
    posts: dict[UUID, frozenset[str]]
    other_names: dict[UUID, str] = field(
        default_factory=dict
    )  # in the other alphabet, of who has two spellings
    economic_total: Decimal | None  # of the direct holdings in the firm, in percent; None: no holding yet
    capital_lines: frozenset[str]  # lines given for "now"

    def answer(self, key: Key) -> Given:
        return self.given.get(key, NOTHING)


def questions(draft: Draft, stage: str | None = None) -> list[Question]:
    """The questions that apply, in the order of the book."""
    found: list[Question] = []
    for requirement in draft.book.requirements:
        if stage not in (None, requirement.stage) or not _applies(requirement, draft):
            continue
        if not requirement.per_person:
            found.append(Question(requirement=requirement))
            continue
        wanted = set(requirement.functions)
        for person_id, name in draft.people.items():
            posts = draft.posts.get(person_id, frozenset())
            if posts and (not wanted or posts & wanted):
                found.append(Question(requirement=requirement, person_id=person_id, person_name=name))
    return found


def missing(draft: Draft, asked: Iterable[Question]) -> dict[Key, list[str]]:
    """What stands in the way of each question that is due at submission; empty when all are answered."""
    found = {}
    for question in asked:
        if question.requirement.due == rb.SUBMISSION:
            reasons = problems(question.requirement, draft.answer(question.key), draft)
            if reasons:
                found[question.key] = reasons
    return found


def left(draft: Draft) -> int:
    """About how many questions something is to be done before the submission."""
    return sum(is_to_do(one.requirement, draft.answer(one.key), draft) for one in questions(draft))


def problems(requirement: Requirement, given: Given, draft: Draft) -> list[str]:
    """Why the answer is not complete, each in words that say how to mend it."""
    if given.private:
        return [_("The invited person has not answered this yet.")] if given.private == OPEN else []
    if given.declined_as:
        return _declined_problems(requirement, given)
    found = []
    for kind in requirement.evidence:
        found += _lacks(kind, requirement, given, draft)
    return found


def refused_as(requirement: Requirement, declined_as: str) -> str:
    """Why this may not stand instead of an answer to the question, in a draft either; empty where it may."""
    if declined_as == NOT_APPLICABLE and requirement.mandatory:
        return _("This is a rule, so it cannot be declined. Answer it.")
    return ""


def is_given(value: dict[str, Any]) -> bool:
    """Whether something is answered; a currency alone is no answer."""
    texts = (text for name, text in value.items() if name != "currency")
    return any(str(text).strip() for text in texts if text not in (None, False))


def clash_with_instead(value: dict[str, Any], declined_as: str, *, has_files: bool) -> str:
    """That an answer was given, and something instead of it too; empty where one of them stands alone."""
    if not declined_as or not (has_files or is_given(value)):
        return ""
    if has_files:
        words = _(
            "There are files here, and “%(chosen)s” is chosen too. Remove the files, or choose “%(none)s”."
        )
    else:
        words = _(
            "There is an answer, and “%(chosen)s” is chosen too. Empty the answer, or choose “%(none)s”."
        )
    return words % {"chosen": INSTEAD[declined_as], "none": NOTHING_INSTEAD}


def _declined_problems(requirement: Requirement, given: Given) -> list[str]:
    if refused := refused_as(requirement, given.declined_as):
        return [refused]
    is_unknown = given.declined_as == NOT_KNOWN
    found = []
    if clash := clash_with_instead(given.value, given.declined_as, has_files=bool(given.documents)):
        found.append(clash)
    if is_unknown and requirement.mandatory:
        found.append(_("You do not know this yet. It is a rule, so answer it before you submit."))
    if given.declined.strip():
        return found
    if is_unknown:
        return [*found, _("Say what is missing, and by when you will know it.")]
    return [*found, _("Say why this does not apply to you.")]


def lacking_kinds(requirement: Requirement, given: Given, draft: Draft) -> frozenset[str]:
    """The kinds of evidence that are not given yet; of an answer that is private, or declined where it may
    not be, all of them.
    """
    if given.private or given.declined_as:
        return frozenset(requirement.evidence if problems(requirement, given, draft) else ())
    return frozenset(kind for kind in requirement.evidence if _lacks(kind, requirement, given, draft))


def is_answered(requirement: Requirement, given: Given, draft: Draft) -> bool:
    return not problems(requirement, given, draft)


def waits_for_files(given: Given) -> bool:
    """Whether a file that was given is not ready, or was rejected."""
    return given.private in (WAITING, REJECTED) or any(not one.usable for one in given.documents)


def is_to_do(requirement: Requirement, given: Given, draft: Draft) -> bool:
    """Whether something is to be done about the answer before the submission: it is needed by then and not
    complete, or a file that was given for it, by whenever it is needed, is not ready. All that counts what is
    left goes by this.
    """
    is_due = requirement.due == rb.SUBMISSION
    return waits_for_files(given) or (is_due and not is_answered(requirement, given, draft))


def given_of(question: dict[str, Any]) -> Given:
    """An answer as a submission keeps it, without its files."""
    return Given(value=question["value"], declined=question["declined"], declined_as=declined_as_of(question))


def declined_as_of(question: dict[str, Any]) -> str:
    """Submissions of before the two were told apart say only why it does not apply."""
    before = NOT_APPLICABLE if question["declined"] else ""
    return str(question.get("declined_as", before))


def decimal_of(value: Any) -> Decimal | None:
    """The exact number that a stored decimal string says; None where it says none."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _lacks(kind: str, requirement: Requirement, given: Given, draft: Draft) -> list[str]:
    if kind == rb.DOCUMENTS:
        return [text for _document, text in slots.lacks(requirement.slot, given.documents)]
    reason = _CHECKS[kind](requirement, given, draft)
    return [reason] if reason else []


def _applies(requirement: Requirement, draft: Draft) -> bool:
    when = requirement.applies_when
    return when is None or draft.answer((when.requirement, None)).value.get("choice") in when.choices


def _declaration(requirement: Requirement, given: Given, draft: Draft) -> str:
    return "" if given.value.get("agreed") is True else _("Tick the box to make the declaration.")


def _text(requirement: Requirement, given: Given, draft: Draft) -> str:
    return "" if str(given.value.get("text") or "").strip() else _("Write an answer.")


def _number(requirement: Requirement, given: Given, draft: Draft) -> str:
    number = decimal_of(given.value.get("number"))
    return "" if number is not None and number >= 0 else _("Enter a number, such as 12.")


def _money(requirement: Requirement, given: Given, draft: Draft) -> str:
    amount = decimal_of(given.value.get("amount"))
    if amount is None or amount < 0:
        return _("Enter an amount of money, such as 1 250 000.00.")
    return "" if given.value.get("currency") else _("Choose the currency.")


def _percentage(requirement: Requirement, given: Given, draft: Draft) -> str:
    percent = decimal_of(given.value.get("percent"))
    return "" if percent is not None and 0 <= percent <= 100 else _("Enter a percentage from 0 to 100.")


def _date(requirement: Requirement, given: Given, draft: Draft) -> str:
    try:
        date.fromisoformat(str(given.value.get("date")))
    except ValueError:
        return _("Enter a date, such as 27.03.2026.")
    return ""


def _choice(requirement: Requirement, given: Given, draft: Draft) -> str:
    codes = {choice.code for choice in requirement.choices}
    return "" if given.value.get("choice") in codes else _("Choose one of the answers.")


def _inspected(requirement: Requirement, given: Given, draft: Draft) -> str:
    place = str(given.value.get("inspected") or "").strip()
    return "" if place else _("Say where the evidence can be inspected.")


def _people(requirement: Requirement, given: Given, draft: Draft) -> str:
    held = frozenset().union(*draft.posts.values()) if draft.posts else frozenset()
    lacking = [code for code in requirement.functions if code not in held]
    if lacking:
        titles = {f.code: say(f.title) for f in draft.book.functions}
        names = ", ".join(titles.get(code, code) for code in lacking)
        return _("Add a person for: %(posts)s.") % {"posts": names}
    return "" if held else _("Add at least one person.")


def _ownership(requirement: Requirement, given: Given, draft: Draft) -> str:
    if draft.economic_total is None:
        return _("Add the direct holders of the firm.")
    if draft.economic_total != 100:
        total = draft.economic_total.normalize()
        return _("The direct holdings in the firm add up to %(total)s %%, not 100 %%.") % {
            "total": f"{total:f}"
        }
    return ""


def _capital(requirement: Requirement, given: Given, draft: Draft) -> str:
    return "" if draft.capital_lines else _("Fill in the capital computation.")


_CHECKS = {
    rb.DECLARATION: _declaration,
    rb.TEXT: _text,
    rb.NUMBER: _number,
    rb.MONEY: _money,
    rb.PERCENTAGE: _percentage,
    rb.DATE: _date,
    rb.CHOICE: _choice,
    rb.INSPECTED: _inspected,
    rb.PEOPLE: _people,
    rb.OWNERSHIP: _ownership,
    rb.CAPITAL: _capital,
}
