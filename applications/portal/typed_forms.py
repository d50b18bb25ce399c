"""Forms of the typed records: a person, a holding, the capital computation."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import check_has_iin, check_identifier, check_iin, mask
from applications.models import Holding
from applications.portal.forms import (
    CURRENCIES,
    DateField,
    DraftForm,
    PlainDecimalField,
    PlainForm,
    percent_field,
)
from look.fields import CountryField, MoneyField

CYRILLIC_LETTER, LATIN_LETTER = re.compile(r"[\u0400-\u052f]"), re.compile(r"[A-Za-z\u00c0-\u024f]")


class NameField(forms.CharField):
    """Which of several are needed is said above them, so that none is called optional."""

    called_optional = False


def name_field(label: Any, hint: Any = "", kind: type[forms.CharField] = NameField) -> forms.CharField:
    """Part of a name: every letter, nothing corrected or filled in by the browser."""
    return kind(
        label=label,
        help_text=hint,
        max_length=150,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


def _wrong_names(typed: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """At least one spelling is whole, and each stands in its own alphabet."""
    if not typed.get("given_names") and not typed.get("latin_given_names"):
        yield "latin_given_names", _("Write the given names in Cyrillic, in Latin letters, or both.")
    elif typed.get("latin_family_name") and not typed.get("latin_given_names"):
        yield "latin_given_names", _("Write the given names in Latin letters too.")
    elif (typed.get("family_name") or typed.get("patronymic")) and not typed.get("given_names"):
        yield "given_names", _("Write the given names in Cyrillic too.")
    for name in ("latin_family_name", "latin_given_names"):
        if CYRILLIC_LETTER.search(typed.get(name) or ""):
            yield name, _("Write this in Latin letters, as in the passport.")
    for name in ("family_name", "given_names", "patronymic"):
        if LATIN_LETTER.search(typed.get(name) or ""):
            yield name, _("Write this in Cyrillic letters, or leave it empty.")


class PersonForm(PlainForm):
    """One human, with the functions that they are proposed for."""

    latin_family_name = name_field(
        _("Family name in Latin letters"),
        _("As in the passport. Leave the Latin letters empty if there is none."),
    )
    latin_given_names = name_field(
        _("Given names in Latin letters"), _("As in the passport, without titles. A single name goes here.")
    )
    family_name = name_field(
        _("Family name in Cyrillic"), _("Leave Cyrillic empty if the person has no such spelling.")
    )
    given_names = name_field(_("Given names in Cyrillic"), _("A single name goes here."))
    patronymic = name_field(_("Patronymic, if any"), kind=forms.CharField)
    born_on = DateField(
        label=_("Date of birth"),
        help_text=_("For example, 27 3 1984"),
        error_messages={
            "required": _("Enter the date of birth, for example 27 3 1984"),
            "part": _("Enter the day, the month and the year, for example 27 3 1984"),
            "unreal": _(
                "Enter a real date in numbers: day, month and a year of four digits, for example 27 3 1984"
            ),
        },
    )
    citizenship = CountryField(label=_("Citizenship"))
    residence = CountryField(label=_("Country of residence"))
    identifier_kind = forms.ChoiceField(
        label=_("Which number you give"),
        error_messages={"required": _("Choose which number you give.")},
        choices=[("iin", _("IIN")), ("passport", _("Passport"))],
        widget=forms.RadioSelect,
    )
    identifier = forms.CharField(
        label=_("IIN or passport number"),
        help_text=_(
            "A citizen of Kazakhstan gives the IIN; a person without one, the number of the passport."
        ),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    functions = forms.MultipleChoiceField(
        label=_("Posts in this application"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one post for this person")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(
        self, functions: list[tuple[str, str]], number_on_record: str, *args: Any, **kwargs: Any
    ) -> None:
        """``number_on_record`` is stored already: shown masked, and kept where nothing is typed."""
        super().__init__(*args, **kwargs)
        self.number_on_record = number_on_record
        self.fields["functions"].choices = functions  # type: ignore[attr-defined]
        if number_on_record:
            words = _("On record: %(number)s. Leave this empty to keep it.")
            self.fields["identifier"].required = False
            self.fields["identifier"].help_text = words % {"number": mask(number_on_record)}

    def clean_identifier(self) -> str:
        number = str(self.cleaned_data["identifier"] or self.number_on_record)
        is_iin = self.cleaned_data.get("identifier_kind") == "iin"
        return check_iin(number) if is_iin else check_identifier(number)

    def clean(self) -> None:
        typed = self.cleaned_data
        for error in _wrong_names(typed):
            self.add_error(*error)
        if {"citizenship", "identifier_kind", "identifier"} <= typed.keys():
            check_has_iin(citizenship=typed["citizenship"], kind=typed["identifier_kind"], field="identifier")


class HolderForm(PlainForm):
    """A direct holding: who holds how much of what. A holder is in the list already, or a new body."""

    NEW = "new"

    owner = forms.ChoiceField(
        label=_("Who holds"),
        error_messages={"required": _("Choose who holds, or that it is a body that is not in the list")},
    )
    name = forms.CharField(label=_("Name of the new company or other body"), max_length=250, required=False)
    country = CountryField(label=_("Its country"), required=False)
    registration = forms.CharField(label=_("Its registration number"), max_length=60, required=False)
    owned = forms.ChoiceField(label=_("Holds a part of"))
    kind = forms.ChoiceField(label=_("Held"), choices=Holding.KINDS, initial=Holding.OWN)
    held_for = forms.ChoiceField(
        label=_("Held for"),
        help_text=_(
            "For whom a nominee or trustee holds it. Who is missing here is first added as a person."
        ),
        required=False,
    )
    economic = percent_field(_("Economic interest, %"))
    voting = percent_field(_("Votes, %"))
    control_how = forms.CharField(
        label=_("Control by other means than votes"),
        help_text=_("If the holder controls it, say how: by an agreement, a right to appoint, or otherwise."),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        required=False,
    )
    change = forms.CharField(widget=forms.HiddenInput, max_length=18, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=20_000, required=False)

    def __init__(
        self, owners: list[tuple[str, str]], bodies: list[tuple[str, str]], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        new = (self.NEW, _("A body that is not in the list: name it below"))
        nobody = ("", _("Nobody else, or not known"))
        self.fields["held_for"].choices = [nobody, *owners]  # type: ignore[attr-defined]
        self.fields["owner"].choices = [("", _("Choose")), *owners, new]  # type: ignore[attr-defined]
        self.fields["owned"].choices = bodies  # type: ignore[attr-defined]

    def clean(self) -> None:
        typed = self.cleaned_data
        if typed.get("owner") == self.NEW and not typed.get("name"):
            raise ValidationError(
                {"name": _("Write the name of the body, or choose who holds from the list.")}
            )
        if typed.get("owner") not in (None, "", self.NEW) and typed.get("name"):
            words = _(
                "You chose a holder from the list and named a new body too. For the new body, choose “A body "
                "that is not in the list”; else take the name away."
            )
            raise ValidationError({"name": words})
        if typed.get("owner") == f"entity:{typed.get('owned')}":
            raise ValidationError({"owned": _("A body cannot hold itself directly.")})
        if typed.get("held_for") and typed.get("kind") == Holding.OWN:
            words = _("What somebody holds for another, they hold as nominee or as trustee.")
            raise ValidationError({"kind": words})


class GroupsForm(forms.Form):
    """A box for each holder: the name of the group that it acts together with."""

    use_required_attribute = False

    def __init__(self, holders: list[tuple[str, str, str]], *args: Any, **kwargs: Any) -> None:
        """Each holder with its key, its name and its group so far."""
        super().__init__(*args, **kwargs)
        for key, name, group in holders:
            self.fields[key] = forms.CharField(label=name, initial=group, max_length=60, required=False)


class RateForm(PlainForm):
    """At what rate the accounts were turned into the currency of the book."""

    currency = forms.ChoiceField(label=_("Currency of the accounts"))
    rate = PlainDecimalField(
        max_digits=20,
        decimal_places=8,
        min_value=Decimal("0.00000001"),
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    day = DateField(label=_("Day of the rate"))
    source = forms.CharField(
        label=_("Where the rate is from"),
        help_text=_("For example: official rate of the National Bank of Kazakhstan."),
        max_length=200,
    )

    def __init__(self, of: str, *args: Any, **kwargs: Any) -> None:
        """``of`` is the currency of the book."""
        super().__init__(*args, **kwargs)
        others = [pair for pair in CURRENCIES if pair[0] != of]
        self.fields["currency"].choices = others  # type: ignore[attr-defined]
        self.fields["rate"].label = _("What 1 %(currency)s costs in the currency of the accounts") % {
            "currency": of
        }

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise ValidationError(_("Enter a day that is not in the future."))
        return day


class CapitalForm(DraftForm):
    """The lines of the capital computation at one moment, in one currency. Every line may stay empty."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, lines: list[tuple[str, str]], currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, title in lines:
            self.fields[code] = MoneyField(label=title, currency=currency)

    def amounts(self) -> dict[str, Decimal | None]:
        return {code: amount for code, amount in self.cleaned_data.items() if code != "version"}
