"""What the address of the report, and of the lists behind it, may say."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.pipeline.filters import PeriodField, StrictForm
from applications.pipeline.friction import lists, report
from applications.pipeline.named import type_titles
from applications.pipeline.periods import YEAR, Period, period_from
from regulators.models import LicenceType

WHAT = {
    lists.EVERY: gettext_lazy("It stood in the case"),
    report.REQUESTED: gettext_lazy("Asked about"),
    report.RETURNED: gettext_lazy("Returned"),
    report.DEFICIENT: gettext_lazy("Deficient"),
    lists.WAITED: gettext_lazy("The firm was waited for"),
}


class OfOneType(StrictForm):
    """One licence type of these regulators."""

    type = forms.ChoiceField(label=gettext_lazy("Licence type"))
    period = PeriodField(label=gettext_lazy("Period"))

    def __init__(self, data: Any, *, regulators: frozenset[int], today: date) -> None:
        super().__init__(data)
        self.as_at(today)
        self.today = today
        ours = LicenceType.objects.filter(regulator__in=regulators).select_related("regulator")
        self.types = {one.code: one for one in ours}
        self.fields["type"].choices = list(self.titles().items())  # type: ignore[attr-defined]

    def titles(self) -> dict[str, str]:
        """Of the licence types that have a rule book."""
        return {code: title for code, title in type_titles().items() if code in self.types}


class FrictionFilter(OfOneType):
    """The first licence type where none is chosen; twelve months; by days lost."""

    type = forms.ChoiceField(label=gettext_lazy("Licence type"), required=False)
    period = PeriodField(label=gettext_lazy("Period"), required=False)
    by = forms.ChoiceField(
        label=gettext_lazy("The worst by"), required=False, choices=list(report.BY.items())
    )

    @property
    def chosen_type(self) -> LicenceType | None:
        """None where these regulators have none."""
        code = self.cleaned_data.get("type") or next(iter(self.titles()), "")
        return self.types.get(code)

    @property
    def chosen_period(self) -> Period:
        return self.cleaned_data.get("period") or period_from(YEAR, self.today)

    @property
    def chosen_by(self) -> str:
        return self.cleaned_data.get("by") or report.DAYS

    def query(self, **instead: str) -> str:
        """This choice, with something else in it."""
        chosen = self.chosen_type
        given = {
            "type": chosen.code if chosen else "", "period": self.chosen_period.code, "by": self.chosen_by,
        }  # fmt: skip
        return "?" + urlencode(given | instead)


class FrictionCasesFilter(OfOneType):
    """The cases behind one number."""

    requirement = forms.CharField(label=gettext_lazy("Requirement"))
    what = forms.ChoiceField(label=gettext_lazy("What"), required=False, choices=list(WHAT.items()))
    after = forms.UUIDField(label=gettext_lazy("Where the page begins"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        code, licence_type = given.get("requirement"), given.get("type")
        if code and licence_type and code not in report.requirements_of(licence_type):
            self.add_error("requirement", _("The rule books of this licence type have no such requirement."))
        return given

    def url(self, **instead: str) -> str:
        names = ("type", "requirement", "period", "what")
        given = {name: getattr(value, "code", value) for name in names if (value := self.cleaned_data[name])}
        return f"{reverse('pipeline:friction_cases')}?{urlencode(given | instead)}"
