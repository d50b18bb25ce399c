"""Figures of the law that the books lack."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from look import words
from look.fields import DayMonthYearField, plain_amount
from regulators import services
from regulators.desk.base import DeskForm, Page
from regulators.models import LegalValue, LicenceType
from regulators.queries import open_figures, serving_as
from regulators.rulebook import DAYS_UNIT, MONEY_UNIT, PERCENT_UNIT, Value, say
from regulators.services.figures import ROLES

UNITS = {
    PERCENT_UNIT: gettext_lazy("in percent"),
    DAYS_UNIT: gettext_lazy("in days"),
    "months": gettext_lazy("in months"),
}
REFUSAL = gettext_lazy("Only an administrator or a lead reviewer of the regulator may do this.")


def unit_of(value: Value) -> str:
    return value.currency if value.unit == MONEY_UNIT else str(UNITS[value.unit])


class AmountField(forms.CharField):
    """A number with up to four places, as it stands in the law."""

    def clean(self, value: Any) -> Any:
        return plain_amount(super().clean(value), _("Enter an amount in numbers, for example 500 000"))


class FigureForm(DeskForm):
    """``figure`` names the licence type and the figure at once: each type has its own."""

    figure = forms.ChoiceField(
        label=gettext_lazy("Figure"),
        help_text=gettext_lazy("What the rule books of your regulator ask for and have no amount of."),
    )
    amount = AmountField(
        label=gettext_lazy("Amount"),
        help_text=gettext_lazy("In the unit that stands behind the figure's name."),
        max_length=30,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    valid_from = DayMonthYearField(label=gettext_lazy("In effect from"), initial=timezone.localdate)
    act = forms.CharField(
        label=gettext_lazy("Name of the act of law, with its number and day"), max_length=200
    )
    provision = forms.CharField(label=gettext_lazy("Provision"), max_length=100)
    url = forms.URLField(
        label=gettext_lazy("Address of the published text"), max_length=500, assume_scheme="https"
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = LicenceType.objects.filter(regulator__in=serving_as(user, ROLES))
        self.open = {
            f"{licence_type.code}:{code}": (licence_type, value)
            for licence_type in types.select_related("regulator")
            for code, value in open_figures(licence_type).items()
        }
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, (licence_type, value) in self.open.items():
            name = f"{say(value.title)} ({unit_of(value)})"
            groups.setdefault(f"{licence_type.title} ({licence_type.regulator})", []).append((key, name))
        vars(self)["fields"]["figure"].choices = [("", _("Choose")), *groups.items()]

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        if data.get("figure"):
            data["licence_type"], value = self.open[data.pop("figure")]
            data["code"] = value.code
        return data


class EnterFigurePage(Page):
    name, label = "enter", gettext_lazy("Enter a figure")
    title, button = gettext_lazy("Enter a figure of the law"), gettext_lazy("Enter the figure")
    done = gettext_lazy("The figure is entered. It counts once another person confirms it.")
    intro = gettext_lazy(
        "Copy it from the published text. A figure is never changed: a newer one is entered beside it."
    )
    roles, refusal, names_two = ROLES, REFUSAL, True

    def form(self, data: Any = None) -> FigureForm:
        return FigureForm(data, user=self.user)

    def run(self, data: dict[str, Any]) -> LegalValue:
        return services.enter_figure(actor=self.user, **data)


class ConfirmFigurePage(Page):
    name, label = "confirm", gettext_lazy("Confirm")
    title, button = gettext_lazy("Confirm a figure of the law"), gettext_lazy("Confirm the figure")
    done = gettext_lazy("The figure is confirmed. It counts from its first day.")
    intro = gettext_lazy(
        "You are the second pair of eyes: compare what is written here with the published text."
    )
    regulator = "licence_type.regulator"
    roles, refusal, names_two = ROLES, REFUSAL, True

    @classmethod
    def is_useful(cls, user: Any, row: Any) -> bool:
        return row.confirmed_by_id is None and user.human != row.entered_human

    def run(self, data: dict[str, Any]) -> LegalValue:
        return services.confirm_figure(actor=self.user, figure=self.row)

    def facts(self) -> list[tuple[str, Any]]:
        row: LegalValue = self.row
        return [
            (_("Licence type"), row.licence_type.title),
            (_("Figure"), title_of(row)),
            (_("Amount"), amount_of(row)),
            (_("In effect from"), words.day(row.valid_from)),
            (_("Act of law"), row.act),
            (_("Provision"), row.provision),
            (_("Address of the published text"), row.url),
            (_("Entered by"), row.entered_by),
        ]


def title_of(row: LegalValue) -> str:
    value = open_figures(row.licence_type).get(row.code)
    return say(value.title) if value else row.code


def amount_of(row: LegalValue) -> str:
    if row.currency:
        return words.money(row.amount, row.currency)
    value = open_figures(row.licence_type).get(row.code)
    number = words.number(row.amount.normalize())
    return f"{number} ({unit_of(value)})" if value else number
