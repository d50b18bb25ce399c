"""What a firm says in two places that do not go together. Our policy, not law: who signs either mends it, or
says why it is right, and that reason is kept with the declaration.

Only facts that are on record are compared. A contradiction that ``blocks`` stops the submission by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import asked
from applications.addresses import question_url_of
from applications.asked import Draft, decimal_of
from applications.capital import PERIODS
from applications.models import Application, Person
from applications.queries.capital import NOT_ENTERED
from applications.queries.content import Content
from applications.queries.ownership import entities_of
from look import words
from regulators import rulebook as rb
from regulators.rulebook import Requirement, say

# Posts of those who stand behind the firm: of whoever holds a part of it, or of whoever controls it or passes
# a threshold of the book.
OF_HOLDERS, OF_CONTROLLERS = "owner", "controller"
# Questions that ask for a number that the capital computation has too.
EXPENDITURE, LIQUID_SHARE, LOWEST, TWO_POSTS = "CAP-08", "CAP-07", "CAP-11", "FP-21"
YEARS = ("year1", "year2", "year3")


@dataclass(frozen=True)
class Side:
    """One of the places where something is said, and where it is mended."""

    text: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """``key`` names it for as long as it stands, whatever the language of the page."""

    key: str
    text: str
    sides: tuple[Side, ...]
    blocks: bool = False


def contradictions(case: Application, draft: Draft, content: Content) -> list[Contradiction]:
    """All of them, in the order of the stages. Two queries."""
    facts = _Facts(case, draft, content)
    return [found for check in CHECKS for found in check(facts)]


class _Facts:
    def __init__(self, case: Application, draft: Draft, content: Content) -> None:
        self.case, self.draft, self.content, self.book = case, draft, content, draft.book
        self.asked = {question.key for question in asked.questions(draft)}

    @cached_property
    def holders(self) -> list[tuple[Any, Content]]:
        """Each person in the chart with what is computed for them, which stands in the order of the chart."""
        entities = [entity for entity in entities_of(self.case) if not entity.is_applicant]
        rows = zip(entities, self.content["structure"]["rows"], strict=False)
        return [(entity.person_id, row) for entity, row in rows if entity.person_id]

    @cached_property
    def people(self) -> dict[Any, Person]:
        return Person.objects.in_bulk(list(self.draft.people))

    @cached_property
    def moments(self) -> dict[str, Content]:
        return {moment["period"]: moment for moment in self.content["capital_tests"]["moments"]}

    def asks(self, code: str) -> Requirement | None:
        return self.book.by_code.get(code) if (code, None) in self.asked else None

    def value(self, code: str, name: str) -> Decimal | None:
        return decimal_of(self.draft.answer((code, None)).value.get(name))

    def held(self, person: Any, post: str) -> bool:
        return post in self.draft.posts.get(person, frozenset())

    def person_side(self, person: Any, name: str) -> Side:
        if person not in self.draft.people:
            return Side(_("Add %(name)s to the people") % {"name": name}, self.url("people"))
        words = _("The posts of %(name)s") % {"name": name}
        return Side(words, reverse("portal:person", args=[self.case.pk, person]))

    def question_side(self, requirement: Requirement, person: Any = None) -> Side:
        url = question_url_of(self.case.pk, requirement.stage, requirement.code, person or None)
        return Side(say(requirement.title), url)

    def ownership_side(self) -> Side:
        return Side(_("Ownership"), self.url("ownership"))

    def capital_side(self, period: str = "now") -> Side:
        text = _("Capital: %(moment)s") % {"moment": PERIODS[period]}
        return Side(text, reverse("portal:capital", args=[self.case.pk, period]))

    def url(self, name: str) -> str:
        return reverse(f"portal:{name}", args=[self.case.pk])


def _direct_total(facts: _Facts) -> Iterable[Contradiction]:
    total = facts.draft.economic_total
    if total is None or total == 100:
        return
    question = next((r for r in facts.book.requirements if rb.OWNERSHIP in r.evidence), None)
    blocks = question is not None and question.due == rb.SUBMISSION
    text = _("The direct holdings in the firm add up to %(total)s %%, not 100 %%.")
    sides = [facts.ownership_side(), *([facts.question_side(question)] if question else [])]
    yield Contradiction(
        key="direct_total", text=text % {"total": _plain(total)}, sides=tuple(sides), blocks=blocks
    )


def _holders_without_post(facts: _Facts) -> Iterable[Contradiction]:
    for function in facts.book.functions:
        if function.code not in (OF_HOLDERS, OF_CONTROLLERS):
            continue
        for person, row in facts.holders:
            counts = _has_some(row) if function.code == OF_HOLDERS else row["control"] or row["crossed"]
            if counts and not facts.held(person, function.code):
                text = _(
                    "By the holdings %(name)s stands behind the firm, and is not proposed as “%(post)s”."
                )
                told = {"name": row["name"], "post": say(function.title)}
                sides = facts.ownership_side(), facts.person_side(person, row["name"])
                yield Contradiction(key=f"holder_without_post:{person}", text=text % told, sides=sides)


def _posts_without_holding(facts: _Facts) -> Iterable[Contradiction]:
    if facts.draft.economic_total is None:
        return
    known = {person for person, row in facts.holders if _has_some(row) or row["control"] is None}
    for function in facts.book.functions:
        if function.code not in (OF_HOLDERS, OF_CONTROLLERS):
            continue
        for person, name in facts.draft.people.items():
            if facts.held(person, function.code) and person not in known:
                text = _("%(name)s is proposed as “%(post)s”, but has no part of the firm in its ownership.")
                told = {"name": name, "post": say(function.title)}
                sides = facts.person_side(person, name), facts.ownership_side()
                yield Contradiction(key=f"post_without_holding:{person}", text=text % told, sides=sides)


def _nobody_in_post(facts: _Facts) -> Iterable[Contradiction]:
    """A post that the book requires and no question asks for: one that a question asks for blocks there."""
    held = frozenset().union(*facts.draft.posts.values()) if facts.draft.posts else frozenset()
    asked_for = {
        code for r in facts.book.requirements if rb.PEOPLE in r.evidence and r.due == rb.SUBMISSION
        for code in r.functions
    }  # fmt: skip
    for function in facts.book.functions:
        if held and function.required and function.code not in held | asked_for:
            text = _("The rule book requires a person as “%(post)s”, and nobody is proposed.")
            sides = (Side(_("People"), facts.url("people")),)
            told = {"post": say(function.title)}
            yield Contradiction(key=f"nobody:{function.code}", text=text % told, sides=sides)


def _two_posts(facts: _Facts) -> Iterable[Contradiction]:
    requirement = facts.asks(TWO_POSTS)
    if requirement is None or facts.draft.answer((TWO_POSTS, None)).value.get("choice") != "none":
        return
    mandatory = {function.code for function in facts.book.functions if function.required}
    for person, name in facts.draft.people.items():
        if len(facts.draft.posts[person] & mandatory) > 1:
            text = _("%(name)s has two of the mandatory posts, and you say that nobody has.")
            sides = facts.question_side(requirement), facts.person_side(person, name)
            yield Contradiction(key=f"two_posts:{person}", text=text % {"name": name}, sides=sides)


def _born(facts: _Facts) -> Iterable[Contradiction]:
    for pk, person in facts.people.items():
        if person.identifier_kind == "iin" and person.identifier[:6] != person.born_on.strftime("%y%m%d"):
            text = _("The IIN of %(name)s begins with another date of birth than the one that you gave.")
            sides = (facts.person_side(pk, person.full_name),)
            yield Contradiction(key=f"born:{pk}", text=text % {"name": person.full_name}, sides=sides)


def _expenditure(facts: _Facts) -> Iterable[Contradiction]:
    said, entered = facts.value(EXPENDITURE, "amount"), _figure(facts, rb.EXPENDITURE)
    if said is not None and entered is not None and said != entered:
        yield _differs(facts, EXPENDITURE, _money(facts, said), _money(facts, entered))


def _liquid_share(facts: _Facts) -> Iterable[Contradiction]:
    """Compared as it is asked: a percentage that is given with one decimal is compared with one."""
    said = facts.value(LIQUID_SHARE, "percent")
    liquid, spent = _figure(facts, rb.LIQUID), _figure(facts, rb.EXPENDITURE)
    if said is None or liquid is None or not spent:
        return
    entered = (liquid * 100 / spent).quantize(Decimal(1).scaleb(min(0, int(said.as_tuple().exponent))))
    if said != entered:
        yield _differs(facts, LIQUID_SHARE, f"{_plain(said)} %", f"{_plain(entered)} %")


def _lowest(facts: _Facts) -> Iterable[Contradiction]:
    said = facts.value(LOWEST, "amount")
    held = {
        year: Decimal(facts.moments[year]["resources"]["held"])
        for year in YEARS
        if facts.moments[year]["resources"]["result"] != NOT_ENTERED
    }
    if said is None or not held:
        return
    year = min(held, key=lambda one: held[one])
    if said != held[year]:
        yield _differs(facts, LOWEST, _money(facts, said), _money(facts, held[year]), year)


def _moments(facts: _Facts) -> Iterable[Contradiction]:
    given = {figure["period"] for figure in facts.content["capital"]}
    lacking = [period for period in PERIODS if period not in given]
    if given and lacking:
        text = _("The capital computation has figures for some moments, and none for: %(moments)s.")
        told = {"moments": ", ".join(str(PERIODS[period]) for period in lacking)}
        sides = tuple(facts.capital_side(period) for period in lacking)
        yield Contradiction(key="moments", text=text % told, sides=sides)


def _rate(facts: _Facts) -> Iterable[Contradiction]:
    """An amount in another currency than that of the computation, and no rate by which it was turned."""
    of = facts.book.capital.currency
    if facts.content["accounts_rate"] or not facts.content["capital"]:
        return
    for requirement in facts.book.requirements:
        value = facts.draft.answer((requirement.code, None)).value
        currency = value.get("currency")
        is_capital = requirement.stage == "capital" and rb.MONEY in requirement.evidence
        if is_capital and value.get("amount") and currency and currency != of:
            text = _("An amount is in %(currency)s, the computation is in %(of)s, and no rate is on record.")
            rate = Side(_("Accounts in another currency"), facts.url("accounts_rate"))
            sides = facts.question_side(requirement), rate
            told = {"currency": currency, "of": of}
            yield Contradiction(key=f"rate:{requirement.code}", text=text % told, sides=sides)


def _expired(facts: _Facts) -> Iterable[Contradiction]:
    """A document that by its own date is not valid any more."""
    today = timezone.localdate()
    for question in facts.content["questions"]:
        for file in question["files"]:
            until = file.get("expires_on")
            if until and date.fromisoformat(until) < today:
                requirement, person = facts.book.by_code[question["requirement"]], question["person"]
                text = _("“%(document)s” was valid until %(day)s only.")
                told = {"document": file["name"], "day": words.day(date.fromisoformat(until))}
                sides = (facts.question_side(requirement, person),)
                key = f"expired:{file['document']}"
                yield Contradiction(key=key, text=text % told, sides=sides)


CHECKS = (
    _nobody_in_post, _two_posts, _born, _direct_total, _holders_without_post, _posts_without_holding,
    _expenditure, _liquid_share, _lowest, _moments, _rate, _expired,
)  # fmt: skip


def _differs(facts: _Facts, code: str, said: str, entered: str, period: str = "now") -> Contradiction:
    requirement = facts.book.by_code[code]
    text = _("“%(title)s” is answered with %(said)s, and the capital computation has %(entered)s.")
    told = {"title": say(requirement.title), "said": said, "entered": entered}
    sides = facts.question_side(requirement), facts.capital_side(period)
    return Contradiction(key=f"differs:{code}", text=text % told, sides=sides)


def _figure(facts: _Facts, effect: str) -> Decimal | None:
    """The sum of the lines of this effect now; None where none is given."""
    codes = facts.book.capital.codes(effect)
    amounts = [
        Decimal(f["amount"]) for f in facts.content["capital"] if f["line"] in codes and f["period"] == "now"
    ]
    return sum(amounts, Decimal(0)) if amounts else None


def _has_some(row: Content) -> bool:
    shares = (row["direct"], row["economic"], row["votes"])
    return bool(row["control"]) or any(share is not None and Decimal(share) > 0 for share in shares)


def _money(facts: _Facts, amount: Decimal) -> str:
    return words.money(amount, facts.book.capital.currency)


def _plain(number: Decimal) -> str:
    return words.number(number.normalize() + 0)
