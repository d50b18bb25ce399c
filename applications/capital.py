"""The moments at which a firm computes its capital, and its figures. The lines are the rule book's."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PERIODS: dict[str, str | Promise] = {
    "now": _("Now"),
    "grant": _("At the grant"),
    "year1": _("End of year 1"),
    "year2": _("End of year 2"),
    "year3": _("End of year 3"),
    "stressed": _("Under stress"),
}


def asked_for(book: Any) -> dict[str, Any]:
    """Which figures the book asks for: on its lines, and in its currency. What was entered on another line,
    or in another currency, under a version before stays in its row and counts for nothing.
    """
    rules = book.capital
    return {"line__in": [line.code for line in rules.lines], "currency": rules.currency}


def figures_of(case: Any) -> list[Any]:
    return list(case.capital.filter(**asked_for(case.book)).order_by("line", "period"))
