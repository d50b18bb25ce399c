"""The chart of a capital test: at each moment what is held, as a bar, against what is required, as a line."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from applications.capital import PERIODS
from applications.computed import exact_money

WIDTH, HEIGHT, LEFT, FOOT = 640, 240, 20, 60
BAR = 56


@dataclass(frozen=True, kw_only=True)
class Bar:
    x: int
    y: int
    height: int
    text: str
    text_at: int
    period: str
    needed_at: int | None

    @property
    def middle(self) -> int:
        return self.x + BAR // 2

    @property
    def end(self) -> int:
        return self.x + BAR + 12


@dataclass(frozen=True, kw_only=True)
class Chart:
    title: str
    summary: str
    bars: list[Bar]
    zero: int
    width: int = WIDTH
    height: int = HEIGHT


def charts_of(tests: dict[str, Any]) -> list[Chart]:
    """One for each test of which something was entered. ``tests`` are of ``queries.capital.tests_of``."""
    titles = {"resources": _("Capital resources"), "liquidity": _("Liquid assets")}
    found = [_chart(tests, test, title) for test, title in titles.items()]
    return [chart for chart in found if chart]


def _chart(tests: dict[str, Any], test: str, title: str) -> Chart | None:
    known = [(moment["period"], moment[test]) for moment in tests["moments"] if moment[test].get("held")]
    if not known:
        return None
    held = [Decimal(one["held"]) for _period, one in known]
    needed = [Decimal(one["needed"]) for _period, one in known if one["needed"] is not None]
    top, bottom = max([*held, *needed, Decimal(0)]), min([*held, Decimal(0)])
    unit = Decimal(HEIGHT - FOOT - 24) / ((top - bottom) or 1)
    zero = 24 + int(top * unit)
    step = (WIDTH - 2 * LEFT) // len(known)
    bars = [
        _bar(period, one, LEFT + n * step + (step - BAR) // 2, zero, unit, tests["currency"])
        for n, (period, one) in enumerate(known)
    ]
    return Chart(title=title, summary=_summary(known, tests["currency"]), bars=bars, zero=zero)


def _bar(period: str, one: dict[str, Any], x: int, zero: int, unit: Decimal, currency: str) -> Bar:
    held = Decimal(one["held"])
    height = int(abs(held) * unit)
    y = zero if held < 0 else zero - height
    return Bar(
        x=x,
        y=y,
        height=height,
        text=exact_money(one["held"], currency),
        text_at=y - 6 if held >= 0 else y + height + 14,
        period=str(PERIODS[period]),
        needed_at=None if one["needed"] is None else zero - int(Decimal(one["needed"]) * unit),
    )


def _summary(known: list[tuple[str, dict[str, Any]]], currency: str) -> str:
    """What a reader takes from the chart, in a sentence."""
    judged = [(period, one) for period, one in known if one["needed"] is not None]
    if not judged:
        return _("The required amount is not on record, so the reviewer assesses what is held.")
    period, least = min(judged, key=lambda pair: Decimal(pair[1]["surplus"]))
    gap = Decimal(least["surplus"])
    told = {"amount": exact_money(f"{abs(gap):f}", currency), "moment": str(PERIODS[period])}
    if gap < 0:
        return _("The largest gap is %(amount)s: %(moment)s.") % told
    return _("Enough at each moment that was entered. The smallest surplus is %(amount)s: %(moment)s.") % told
