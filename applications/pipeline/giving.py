"""Giving cases to another case officer: what is chosen, what it would change, and what came of each case."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application, ApplicationQuerySet
from applications.pipeline import filters, named, queries
from applications.pipeline.load import Row, points_of
from applications.pipeline.people import Person
from applications.queries.assigning import assigns_at
from applications.rules import in_conflict
from applications.services.assigning import assign_case_officer
from applications.services.several import Result, attempt, versions_of
from applications.states import OPEN
from regulators.models import Role

MOST = 100  # cases on a page, and given at once
REASON = 300  # characters


class WhoForm(filters.StrictForm):
    """Whose work: the key of a person, or nobody."""

    who = forms.CharField(label=gettext_lazy("Whose work"))

    def __init__(self, data: Any, *, people: Iterable[int]) -> None:
        super().__init__(data)
        self.known = {named.NOBODY: None, **{str(pk): pk for pk in people}}

    def clean_who(self) -> int | None:
        chosen = self.cleaned_data["who"]
        if chosen not in self.known:
            raise forms.ValidationError(_("Nobody here has this number. Choose from the page of the load."))
        return self.known[chosen]


class CasesField(forms.MultipleChoiceField):
    """Cleans to the version that the page showed of each case, by its key."""

    def valid_value(self, value: str) -> bool:
        return bool(versions_of([value]))

    def clean(self, value: Any) -> Any:
        return versions_of(super().clean(value)[:MOST])


class GiveForm(filters.StrictForm):
    on_page = ("case", "to", "reason", "sure")
    unknown = gettext_lazy("There is no field “%(name)s” here. Open the page again and choose anew.")
    case = CasesField(
        label=gettext_lazy("Cases"), error_messages={"required": gettext_lazy("Choose at least one case.")}
    )
    to = forms.ChoiceField(
        label=gettext_lazy("Who is given the cases"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who is given the cases.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why, for the history of each case"), required=False, max_length=REASON
    )
    sure = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, takers: Iterable[Row]) -> None:
        super().__init__(data)
        self.takers = {str(row.person.pk): row for row in takers if row.person}
        self.fields["to"].choices = [(key, row.name) for key, row in self.takers.items()]  # type: ignore[attr-defined]

    @property
    def taker(self) -> Row:
        return self.takers[self.cleaned_data["to"]]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Open cases and points of one person, before and after."""

    name: str
    open: tuple[int, int]
    points: tuple[int, int]


def may_give(user: Any) -> list[int]:
    """The regulators that one manages and names case officers at."""
    return assigns_at(user, queries.managed_by(user))


def cases_of(user: Any, today: date) -> ApplicationQuerySet:
    """The cases that this manager may give to somebody, each with its place, the nearest date due first."""
    mine = queries.cases_of(user).filter(licence_type__regulator__in=may_give(user))
    return queries.placed(mine, today).with_case().order_by("due_order", "pk")


def in_hands_of(giver: int | None, user: Any, today: date) -> ApplicationQuerySet:
    """Of these, the open ones whose case officer this person is; nobody, where there is no key."""
    return cases_of(user, today).filter(state__in=sorted(OPEN), case_officer=giver)


def takers_of(rows: Iterable[Row], giver: int | None) -> list[Row]:
    """Case officers of today, without the one who gives."""
    officers = [row for row in rows if row.person and row.person.has(Role.CASE_OFFICER)]
    return [row for row in officers if row.person and row.person.pk != giver]


def barred(cases: list[Application], *users: Any) -> set[uuid.UUID]:
    """Those in which one of these has a conflict of interest; all where no identity is on record."""
    keys = [case.pk for case in cases]
    asked, found = Application.objects.filter(pk__in=keys).order_by(), set[uuid.UUID]()
    for user in users:
        found |= set(in_conflict(asked, user.human).values_list("pk", flat=True)) if user.human else set(keys)
    return found


def effects(cases: Iterable[Any], giver: Row, taker: Row) -> list[Effect]:
    """What both would have if these cases, each with its place, went from one to the other."""
    places = [case.place for case in cases]
    points = sum(points_of(place) for place in places)
    return [
        Effect(
            name=row.name,
            open=(row.open, row.open + sign * len(places)),
            points=(row.points, row.points + sign * points),
        )
        for row, sign in ((giver, -1), (taker, 1))
    ]


def give(
    cases: Iterable[Application], *, actor: Any, to: Person, versions: dict[uuid.UUID, int], reason: str
) -> list[Result]:
    """Each case by itself, in a transaction of its own; nothing is done to one that the person has."""

    def given(case: Application) -> Result:
        if case.case_officer_id == to.pk:
            return Result(case=case, officer=to.user)
        return attempt(
            lambda: assign_case_officer(
                actor=actor,
                case=case,
                officer=to.user,
                expected_version=versions[case.pk],
                reason=reason,
            ),
            case,
            to.user,
        )

    return [given(case) for case in cases]
