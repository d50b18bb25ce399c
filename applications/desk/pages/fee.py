"""The fee: its ledger, and the next entry in it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import Page, page_url, posted_version
from applications.models import Application, FeeEntry
from applications.presses import newest, posted_seen
from applications.services import intake
from look.fields import DayMonthYearField, long_text


class FeeForm(forms.Form):
    """What is typed about an invoice, a payment or a waiver. An entry that is corrected is picked."""

    fee = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        choices=[choice for choice in Application.FEE if choice[0] != FeeEntry.DUE],
        error_messages={"required": gettext_lazy("Choose how the fee stands")},
        widget=forms.RadioSelect,
    )
    on = DayMonthYearField(label=gettext_lazy("Day of the invoice, of the payment or of the waiver"))
    number = forms.CharField(label=gettext_lazy("Number of the invoice"), max_length=60, required=False)
    amount = forms.CharField(
        label=gettext_lazy("Amount, as it stands on the paper"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Kept as you type it. No amount is on record here, so nothing is computed."),
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference of the payment"), max_length=120, required=False
    )
    reason = long_text(
        gettext_lazy("Reason, where the fee is waived or an entry is corrected"), rows=3, required=False
    )

    def __init__(self, *args: Any, entries: list[tuple[int, FeeEntry]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not entries:
            return
        field: Any = self.fields["fee"]
        field.choices = [*field.choices, (FeeEntry.DUE, _("Nothing: an entry was wrong"))]
        self.fields["corrects"] = forms.TypedChoiceField(
            label=_("Corrects"),
            choices=[
                ("", _("No entry: this is a new one")),
                *((one.pk, _entry(place, one)) for place, one in entries),
            ],
            coerce=int,
            empty_value=None,
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        wanted = {FeeEntry.INVOICED: "number", FeeEntry.PAID: "reference", FeeEntry.WAIVED: "reason"}
        name = wanted.get(data.get("fee", ""), "")
        if name and not data.get(name, "").strip() and name not in self.errors:
            words = {
                "number": _("Enter the number of the invoice."),
                "reference": _("Enter the reference of the payment."),
                "reason": _("Give the reason for the waiver."),
            }
            self.add_error(name, words[name])
        if data.get("fee") == FeeEntry.DUE and not data.get("corrects"):
            self.add_error("corrects", _("Choose the entry that was wrong."))
        if data.get("corrects") and not data.get("reason", "").strip() and "reason" not in self.errors:
            self.add_error("reason", _("Say what was wrong with the entry."))
        return data


def _entry(place: int, entry: FeeEntry) -> str:
    return f"{place}. {entry.get_what_display()} {entry.number or entry.reference}".strip()


class FeePage(Page):
    name, path = "fee", "fee/"
    title, permission = gettext_lazy("Record the fee"), "check_completeness"
    button, done = gettext_lazy("Record"), gettext_lazy("The fee is recorded.")
    intro = gettext_lazy("Entries stay as they are. A wrong one is corrected by a new one.")
    template = "admin/applications/fee.html"

    def load(self) -> None:
        self.entries = list(self.case.fee_entries.all())
        self.places = {entry.pk: place for place, entry in enumerate(self.entries, start=1)}

    def form(self, data: Any = None) -> FeeForm:
        return FeeForm(data, entries=[(self.places[entry.pk], entry) for entry in self.entries])

    def seen(self) -> int:
        return newest(self.entries)

    def as_it_stands(self) -> FeeForm:
        """With the newest entry that was made since the page was: theirs. Without one, somebody has changed
        something else in the case.
        """
        form, seen = self.form(), posted_seen(self.request.POST)
        new = [entry for entry in self.entries if seen is not None and entry.pk > seen]
        if new:
            form.initial = {name: getattr(new[-1], name) for name in ("on", "number", "amount", "reason")}
            form.initial |= {"fee": new[-1].what, "reference": new[-1].reference}
            form.initial["corrects"] = new[-1].corrects_id
        return form

    def run(self, data: dict[str, Any]) -> Application:
        by_pk = {entry.pk: entry for entry in self.entries}
        corrects = by_pk.get(data.pop("corrects", None))
        version = posted_version(self.request.POST)
        return intake.record_fee(
            actor=self.user, case=self.case, expected_version=version, corrects=corrects, **data
        )

    def done_url(self, result: Any) -> str:
        return page_url(self.case, "change")

    def context(self) -> dict[str, Any]:
        return {
            "entries": [
                (self.places[entry.pk], entry, self.places.get(entry.corrects_id or 0))
                for entry in self.entries
            ],
            "facts": [
                (_("On record now"), self.case.get_fee_display()),
                (
                    _("In this rule book"),
                    _("The fee is a condition of filing.")
                    if self.case.book.fee_is_condition
                    else _("The fee is no condition of filing."),
                ),
            ],
        }
