"""What a question asks and the firm has said elsewhere already: offered, so that nothing is typed twice."""

from decimal import Decimal
from typing import Any

from applications.capital import figures_of
from applications.contradictions import EXPENDITURE, LIQUID_SHARE
from applications.models import Application
from look.words import plain
from regulators import rulebook as rb
from regulators.rulebook import Requirement

CENT = Decimal("0.01")


def said_elsewhere(case: Application, requirement: Requirement) -> dict[str, Any]:
    """The value as it would be stored, from the capital computation as it stands; empty where it has none.
    One query for a question that the computation answers, none for others.
    """
    if requirement.code not in (EXPENDITURE, LIQUID_SHARE):
        return {}
    spent, liquid = _sums(case)
    if not spent:
        return {}
    if requirement.code == EXPENDITURE:
        return {"amount": f"{spent:f}", "currency": case.book.capital.currency}
    return {"percent": plain((liquid * 100 / spent).quantize(CENT))} if liquid is not None else {}


def _sums(case: Application) -> tuple[Decimal | None, Decimal | None]:
    rules, now = case.book.capital, [figure for figure in figures_of(case) if figure.period == "now"]

    def total(effect: str) -> Decimal | None:
        amounts = [figure.amount for figure in now if figure.line in rules.codes(effect)]
        return sum(amounts, Decimal(0)) if amounts else None

    return total(rb.EXPENDITURE), total(rb.LIQUID)
