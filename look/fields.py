"""Form fields that every wing uses: a date in three boxes, an amount with its currency."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from look import countries

F = TypeVar("F", bound=forms.Field)

SPACES = re.compile(r"[\s\u00a0\u202f\u2009']+")
AMOUNT = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?|(\d+|\d{1,3}(?:\.\d{3})+)(?:,(\d{1,2}))?")
EITHER = re.compile(r"(\d{1,3})\.(\d{3})")
EITHER_WAY = _(
    "This can be read in two ways. Write %(thousands)s for thousands, "
    "or %(fraction)s with two digits for a fraction."
)
DIGITS = {  # in our words, for any field of numbers
    "max_digits": _("Enter a number of at most %(max)s digits"),
    "max_whole_digits": _("Enter a number of at most %(max)s digits before the point"),
    "max_decimal_places": _("Enter a number of at most %(max)s digits after the point"),
}
DATES = {
    "part": _("Enter the day, the month and the year, for example 27 3 2026"),
    "unreal": _("Enter a real date in numbers: day, month and a year of four digits, for example 27 3 2026"),
}


def one_of_several(field: F) -> F:
    """Which of several are needed is said in a sentence beside them, so that none is called optional."""
    field.called_optional = False  # type: ignore[attr-defined]
    return field


def long_text(label: Any, *, rows: int = 4, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        error_messages={"required": format_lazy(_("Fill this in: {label}"), label=label)},
        max_length=20_000,
        required=required,
        help_text=help_text,
        widget=forms.Textarea({"rows": rows}),
    )


class CountryField(forms.ChoiceField):
    """A country chosen by its name; its two-letter code is what is stored."""

    default_error_messages = {
        "required": _("Choose a country from the list"),
        "invalid_choice": _("Choose a country from the list"),
    }

    def __init__(self, *, label: Any, required: bool = True, **kwargs: Any) -> None:
        first = [("", _("Choose"))]
        super().__init__(
            label=label, required=required, choices=lambda: [*first, *countries.choices()], **kwargs
        )


class DayMonthYearInput(forms.MultiWidget):
    template_name = "look/day_month_year.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "label": label})
            for name, label in (("day", _("Day")), ("month", _("Month")), ("year", _("Year")))
        }
        super().__init__(boxes, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for part in context["widget"]["subwidgets"]:
            part["label"] = part["attrs"].pop("label")
        return context

    def decompress(self, value: Any) -> list[Any]:
        return [value.day, value.month, value.year] if isinstance(value, date) else [None, None, None]


class DayMonthYearField(forms.Field):
    """A date typed as day, month and year, in that order in every language; a month is a number."""

    widget = DayMonthYearInput
    default_error_messages = {
        **DATES,
        "required": _("Enter the date, for example 27 3 2026"),
    }

    def to_python(self, value: Any) -> date | None:
        if value is None or isinstance(value, date):
            return value
        parts = [(part or "").strip() for part in value]
        if not any(parts):
            return None
        if not all(parts):
            raise ValidationError(self.error_messages["part"], code="part")
        if not all(part.isascii() and part.isdigit() for part in parts) or len(parts[2]) != 4:
            raise ValidationError(self.error_messages["unreal"], code="unreal")
        try:
            return date(int(parts[2]), int(parts[1]), int(parts[0]))
        except (ValueError, OverflowError):
            raise ValidationError(self.error_messages["unreal"], code="unreal") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


class MoneyInput(forms.TextInput):
    template_name = "look/money.html"

    def __init__(self, currency: str, attrs: Mapping[str, Any] | None = None) -> None:
        self.currency = currency
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["currency"] = self.currency
        return context


class MoneyField(forms.DecimalField):
    """An amount in one currency. Spaces, comma and point are taken: 1 234 567,89 is 1,234,567.89."""

    default_error_messages = {
        **DIGITS,
        "invalid": _("Enter an amount in numbers, for example 500 000"),
        "required": _("Enter an amount, for example 500 000"),
        "min_value": _("Enter an amount of %(limit_value)s or more"),
    }

    def __init__(self, *, currency: str, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", Decimal(0))
        kwargs.setdefault("widget", MoneyInput(currency))
        super().__init__(max_digits=20, decimal_places=2, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str) and value.strip():
            return plain_amount(value, self.error_messages["invalid"])
        return super().to_python(value)


def plain_amount(text: str, message: Any) -> Decimal:
    """Three digits after a comma are thousands, one or two after a comma or point are the fraction. Three
    digits after a single point may be meant either way, so they are refused.
    """
    minus, bare = text.strip().startswith("-"), SPACES.sub("", text).lstrip("-")
    if either := EITHER.fullmatch(bare):
        words = {"thousands": f"{either[1]} {either[2]}", "fraction": f"{either[1]}.{either[2][:2]}"}
        raise ValidationError(EITHER_WAY, code="either", params=words)
    found = AMOUNT.fullmatch(bare)
    if not found:
        raise ValidationError(message, code="invalid")
    whole = re.sub(r"[.,]", "", found[1] or found[3])
    amount = Decimal(f"{whole}.{found[2] or found[4] or '0'}")
    return -amount if minus else amount
