"""How long cases took, each a dot; and how long open ones stand where they are, against what that took."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models.standing import APPROVED, INTAKE
from applications.models.tallies import Counted
from applications.pipeline import charts, figures, named
from applications.pipeline.ages import in_range
from applications.pipeline.charts import Chart, Figure, Key, counted
from applications.pipeline.days import WorkingDays
from applications.pipeline.periods import YEAR
from applications.pipeline.tallies import Since
from applications.pipeline.took import Ended, Took
from look import words

Url = Callable[..., str]
PERCENTILES = (50, 85, 95)
MARKS = 30  # of one place above one another
LINES = (charts.INK, charts.SECOND, charts.LIMIT)


class Dot(NamedTuple):
    """A case, or a stage of one, that ended on a day and took so many working days."""

    day: date
    days: int
    name: str
    url: str


def dots_of(found: Iterable[Ended], *, running: bool) -> list[Dot]:
    """Of those whose days the calendar knows."""
    with_days = ((one, one.running if running else one.days) for one in found)
    return [
        Dot(one.on, days, one.reference, _desk(one.application))
        for one, days in with_days
        if days is not None
    ]


def _desk(case: UUID) -> str:
    return reverse("admin:applications_application_change", args=[case])


def cycle(dots: Sequence[Dot], took: Took | None, *, title: str, url: str, each: int) -> Chart:
    """Each one that ended as a dot at its day, and the lines within which 50, 85 and 95 of a hundred stay."""
    return Chart(
        name="cycle",
        by_day=True,
        title=title,
        summary=_summary(took),
        columns=[_("Ended"), _("How many"), *(f"{percent} %" for percent in PERCENTILES), _("Longest")],
        rows=[_row(took, url)] if took else [],
        drawing=charts.drawn(_cycle_spec(dots, took), label=title) if dots and took else charts.NOTHING,
        keys=[Key("c1", _("one that ended"))],
        notes=[_("Drawn are the last %(each)s of each week and licence type; the lines are those of all.")
            % {"each": each}]
        if took and took.number > len(dots) else [],
    )  # fmt: skip


def _summary(took: Took | None) -> str:
    if took is None or took.p50 is None:
        return _("None ended in the last twelve months.")
    return _("Of %(number)s, half took at most %(p50)s, 85 %% at most %(p85)s and 95 %% at most %(p95)s.") % {
        "number": words.number(took.number), "p50": _days(took.p50), "p85": _days(took.p85 or 0),
        "p95": _days(took.p95 or 0),
    }  # fmt: skip


def _row(took: Took, url: str) -> list[Figure]:
    known = (took.p50, took.p85, took.p95, took.longest)
    label = f"{took.month:%m.%Y}" if took.month else _("Last 12 months")
    return [Figure(label), counted(took.number, url), *(Figure(_or_dash(days)) for days in known)]


def _cycle_spec(dots: Sequence[Dot], took: Took | None) -> dict[str, Any]:
    in_days = {days: _days(days) for days in {dot.days for dot in dots}}
    values = [
        {
            "day": dot.day.isoformat(),
            "days": dot.days,
            "url": dot.url,
            "says": f"{dot.name}: {in_days[dot.days]}",
        }
        for dot in dots
    ]
    y = {
        "field": "days",
        "type": "quantitative",
        "title": _("Working days"),
        "scale": {"zero": True},
        "axis": charts.WHOLE,
    }
    marks: dict[str, Any] = {
        "data": {"values": values},
        "mark": {"type": "circle", "size": 40, "color": charts.FIRST, "opacity": 0.75},
        "encoding": {
            "x": charts.by_day("day"), "y": y, "href": {"field": "url"}, "description": {"field": "says"},
        },
    }  # fmt: skip
    lines = zip(PERCENTILES, LINES, (took.p50, took.p85, took.p95) if took else (), strict=False)
    known = [(percent, colour, days) for percent, colour, days in lines if days is not None]
    alike = [list(same) for _days, same in groupby(known, key=lambda line: line[2])]
    return {"layer": [marks, *(layer for same in alike for layer in _line(same))]}


def _line(same: list[tuple[int, str, int]]) -> list[dict[str, Any]]:
    """One across the chart, which says all percentiles that are of these days."""
    _percent, colour, days = same[0]
    says = ", ".join(f"{percent} %" for percent, _colour, _days in same)
    y = {"y": {"field": "days", "type": "quantitative"}}
    here: dict[str, Any] = {"data": charts.one(days=days, says=says), "encoding": y}
    rule = {"type": "rule", "color": colour, "strokeWidth": 2, "strokeDash": [6, 3]}
    words = {"type": "text", "align": "left", "dx": 4, "x": "width", "baseline": "middle"}
    text = y | {"text": {"field": "says"}}
    return [here | {"mark": rule}, here | {"mark": words, "encoding": text}]


def table(took: Sequence[Took], *, url: Url) -> list[dict[str, Any]]:
    """Of the whole case and of each stage: how many, and their percentiles with and without pauses."""
    found = {(one.what, one.stage): one for one in took if one.month is None}
    rows = []
    for stage, title in ({"": _("The whole case")} | named.stage_titles()).items():
        every, running = (found.get((what, stage)) for what in (Counted.TIME, Counted.RUNNING))
        listed = url("passages", period=YEAR, **({"stage": stage} if stage else {}))
        rows.append({
            "label": title, "n": figures.Figure(count=every.number if every else 0, url=listed),
            "days": [(one and one.p50, one and one.p85, one and one.p95) for one in (every, running)],
        })  # fmt: skip
    return rows


class Past(NamedTuple):
    """What 50, 85 and 95 of a hundred took in a stage; None where nothing is known."""

    p50: int
    p85: int
    p95: int

    def bands(self) -> list[str]:
        """As filters have them: up to the first, from each to the next, over the last."""
        return [
            f"0-{self.p50}",
            f"{self.p50 + 1}-{self.p85}",
            f"{self.p85 + 1}-{self.p95}",
            f"{self.p95 + 1}-",
        ]


class Standing(NamedTuple):
    """The open cases at a place by the working days that they stand there, None where no calendar knows."""

    place: str
    title: str
    ages: Counter[int | None]
    past: Past | None


def standing(
    counts: Iterable[Since], took: Iterable[Took], *, today: date, days: WorkingDays
) -> list[Standing]:
    ages = defaultdict[str, Counter[int | None]](Counter)
    for one in counts:
        if one.what == Counted.STAY:
            ages[one.stage].update(days.ages(one.days, one.numbers, today))
    past = {
        one.stage: Past(one.p50, one.p85, one.p95)
        for one in took
        if (one.what, one.month) == (Counted.TIME, None)
        and one.p50 is not None and one.p85 is not None and one.p95 is not None
    }  # fmt: skip
    titles = {code: named.place_in_words(code) for code in (INTAKE, *named.stage_titles(), APPROVED)}
    return [Standing(place, title, ages[place], past.get(place)) for place, title in titles.items()]


def ageing(places: Sequence[Standing], *, url: Url) -> Chart:
    """Where open cases stand and for how long, against the lines of what a stage took."""
    late = sum(_beyond(one) for one in places)
    number = sum(one.ages.total() for one in places)
    title = _("How long open cases stand where they are")
    said = ngettext(
        "Of %(number)s open case, %(late)s is at its stage longer than 85 %% of those that passed it.",
        "Of %(number)s open cases, %(late)s are at their stage longer than 85 %% of those that passed it.",
        number,
    )
    return Chart(
        name="ageing",
        title=title,
        summary=said % {"late": words.number(late), "number": words.number(number)}
        if number else _("No case is open."),
        columns=[
            _("Stands at"), _("Open"), _("to 50 %"), _("to 85 %"), _("to 95 %"), _("longer"), _("Oldest"),
        ],
        rows=[_standing_row(one, url) for one in places],
        drawing=charts.drawn(_ageing_spec(places, url), label=title) if number else charts.NOTHING,
        keys=[
            Key("c1", _("open cases; the larger, the more")), Key("mid", "50 %"), Key("c2", "85 %"),
            Key("limit", "95 %"),
        ],
        notes=[
            _("The lines are what stages took that were approved in the last twelve months. Before the case "
              "is accepted, and after its last stage, there are none."),
        ],
    )  # fmt: skip


def _beyond(one: Standing) -> int:
    past = one.past
    return sum(number for days, number in one.ages.items() if past and days is not None and days > past.p85)


def _standing_row(one: Standing, url: Url) -> list[Figure]:
    known = [days for days in one.ages if days is not None]
    oldest = max(known, default=None)
    bands = [_band(one, code, url) for code in one.past.bands()] if one.past else [Figure("–")] * 4
    return [
        Figure(one.title),
        counted(one.ages.total(), url(stands=one.place)),
        *bands,
        Figure("–") if oldest is None else Figure(_days(oldest), url(stands=one.place, stood=f"{oldest}-")),
    ]


def _band(one: Standing, code: str, url: Url) -> Figure:
    low, _dash, high = code.partition("-")
    number = sum(
        count for days, count in one.ages.items()
        if days is not None and days >= int(low) and (not high or days <= int(high))
    )  # fmt: skip
    return counted(number, url(stands=one.place, stood=code))


class Mark(NamedTuple):
    """So many cases that stand at a place for ``low`` to ``high`` working days, both with them."""

    at: Standing
    low: int
    high: int
    cases: int


def _marks(places: Sequence[Standing]) -> list[Mark]:
    """One for each day where there is room, one for some days where the oldest stand for long."""
    oldest = max((days for one in places for days in one.ages if days is not None), default=0)
    width = oldest // MARKS + 1
    return [
        Mark(one, low, low + width - 1, number)
        for one in places
        for low, number in _by_first_day(one.ages, width).items()
    ]


def _by_first_day(ages: Counter[int | None], width: int) -> Counter[int]:
    found: Counter[int] = Counter()
    for days, number in ages.items():
        if days is not None:
            found[days - days % width] += number
    return found


def _ageing_spec(places: Sequence[Standing], url: Url) -> dict[str, Any]:
    order = [one.title for one in places]
    marks = _marks(places)
    most = max((mark.cases for mark in marks), default=1)
    # Many marks say the same of days and cases.
    in_days = {(mark.low, mark.high): _span(mark.low, mark.high) for mark in marks}
    in_cases = {number: _cases(number) for number in {mark.cases for mark in marks}}
    listed = {one.place: url(stands=one.place) for one in places}
    values = [
        {
            "place": one.title, "days": (low + high) / 2, "cases": number,
            "url": f"{listed[one.place]}&stood={low}-{high}",
            "says": f"{one.title}: {in_days[low, high]}, {in_cases[number]}",
        }
        for one, low, high, number in marks
    ]  # fmt: skip
    x = {
        "field": "place", "type": "nominal", "sort": order, "title": None, "scale": {"domain": order},
        "axis": {"labelAngle": 0, "labelLimit": 0, "labelExpr": charts.in_lines(13)},
    }  # fmt: skip
    y = {"field": "days", "type": "quantitative", "title": _("Working days there"), "axis": charts.WHOLE}
    ticks = [
        {"place": one.title, "days": days, "colour": colour}
        for one in places if one.past for days, colour in zip(one.past, LINES, strict=True)
    ]  # fmt: skip
    return {
        "layer": [
            {
                "data": {"values": ticks},
                "mark": {"type": "tick", "thickness": 2, "bandSize": 70, "opacity": 1},
                "encoding": {"x": x, "y": y, "color": {"field": "colour", "type": "nominal", "scale": None}},
            },
            {
                "data": {"values": values},
                "mark": {"type": "circle", "color": charts.FIRST, "opacity": 0.75},
                "encoding": {
                    "x": x, "y": y, "href": {"field": "url"}, "description": {"field": "says"},
                    "size": {"field": "cases", "type": "quantitative", "legend": None,
                             "scale": {"domain": [1, max(most, 10)],
                                       "range": [40, 400]}},
                },
            },
        ]
    }  # fmt: skip


def _span(low: int, high: int) -> str:
    return _days(low) if low == high else in_range(low, high)


def _days(number: int) -> str:
    return ngettext("%(days)s working day", "%(days)s working days", number) % {"days": number}


def _cases(number: int) -> str:
    return ngettext("%(number)s case", "%(number)s cases", number) % {"number": words.number(number)}


def _or_dash(number: int | None) -> str:
    return "–" if number is None else str(number)
