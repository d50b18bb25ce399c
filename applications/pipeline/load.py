"""Who has how much in hand, for sharing it out: by person, by stage and by role.

How much a piece of work counts is our policy (decision 0098): a case counts for its case officer one point
for each stage from where it stands to the last, and one once all are approved; a stage in hand, a case with a
view that is asked, and one with answers to read count one each.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from applications.models.standing import APPROVED, DECISION, FIRM, US
from applications.pipeline import named, work
from applications.pipeline.figures import Figure, path
from applications.pipeline.people import Person, stranger
from applications.pipeline.tallies import Count
from regulators.models import Role

CASES, IN_HAND, VIEWS, ANSWERS = "cases", "in_hand", "views", "answers"


@dataclass(frozen=True, kw_only=True)
class Part:
    """So many of one kind of work that a person has, each of which counts so many points."""

    kind: str
    label: str
    figure: Figure
    each: int

    @property
    def points(self) -> int:
        return self.figure.count * self.each


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one person has, or nobody yet where ``person`` is None."""

    person: Person | None
    name: str
    url: str
    # open cases; for us; for the firm; checks and notices; of staff also: stages in hand, views, answers
    figures: tuple[Figure, ...]
    parts: tuple[Part, ...]

    @property
    def points(self) -> int:
        return sum(part.points for part in self.parts)

    def of_kind(self, kind: str) -> int:
        return sum(part.points for part in self.parts if part.kind == kind)

    @property
    def open(self) -> int:
        return self.figures[0].count


@dataclass(frozen=True, kw_only=True)
class Specialism:
    """A stage over all open cases. ``figures``: standing there, nobody's to take, in hand, views asked."""

    label: str
    figures: tuple[Figure, ...]
    takers: tuple[tuple[str, Figure], ...]


@dataclass(frozen=True, kw_only=True)
class OfRole:
    """Cases that wait on whoever has the role: all, and those without a case officer."""

    label: str
    figures: tuple[Figure, ...]
    people: tuple[Person, ...]


def points_of(place: str) -> int:
    """Of a case that stands there, for its case officer."""
    codes = list(named.stage_titles())
    return len(codes) - codes.index(place) if place in codes else 1


def address(page: str = "cases", /, **chosen: object) -> str:
    return f"{path(page)}?{urlencode(chosen)}"


class Load:
    """The load of these people, as at the day. ``counts`` are those of ``work.counted``."""

    def __init__(self, counts: list[Count], people: dict[int, Person], *, today: date) -> None:
        self.counts, self.today = counts, today
        self.open = [one for one in counts if one.what == work.PLACE]
        self.stages = named.stage_titles()
        self.places = [
            (place, named.place_in_words(place), points_of(place)) for place in (*self.stages, APPROVED)
        ]
        # By what it is, the person and the stage; and whatever the stage is, under None.
        self.by = defaultdict[tuple[str, int | None, str | None], list[Count]](list)
        for one in counts:
            self.by[one.what, one.officer, None].append(one)
            self.by[one.what, one.officer, one.stage].append(one)
            if one.what == work.HAND and one.stage and one.officer:  # a case has each stage in one hand
                self.by[one.what, None, one.stage].append(one)
        names = {one.officer: one.officer_name for one in counts if one.officer and one.officer_name}
        strangers = {pk: stranger(pk, name) for pk, name in names.items() if pk not in people}
        self.people = people | strangers
        barred = {one.officer for one in counts if one.what == work.CONFLICT and one.number}
        for pk, person in self.people.items():
            if pk in barred:
                words = _("Declared a conflict of interest in open cases: those cannot be given to them.")
                person.notes.append(words)

    # --- by person

    @cached_property
    def rows(self) -> list[Row]:
        """Who serves today or has something in hand, by name: it is for sharing out, and ranks nobody."""
        every = [self.row(pk) for pk in self.people]
        shown = [row for row in every if row.points or (row.person and row.person.serves)]
        return sorted(shown, key=lambda row: row.name)

    def row(self, pk: int | None) -> Row:
        """Of this person; of nobody yet, where there is no key."""
        key = named.NOBODY if pk is None else str(pk)
        own = self.by[work.PLACE, pk, None]
        person = None if pk is None else self.people[pk]
        officer = {"officer": key}
        ours = [one for one in own if one.waiting(self.today) in (US, DECISION)]
        firms = [one for one in own if one.waiting(self.today) == FIRM]
        checks = [one for one in own if self._role(one) == Role.CASE_OFFICER]
        figures = [
            _figure(own, state="open", **officer),
            _figure(ours, waiting=US, **officer),
            _figure(firms, waiting=FIRM, **officer),
            _figure(checks, turn=Role.CASE_OFFICER.value, **officer),
        ]
        if person and person.user:
            figures += [
                _figure(self._live(work.HAND, pk), assessor=pk),
                _figure(self._live(work.VIEW, pk), asked=pk),
                _figure(self._live(work.ANSWER, pk), reads=pk),
            ]
        return Row(
            person=person,
            name=person.name if person else _("Nobody yet"),
            url=address("load_person", who=key),
            figures=tuple(figures),
            parts=tuple(self._parts(person, key)),
        )

    def _parts(self, person: Person | None, key: str) -> Iterable[Part]:
        pk = person.pk if person else None
        place_words, hand_words = _("Case officer of cases at: %(place)s"), _("Stage in hand: %(stage)s")
        for place, named_so, points in self.places:
            found = self.by[work.PLACE, pk, place]
            yield Part(
                kind=CASES,
                label=place_words % {"place": named_so},
                figure=_figure(found, stage=place, officer=key),
                each=points,
            )
        if person is None or person.user is None:
            return
        for code, title in self.stages.items():
            yield Part(
                kind=IN_HAND, label=hand_words % {"stage": title}, each=1,
                figure=_figure(self._live(work.HAND, pk, code), assessor=pk, in_hand=code),
            )  # fmt: skip
        views, answers = self._live(work.VIEW, pk), self._live(work.ANSWER, pk)
        yield Part(kind=VIEWS, label=_("Views asked"), each=1, figure=_figure(views, asked=pk))
        yield Part(kind=ANSWERS, label=_("Answers to read"), each=1, figure=_figure(answers, reads=pk))

    # --- by stage

    def specialisms(self) -> list[Specialism]:
        return [self._specialism(code, title) for code, title in self.stages.items()]

    def _specialism(self, code: str, title: str) -> Specialism:
        here = [one for one in self.open if one.stage == code]
        taken = [one for one in self.counts if (one.what, one.stage) == (work.HAND, code) and one.officer]
        takers = sorted((self._name(one.officer), one) for one in taken)
        return Specialism(
            label=title,
            figures=(
                _figure(here, stage=code),
                _figure(self._live(work.TAKE, stage=code), to_take=code),
                _figure(self._live(work.HAND, stage=code), in_hand=code),
                _figure(self._live(work.VIEW, stage=code), view_on=code),
            ),
            takers=tuple((name, _figure([one], assessor=one.officer, in_hand=code)) for name, one in takers),
        )

    # --- by role

    def roles(self) -> list[OfRole]:
        found = []
        for role in work.WAITS_ON:
            people = [one for one in self.people.values() if one.has(role)]
            chosen = {"turn": role.value}
            found.append(OfRole(
                label=str(role.label), people=tuple(sorted(people, key=lambda one: one.name)),
                figures=(
                    Figure(count=self._waits_on(role), url=address(**chosen)),
                    Figure(count=self._waits_on(role, nobodys=True),
                           url=address(**chosen, officer=named.NOBODY)),
                ),
            ))  # fmt: skip
        return found

    def _waits_on(self, role: Role, *, nobodys: bool = False) -> int:
        def asked(one: Count) -> bool:
            return one.officer is None or not nobodys

        number = _total(one for one in self.open if self._role(one) == role and asked(one))
        answered = _total(one for one in self.counts if one.what == work.READ_FIRST and asked(one))
        return number + {Role.REVIEWER: answered, Role.LEAD_REVIEWER: -answered}.get(role, 0)

    def kpis(self) -> list[dict[str, object]]:
        nobodys = [one for one in self.open if one.officer is None]
        to_take = [one for one in self.counts if one.what == work.TAKE and not one.stage]
        decisions = Figure(count=self._waits_on(Role.DECISION_MAKER), url=address(turn="decision_maker"))
        return [
            {"name": _("Open cases"), "figure": _figure(self.open, state="open"),
             "note": _("submitted and not closed")},
            {"name": _("Nobody’s yet"), "figure": _figure(nobodys, state="open", officer=named.NOBODY),
             "note": _("open, without a case officer")},
            {"name": _("Stages to take"), "figure": _figure(to_take, to_take=work.ANY),
             "note": _("cases with a stage that nobody assesses")},
            {"name": _("Awaiting a decision"), "figure": decisions,
             "note": _("of whoever may decide")},
        ]  # fmt: skip

    def _role(self, one: Count) -> Role | None:
        return work.turn_of(one, one.waiting(self.today))

    def _name(self, pk: int | None) -> str:
        return self.people[pk].name if pk in self.people else ""

    def _live(self, what: str, pk: int | None = None, stage: str = "") -> list[Count]:
        """What this person has in hand, in all or of a stage; without one: what there is of the stage."""
        return self.by[what, pk, stage]


def _figure(counts: Iterable[Count], **chosen: object) -> Figure:
    return Figure(count=_total(counts), url=address(**chosen))


def _total(counts: Iterable[Count]) -> int:
    return sum(one.number for one in counts)
