"""The worst ten as bars, with their table."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.pipeline import charts
from applications.pipeline.charts import Chart, Figure
from applications.pipeline.friction.report import BY, DAYS, Report, Row
from applications.pipeline.periods import Period
from look import words

ROW, BAR = 42, 14  # the height of a row and of its bar, in units of the drawing


def worst_ten(report: Report, period: Period) -> Chart:
    worst = report.worst
    title = _("The worst ten: %(measure)s") % {"measure": BY[report.by]}
    return Chart(
        name="worst",
        title=title,
        summary=_summary(worst, report.by, period),
        columns=[_("Requirement"), _("Cases"), str(BY[report.by])],
        rows=[
            [Figure(row.label), Figure(words.number(row.counts.cases), row.all_url),
             Figure(said(row, report.by), row.url(_list_of(report.by)))]
            for row in worst
        ],
        drawing=charts.drawn(_spec(worst, report.by), label=title) if worst else charts.NOTHING,
    )  # fmt: skip


def said(row: Row, by: str) -> str:
    return row.days_in_a_case if by == DAYS else f"{row.percent(by)} %"


def _list_of(by: str) -> str:
    return "waited" if by == DAYS else by


def _summary(worst: Sequence[Row], by: str, period: Period) -> str:
    if not worst:
        return _("Nothing is to be ranked in this time.")
    first = worst[0]
    counted = ngettext(
        "Of the cases submitted in this time (%(period)s) the worst is “%(requirement)s”: %(figure)s in "
        "%(cases)s case.",
        "Of the cases submitted in this time (%(period)s) the worst is “%(requirement)s”: %(figure)s in "
        "%(cases)s cases.",
        first.counts.cases,
    )  # fmt: skip
    return counted % {
        "period": period.words, "requirement": first.label, "cases": words.number(first.counts.cases),
        "figure": _("%(days)s working days in each on the average") % {"days": said(first, by)}
        if by == DAYS else said(first, by),
    }  # fmt: skip


def _spec(worst: Sequence[Row], by: str) -> dict[str, Any]:
    """Each name stands above its bar, so that the bars have the whole width of a narrow page too."""
    bars = [
        {
            "code": row.code, "name": row.label, "value": float(row.measure(by)) * (1 if by == DAYS else 100),
            "said": said(row, by), "words": f"{row.label}: {said(row, by)}", "url": row.url(_list_of(by)),
        }
        for row in worst
    ]  # fmt: skip
    y = {"field": "code", "type": "nominal", "sort": None, "axis": None}
    x = {"field": "value", "type": "quantitative", "axis": None, "scale": {"nice": False}}
    named = {"type": "text", "align": "left", "baseline": "bottom", "dy": -4, "limit": charts.WIDTH}
    return {
        "height": ROW * len(worst),
        "data": {"values": bars},
        "encoding": {"y": y},
        "layer": [
            {"mark": {"type": "bar", "color": charts.FIRST, "height": BAR, "yOffset": 8},
             "encoding": {"x": x, "href": {"field": "url"}, "description": {"field": "words"}}},
            {"mark": {"type": "text", "align": "left", "dx": 5, "dy": 8, "fontWeight": "bold"},
             "encoding": {"x": x, "text": {"field": "said"}}},
            {"mark": named, "encoding": {"x": {"value": 0}, "text": {"field": "name"}}},
        ],
    }  # fmt: skip
