"""The figures of the overview, worked out from the groups of one query. Each has the address of its list."""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.pipeline import filters, queries
from applications.pipeline.days import WorkingDays
from applications.pipeline.queries import Group
from applications.states import OPEN
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
    """The figures of these groups, as at the day."""

    def __init__(self, groups: list[Group], *, today: date, days: WorkingDays, licence_type: str) -> None:
        self.groups, self.today, self.days, self.licence_type = groups, today, days, licence_type
        self.open = [group for group in groups if group.state in OPEN]

    def url(self, **chosen: str) -> str:
        if self.licence_type:
            chosen["type"] = self.licence_type
        return f"{reverse('pipeline:cases')}?{urlencode(chosen)}"

    def older_url(self) -> str:
        """The list of open cases of some age and more; the age is put at the end."""
        return self.url() + ("&" if self.licence_type else "") + "age="

    def _figure(self, groups: Iterable[Group], **chosen: str) -> Figure:
        return Figure(count=sum(group.cases for group in groups), url=self.url(**chosen))

    def kpis(self) -> list[dict[str, Any]]:
        since = words.day(self.today - queries.RECENT)
        recent = [g for g in self._decided() if g.decided_on and g.decided_on >= self.today - queries.RECENT]
        ours, firms = self._ours(self.open), self._firms(self.open)
        decisions = [g for g in self.open if g.waiting == queries.DECISION]
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
            {"name": _("Decided in 90 days"), "figure": self._figure(recent, decided=filters.RECENT),
             "note": _("granted or refused since %(date)s") % {"date": since}},
        ]  # fmt: skip

    def open_cases(self) -> Figure:
        return self._figure(self.open, state="open")

    def funnel(self) -> list[Bar]:
        titles = filters.stage_titles() | {queries.APPROVED: filters.place_in_words(queries.APPROVED)}
        rows = [(title, {"stage": place}) for place, title in titles.items()]
        return self._by_turn(rows, lambda g: {"stage": g.stage})

    def load(self) -> list[Bar]:
        people = sorted({(g.officer_name or "", g.officer) for g in self.open if g.officer})
        rows = [(name, {"state": "open", "officer": str(pk)}) for name, pk in people]
        rows.append((_("Nobody yet"), {"state": "open", "officer": filters.NOBODY}))
        return self._by_turn(rows, lambda g: {"state": "open", "officer": str(g.officer or filters.NOBODY)})

    def states(self) -> list[Bar]:
        counts: Counter[str] = Counter()
        for group in self.groups:
            counts[group.state] += group.cases
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

    def age(self) -> Span:
        return self._span("", self._open_ages(), self.url(state="open"))

    def cycle(self) -> list[Span]:
        """The last twelve months together, then each month, the present one first."""
        spans = [self._cycle(_("Last 12 months"), lambda day: True, filters.YEAR)]
        month = self.today.replace(day=1)
        while month >= queries.first_month(self.today):
            code = f"{month:%Y-%m}"
            spans.append(self._cycle(f"{month:%m.%Y}", lambda day, c=code: f"{day:%Y-%m}" == c, code))
            month = filters.month_before(month)
        return spans_drawn(spans)

    def _cycle(self, label: str, within: Callable[..., bool], code: str) -> Span:
        took: Counter[int | None] = Counter()
        for g in self._decided():
            if g.submitted_on and g.decided_on and within(g.decided_on):
                took[self.days.between(g.submitted_on, g.decided_on)] += g.cases
        return self._span(label, took, self.url(decided=code))

    def _span(self, label: str, days: Counter[int | None], url: str) -> Span:
        known = Counter({age: number for age, number in days.items() if age is not None})
        return Span(
            label=label,
            n=Figure(count=days.total(), url=url),
            median=percentile(known, 50),
            high=percentile(known, 85),
            longest=max(known, default=None),
        )

    def _open_ages(self) -> Counter[int | None]:
        ages: Counter[int | None] = Counter()
        for g in self.open:
            ages[self.days.between(g.submitted_on, self.today) if g.submitted_on else None] += g.cases
        return ages

    def _by_turn(
        self, rows: list[tuple[str, dict[str, str]]], chosen_by: Callable[[Group], dict[str, str]]
    ) -> list[Bar]:
        """A bar for each row: ours and the firm's share. Columns: for us, for the firm, all."""
        found = [(label, chosen, [g for g in self.open if chosen_by(g) == chosen]) for label, chosen in rows]
        longest = max((sum(g.cases for g in groups) for _label, _chosen, groups in found), default=0)
        return [
            _bar(label, longest, [
                ("c1", self._figure(self._ours(groups), **chosen, waiting="us")),
                ("cs", self._figure(self._firms(groups), **chosen, waiting="firm")),
            ], self._figure(groups, **chosen))
            for label, chosen, groups in found
        ]  # fmt: skip

    def _simple(self, rows: list[tuple[str, int, dict[str, str]]]) -> list[Bar]:
        longest = max(number for _label, number, _chosen in rows)
        figures = [(label, Figure(count=number, url=self.url(**chosen))) for label, number, chosen in rows]
        return [_bar(label, longest, [("c1", figure)]) for label, figure in figures]

    def _decided(self) -> Iterable[Group]:
        return (g for g in self.groups if g.state in queries.DECIDED and g.decided_on)

    def _ours(self, groups: Iterable[Group]) -> list[Group]:
        return [g for g in groups if g.waiting in (queries.US, queries.DECISION)]

    def _firms(self, groups: Iterable[Group]) -> list[Group]:
        return [g for g in groups if g.waiting == queries.FIRM]


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
