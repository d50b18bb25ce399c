"""How long the documents of a case that has ended are kept: the regulator's own figure."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from look import words
from look.fields import DayMonthYearField
from regulators import services
from regulators.desk.base import DeskForm, Page
from regulators.desk.figures import REFUSAL
from regulators.models import KeepingPeriod, Regulator
from regulators.models.keeping import MOST_YEARS
from regulators.queries import serving_as
from regulators.services.figures import ROLES


class KeepingForm(DeskForm):
    regulator = forms.ModelChoiceField(
        queryset=Regulator.objects.none(),
        label=gettext_lazy("Regulator"),
        empty_label=gettext_lazy("Choose"),
    )
    years = forms.IntegerField(
        label=gettext_lazy("Years"),
        help_text=gettext_lazy(
            "Counted from the day the case ended; of a licence that was granted, from the day it ended."
        ),
        min_value=1,
        max_value=MOST_YEARS,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Enter the years as a whole number, for example 10.")},
    )
    valid_from = DayMonthYearField(label=gettext_lazy("In effect from"), initial=timezone.localdate)
    act = forms.CharField(
        label=gettext_lazy(
            "What it rests on: an act of law or an order of the regulator, with number and day"
        ),
        max_length=200,
    )
    provision = forms.CharField(label=gettext_lazy("Provision"), max_length=100)
    url = forms.URLField(
        label=gettext_lazy("Address of the text, if it is published"),
        max_length=500,
        assume_scheme="https",
        required=False,
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Regulator.objects.filter(pk__in=serving_as(user, ROLES))
        vars(self)["fields"]["regulator"].queryset = mine


class EnterKeepingPage(Page):
    name, label = "enter", gettext_lazy("Enter a period")
    title, button = gettext_lazy("Enter how long documents are kept"), gettext_lazy("Enter the period")
    done = gettext_lazy("The period is entered. It counts once another person confirms it.")
    intro = gettext_lazy(
        "No period for keeping the documents of a case was found in the law, so it is the regulator's own. "
        "Until one counts, every document is kept. A period is never changed: a newer one is entered beside "
        "it, and counts for the cases that ended before it too."
    )
    roles, refusal, names_two = ROLES, REFUSAL, True

    def form(self, data: Any = None) -> KeepingForm:
        return KeepingForm(data, user=self.user)

    def run(self, data: dict[str, Any]) -> KeepingPeriod:
        return services.enter_keeping_period(actor=self.user, **data)


class ConfirmKeepingPage(Page):
    name, label = "confirm", gettext_lazy("Confirm")
    title, button = gettext_lazy("Confirm how long documents are kept"), gettext_lazy("Confirm the period")
    done = gettext_lazy("The period is confirmed. It counts from its first day.")
    intro = gettext_lazy(
        "You are the second pair of eyes: compare what is written here with what it rests on."
    )
    regulator = "regulator"
    roles, refusal, names_two = ROLES, REFUSAL, True

    @classmethod
    def is_useful(cls, user: Any, row: Any) -> bool:
        return row.confirmed_by_id is None and user.human != row.entered_human

    def run(self, data: dict[str, Any]) -> KeepingPeriod:
        return services.confirm_keeping_period(actor=self.user, period=self.row)

    def facts(self) -> list[tuple[str, Any]]:
        row: KeepingPeriod = self.row
        return [
            (_("Regulator"), row.regulator.name),
            (_("Years"), row.years),
            (_("In effect from"), words.day(row.valid_from)),
            (_("What it rests on"), row.basis),
            (_("Address of the text"), row.url or _("Not published")),
            (_("Entered by"), row.entered_by),
        ]
