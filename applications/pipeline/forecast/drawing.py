"""How many decisions next month may bring, as a chart."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from applications.pipeline.charts import FIRST, SOFT, Chart, Figure, Key, drawn
from applications.pipeline.forecast.decisions import Decisions
from applications.pipeline.forecast.outlook import Outlook
from look import words

MOST_BARS = 30


def of_decisions(outlook: Outlook) -> Chart:
    """The draws by how many decisions they bring, in bars; in words alone where there is none."""
    month = f"{outlook.month:%m.%Y}"
    title = _("Decisions in %(month)s") % {"month": month}
    found = outlook.decisions
    if found is None:
        summary = _("Not said: the calendar lacks a year of that month.")
        return Chart(name="decisions", title=title, summary=summary, columns=(), rows=())
    summary = _(
        "%(middle)s decisions in half of the draws at most; "
        "80 of a hundred draws lie from %(low)s to %(high)s."
    ) % {name: words.number(getattr(found, name)) for name in ("middle", "low", "high")}
    bars = _bars(found)
    return Chart(
        name="decisions",
        title=title,
        summary=summary,
        columns=[_("Decisions"), _("Draws"), _("Part of the draws")],
        rows=[
            [
                Figure(_range(low, high)),
                Figure(words.number(count)),
                Figure(percent(count / len(found.draws))),
            ]
            for low, high, count in bars
        ],
        drawing=drawn(_spec(bars, found), label=f"{title}. {summary}"),
        keys=[
            Key("c1", _("within the range of 80 of a hundred draws")),
            Key("cs", _("outside it")),
        ],
        notes=[
            _(
                "Granted or refused, also of cases that come only now: as many of those as came to their "
                "decision in a month of the last twelve, whichever is drawn."
            )
        ],
    )


def percent(part: float) -> str:
    """Whole percents; what is neither nothing nor all is not said to be."""
    if 0 < part < 0.01:
        return _("under 1 %")
    if 0.99 < part < 1:
        return _("over 99 %")
    return _("%(percent)s %%") % {"percent": round(part * 100)}


def _bars(found: Decisions) -> list[tuple[int, int, int]]:
    """From, to, and how many draws lie there."""
    first, last = found.draws[0], found.draws[-1]
    width = (last - first) // MOST_BARS + 1
    counted = Counter((number - first) // width for number in found.draws)
    return [
        (first + bar * width, first + bar * width + width - 1, counted[bar])
        for bar in range((last - first) // width + 1)
    ]


def _range(low: int, high: int) -> str:
    return words.number(low) if low == high else f"{words.number(low)}–{words.number(high)}"


def _spec(bars: list[tuple[int, int, int]], found: Decisions) -> dict[str, Any]:
    values = [
        {
            "from": low - 0.42, "to": high + 0.42, "draws": count,
            "colour": FIRST if low <= found.high and high >= found.low else SOFT,
            "says": f"{_range(low, high)}: {percent(count / len(found.draws))}",
        }
        for low, high, count in bars
    ]  # fmt: skip
    scale = {"domain": [bars[0][0] - 0.5, bars[-1][1] + 0.5], "nice": False, "zero": False}
    axis = {"title": _("Decisions"), "grid": False, "tickMinStep": 1, "format": "d"}
    return {
        "data": {"values": values},
        "mark": {"type": "rect"},
        "encoding": {
            "x": {"field": "from", "type": "quantitative", "scale": scale, "axis": axis},
            "x2": {"field": "to"},
            "y": {"field": "draws", "type": "quantitative", "axis": {"title": _("Draws"), "tickCount": 4}},
            "y2": {"datum": 0},
            "color": {"field": "colour", "type": "nominal", "scale": None},
            "description": {"field": "says"},
        },
    }
