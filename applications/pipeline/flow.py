"""What flows through: what stood where at the end of each week, what ended in it, what each month decided."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from itertools import accumulate
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _

from applications.models.standing import APPROVED, INTAKE
from applications.models.tallies import Counted
from applications.pipeline import charts, named
from applications.pipeline.charts import Chart, Figure, Key, counted
from applications.pipeline.periods import Period, months, period_from, week_of
from applications.pipeline.tallies import Flow
from applications.pipeline.took import Took
from applications.states import ApplicationState as A
from look import words

Url = Callable[..., str]
WEEK = timedelta(days=7)
WEEKS = 52
SUBMIT = "application.submit"
# What ended, then the places from the last to the first, each told from its neighbours in any sight.
SHADES = (
    ("cn", charts.GROUND), ("ci", charts.INK_2), ("c5", charts.OVER), ("c4", charts.FOURTH),
    ("c3", charts.THIRD), ("c2", charts.SECOND), ("c1", charts.FIRST), ("cs", charts.SOFT),
)  # fmt: skip
ENDS = {A.GRANTED: ("c1", charts.FIRST), A.REFUSED: ("c5", charts.OVER), A.WITHDRAWN: ("cs", charts.SOFT),
        A.LAPSED: ("c2", charts.SECOND), A.NOT_ACCEPTED: ("c4", charts.FOURTH)}  # fmt: skip


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def first_week(today: date) -> date:
    """The Monday of the first of the weeks that are shown, the present one included."""
    return monday(today) - (WEEKS - 1) * WEEK


def weeks(today: date) -> list[date]:
    return weeks_from(first_week(today), today)


def weeks_from(first: date, today: date) -> list[date]:
    """The Mondays of the weeks of these days."""
    return [monday(first) + number * WEEK for number in range((today - monday(first)).days // 7 + 1)]


def stood(flows: Iterable[Flow], today: date) -> dict[str, list[int]]:
    """By place, how many cases stood there at the end of each week (today, in the present one)."""
    moved: dict[str, Counter[date | None]] = defaultdict(Counter)
    for flow in flows:
        if flow.what == Counted.STOOD:
            moved[flow.stage][flow.week] += flow.number
    found: dict[str, list[int]] = {}
    for place in (INTAKE, *named.stage_titles(), APPROVED):
        first = first_week(today)
        number = sum(by for week, by in moved[place].items() if week is None or week < first)
        found[place] = []
        for week in weeks(today):
            number += moved[place][week]
            found[place].append(number)
    return found


def cumulative(flows: Sequence[Flow], today: date, url: Url) -> Chart:
    """What stood where at the end of each week, on what had ended since the first of them."""
    places, title = stood(flows, today), _("Cumulative flow")
    names = {place: named.place_in_words(place) for place in places}
    ended = _ended(flows, by=attrgetter("week"))
    over = list(accumulate(ended[week].total() for week in weeks(today)))
    open_then, open_now = (sum(numbers[n] for numbers in places.values()) for n in (0, -1))
    bands = [(_("Ended"), over), *((names[place], places[place]) for place in reversed(list(places)))]
    return Chart(
        name="cumulative",
        by_day=True,
        title=title,
        summary=_(
            "Open at the end of the first week: %(then)s; now: %(now)s. Ended in these 52 weeks: %(over)s."
        ) % {
            "then": words.number(open_then), "now": words.number(open_now), "over": words.number(over[-1]),
        },
        columns=[_("At the end of the week"), *names.values()],
        rows=[
            [Figure(period.words), *(
                counted(numbers[n], url(stands=place, on=min(period.last, today).isoformat()))
                for place, numbers in places.items()
            )]
            for n, period in reversed(list(enumerate(_periods(today))))
        ],
        drawing=charts.drawn(_bands_spec(bands, today), label=title) if open_then or open_now or over[-1]
        else charts.NOTHING,
        keys=[Key(look, name) for (look, _c), (name, _n) in reversed(list(zip(SHADES, bands, strict=True)))],
        notes=[_("A band that grows is work that gathers there. The upper edge is all that came.")],
    )  # fmt: skip


def _bands_spec(bands: Sequence[tuple[str, list[int]]], today: date) -> dict[str, Any]:
    values = [
        {"week": week.isoformat(), "name": name, "cases": numbers[n], "order": order}
        for order, (name, numbers) in enumerate(bands)
        for n, week in enumerate(weeks(today))
    ]
    colours = {"domain": [name for name, _numbers in bands], "range": [colour for _look, colour in SHADES]}
    return {
        "data": {"values": values},
        "mark": {"type": "area", "stroke": charts.GROUND, "strokeWidth": 1},
        "encoding": {
            "x": charts.by_day("week"),
            "y": {
                "field": "cases",
                "type": "quantitative",
                "title": _("Cases"),
                "stack": True,
                "axis": charts.WHOLE,
            },
            "color": {"field": "name", "type": "nominal", "scale": colours, "legend": None},
            "order": {"field": "order", "type": "ordinal"},
        },
    }


def throughput(flows: Sequence[Flow], today: date, url: Url) -> Chart:
    """What ended each week, and how."""
    title, periods = _("Throughput by week"), _periods(today)
    of_week, submitted = _ended(flows, by=attrgetter("week")), _submitted(flows)
    ended = [of_week[period.first] for period in periods]
    last = sum(one.total() for one in ended[-13:-1])
    rows = [
        [
            Figure(period.words),
            counted(submitted[period.first], url("steps", act=SUBMIT, period=period.code)),
            *(counted(ended[n][state], url(state=state, ended=period.code)) for state in ENDS),
        ]
        for n, period in enumerate(periods)
    ]
    values = [
        {
            "week": period.first.isoformat(), "state": str(state.label), "cases": ended[n][state],
            "order": order, "url": url(state=state, ended=period.code),
            "says": f"{period.words}: {state.label}, {ended[n][state]}",
        }
        for n, period in enumerate(periods) for order, state in enumerate(ENDS) if ended[n][state]
    ]  # fmt: skip
    return Chart(
        name="throughput",
        by_day=True,
        title=title,
        summary=_("In the last twelve whole weeks %(number)s ended, %(each)s a week on average.") % {
            "number": words.number(last), "each": words.number(last / 12, 1),
        },
        columns=[_("Week"), _("Submitted"), *(str(state.label) for state in ENDS)],
        rows=list(reversed(rows)),
        drawing=charts.drawn(_bars_spec(values, today), label=title) if values else charts.NOTHING,
        keys=[Key(look, str(state.label)) for state, (look, _colour) in ENDS.items()],
        notes=[_("Submitted: every submission, also of a case that was returned as incomplete.")],
    )  # fmt: skip


def _bars_spec(values: list[dict[str, Any]], today: date) -> dict[str, Any]:
    colours = {
        "domain": [str(state.label) for state in ENDS], "range": [colour for _look, colour in ENDS.values()],
    }  # fmt: skip
    x = charts.by_day("week") | {
        "scale": {"type": "utc", "domain": [first_week(today).isoformat(), today.isoformat()]}
    }
    return {
        "data": {"values": values},
        "mark": {"type": "bar", "size": 9, "stroke": charts.GROUND, "strokeWidth": 0.5},
        "encoding": {
            "x": x,
            "y": {"field": "cases", "type": "quantitative", "title": _("Cases"), "axis": charts.WHOLE},
            "color": {"field": "state", "type": "nominal", "scale": colours, "legend": None},
            "order": {"field": "order"}, "href": {"field": "url"}, "description": {"field": "says"},
        },
    }  # fmt: skip


def cohorts(flows: Sequence[Flow], took: Sequence[Took], today: date, url: Url) -> Chart:
    """Of the cases decided in a month, whenever they came: how many, how, and how long they took."""
    title, found = (
        _("By the month of the decision"),
        {(one.what, one.month): one for one in took if not one.stage},
    )
    decided = [month for month in months(today) if (Counted.TIME, month) in found]
    ended = _ended(flows, by=attrgetter("month"))
    rows, values = [], []
    for month in reversed(decided):
        every, running = (found.get((what, month)) for what in (Counted.TIME, Counted.RUNNING))
        code, number = f"{month:%Y-%m}", every.number if every else 0
        rows.append([
            Figure(f"{month:%m.%Y}"), counted(number, url(decided=code)),
            *(counted(ended[month][state], url(state=state, ended=code))
              for state in (A.GRANTED, A.REFUSED)),
            *(Figure("–" if days is None else str(days)) for one in (every, running)
              for days in ((one.p50, one.p85, one.p95) if one else (None,) * 3)),
        ])  # fmt: skip
        if every and every.p50 is not None:
            values.append({
                "month": f"{month:%m.%Y}", "p50": every.p50, "p85": every.p85, "p95": every.p95,
                "url": url(decided=code),
                "says": f"{month:%m.%Y}: n = {number}, {every.p50} / {every.p85} / {every.p95}",
            })  # fmt: skip
    values.reverse()
    without = _("without pauses")
    return Chart(
        name="cohorts",
        title=title,
        summary=_(
            "Granted or refused in twelve months: %(number)s. A case counts in the month of its decision, "
            "whenever it was submitted."
        ) % {"number": words.number(sum(found[Counted.TIME, month].number for month in decided))},
        columns=[
            _("Decided"), _("How many"), str(A.GRANTED.label), str(A.REFUSED.label), "50 %", "85 %", "95 %",
            *(f"{percent} %, {without}" for percent in (50, 85, 95)),
        ],
        rows=rows,
        drawing=charts.drawn(_ranges_spec(values), label=title) if values else charts.NOTHING,
        keys=[Key("mid", _("half took at most this")), Key("c1", _("to 85 %")), Key("cs", _("to 95 %"))],
        notes=[_("Working days from the last submission to the decision.")],
    )  # fmt: skip


def _ranges_spec(values: list[dict[str, Any]]) -> dict[str, Any]:
    x = {"field": "month", "type": "ordinal", "sort": None, "title": None, "axis": {"labelAngle": 0}}
    said = {"href": {"field": "url"}, "description": {"field": "says"}}

    def bar(low: str, high: str, colour: str) -> dict[str, Any]:
        y = {"field": low, "type": "quantitative", "title": _("Working days"), "axis": charts.WHOLE}
        return {"mark": {"type": "bar", "size": 22, "color": colour},
                "encoding": {"x": x, "y": y, "y2": {"field": high}, **said}}  # fmt: skip

    middle = {
        "mark": {"type": "tick", "thickness": 4, "bandSize": 30, "color": charts.INK},
        "encoding": {"x": x, "y": {"field": "p50", "type": "quantitative"}, **said},
    }
    return {
        "data": {"values": values},
        "layer": [bar("p85", "p95", charts.SOFT), bar("p50", "p85", charts.FIRST), middle],
    }


def _periods(today: date) -> list[Period]:
    return [period_from(week_of(week), today) for week in weeks(today)]


def _ended(flows: Iterable[Flow], *, by: Callable[[Flow], date | None]) -> dict[date | None, Counter[str]]:
    """By week or by month, and by the state in which it ended."""
    found: dict[date | None, Counter[str]] = defaultdict(Counter)
    for flow in flows:
        if flow.what == Counted.ENDED:
            found[by(flow)][flow.state] += flow.number
    return found


def _submitted(flows: Iterable[Flow]) -> Counter[date | None]:
    found: Counter[date | None] = Counter()
    for flow in flows:
        if flow.what == Counted.STEP:
            found[flow.week] += flow.number
    return found
