"""The figures of the overview, worked out from the counts of one query. Each has the address of its list."""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models.standing import APPROVED, DECISION, FIRM, INTAKE, US
from applications.models.tallies import Counted
from applications.pipeline import filters, queries
from applications.pipeline.days import WorkingDays
from applications.pipeline.periods import RECENT, YEAR, Period, first_month, month_before, period_from
from applications.pipeline.tallies import Count, Took
from applications.states import OPEN
from applications.states import ApplicationState as A
from look import words

BUCKETS = ((0, 20), (21, 40), (41, 60), (61, 90), (91, None))
BAR = 300  # the length of the longest bar, in units of the drawing


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A count, and the list of what was counted."""

    count: int
    url: str


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


@dataclass(frozen=True, kw_only=True)
class Span:
    """Working days of some cases: how many there are, their median, 85th percentile and longest."""

    label: str
    n: Figure
    median: int | None
    high: int | None
    longest: int | None
    x_median: float = 0
    x_high: float = 0


class Overview:
    """The figures of these counts, as at the day."""

    def __init__(
        self,
        counts: list[Count],
        took: list[Took],
        *,
        period: Period,
        today: date,
        days: WorkingDays,
        licence_type: str,
    ) -> None:
        self.took, self.today, self.days, self.licence_type = took, today, days, licence_type
        self.period = period
        self.counts = [one for one in counts if licence_type in ("", one.licence_type)]
        self.filed = [one for one in self.counts if one.what == Counted.PLACE]
        self.open = [one for one in self.filed if one.state in OPEN]

    def url(self, page: str = "cases", **chosen: str) -> str:
        if self.licence_type:
            chosen["type"] = self.licence_type
        return f"{reverse(f'pipeline:{page}')}?{urlencode(chosen)}"

    def older_url(self) -> str:
        """The list of open cases of some age and more; the age is put at the end."""
        return self.url() + ("&" if self.licence_type else "") + "age="

    def _figure(self, counts: Iterable[Count], **chosen: str) -> Figure:
        return Figure(count=_total(counts), url=self.url(**chosen))

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
        titles = filters.stage_titles() | {APPROVED: filters.place_in_words(APPROVED)}
        rows = [(title, {"stage": place}) for place, title in titles.items()]
        return self._by_turn(rows, lambda one: {"stage": one.stage})

    def load(self) -> list[Bar]:
        people = sorted({(one.officer_name or "", one.officer) for one in self.open if one.officer})
        rows = [(name, {"state": "open", "officer": str(pk)}) for name, pk in people]
        rows.append((_("Nobody yet"), {"state": "open", "officer": filters.NOBODY}))
        return self._by_turn(
            rows, lambda one: {"state": "open", "officer": str(one.officer or filters.NOBODY)}
        )

    def states(self) -> list[Bar]:
        counts: Counter[str] = Counter()
        for one in self.filed:
            counts[one.state] += one.number
        rows = [(str(s.label), counts[s], {"state": str(s.value)}) for s in filters.FILED]
        return self._simple(rows)

    def ages(self) -> list[Bar]:
        counts: Counter[str] = Counter()
        for age, number in self._open_ages().items():
            counts[_bucket(age)] += number
        rows = [
            (_range(low, high), counts[_code(low, high)], {"age": _code(low, high)}) for low, high in BUCKETS
        ]
        if counts[filters.UNKNOWN_AGE]:
            words = _("Not known: the calendar lacks the year")
            rows.append((words, counts[filters.UNKNOWN_AGE], {"age": filters.UNKNOWN_AGE}))
        return self._simple(rows)

    def flow(self) -> list[dict[str, Any]]:
        """What went through in the period, by stage; before them the completeness check, after them the
        decision.
        """
        codes = list(filters.stage_titles())
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
        return {"label": filters.place_in_words(place), "figures": [*columns.values(), *ends]}

    def steps(self, act: str, stage: str = "") -> Figure:
        found = [one for one in self.counts if (one.what, one.state) == (Counted.STEP, act)]
        chosen = {"stage": stage} if stage else {}
        number = _total(one for one in found if stage in ("", one.stage))
        return Figure(count=number, url=self.url("steps", act=act, period=self.period.code, **chosen))

    def _ends(self, state: str, place: str) -> Figure:
        found = [one for one in self._ended(self.period) if (one.state, one.stage) == (state, place)]
        return self._figure(found, state=state, ended=self.period.code, at=place)

    def _ended(self, period: Period) -> list[Count]:
        return [one for one in self.counts if one.what == Counted.ENDED and period.holds(one.day)]

    def times(self) -> list[dict[str, Any]]:
        """How long the whole took and each stage, over twelve months: all days, and those without pauses."""
        found = {(one.what, one.stage): one for one in self.took if one.month is None}
        names = {"": _("The whole case")} | filters.stage_titles()
        rows = []
        for stage, title in names.items():
            every, running = (found.get((what, stage)) for what in (Counted.TIME, Counted.RUNNING))
            chosen = {"stage": stage} if stage else {}
            url = self.url("passages", period=YEAR, **chosen)
            rows.append({
                "label": title, "n": Figure(count=every.number if every else 0, url=url),
                "days": [(one and one.p50, one and one.p85, one and one.p95) for one in (every, running)],
            })  # fmt: skip
        return rows

    def age(self) -> Span:
        known = Counter({age: number for age, number in self._open_ages().items() if age is not None})
        return Span(
            label="",
            n=self._figure(self._ages(), state="open"),
            median=percentile(known, 50),
            high=percentile(known, 85),
            longest=max(known, default=None),
        )

    def cycle(self) -> list[Span]:
        """The last twelve months together, then each month, the present one first."""
        found = {one.month: one for one in self.took if one.what == Counted.TIME and not one.stage}
        spans = [self._span(_("Last 12 months"), found.get(None), YEAR)]
        month = self.today.replace(day=1)
        while month >= first_month(self.today):
            spans.append(self._span(f"{month:%m.%Y}", found.get(month), f"{month:%Y-%m}"))
            month = month_before(month)
        return spans_drawn(spans)

    def _span(self, label: str, took: Took | None, code: str) -> Span:
        return Span(
            label=label,
            n=Figure(count=took.number if took else 0, url=self.url(decided=code)),
            median=took and took.p50,
            high=took and took.p85,
            longest=took and took.longest,
        )

    def _ages(self) -> list[Count]:
        return [one for one in self.counts if one.what == Counted.AGE]

    def _open_ages(self) -> Counter[int | None]:
        ages: Counter[int | None] = Counter()
        for one in self._ages():
            ages[self.days.between(one.day, self.today) if one.day else None] += one.number
        return ages

    def _by_turn(
        self, rows: list[tuple[str, dict[str, str]]], chosen_by: Callable[[Count], dict[str, str]]
    ) -> list[Bar]:
        """A bar for each row: ours and the firm's share. Columns: for us, for the firm, all."""
        found = [
            (label, chosen, [one for one in self.open if chosen_by(one) == chosen]) for label, chosen in rows
        ]
        longest = max((_total(counts) for _label, _chosen, counts in found), default=0)
        return [
            _bar(label, longest, [
                ("c1", self._figure(self._ours(counts), **chosen, waiting="us")),
                ("cs", self._figure(self._firms(counts), **chosen, waiting="firm")),
            ], self._figure(counts, **chosen))
            for label, chosen, counts in found
        ]  # fmt: skip

    def _simple(self, rows: list[tuple[str, int, dict[str, str]]]) -> list[Bar]:
        longest = max(number for _label, number, _chosen in rows)
        figures = [(label, Figure(count=number, url=self.url(**chosen))) for label, number, chosen in rows]
        return [_bar(label, longest, [("c1", figure)]) for label, figure in figures]

    def _ours(self, counts: Iterable[Count]) -> list[Count]:
        return [one for one in counts if one.waiting(self.today) in (US, DECISION)]

    def _firms(self, counts: Iterable[Count]) -> list[Count]:
        return [one for one in counts if one.waiting(self.today) == FIRM]


def _total(counts: Iterable[Count]) -> int:
    return sum(one.number for one in counts)


def percentile(counted: Counter[int], percent: int) -> int | None:
    """The smallest number that at least so many percent of the cases do not exceed."""
    needed, seen = math.ceil(counted.total() * percent / 100), 0
    for number in sorted(counted):
        seen += counted[number]
        if seen >= needed:
            return number
    return None


def spans_drawn(spans: list[Span]) -> list[Span]:
    longest = max((span.high or 0 for span in spans), default=0) or 1
    return [
        Span(**vars(span) | {
            "x_median": round((span.median or 0) * BAR / longest, 1),
            "x_high": round((span.high or 0) * BAR / longest, 1),
        })
        for span in spans
    ]  # fmt: skip


def _bar(label: str, longest: int, parts: list[tuple[str, Figure]], *totals: Figure) -> Bar:
    segments, x = [], 0.0
    for look, figure in parts:
        width = round(figure.count * BAR / longest, 1) if longest else 0.0
        if width:
            segments.append(Segment(look=look, x=x, width=width))
        x += width
    figures = (*(figure for _look, figure in parts), *totals)
    return Bar(label=label, segments=tuple(segments), figures=figures)


def _bucket(age: int | None) -> str:
    if age is None:
        return filters.UNKNOWN_AGE
    return next(_code(low, high) for low, high in BUCKETS if high is None or age <= high)


def _code(low: int, high: int | None) -> str:
    return f"{low}-{high or ''}"


def _range(low: int, high: int | None) -> str:
    if high is None:
        return _("%(days)s working days and more") % {"days": low}
    return _("%(low)s to %(high)s working days") % {"low": low, "high": high}
