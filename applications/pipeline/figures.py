"""The figures of the overview, worked out from the counts of one query. Each has the address of its list."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from applications.models.standing import APPROVED, DECISION, FIRM, INTAKE, US
from applications.models.tallies import Counted
from applications.pipeline import named, queries
from applications.pipeline.periods import RECENT, Period, period_from
from applications.pipeline.tallies import Count
from applications.states import OPEN
from applications.states import ApplicationState as A
from look import words

BAR = 300  # the length of the longest bar, in units of the drawing


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A count, and the list of what was counted."""

    count: int
    url: str

    @property
    def link(self) -> SafeString:
        """Written here: a page has a hundred of them, and a template for each takes four times as long."""
        return format_html('<a href="{}" data-figure>{}</a>', self.url, words.number(self.count))


@dataclass(frozen=True, kw_only=True)
class Segment:
    look: str
    x: float
    width: float


@dataclass(frozen=True, kw_only=True)
class Bar:
    label: str
    segments: tuple[Segment, ...]
    figures: tuple[Figure, ...]  # the columns beside the bar

    @property
    def drawing(self) -> SafeString:
        rect = '<rect class="{}" x="{}" y="1" width="{}" height="10"/>'
        parts = format_html_join("", rect, ((one.look, str(one.x), str(one.width)) for one in self.segments))
        axis = '<path class="axis" d="M.5 0v12"/>'
        svg = f'<svg class="chart" viewBox="0 0 302 12" aria-hidden="true">{{}}{axis}</svg>'
        return format_html(svg, parts)


def address(scope: dict[str, str]) -> Callable[..., str]:
    """Of the lists and pages of the pipeline, with this regulator and licence type in each."""

    def url(page: str = "cases", **chosen: str) -> str:
        return f"{path(page)}?{urlencode(scope | chosen)}"

    return url


@cache
def path(page: str) -> str:
    """Kept: a page has hundreds of them."""
    return reverse(f"pipeline:{page}")


class Overview:
    """The figures of these counts, as at the day; ``types`` are the licence types, None for all."""

    def __init__(
        self,
        counts: list[Count],
        *,
        period: Period,
        today: date,
        types: list[str] | None,
        url: Callable[..., str],
    ) -> None:
        self.today, self.period, self.url = today, period, url
        self.counts = [one for one in counts if types is None or one.licence_type in types]
        self.filed = [one for one in self.counts if one.what == Counted.PLACE]
        self.open = [one for one in self.filed if one.state in OPEN]

    def _figure(self, counts: Iterable[Count], **chosen: str) -> Figure:
        return Figure(count=total(counts), url=self.url(**chosen))

    def of(self, count: int, **chosen: str) -> Figure:
        """Of a number that is counted elsewhere."""
        return Figure(count=count, url=self.url(**chosen))

    def kpis(self) -> list[dict[str, Any]]:
        recent_days = period_from(RECENT, self.today)
        since = words.day(recent_days.first)
        recent = [one for one in self._ended(recent_days) if one.state in queries.DECIDED]
        ours, firms = self._ours(self.open), self._firms(self.open)
        decisions = [one for one in self.open if one.waiting(self.today) == DECISION]
        return [
            {"name": _("Open cases"), "figure": self.open_cases(),
             "note": _("submitted and not closed")},
            {"name": _("Waiting for us"), "figure": self._figure(ours, waiting="us"),
             "note": _("the decision included")},
            {"name": _("Waiting for the firm"), "figure": self._figure(firms, waiting="firm"),
             "note": _("an answer, a file or a statement")},
            {"name": _("Awaiting a decision"),
             "figure": self._figure(decisions, waiting="decision"),
             "note": _("part of those waiting for us")},
            {"name": _("Decided in 90 days"), "figure": self._figure(recent, decided=RECENT),
             "note": _("granted or refused since %(date)s") % {"date": since}},
        ]  # fmt: skip

    def open_cases(self) -> Figure:
        return self._figure(self.open, state="open")

    def funnel(self) -> list[Bar]:
        titles = named.stage_titles() | {APPROVED: named.place_in_words(APPROVED)}
        rows = [(title, {"stage": place}) for place, title in titles.items()]
        return self._by_turn(rows, lambda one: {"stage": one.stage})

    def states(self) -> list[Bar]:
        counts: Counter[str] = Counter()
        for one in self.filed:
            counts[one.state] += one.number
        rows = [(str(s.label), counts[s], {"state": str(s.value)}) for s in named.FILED]
        return bars([(label, Figure(count=number, url=self.url(**chosen))) for label, number, chosen in rows])

    def flow(self) -> list[dict[str, Any]]:
        """What went through in the period, by stage; before them the completeness check, after them the
        decision.
        """
        codes = list(named.stage_titles())
        before = {
            code: self.steps("stage.approve", last) for code, last in zip(codes[1:], codes, strict=False)
        }
        rows = [self._row(
            INTAKE, entered=self.steps("application.submit"), passed=self.steps("application.accept"),
            returned=self.steps("application.return_incomplete"), refused=A.NOT_ACCEPTED,
        )]  # fmt: skip
        rows += [
            self._row(
                code, entered=before.get(code) or self.steps("application.accept"),
                passed=self.steps("stage.approve", code),
                returned=self.steps("stage.request_changes", code), refused=A.REFUSED,
            )
            for code in codes
        ]  # fmt: skip
        rows.append(self._row(
            APPROVED, entered=self.steps("stage.approve", codes[-1]), passed=self._ends(A.GRANTED, APPROVED),
            returned=self.steps("application.send_back"), refused=A.REFUSED,
        ))  # fmt: skip
        return rows

    def _row(self, place: str, *, refused: str, **columns: Figure) -> dict[str, Any]:
        ends = (self._ends(state, place) for state in (A.WITHDRAWN, refused, A.LAPSED))
        return {"label": named.place_in_words(place), "figures": [*columns.values(), *ends]}

    def steps(self, act: str, stage: str = "") -> Figure:
        found = [one for one in self.counts if (one.what, one.state) == (Counted.STEP, act)]
        chosen = {"stage": stage} if stage else {}
        number = total(one for one in found if stage in ("", one.stage))
        return Figure(count=number, url=self.url("steps", act=act, period=self.period.code, **chosen))

    def _ends(self, state: str, place: str) -> Figure:
        found = [one for one in self._ended(self.period) if (one.state, one.stage) == (state, place)]
        return self._figure(found, state=state, ended=self.period.code, at=place)

    def _ended(self, period: Period) -> list[Count]:
        return [one for one in self.counts if one.what == Counted.ENDED and period.holds(one.day)]

    def _by_turn(
        self, rows: list[tuple[str, dict[str, str]]], chosen_by: Callable[[Count], dict[str, str]]
    ) -> list[Bar]:
        """A bar for each row: ours and the firm's share. Columns: for us, for the firm, all."""
        found = [
            (label, chosen, [one for one in self.open if chosen_by(one) == chosen]) for label, chosen in rows
        ]
        longest = max((total(counts) for _label, _chosen, counts in found), default=0)
        return [
            _bar(label, longest, [
                ("c1", self._figure(self._ours(counts), **chosen, waiting="us")),
                ("cs", self._figure(self._firms(counts), **chosen, waiting="firm")),
            ], self._figure(counts, **chosen))
            for label, chosen, counts in found
        ]  # fmt: skip

    def _ours(self, counts: Iterable[Count]) -> list[Count]:
        return [one for one in counts if one.waiting(self.today) in (US, DECISION)]

    def _firms(self, counts: Iterable[Count]) -> list[Count]:
        return [one for one in counts if one.waiting(self.today) == FIRM]


def bars(rows: list[tuple[str, Figure]]) -> list[Bar]:
    """One for each row, the longest for the largest number."""
    longest = max((figure.count for _label, figure in rows), default=0)
    return [_bar(label, longest, [("c1", figure)]) for label, figure in rows]


def total(counts: Iterable[Count]) -> int:
    return sum(one.number for one in counts)


def _bar(label: str, longest: int, parts: list[tuple[str, Figure]], *totals: Figure) -> Bar:
    segments, x = [], 0.0
    for look, figure in parts:
        width = round(figure.count * BAR / longest, 1) if longest else 0.0
        if width:
            segments.append(Segment(look=look, x=x, width=width))
        x += width
    figures = (*(figure for _look, figure in parts), *totals)
    return Bar(label=label, segments=tuple(segments), figures=figures)
