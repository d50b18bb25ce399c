"""What a question asks and the firm has said elsewhere already: offered, so that nothing is typed twice."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.asked import Draft
from applications.capital import figures_of
from applications.contradictions import EXPENDITURE, LIQUID_SHARE, LOWEST, TWO_POSTS
from applications.models import Application
from applications.queries.capital import tests_of
from look import countries
from look.words import plain
from regulators import rulebook as rb
from regulators.rulebook import Requirement, say

CENT = Decimal("0.01")
PAID_UP = "paid_up_shares"
PROJECTED = ("year1", "year2", "year3")
Value = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Said:
    """``value`` is a part of the answer as it would be stored; ``source`` names the page that it is from."""

    value: Value
    source: str
    url: str


def said_elsewhere(draft: Draft, case: Application, requirement: Requirement) -> Said | None:
    """None where nothing is known, or where the answer says something itself. Two queries at most, for a
    question that the capital computation answers; none for others.
    """
    find = ASKED_AGAIN.get(requirement.code)
    given = draft.answer((requirement.code, None))
    if find is None or given.declined_as:
        return None
    said = find(draft, case)
    known = said is not None and any(given.value.get(name) for name in said.value if name != "currency")
    return None if known else said


def _expenditure(draft: Draft, case: Application) -> Said | None:
    spent = _sum(case, rb.EXPENDITURE)
    return _money(case, spent) if spent else None


def _liquid_share(draft: Draft, case: Application) -> Said | None:
    spent, liquid = _sum(case, rb.EXPENDITURE), _sum(case, rb.LIQUID)
    if not spent or liquid is None:
        return None
    return _from_capital(case, {"percent": plain((liquid * 100 / spent).quantize(CENT))})


def _lowest(draft: Draft, case: Application) -> Said | None:
    figures = figures_of(case)
    if not set(PROJECTED) <= {figure.period for figure in figures}:
        return None
    moments = tests_of(case, figures, timezone.localdate())["moments"]
    held = [one["resources"].get("held") for one in moments if one["period"] in PROJECTED]
    return None if None in held else _money(case, min(Decimal(amount) for amount in held))


def _charter_capital(draft: Draft, case: Application) -> Said | None:
    now = [one.amount for one in figures_of(case) if (one.line, one.period) == (PAID_UP, "now")]
    return _money(case, now[0]) if now else None


def _registration(draft: Draft, case: Application) -> Said | None:
    """Legal form, BIN and address, as the record of the firm has them."""
    firm = case.firm
    if not firm.bin:
        return None
    place = ", ".join(part for part in (countries.name(firm.country), firm.address) if part)
    value = {
        "text": _("%(name)s, BIN %(bin)s, %(place)s") % {"name": firm.name, "bin": firm.bin, "place": place}
    }
    if firm.legal_form in ("jsc", "llp"):
        value["choice"] = firm.legal_form
    return Said(value=value, source=_("The firm's data"), url=reverse("accounts:firm", args=[firm.pk]))


def _combined_posts(draft: Draft, case: Application) -> Said | None:
    """Who holds two posts; how the conflict is managed is left to say."""
    if not any(draft.posts.values()):
        return None
    titles = {function.code: say(function.title) for function in draft.book.functions}
    lines = [
        f"{draft.people[person]}: {', '.join(titles.get(code, code) for code in sorted(posts))}"
        for person, posts in draft.posts.items()
        if len(posts) > 1
    ]
    value = {"choice": "some", "text": "\n".join(lines)} if lines else {"choice": "none"}
    return Said(value=value, source=_("People"), url=reverse("portal:people", args=[case.pk]))


def _sum(case: Application, effect: str) -> Decimal | None:
    codes = case.book.capital.codes(effect)
    amounts = [one.amount for one in figures_of(case) if one.period == "now" and one.line in codes]
    return sum(amounts, Decimal(0)) if amounts else None


def _money(case: Application, amount: Decimal) -> Said:
    return _from_capital(case, {"amount": f"{amount:f}", "currency": case.book.capital.currency})


def _from_capital(case: Application, value: Value) -> Said:
    return Said(value=value, source=_("Capital"), url=reverse("portal:capital", args=[case.pk]))


ASKED_AGAIN: dict[str, Callable[[Draft, Application], Said | None]] = {
    EXPENDITURE: _expenditure,
    LIQUID_SHARE: _liquid_share,
    LOWEST: _lowest,
    TWO_POSTS: _combined_posts,
    "N-BP-01": _registration,
    "E-BP-01": _registration,
    "N-CA-01": _charter_capital,
    "E-CA-01": _charter_capital,
}


def holders_of(draft: Draft, requirement: Requirement) -> list[tuple[str, list[tuple[Any, str]]]]:
    """Of each post that the question is about, its title and who is proposed for it, as key and name."""
    titles = {function.code: say(function.title) for function in draft.book.functions}
    if rb.PEOPLE not in requirement.evidence:
        return []
    return [
        (
            titles.get(code, code),
            [(pk, draft.people[pk]) for pk, posts in draft.posts.items() if code in posts],
        )
        for code in requirement.functions
    ]
