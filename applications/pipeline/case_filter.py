"""What the list of cases is narrowed to. It stands in the address; what is not known is refused."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application, ApplicationQuerySet, Stay
from applications.models.standing import APPROVED, DECISION, INTAKE, US
from applications.pipeline import named, queries
from applications.pipeline.days import working_days
from applications.pipeline.filters import PeriodField, StrictForm, soon
from applications.pipeline.periods import Period
from applications.pipeline.work_filters import OfWork, PersonField, name_of_staff
from applications.states import ENDED, OPEN
from look import words
from regulators.models import LicenceType

AGE = re.compile(r"([0-9]{1,4})-([0-9]{1,4})?")
NEEDS = {"stands": "on"}  # without the first the second says nothing


class CaseFilter(OfWork, StrictForm):
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    waiting = forms.ChoiceField(label=gettext_lazy("Waiting for"), required=False)
    regulator = forms.ChoiceField(label=gettext_lazy("Regulator"), required=False)
    type = forms.ChoiceField(label=gettext_lazy("Licence type"), required=False)
    due = forms.ChoiceField(label=gettext_lazy("Nearest date"), required=False)
    stands = forms.ChoiceField(label=gettext_lazy("Stands at"), required=False)
    stood = forms.CharField(label=gettext_lazy("Working days there"), required=False)
    on = forms.DateField(label=gettext_lazy("At the end of"), required=False, input_formats=["%Y-%m-%d"])
    officer = forms.CharField(label=gettext_lazy("Case officer"), required=False)
    age = forms.CharField(label=gettext_lazy("Age in working days"), required=False)
    decided = PeriodField(label=gettext_lazy("Decided"), required=False)
    ended = PeriodField(label=gettext_lazy("Ended"), required=False)
    at = forms.ChoiceField(label=gettext_lazy("Ended at"), required=False)
    after = forms.UUIDField(label=gettext_lazy("Where the page begins"), required=False)

    SHOWN = ("state", "stage", "waiting", "type")

    def __init__(
        self, data: Any, *, cases: ApplicationQuerySet, regulators: frozenset[int], today: date
    ) -> None:
        super().__init__(data)
        self.cases, self.today, self.officer_name = cases, today, ""
        self.regulators = regulators
        self.label_suffix = ""
        self.as_at(today)
        places = [*named.stage_titles().items(), (APPROVED, named.place_in_words(APPROVED))]
        states = [
            ("open", _("Open: every state before the decision")),
            *((s.value, s.label) for s in named.FILED),
        ]
        codes = set(LicenceType.objects.filter(regulator__in=regulators).values_list("code", flat=True))
        types = [(code, title) for code, title in named.type_titles().items() if code in codes]
        ours = [
            (code, name)
            for code, name in named.regulator_names().items()
            if codes.intersection(named.types_of(code))
        ]
        with_intake = [(INTAKE, named.place_in_words(INTAKE)), *places]
        for name, choices in (
            ("state", states),
            ("stage", places),
            ("at", with_intake),
            ("stands", with_intake),
            ("regulator", ours),
            ("due", [(named.OVERDUE, _("Over the date")), (named.SOON, _("In the next ten working days"))]),
            ("waiting", [(US, _("Us, a decision included")), *named.turns()[1:]]),
            ("type", types),
        ):
            self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]
        self.choose_of_work(list(named.stage_titles().items()), regulators)

    def shown(self) -> list[forms.BoundField]:
        """Those that are chosen from a list on the page; the others come with a link."""
        return [self[name] for name in self.SHOWN]

    def unshown(self) -> list[tuple[str, str]]:
        return [(name, self._code(name)) for name in self._set() if name not in self.SHOWN]

    def clean_officer(self) -> str:
        chosen: str = self.cleaned_data["officer"]
        if chosen in ("", named.NOBODY):
            return chosen
        mine = self.cases.filter(case_officer=int(chosen)) if re.fullmatch(r"[0-9]{1,18}", chosen) else None
        officers = mine.order_by() if mine is not None else self.cases.none()
        name = officers.values_list("case_officer__full_name", flat=True).first()
        name = name or name_of_staff(chosen, self.regulators)
        if not name:
            raise forms.ValidationError(
                _("No case here belongs to this case officer. Choose from the overview.")
            )
        self.officer_name = name
        return chosen

    def clean_age(self) -> str:
        chosen: str = self.cleaned_data["age"]
        if chosen and chosen != named.UNKNOWN_AGE and not AGE.fullmatch(chosen):
            raise forms.ValidationError(_("Write the age as 21-40, or as 90- for 90 working days and more."))
        return chosen

    def clean_stood(self) -> str:
        chosen: str = self.cleaned_data["stood"]
        if chosen and not AGE.fullmatch(chosen):
            raise forms.ValidationError(_("Write the days as 21-40, or as 90- for 90 working days and more."))
        return chosen

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("on") and not given.get("stands"):
            self.add_error("on", _("Say also where the cases stood: choose a number of the cumulative flow."))
        if given.get("on") and given.get("stood"):
            self.add_error("stood", _("Days at a place are counted up to today: take one of the two away."))
        if given.get("on") and given["on"] > self.today:
            self.add_error("on", _("This day has not come yet."))
        return given

    def narrowed(self) -> ApplicationQuerySet:
        """The cases that pass, each with its place, none where the filter is refused: the oldest first, or
        the nearest date where they are chosen by it.
        """
        if not self.is_valid():
            return self.cases.none()
        found = queries.placed(self.cases, self.today)
        for name in self._set():
            found = found.filter(getattr(self, f"_by_{name}")(self.cleaned_data[name]))
        return found.order_by(self._order, "pk")

    @property
    def _order(self) -> str:
        return "due_order" if self.cleaned_data["due"] else "submitted_at"

    def page(self, size: int) -> tuple[list[Application], bool]:
        """One page after the case named in the address, and whether more follow."""
        found = self.narrowed()
        after = self.cleaned_data.get("after")
        if after:
            order = self._order
            last = Subquery(self.cases.filter(pk=after).values(order)[:1])
            found = found.filter(Q(**{f"{order}__gt": last}) | Q(**{order: last}, pk__gt=after))
        rows = list(found.with_case()[: size + 1])
        return rows[:size], len(rows) > size

    def chips(self) -> list[dict[str, str]]:
        """Each filter in words, with the address of the list without it."""
        return [{"text": self._words(name), "url": self.url(name)} for name in self._set()]

    def url(self, without: str = "", **more: str) -> str:
        return reverse("pipeline:cases") + self.query(without, **more)

    def query(self, without: str = "", **more: str) -> str:
        gone = {without, NEEDS.get(without, without)}
        kept = {name: self._code(name) for name in self._set() if name not in gone} | more
        return f"?{urlencode(kept)}" if kept else ""

    def _code(self, name: str) -> str:
        value = self.cleaned_data[name]
        return value.code if isinstance(value, Period) else str(value)

    def _set(self) -> Iterator[str]:
        return (n for n in self.fields if n != "after" and getattr(self, "cleaned_data", {}).get(n))

    def _words(self, name: str) -> str:
        value = self.cleaned_data[name]
        if isinstance(field := self.fields[name], forms.ChoiceField):
            choices: Any = field.choices
            said = str(dict(choices)[value])
        elif isinstance(field, PersonField):
            said = field.name
        elif name == "officer":
            said = self.officer_name or _("Nobody yet")
        elif isinstance(value, Period):
            said = value.words
        elif isinstance(value, date):
            said = words.day(value)
        else:
            said = _("not known") if value == named.UNKNOWN_AGE else value
        return f"{self.fields[name].label}: {said}"

    def _by_state(self, value: str) -> Q:
        return Q(state__in=OPEN) if value == "open" else Q(state=value)

    def _by_stage(self, value: str) -> Q:
        return Q(place=value)

    def _by_waiting(self, value: str) -> Q:
        return Q(waiting__in=(US, DECISION)) if value == US else Q(waiting=value)

    def _by_type(self, value: str) -> Q:
        return Q(licence_type__code=value)

    def _by_regulator(self, value: str) -> Q:
        return Q(licence_type__code__in=named.types_of(value))

    def _by_due(self, value: str) -> Q:
        now = timezone.now()
        if value == named.OVERDUE:
            return Q(state__in=OPEN, next_due__lt=now)
        return Q(state__in=OPEN, next_due__gte=now, next_due__lt=soon(self.today))

    def _by_stands(self, value: str) -> Q:
        day = self.cleaned_data["on"]
        if day is None:
            return Q(stays__ended_on=None, stays__place=value)
        after = Exists(Stay.objects.filter(
            Q(ended_on=None) | Q(ended_on__gt=day), application=OuterRef("pk"), place=value, began_on__lte=day
        ))  # fmt: skip
        return Q(after)

    def _by_on(self, _day: date) -> Q:
        return Q()

    def _by_stood(self, value: str) -> Q:
        began = self._started(value)
        return Q(stays__ended_on=None, stays__began_on__range=began) if began else Q(pk=None)

    def _by_officer(self, value: str) -> Q:
        return Q(case_officer=None) if value == named.NOBODY else Q(case_officer=value)

    def _by_age(self, value: str) -> Q:
        is_open, days = Q(state__in=OPEN), working_days(self.today)
        if value == named.UNKNOWN_AGE:
            known = days.started(self.today, 0, None)
            return is_open & ~Q(submitted_on__range=known) if known else is_open
        started = self._started(value)
        return is_open & Q(submitted_on__range=started) if started else Q(pk=None)

    def _started(self, value: str) -> tuple[date, date] | None:
        """The days on which something began that is so many working days old today."""
        match = AGE.fullmatch(value)
        assert match  # the form has seen to it
        days = working_days(self.today)
        return days.started(self.today, int(match[1]), int(match[2]) if match[2] else None)

    def _by_decided(self, period: Period) -> Q:
        return Q(state__in=queries.DECIDED) & self._by_ended(period)

    def _by_ended(self, period: Period) -> Q:
        return Q(state__in=ENDED, decided_on__range=(period.first, period.last))

    def _by_at(self, value: str) -> Q:
        return Q(ended_at_now=value)
