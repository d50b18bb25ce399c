"""What was computed, in words: the capital tests and who stands behind the firm, for portal and desk alike.

The data are those of ``applications.queries.capital`` and ``.ownership``, made now or kept in a snapshot.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.capital import PERIODS
from applications.queries.capital import NO_RULE, NOT_ENTERED
from applications.queries.ownership import BENEFICIARY, NOMINEE, TRUST, UNKNOWN_REST
from look import words
from regulators import marks
from regulators.formulas.capital import MET, NOT_MET, NOT_ON_RECORD
from regulators.formulas.ownership import ManualFindingError
from regulators.rulebook import say

Data = dict[str, Any]

RESULTS = {
    MET: ("ok", gettext_lazy("Met")),
    NOT_MET: ("act", gettext_lazy("Not met")),
    NOT_ON_RECORD: ("look", gettext_lazy("Not on record: the reviewer assesses")),
    NOT_ENTERED: ("", gettext_lazy("Not entered yet")),
    NO_RULE: ("", gettext_lazy("The rule book has no such test")),
}


def capital_in_words(tests: Data | None, rate: Data | None) -> Data | None:
    """None for a submission made before the tests were kept."""
    if tests is None:
        return None
    rules = {rule["code"]: rule for rule in [*tests["required"], tests["liquid_share"]] if rule}
    currency = tests["currency"]
    moments = tests["moments"]
    no_liquidity_test = all(moment["liquidity"]["result"] == NO_RULE for moment in moments)
    return {
        "rules": [_rule(rule) for rule in rules.values()],
        "resources": [_moment(moment, "resources", rules, currency) for moment in moments],
        "liquidity": []
        if no_liquidity_test
        else [_moment(moment, "liquidity", rules, currency) for moment in moments],
        "rate": _rate(rate) if rate else "",
    }


def _rule(rule: Data) -> Data:
    amount = rule["amount"]
    if amount is None:
        figure = _("not on record: the reviewer assesses")
    elif rule["currency"]:
        figure = exact_money(amount, rule["currency"])
    else:
        figure = f"{words.number(Decimal(amount))} %"
    since = rule["valid_from"]
    return {
        "title": say(rule["title"]),
        "figure": figure,
        "source": rule["source"],
        "standing": _standing(rule),
        "entered": _("entered by staff, in effect since %(day)s")
        % {"day": words.day(date.fromisoformat(since))}
        if since
        else "",
    }


def _standing(sourced: Data) -> str:
    """The word beside a source; none for a submission made before it was kept, or a figure staff entered."""
    return marks.word(sourced.get("standing", ""))


def _moment(moment: Data, test: str, rules: dict[str, Data], currency: str) -> Data:
    found = moment[test]
    kind, word = RESULTS[found["result"]]
    rule = rules.get(found.get("rule") or "")
    amounts = ("additions", "deductions", "expenditure", "held", "needed", "surplus")
    return {
        "period": PERIODS.get(moment["period"], moment["period"]),
        "kind": kind,
        "word": word,
        "rule": rule["source"] if rule else "",
        **{name: exact_money(found[name], currency) if found.get(name) else "" for name in amounts},
    }


def _rate(rate: Data) -> str:
    return _("The accounts are in %(currency)s; 1 %(of)s = %(rate)s %(currency)s on %(day)s, %(source)s.") % {
        "currency": rate["currency"],
        "of": rate["of"],
        "rate": words.number(Decimal(rate["rate"])),
        "day": words.day(date.fromisoformat(rate["day"])),
        "source": rate["source"],
    }


def exact_money(amount: str, currency: str) -> str:
    """With as many decimals as the amount has: what a test compares is never rounded."""
    exact = Decimal(amount)
    if exact == exact.quantize(Decimal("0.01")):
        return words.money(exact, currency)
    return f"{words.number(exact)} {currency}"


def structure_in_words(structure: Data | None, *, for_firm: bool = False) -> Data | None:
    """None for a submission made before it was kept. ``for_firm``: what the firm can correct itself stands in
    ``to_correct`` with how, and not among what a reviewer looks at.
    """
    if structure is None:
        return None
    thresholds = {one["code"]: one for one in structure["thresholds"]}
    to_correct = [one for one in structure["manual"] if for_firm and one["why"] in CORRECT]
    return {
        "rows": [_holder(row, thresholds, for_firm=for_firm) for row in structure["rows"]],
        "manual": [_reason(one) for one in structure["manual"] if one not in to_correct],
        "to_correct": [f"{_reason(one)} {CORRECT[one['why']]}" for one in to_correct],
        "thresholds": [
            {
                "percent": _percent(one["percent"]),
                "title": say(one["title"]),
                "source": one["source"],
                "standing": _standing(one),
            }
            for one in thresholds.values()
        ],
    }


def _holder(row: Data, thresholds: dict[str, Data], *, for_firm: bool) -> Data:
    unknown = _("Not computed") if for_firm else _("A reviewer has to look")
    control = {True: _("Yes"), False: _("No"), None: unknown}
    return {
        "name": row["name"],
        "kind": {"person": _("person"), "body": _("body"), "group": _("acting together")}[row["kind"]],
        "members": ", ".join(row.get("members", [])),
        "direct": _percent(row["direct"]),
        "economic": _percent(row["economic"]),
        "votes": _percent(row["votes"]),
        "control": control[row["control"]],
        "crossed": ", ".join(
            _("above %(percent)s %%") % {"percent": _percent(thresholds[code]["percent"])}
            for code in row["crossed"]
        ),
    }


def _percent(percent: str | None) -> str:
    return "?" if percent is None else words.number(Decimal(percent))


WHY = {
    ManualFindingError.CIRCLE: gettext_lazy(
        "Some bodies own each other wholly, so that no owner can be computed."
    ),
    ManualFindingError.ITSELF: gettext_lazy("By way of others the firm owns all of itself."),
    ManualFindingError.SHARE: gettext_lazy("A holding in %(name)s is %(total)s %%, which cannot be."),
    ManualFindingError.TOTAL + " economic": gettext_lazy(
        "The economic interests in %(name)s add up to %(total)s %%, above 100 %%."
    ),
    ManualFindingError.TOTAL + " votes": gettext_lazy(
        "The votes in %(name)s add up to %(total)s %%, above 100 %%."
    ),
    NOMINEE: gettext_lazy("%(name)s holds a part of %(of)s as nominee, and it is not said for whom."),
    TRUST: gettext_lazy(
        "%(name)s holds a part of %(of)s as trustee: who directs the trust is not computed. "
        "The votes are counted for the trustee, the economic interest for the beneficiary."
    ),
    BENEFICIARY: gettext_lazy(
        "%(name)s holds a part of %(of)s as trustee, and no beneficiary is named: "
        "all of it is counted for the trustee."
    ),
    UNKNOWN_REST: gettext_lazy(
        "Of %(name)s, holders of %(total)s %% are in the chart: who has the rest is not said."
    ),
}


CORRECT = {
    ManualFindingError.SHARE: gettext_lazy("Correct it."),
    ManualFindingError.TOTAL: gettext_lazy("Correct the holdings, so that they come to at most 100 %."),
    NOMINEE: gettext_lazy("Change the holding, and choose for whom it is held."),
    BENEFICIARY: gettext_lazy("Change the holding, and choose the beneficiary."),
    UNKNOWN_REST: gettext_lazy("Add who holds the rest."),
}


def _reason(one: Data) -> str:
    text = WHY.get(one["why"]) or WHY[f"{one['why']} {one['what']}"]
    total = words.number(Decimal(one["total"])) if one.get("total") else ""
    return str(text) % {**one, "total": total}
