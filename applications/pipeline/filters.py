"""What a list of the pipeline is narrowed to. It stands in the address; what is not known is refused."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import ApplicationQuerySet
from applications.pipeline import named, queries
from applications.pipeline.periods import ONE_DAY, RECENT, YEAR, Period, period_from, this_month
from regulators.calendars import YearNotInCalendarError, add_working_days

SOON_DAYS = 10  # working days
RUNNING = "running"
LARGEST_SEED = 2**31 - 1


class PeriodField(forms.CharField):
    """Cleans to a ``Period``, as at the day that its form sets; None where it is empty and may be."""

    today: date

    def clean(self, value: Any) -> Period | None:
        code = super().clean(value)
        try:
            return period_from(code, self.today) if code else None
        except ValueError:
            words = _("Write a month as 2026-11, a week as 2026-W48, or %(recent)s, or %(year)s.")
            raise forms.ValidationError(words % {"recent": RECENT, "year": YEAR}) from None


class StrictForm(forms.Form):
    """A form whose address may hold its own fields only, each once."""

    on_page: Collection[str] = ()  # the fields that a page shows beside an error of them
    twice = gettext_lazy("“%(name)s” stands in the address more than once. Leave one of them.")
    unknown = gettext_lazy("There is no filter “%(name)s”. Take it out of the address.")

    def as_at(self, today: date) -> None:
        for field in self.fields.values():
            if isinstance(field, PeriodField):
                field.today = today

    def clean(self) -> dict[str, Any]:
        for name in sorted(set(self.data) - set(self.fields)):
            self.add_error(None, self.unknown % {"name": name})
        for name in self._repeated():
            self.add_error(None, self.twice % {"name": name})
        return super().clean() or {}

    def _repeated(self) -> list[str]:
        if not isinstance(self.data, QueryDict):
            return []
        single = (n for n, field in self.fields.items() if not isinstance(field, forms.MultipleChoiceField))
        return [name for name in single if len(self.data.getlist(name)) > 1]


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

    def __init__(self, data: Any, *, codes: Collection[str], today: date) -> None:
        """``codes`` are those of the regulators that one manages."""
        super().__init__(data)
        self.as_at(today)
        self.today, self.codes = today, codes

    def clean_regulator(self) -> str:
        chosen: str = self.cleaned_data["regulator"]
        if chosen and chosen not in self.codes:
            raise forms.ValidationError(_("There is no such regulator. Choose one of those above."))
        return chosen

    def clean_type(self) -> str:
        """One of the regulator that is chosen."""
        chosen: str = self.cleaned_data["type"]
        codes = [self.cleaned_data["regulator"]] if self.cleaned_data.get("regulator") else self.codes
        if chosen and not any(chosen in named.types_of(code) for code in codes):
            raise forms.ValidationError(_("There is no such licence type. Choose one of those above."))
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
        return named.types_of(regulator) if regulator else None

    def choices(self, types: Collection[str]) -> dict[str, Any]:
        """What a page offers of these licence types, and whether what is chosen is none of it."""
        titles, names = named.type_titles(), named.regulator_names()
        ours = {code: title for code, title in titles.items() if code in types}
        regulators = [code for code in names if not set(named.types_of(code)).isdisjoint(ours)]
        every: list[tuple[str, dict[str, str]]] = [(_("All licence types"), {})]
        if len(regulators) > 1 or self.scope.get("regulator") in regulators:
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

    on_page = ("stage", "clock")
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    clock = forms.ChoiceField(label=gettext_lazy("Days"), required=False)

    def __init__(self, data: Any, *, codes: Collection[str], today: date) -> None:
        super().__init__(data, codes=codes, today=today)
        self.label_suffix = ""
        self.fields["stage"].choices = [("", _("The whole case")), *named.stage_titles().items()]  # type: ignore[attr-defined]
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
        words = {"stage": named.stage_titles().get(self.chosen_stage, _("The whole case"))}
        if self.running:
            return _("How long it took, without pauses: %(stage)s") % words
        return _("How long it took, all days: %(stage)s") % words


class ForecastFilter(ScopeForm):
    """The scope of a forecast, and the seed that it is drawn from: the day where none is given."""

    seed = forms.IntegerField(label=gettext_lazy("Seed"), required=False, min_value=0, max_value=LARGEST_SEED)


class OfPeriodFilter(ScopeForm):
    """What of the scope and of one stage a list of a period holds."""

    period = PeriodField(label=gettext_lazy("Period"))
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    after = forms.IntegerField(
        label=gettext_lazy("Where the page begins"), required=False, min_value=1, max_value=2**63 - 1
    )
    address = ""
    field_order: Sequence[str] = ("period", "stage", "regulator", "type")

    def __init__(self, data: Any, *, codes: Collection[str], today: date) -> None:
        super().__init__(data, codes=codes, today=today)
        self.fields["stage"].choices = [("", _("All")), *named.stage_titles().items()]  # type: ignore[attr-defined]

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

    def __init__(self, data: Any, *, codes: Collection[str], today: date) -> None:
        super().__init__(data, codes=codes, today=today)
        self.fields["act"].choices = list(queries.STEPS.items())  # type: ignore[attr-defined]


class PassageFilter(OfPeriodFilter):
    address = "pipeline:passages"
