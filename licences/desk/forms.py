"""What is written when acting on a licence. What the forms clean is what the acts take."""

import re
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from licences import requirements as ask
from licences import terms
from licences.models import Licence
from licences.standing import history_of
from look import words
from look.fields import DayMonthYearField, long_text
from regulators.last_day import LastDayField


class ActForm(forms.Form):
    """Of one act on one licence (``form_of``)."""

    licence: ClassVar[Licence]
    act: ClassVar[str]

    reason = long_text(_("Reason"), help_text=_("Kept in the record; not shown to the public."))
    public_note = forms.CharField(
        label=_("Note for the register"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Shown to everybody beside the change. Leave it empty to show the change alone."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.act in ask.ALWAYS_AGAINST | ask.ON_REQUEST:
            self._add_what_the_firm_reads()

    def _add_what_the_firm_reads(self) -> None:
        if self.act in ask.ON_REQUEST:
            self.fields["firm_asked"] = forms.CharField(
                label=_("The firm's own application"),
                max_length=1000,
                required=False,
                help_text=_(
                    "Its day and reference, where the firm asks for this itself. Then no notice is needed."
                ),
            )
        self.fields["notice"] = long_text(
            _("Preliminary notice, as the firm will be served it"),
            rows=8,
            required=False,
            help_text=_(
                "What is proposed and why. The firm may make representations; another person confirms the "
                "act when the time for them is over and each is answered. The same words as before keep the "
                "service of a notice that is open."
            ),
        )
        open_one = self.licence.notices.open_for(self.act).first()
        self.fields["notice"].initial = open_one.text if open_one else ""
        if self.act in ask.AT_ONCE:
            self.fields["immediate"] = long_text(
                _("Why it cannot wait for the firm"),
                rows=3,
                required=False,
                help_text=_(
                    "Leave it empty unless clients' assets are in danger. Then it takes effect when another "
                    "person confirms it, and the notice is served and answered afterwards. This is our "
                    "policy, not law."
                ),
            )


class SurrenderForm(ActForm):
    proof_of_return = forms.CharField(
        label=_("Proof that client assets were returned"),
        max_length=1000,
        help_text=_("Name the document or report that shows it."),
    )


class WithConditionsForm(ActForm):
    """A restriction, or a winding down: it says what it asks."""

    conditions = long_text(
        _("Conditions that come with it"), help_text=_("One a paragraph: leave an empty line between two.")
    )
    field_order = ("conditions", "reason", "public_note")

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        data["changes"] = {"add": paragraphs(data.pop("conditions", ""))}
        return data


class VaryForm(ActForm):
    """Every condition in force, to be changed or emptied; new ones; the last day, the name and the scope."""

    new_conditions = long_text(
        _("New conditions"),
        required=False,
        help_text=_("One a paragraph: leave an empty line between two."),
    )
    valid_until = DayMonthYearField(
        label=_("Valid until"), required=False, help_text=_("Leave it empty where there is no last day.")
    )
    firm_name = forms.CharField(label=_("Name of the firm"), max_length=250)
    scope = long_text(
        _("Limits of the scope"), required=False, help_text=_("Empty where the licence has none.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, forms.Field] = {}
        for number, text in terms.standing(self.licence.conditions):
            field = long_text(
                gettext("Condition %(number)s") % {"number": number},
                rows=2,
                required=False,
                help_text=_("Empty it to remove the condition."),
            )
            field.initial = text
            own[f"condition_{number}"] = field
        self.fields = own | self.fields
        for name in ("valid_until", "firm_name", "scope"):
            self.fields[name].initial = getattr(self.licence, name)
        if self.licence.firm.name != self.licence.firm_name:
            told = gettext("In its data the firm is called %(name)s now.")
            # A hint is shown as it is; the firm chooses its name.
            self.fields["firm_name"].help_text = escape(told % {"name": self.licence.firm.name})
        self.order_fields([*own, "new_conditions", "valid_until", "firm_name", "scope"])

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        changes: terms.Terms = {}
        for number, old in terms.standing(self.licence.conditions):
            new = data.pop(f"condition_{number}", old).strip()
            if not new:
                changes.setdefault("remove", []).append(number)
            elif new != old:
                changes.setdefault("change", {})[str(number)] = new
        if added := paragraphs(data.pop("new_conditions", "")):
            changes["add"] = added
        until = data.pop("valid_until", None)
        if until != self.licence.valid_until:
            changes["valid_until"] = until.isoformat() if until else ""
        for name in ("firm_name", "scope"):
            new = data.pop(name, "").strip()
            if name not in self.errors and new != getattr(self.licence, name):
                changes[name] = new
        data["changes"] = changes
        return data


class CorrectForm(ActForm):
    entry = forms.TypedChoiceField(label=_("Line of the history that is wrong"), coerce=int)
    firm_name = forms.CharField(label=_("Name of the firm"), max_length=250)
    granted_on = DayMonthYearField(label=_("Granted on"))
    valid_until = DayMonthYearField(
        label=_("Valid until"), required=False, help_text=_("Leave it empty where there is no last day.")
    )
    field_order = ("entry", "firm_name", "granted_on", "valid_until", "public_note", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        note = self.fields["public_note"]
        note.required, note.label = True, _("What is right")
        note.help_text = _("Shown to everybody. The wrong line stays, and says that it was corrected.")
        for name, stands in self._stands().items():
            self.fields[name].initial = stands
        field: Any = self.fields["entry"]
        field.choices = [
            (one.entry.pk, f"{one.number}. {one.what}, {words.day(one.entry.at)}")
            for one in history_of(list(self.licence.history.all()))
        ]

    def _stands(self) -> dict[str, Any]:
        licence = self.licence
        granted_on = timezone.localdate(licence.granted_at)
        return {
            "firm_name": licence.firm_name, "granted_on": granted_on, "valid_until": licence.valid_until
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """What is left as it stands is not corrected."""
        data = dict(super().clean() or {})
        new = {name: data.pop(name, None) for name in self._stands()}
        different = {name: value for name, value in new.items() if value != self._stands()[name]}
        data["changes"] = {
            name: value if isinstance(value, str) else value.isoformat() if value else ""
            for name, value in different.items()
            if name not in self.errors
        }
        return data


FORMS: dict[str, type[ActForm]] = {
    "surrender": SurrenderForm,
    "vary": VaryForm,
    "restrict": WithConditionsForm,
    "wind_down": WithConditionsForm,
    "correct": CorrectForm,
}


def form_of(act: str, licence: Licence) -> type[ActForm]:
    return type("FormOfAct", (FORMS.get(act, ActForm),), {"licence": licence, "act": act})


def paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\r?\n\s*\r?\n", text) if part.strip()]


class ServiceForm(forms.Form):
    served_on = DayMonthYearField(label=_("Day of service"))
    until = LastDayField(
        label=_("Last day for representations"),
        help_text=_("Where the rule book has no period on record, you set it; say so in how it was served."),
    )
    how = long_text(_("How it was served"), rows=3)


class SaidForm(forms.Form):
    """``seen``: the newest representation that the page showed, so that a second press records none again."""

    text = long_text(_("What the firm says"), rows=6)
    made_on = DayMonthYearField(label=_("Day"))
    how = forms.CharField(
        label=_("How it was made"),
        max_length=500,
        help_text=_("In writing, at a meeting: where it is filed."),
    )
    seen = forms.IntegerField(required=False, min_value=0, max_value=10**17, widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    our_answer = long_text(_("Our answer"))
    accepted = forms.TypedChoiceField(
        label=_("Is the representation accepted?"),
        choices=[("yes", _("Yes, at least in part")), ("no", _("No"))],
        coerce=lambda text: text == "yes",
        error_messages={"required": _("Choose whether it is accepted")},
        widget=forms.RadioSelect,
    )


class WithdrawForm(forms.Form):
    why = long_text(_("Why the notice is withdrawn"), rows=3)
