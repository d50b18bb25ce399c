"""What a list of the pipeline is narrowed to. It stands in the address; what is not known is refused."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application, ApplicationQuerySet, Stay
from applications.models.standing import APPROVED, DECISION, FIRM, INTAKE, US
from applications.pipeline import queries
from applications.pipeline.days import working_days
from applications.pipeline.periods import ONE_DAY, RECENT, YEAR, Period, period_from, this_month
from applications.pipeline.work_filters import OfWork, PersonField, name_of_staff
from applications.states import ENDED, OPEN
from applications.states import ApplicationState as A
from look import words
from regulators import books
from regulators.calendars import YearNotInCalendarError, add_working_days
from regulators.models import LicenceType
from regulators.rulebook import say

FILED = [state for state in A if state not in (A.DRAFT, A.DISCARDED)]
NOBODY = "nobody"
AGE = re.compile(r"(\d{1,4})-(\d{1,4})?")
UNKNOWN_AGE = "unknown"
OVERDUE, SOON = "over", "soon"  # of the nearest date of a case
SOON_DAYS = 10  # working days
RUNNING = "running"


def stage_titles() -> dict[str, str]:
    """Every stage of the rule books, in their order."""
    return {stage.code: say(stage.title) for book in books.all_books() for stage in book.stages}


def type_titles() -> dict[str, str]:
    return {book.licence_type: say(book.licence_type_title) for book in books.all_books()}


def regulator_names() -> dict[str, str]:
    return {book.regulator: say(book.regulator_name) for book in books.all_books()}


def types_of(regulator: str) -> list[str]:
    return sorted({book.licence_type for book in books.all_books() if book.regulator == regulator})


def place_in_words(place: str) -> str:
    named = {APPROVED: _("All stages approved"), INTAKE: _("Before it was accepted")}
    return named.get(place) or stage_titles().get(place, place)


def waiting_in_words(waiting: str) -> str:
    return dict(turns()).get(waiting, "")


def turns() -> list[tuple[str, str]]:
    return [(US, _("Us")), (FIRM, _("The firm")), (DECISION, _("A decision"))]


class PeriodField(forms.CharField):
    """Cleans to a ``Period``, as at the day that its form sets; None where it is empty and may be."""

    today: date

    def clean(self, value: Any) -> Period | None:
        code = super().clean(value)
        try:
            return period_from(code, self.today) if code else None
        except ValueError:
            words = _("Write the month as 2026-11, or %(recent)s, or %(year)s.")
            raise forms.ValidationError(words % {"recent": RECENT, "year": YEAR}) from None


class StrictForm(forms.Form):
    """A form whose address may hold its own fields only."""

    def as_at(self, today: date) -> None:
        for field in self.fields.values():
            if isinstance(field, PeriodField):
                field.today = today

    def clean(self) -> dict[str, Any]:
        for name in sorted(set(self.data) - set(self.fields)):
            self.add_error(
                None, _("There is no filter “%(name)s”. Take it out of the address.") % {"name": name}
            )
        return super().clean() or {}


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
    after = forms.UUIDField(required=False)

    SHOWN = ("state", "stage", "waiting", "type")

    def __init__(
        self, data: Any, *, cases: ApplicationQuerySet, regulators: frozenset[int], today: date
    ) -> None:
        super().__init__(data)
        self.cases, self.today, self.officer_name = cases, today, ""
        self.regulators = regulators
        self.label_suffix = ""
        self.as_at(today)
        places = [*stage_titles().items(), (APPROVED, place_in_words(APPROVED))]
        states = [("open", _("Open: every state before the decision")), *((s.value, s.label) for s in FILED)]
        codes = set(LicenceType.objects.filter(regulator__in=regulators).values_list("code", flat=True))
        types = [(code, title) for code, title in type_titles().items() if code in codes]
        ours = [
            (code, name) for code, name in regulator_names().items() if codes.intersection(types_of(code))
        ]
        with_intake = [(INTAKE, place_in_words(INTAKE)), *places]
        for name, choices in (
            ("state", states),
            ("stage", places),
            ("at", with_intake),
            ("stands", with_intake),
            ("regulator", ours),
            ("due", [(OVERDUE, _("Over the date")), (SOON, _("In the next ten working days"))]),
            ("waiting", [(US, _("Us, a decision included")), *turns()[1:]]),
            ("type", types),
        ):
            self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]
        self.choose_of_work(list(stage_titles().items()), regulators)

    def shown(self) -> list[forms.BoundField]:
        """Those that are chosen from a list on the page; the others come with a link."""
        return [self[name] for name in self.SHOWN]

    def unshown(self) -> list[tuple[str, str]]:
        return [(name, self._code(name)) for name in self._set() if name not in self.SHOWN]

    def clean_officer(self) -> str:
        chosen: str = self.cleaned_data["officer"]
        if chosen in ("", NOBODY):
            return chosen
        mine = self.cases.filter(case_officer=int(chosen)) if re.fullmatch(r"[0-9]{1,18}", chosen) else None
        name = mine and mine.values_list("case_officer__full_name", flat=True).first()
        name = name or name_of_staff(chosen, self.regulators)
        if not name:
            raise forms.ValidationError(
                _("No case here belongs to this case officer. Choose from the overview.")
            )
        self.officer_name = name
        return chosen

    def clean_age(self) -> str:
        return _days(
            self.cleaned_data["age"], _("Write the age as 21-40, or as 90- for 90 working days and more.")
        )

    def clean_stood(self) -> str:
        return _days(
            self.cleaned_data["stood"], _("Write the days as 21-40, or as 90- for 90 working days and more.")
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("on") and not given.get("stands"):
            self.add_error("on", _("Say also where the cases stood: choose a number of the cumulative flow."))
        return given

    def narrowed(self) -> ApplicationQuerySet:
        """The cases that pass, each with its place, the oldest first; none where the filter is refused."""
        if not self.is_valid():
            return self.cases.none()
        found = queries.placed(self.cases, self.today)
        for name in self._set():
            found = found.filter(getattr(self, f"_by_{name}")(self.cleaned_data[name]))
        return found.order_by("submitted_at", "pk")

    def page(self, size: int) -> tuple[list[Application], bool]:
        """One page after the case named in the address, and whether more follow."""
        found = self.narrowed()
        after = self.cleaned_data.get("after")
        if after:
            last = Subquery(self.cases.filter(pk=after).values("submitted_at")[:1])
            found = found.filter(Q(submitted_at__gt=last) | Q(submitted_at=last, pk__gt=after))
        rows = list(found.with_case()[: size + 1])
        return rows[:size], len(rows) > size

    def chips(self) -> list[dict[str, str]]:
        """Each filter in words, with the address of the list without it."""
        return [{"text": self._words(name), "url": self.url(name)} for name in self._set()]

    def url(self, without: str = "", **more: str) -> str:
        return reverse("pipeline:cases") + self.query(without, **more)

    def query(self, without: str = "", **more: str) -> str:
        kept = {name: self._code(name) for name in self._set() if name != without} | more
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
            said = _("not known") if value == UNKNOWN_AGE else value
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
        return Q(licence_type__code__in=types_of(value))

    def _by_due(self, value: str) -> Q:
        now = timezone.now()
        if value == OVERDUE:
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
        return Q(case_officer=None) if value == NOBODY else Q(case_officer=value)

    def _by_age(self, value: str) -> Q:
        is_open, days = Q(state__in=OPEN), working_days(self.today)
        if value == UNKNOWN_AGE:
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


def _days(chosen: str, words: str) -> str:
    if chosen and chosen != UNKNOWN_AGE and not AGE.fullmatch(chosen):
        raise forms.ValidationError(words)
    return chosen


def soon(today: date) -> datetime:
    """The end of the tenth working day from now; where the calendar lacks it, of the fourteenth day."""
    try:
        last = add_working_days(today, SOON_DAYS)
    except YearNotInCalendarError:
        last = today + timedelta(days=14)
    return queries.midnight(last + ONE_DAY)


class ScopeForm(StrictForm):
    """Of which regulator, and of which licence type."""

    regulator = forms.SlugField(required=False)
    type = forms.SlugField(required=False)

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data)
        self.as_at(today)
        self.today = today

    def clean_regulator(self) -> str:
        chosen: str = self.cleaned_data["regulator"]
        if chosen and chosen not in regulator_names():
            raise forms.ValidationError(_("There is no such regulator. Choose one of those above."))
        return chosen

    @property
    def chosen_type(self) -> str:
        return self.cleaned_data.get("type", "")

    @property
    def scope(self) -> dict[str, str]:
        """What is chosen of both, as it stands in an address."""
        chosen = {name: self.cleaned_data.get(name, "") for name in ("regulator", "type")}
        return {name: value for name, value in chosen.items() if value}

    @property
    def types(self) -> list[str] | None:
        """The licence types of the scope; None for all."""
        regulator = self.cleaned_data.get("regulator")
        if self.chosen_type:
            return [self.chosen_type]
        return types_of(regulator) if regulator else None

    def choices(self, types: Collection[str]) -> dict[str, Any]:
        """What a page offers of these licence types, and whether what is chosen is none of it."""
        titles, names = type_titles(), regulator_names()
        ours = {code: title for code, title in titles.items() if code in types}
        regulators = [code for code in names if not set(types_of(code)).isdisjoint(ours)]
        every: list[tuple[str, dict[str, str]]] = [(_("All licence types"), {})]
        if len(regulators) > 1:
            every += [(names[code], {"regulator": code}) for code in regulators]
        every += [(title, {"type": code}) for code, title in ours.items()]
        chosen = {"type": self.chosen_type} if self.chosen_type else self.scope
        chips = [
            {"words": said, "query": urlencode(scope), "is_chosen": scope == chosen} for said, scope in every
        ]
        return {
            "chips": chips if len(ours) > 1 or chosen else [],
            "is_empty": not any(chip["is_chosen"] for chip in chips),
        }

    def narrowed(self, cases: ApplicationQuerySet) -> ApplicationQuerySet:
        return cases if self.types is None else cases.filter(licence_type__code__in=self.types)


class OverviewFilter(ScopeForm):
    """The scope and the period of a page of figures: this month where none is chosen."""

    period = PeriodField(label=gettext_lazy("Period"), required=False)

    @property
    def chosen_period(self) -> Period:
        return self.cleaned_data.get("period") or this_month(self.today)


class TimeFilter(ScopeForm):
    """Of a stage or of the whole case; all days, or without those on which a clock was paused."""

    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    clock = forms.ChoiceField(label=gettext_lazy("Days"), required=False)

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, today=today)
        self.label_suffix = ""
        self.fields["stage"].choices = [("", _("The whole case")), *stage_titles().items()]  # type: ignore[attr-defined]
        self.fields["clock"].choices = [("", _("All days")), (RUNNING, _("Without pauses"))]  # type: ignore[attr-defined]

    @property
    def chosen_stage(self) -> str:
        return self.cleaned_data.get("stage", "")

    @property
    def running(self) -> bool:
        return self.cleaned_data.get("clock") == RUNNING

    def shown(self) -> list[forms.BoundField]:
        return [self["stage"], self["clock"]]

    def title(self) -> str:
        named = {"stage": stage_titles().get(self.chosen_stage, _("The whole case"))}
        if self.running:
            return _("How long it took, without pauses: %(stage)s") % named
        return _("How long it took, all days: %(stage)s") % named


class ForecastFilter(ScopeForm):
    """The scope of a forecast, and the seed that it is drawn from: the day where none is given."""

    seed = forms.IntegerField(label=gettext_lazy("Seed"), required=False, min_value=0, max_value=2**31 - 1)


class OfPeriodFilter(ScopeForm):
    """What of the scope and of one stage a list of a period holds."""

    period = PeriodField(label=gettext_lazy("Period"))
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    address = ""
    field_order: Sequence[str] = ("period", "stage", "regulator", "type")

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, today=today)
        self.fields["stage"].choices = [("", _("All")), *stage_titles().items()]  # type: ignore[attr-defined]

    def url(self, **more: str) -> str:
        return reverse(self.address) + self.query(**more)

    def query(self, **more: str) -> str:
        given = {name: self.cleaned_data[name] for name in self.fields if name != "after"}
        kept = {name: getattr(value, "code", value) for name, value in given.items() if value}
        return f"?{urlencode(kept | more)}"


class StepFilter(OfPeriodFilter):
    act = forms.ChoiceField(label=gettext_lazy("Step"))
    address = "pipeline:steps"
    field_order = ("act", "period", "stage", "regulator", "type")

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, today=today)
        self.fields["act"].choices = list(queries.STEPS.items())  # type: ignore[attr-defined]


class PassageFilter(OfPeriodFilter):
    address = "pipeline:passages"
