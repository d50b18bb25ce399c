"""Forms of the portal. The form of an answer is made from its requirement in the rule book."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import check_identifier
from applications.asked import NOTHING_INSTEAD, Given, clash_with_instead, decimal_of, refused_as
from applications.models.answers import DECLINED_AS
from applications.portal.file_field import FilesField
from look import words
from look.fields import DIGITS, SPACES, DayMonthYearField, MoneyField, plain_amount
from regulators import rulebook as rb
from regulators.last_day import NoDayOff
from regulators.rulebook import Requirement, say

LONGEST_TEXT = 20_000
INSTEAD = ("declined_as", "declined")
CURRENCIES = [(code, code) for code in ("KZT", "USD", "EUR", "GBP", "CHF", "AED")]
WRITTEN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


class DraftForm(forms.Form):
    """What is typed must be right, but nothing has to be typed yet: a draft is kept as it is.

    ``required`` on a field only decides whether the page calls it optional.
    """

    use_required_attribute = False

    def full_clean(self) -> None:
        asked = {name: field.required for name, field in self.fields.items()}
        for field in self.fields.values():
            field.required = False
        super().full_clean()
        for name, field in self.fields.items():
            field.required = asked[name]


class PlainForm(forms.Form):
    use_required_attribute = False


class PlainDecimalField(forms.DecimalField):
    """A number as people type it: spaces are ignored, a comma is a point."""

    default_error_messages = {**DIGITS, "invalid": _("Enter a number, for example 12.5")}

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = SPACES.sub("", value).replace(",", ".").rstrip("%")
        return super().to_python(value)


class AmountField(forms.DecimalField):
    """An amount whose currency stands in a field of its own."""

    default_error_messages = {
        **DIGITS,
        "invalid": _("Enter an amount in numbers, for example 500 000"),
        "min_value": _("Enter an amount of %(limit_value)s or more"),
    }

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            return plain_amount(value, self.error_messages["invalid"])
        return super().to_python(value)


class DateField(DayMonthYearField):
    """Three boxes; a whole date such as 05.03.2026 in the first one is taken too."""

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, list):
            first, *others = [(part or "").strip() for part in value]
            written = WRITTEN_DATE.fullmatch(first)
            if written and not any(others):
                value = list(written.groups())
        return super().to_python(value)


class LastDateField(NoDayOff, DateField):
    """The same for a day by which something is to be done."""


class AnswerForm(DraftForm):
    """One question: its simple kinds, what stands instead of an answer, its files, the version it shows."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, requirement: Requirement, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.requirement = requirement
        for kind in requirement.evidence:
            if kind in FIELDS:
                self.fields.update(FIELDS[kind](requirement))
        self.fields.update(instead_fields(requirement))
        if "choice" in self.fields and self["choice"].value():
            self.fields["choice"].choices += [("", _("No answer yet"))]  # type: ignore[attr-defined]

    def clean_version(self) -> int:
        return self.cleaned_data["version"] or 0

    def value(self) -> dict[str, Any]:
        """The answer as it is stored; call it on a valid form."""
        value = {}
        for kind in self.requirement.evidence:
            if kind in STORED:
                value.update(STORED[kind](self.cleaned_data))
        currency = self.requirement.currency
        if "amount" in value and currency:
            value["currency"] = currency
        return value

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("declined") and not found.get("declined_as") and not self.errors:
            self.add_error("declined_as", _("Choose one of these too, or take the reason away"))
        if not self.errors and (
            clash := clash_with_instead(self.value(), found.get("declined_as", ""), has_files=False)
        ):
            self.add_error("declined_as", clash)
        return found

    def answer(self) -> dict[str, Any]:
        """What ``save_answer`` takes of it; call it on a valid form."""
        instead = {name: str(self.cleaned_data.get(name, "")) for name in INSTEAD}
        return {"value": self.value(), **instead}

    @property
    def answer_fields(self) -> list[forms.BoundField]:
        return [bound for bound in self.visible_fields() if bound.name not in INSTEAD]

    @property
    def instead(self) -> list[forms.BoundField]:
        return [self[name] for name in INSTEAD]

    @property
    def is_instead_open(self) -> bool:
        """Whether there is something in it, or wrong with it."""
        return any(bound.value() or bound.errors for bound in self.instead)


class TogetherForm(AnswerForm):
    """The question among others on one page: without its files, and it knows whether it was changed there."""

    def __init__(self, requirement: Requirement, data: Any = None, **kwargs: Any) -> None:
        super().__init__(requirement, data, prefix=requirement.code, **kwargs)
        self.fields.pop("files", None)
        for name, field in self.fields.items():
            field.show_hidden_initial = name != "version"

    @property
    def typed(self) -> bool:
        """Whether an answer is another one than the page showed."""
        return bool(set(self.changed_data) - {"version"})

    def stand_on(self, version: int) -> None:
        """The form that is shown again stands on the answer as it is stored now; what was typed stays."""
        self.data = {**dict(self.data.items()), self.add_prefix("version"): str(version)}


def initial_of(given: Given, version: int) -> dict[str, Any]:
    """What the form shows of an answer that is stored."""
    value = dict(given.value)
    if value.get("amount"):
        value["amount"] = amount_in_words(decimal_of(value["amount"]))
    if value.get("date"):
        value["date"] = date.fromisoformat(value["date"])
    instead = {"declined": given.declined, "declined_as": given.declined_as}
    return {**value, **instead, "version": version}


def amount_in_words(amount: Decimal | None) -> str:
    """As the reader's language groups it; the field takes it back as it is."""
    return "" if amount is None else words.number(amount, 2)


def instead_fields(requirement: Requirement) -> dict[str, forms.Field]:
    """What may stand instead of an answer: of a mandatory question, and in its draft alone, that it is not
    known yet.
    """
    offered = [one for one in DECLINED_AS if not refused_as(requirement, one[0])]
    reason = _("Say why it does not apply; or what is missing, and by when you will know it")
    if requirement.mandatory:
        reason = _("Say what is missing, and by when you will know it")
    return {
        "declined_as": forms.ChoiceField(
            label=_("Instead of an answer"),
            help_text=_how_far_needed(requirement),
            choices=[("", NOTHING_INSTEAD), *offered],
            widget=forms.RadioSelect,
        ),
        "declined": forms.CharField(
            label=reason, widget=forms.Textarea({"rows": 3}), max_length=LONGEST_TEXT
        ),
    }


def _how_far_needed(requirement: Requirement) -> Any:
    if requirement.mandatory:
        return _("This is a rule: you can leave it open while you draft, and answer it before you submit.")
    rules = [one for one in requirement.citations if one.stands and one.kind == rb.RULE]
    if not rules:
        return _("No rule makes this question mandatory. The reviewer sees what you choose, and why.")
    if all(one.read != rb.READ_FULL for one in rules):
        return _(
            "The rule behind this question was not read in full, so it is not mandatory here."
            " The reviewer sees what you choose, and why."
        )
    return _(
        "It is not established that the rule behind this question is in force and applies to custody,"
        " so it is not mandatory here. The reviewer sees what you choose, and why."
    )


def _declaration(requirement: Requirement) -> dict[str, forms.Field]:
    return {"agreed": forms.BooleanField(label=_("I make this declaration for the applicant"))}


def _text(requirement: Requirement) -> dict[str, forms.Field]:
    area = forms.Textarea({"rows": 8})
    return {"text": forms.CharField(label=_("Your answer"), widget=area, max_length=LONGEST_TEXT)}


def _number(requirement: Requirement) -> dict[str, forms.Field]:
    field = PlainDecimalField(
        label=_("Number"),
        min_value=0,
        max_digits=20,
        decimal_places=4,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": _("Enter a number, for example 12")},
    )
    return {"number": field}


def _money(requirement: Requirement) -> dict[str, forms.Field]:
    if requirement.currency:
        return {"amount": MoneyField(label=_("Amount"), currency=requirement.currency)}
    amount = AmountField(
        label=_("Amount"),
        min_value=Decimal(0),
        max_digits=20,
        decimal_places=2,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    choices = [("", _("Choose the currency")), *CURRENCIES]
    return {"amount": amount, "currency": forms.ChoiceField(label=_("Currency"), choices=choices)}


def _percentage(requirement: Requirement) -> dict[str, forms.Field]:
    return {"percent": percent_field(_("Percentage"))}


def percent_field(label: Any) -> PlainDecimalField:
    wrong = _("Enter a percentage from 0 to 100, for example 12.5")
    return PlainDecimalField(
        label=label,
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong},
    )


def _date(requirement: Requirement) -> dict[str, forms.Field]:
    return {"date": DateField(label=_("Date"), help_text=_("For example, 27 3 2026"))}


def _choice(requirement: Requirement) -> dict[str, forms.Field]:
    choices = [(choice.code, say(choice.label)) for choice in requirement.choices]
    return {"choice": forms.ChoiceField(label=_("Choose one"), choices=choices, widget=forms.RadioSelect)}


def _inspected(requirement: Requirement) -> dict[str, forms.Field]:
    field = forms.CharField(
        label=_("Where the evidence can be inspected"),
        help_text=_("Name the place and who can show it. Do not write secrets here: they are never stored."),
        widget=forms.Textarea({"rows": 4}),
        max_length=LONGEST_TEXT,
    )
    return {"inspected": field}


def _files(requirement: Requirement) -> dict[str, forms.Field]:
    return {"files": FilesField(label=_("Choose files"), slot=requirement.slot)}


FIELDS: dict[str, Callable[[Requirement], dict[str, forms.Field]]] = {
    rb.DECLARATION: _declaration,
    rb.TEXT: _text,
    rb.NUMBER: _number,
    rb.MONEY: _money,
    rb.PERCENTAGE: _percentage,
    rb.DATE: _date,
    rb.CHOICE: _choice,
    rb.INSPECTED: _inspected,
    rb.DOCUMENTS: _files,
}


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


STORED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    rb.DECLARATION: lambda typed: {"agreed": typed["agreed"]},
    rb.TEXT: lambda typed: {"text": typed["text"]},
    rb.NUMBER: lambda typed: {"number": _plain(typed["number"])},
    rb.MONEY: lambda typed: {"amount": _plain(typed["amount"]), "currency": typed.get("currency", "")},
    rb.PERCENTAGE: lambda typed: {"percent": _plain(typed["percent"])},
    rb.DATE: lambda typed: {"date": typed["date"].isoformat() if typed["date"] else None},
    rb.CHOICE: lambda typed: {"choice": typed["choice"]},
    rb.INSPECTED: lambda typed: {"inspected": typed["inspected"]},
}


class DeclareForm(PlainForm):
    role = forms.CharField(
        label=_("You sign as"),
        help_text=_("Your position in the firm, for example director."),
        max_length=150,
    )
    authority = forms.CharField(
        label=_("What lets you sign for the firm"),
        help_text=_("For example: director by the register, or power of attorney No. 12 of 27.03.2026."),
        max_length=300,
    )
    identifier = forms.CharField(
        label=_("Your IIN or passport number"),
        help_text=_(
            "Your account has none on record. A citizen of Kazakhstan gives the IIN. Only a keyed hash of it "
            "is kept: by it, a reviewer who is also of the firm is found out."
        ),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    agreed = forms.BooleanField(
        label=_("I have read the declaration above, and I make it"),
        error_messages={"required": _("Tick the box to make the declaration")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    shown = forms.CharField(widget=forms.HiddenInput)
    content = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, identified: bool, contradictions: Sequence[Any] = (), **kwargs: Any
    ) -> None:
        """``identified`` where the account of the signatory has an identity on record. For each contradiction
        the signatory says why it is right.
        """
        super().__init__(*args, **kwargs)
        if identified:
            del self.fields["identifier"]
        self.contradictions = {f"looked_{one.key}": one for one in contradictions}
        reasons = {
            name: forms.CharField(
                label=one.text,
                help_text=_("If both are right, say why. The reason is kept with the declaration."),
                error_messages={"required": _("Mend one of the two answers, or say why both are right")},
                widget=forms.Textarea({"rows": 3}),
                max_length=2000,
            )
            for name, one in self.contradictions.items()
        }
        agreed = self.fields.pop("agreed")
        self.fields |= {**reasons, "agreed": agreed}

    @property
    def looked_at(self) -> dict[str, str]:
        """The reasons by the key of what they are about; call it on a valid form."""
        return {one.key: self.cleaned_data[name] for name, one in self.contradictions.items()}

    def clean_identifier(self) -> str:
        return check_identifier(self.cleaned_data["identifier"])


class ReasonForm(PlainForm):
    """A text, for an act that stands on a version of the case."""

    text = forms.CharField(widget=forms.Textarea({"rows": 6}), max_length=LONGEST_TEXT)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, label: Any, missing: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
        self.fields["text"].error_messages["required"] = missing
