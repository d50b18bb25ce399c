"""The load of each person as stacked bars, by name."""

import json
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from applications.pipeline import charts
from applications.pipeline.load import ANSWERS, CASES, IN_HAND, VIEWS, Row
from look import words

BAR, PLOT = 28, 520  # units of the drawing: for each person, and across
LABEL = 32  # letters of a name that the chart shows; the table has all of it
COLOURS = {CASES: charts.FIRST, IN_HAND: charts.SECOND, VIEWS: charts.THIRD, ANSWERS: charts.FOURTH}


def chart_of(rows: Sequence[Row], nobodys: Row) -> charts.Chart:
    """``rows`` are those of people; ``nobodys`` what is nobody's yet, as the last bar."""
    names = {
        CASES: _("Cases as case officer"), IN_HAND: _("Stages in hand"),
        VIEWS: _("Views asked"), ANSWERS: _("Answers to read"),
    }  # fmt: skip
    every = [*rows, nobodys]
    summary = _(
        "Points in hand: %(points)s, people: %(people)s. In cases that are nobody’s yet: %(rest)s."
    ) % {
        "points": words.number(sum(row.points for row in rows)),
        "people": words.number(len(rows)),
        "rest": words.number(nobodys.points),
    }
    return charts.Chart(
        name="load",
        title=_("How much each person has, in points"),
        summary=summary,
        columns=[_("Person"), *names.values(), _("Points")],
        rows=[_line(row, list(names)) for row in every],
        drawing=_drawing(every, names) if any(row.points for row in every) else charts.NOTHING,
        keys=[charts.Key(look=f"c{n}", words=name) for n, name in enumerate(names.values(), 1)],
        notes=[_("By name: the points are for sharing work out, not for ranking people.")],
    )


def _line(row: Row, kinds: list[str]) -> list[charts.Figure]:
    numbers = [charts.Figure(words.number(row.of_kind(kind))) for kind in kinds]
    return [charts.Figure(row.name, row.url), *numbers, charts.Figure(words.number(row.points))]


def _drawing(rows: Sequence[Row], names: dict[str, str]) -> charts.SafeString:
    # Two people may have one name: a bar is of a key, and its label is looked up.
    values = [
        {
            "row": at, "kind": kind, "order": order, "points": row.of_kind(kind), "url": row.url,
            "said": f"{row.name}. {names[kind]}: {row.of_kind(kind)}",
        }
        for at, row in enumerate(rows)
        for order, kind in enumerate(names)
        if row.of_kind(kind)
    ]  # fmt: skip
    spec: dict[str, Any] = {
        "width": PLOT,
        "height": BAR * len(rows),
        "data": {"values": values},
        "mark": {"type": "bar", "height": {"band": 0.6}},
        "encoding": {
            "y": {
                "field": "row", "type": "ordinal", "title": None,
                "scale": {"domain": list(range(len(rows)))},
                "axis": {
                    "labelExpr": f"{json.dumps([_short(row.name) for row in rows])}[datum.value]",
                    "labelLimit": 0,
                    "ticks": False, "domain": False,
                },
            },
            "x": {
                "field": "points", "type": "quantitative", "stack": "zero", "title": _("Points"),
                "axis": {"tickMinStep": 1, "format": "d"},
            },
            "color": {
                "field": "kind", "legend": None,
                "scale": {"domain": list(COLOURS), "range": list(COLOURS.values())},
            },
            "order": {"field": "order"},
            "href": {"field": "url"},
            "description": {"field": "said"},
        },
    }  # fmt: skip
    return charts.drawn(spec, label=_("Points of each person"))


def _short(name: str) -> str:
    return name if len(name) <= LABEL else f"{name[: LABEL - 1].rstrip()}…"
