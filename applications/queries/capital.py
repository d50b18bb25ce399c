"""The capital tests of a case, at each moment, as plain data that a snapshot can keep.

Amounts are decimal strings: nothing is rounded. Words are in the languages of the rule book.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from applications.capital import PERIODS
from applications.models import AccountsRate, Application, CapitalFigure
from look import words
from regulators import rulebook as rb
from regulators.figures import Figure, values_of
from regulators.formulas import capital as formula
from regulators.rulebook import Book

NOT_ENTERED, NO_RULE = "not_entered", "no_rule"
HUNDRED = Decimal(100)


def tests_of(case: Application, figures: Iterable[CapitalFigure], on: date) -> dict[str, Any]:
    """Capital resources against the highest required amount, and liquid assets against a share of a year's
    operating expenditure: what is required on this day, by which rule, and what came out. One query.
    """
    book = case.book
    rules = book.capital
    codes = [*rules.required, *([rules.liquid_share] if rules.liquid_share else [])]
    known = values_of(case.licence_type, book, codes, on)
    held: dict[str, dict[str, Decimal]] = {period: {} for period in PERIODS}
    for figure in figures:
        held[figure.period][figure.line] = figure.amount
    required = [known[code] for code in rules.required]
    share = known.get(rules.liquid_share)
    return {
        "currency": rules.currency,
        "required": [_rule(book, code, known[code]) for code in rules.required],
        "liquid_share": _rule(book, rules.liquid_share, share) if rules.liquid_share else None,
        "moments": [
            {
                "period": period,
                "resources": _resources(rules, amounts, required),
                "liquidity": _liquidity(rules, amounts, share),
            }
            for period, amounts in held.items()
        ],
    }


def rate_of(case: Application) -> dict[str, str] | None:
    """The rate at which the firm turned its accounts into the currency of the book. One query."""
    found = AccountsRate.objects.filter(application=case).first()
    if found is None:
        return None
    return {
        "of": case.book.capital.currency,
        "currency": found.currency,
        "rate": words.plain(found.rate),
        "day": found.day.isoformat(),
        "source": found.source,
    }


def _rule(book: Book, code: str, figure: Figure | None) -> dict[str, Any]:
    """A figure of the law beside the rule that sets it, on record or not."""
    value = book.value(code)
    assert value is not None  # the loader refuses a code that the book does not have
    cited = value.citations[0] if value.citations else None
    return {
        "code": code,
        "title": dict(value.title),
        "amount": words.plain(figure.amount) if figure else None,
        "currency": value.currency,
        "source": _source(figure or cited),
        "standing": "" if figure and figure.entered else rb.standing(value.citations),
        "entered": figure.entered if figure else False,
        "valid_from": figure.valid_from.isoformat() if figure and figure.valid_from else None,
    }


def _source(cited: Figure | rb.Citation | None) -> str:
    return f"{cited.act} {cited.provision}".strip() if cited else ""


def _resources(
    rules: rb.CapitalRules, amounts: dict[str, Decimal], required: list[Figure | None]
) -> dict[str, Any]:
    additions = [amounts[line] for line in rules.codes(rb.ADD) if line in amounts]
    deductions = [amounts[line] for line in rules.codes(rb.DEDUCT) if line in amounts]
    if not additions and not deductions:
        return {"result": NOT_ENTERED}
    test = formula.resources_test(
        additions, deductions, [figure.amount if figure else None for figure in required]
    )
    setting = next((f.code for f in required if f and f.amount == test.required), None)
    return {
        "additions": words.plain(sum(additions, Decimal(0))),
        "deductions": words.plain(sum(deductions, Decimal(0))),
        "rule": setting,
        **_outcome(test),
    }


def _liquidity(rules: rb.CapitalRules, amounts: dict[str, Decimal], share: Figure | None) -> dict[str, Any]:
    liquid = [amounts[line] for line in rules.codes(rb.LIQUID) if line in amounts]
    spent = [amounts[line] for line in rules.codes(rb.EXPENDITURE) if line in amounts]
    if not rules.liquid_share:
        return {"result": NO_RULE}
    if not liquid or not spent:
        return {"result": NOT_ENTERED}
    spent_in_all = sum(spent, Decimal(0))
    test = formula.liquidity_test(
        sum(liquid, Decimal(0)), spent_in_all, share.amount / HUNDRED if share else None
    )
    return {"expenditure": words.plain(spent_in_all), "rule": share.code if share else None, **_outcome(test)}


def _outcome(test: formula.CapitalTest) -> dict[str, Any]:
    return {
        "result": test.result,
        "held": words.plain(test.held),
        "needed": None if test.required is None else words.plain(test.required),
        "surplus": None if test.surplus is None else words.plain(test.surplus),
    }
