"""Forms of sign-up, of firms and of invitations."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import check_bin
from accounts.models import Language, LegalForm, NoBinReason, Role, User
from accounts.requests import language_of_page
from look.fields import CountryField, one_of_several
from look.mail_frame import one_line

ROLES_IN_WORDS = (
    (
        _("Owner"),
        _("Invites people and ends their roles, corrects the firm's data, discards drafts."),
    ),
    (_("Editor"), _("Starts applications, fills them in, uploads files and answers requests.")),
    (_("Signatory"), _("Signs and submits applications, and withdraws them.")),
    (_("Viewer"), _("Reads every application of the firm, and changes nothing.")),
)


def language_of_invitation() -> forms.ChoiceField:
    """Which language the invited person reads; the inviter's own, until they say another."""
    return forms.ChoiceField(
        label=_("Language of the person"),
        help_text=_("The invitation is written in it. Who has an account gets it in the language of that."),
        choices=Language.choices,
        initial=language_of_page,
        error_messages={"required": _("Choose the language of the person")},
    )


class SignupDetails(forms.Form):
    """What sign-up asks beside e-mail and password; the adapter stores it."""

    full_name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        help_text=_("As in your identity document."),
        error_messages={"required": _("Enter your full name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["full_name", "email", "password1"]

    def clean_full_name(self) -> str:
        name = one_line(self.cleaned_data["full_name"])
        if not name:
            raise forms.ValidationError(_("Enter your full name."))
        return name

    def signup(self, request: HttpRequest, user: User) -> None:
        """The adapter has saved the person already; allauth requires the method."""


class FirmForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the firm"),
        max_length=250,
        help_text=_("As it is registered."),
        error_messages={"required": _("Enter the name of the firm.")},
    )
    name_kk = forms.CharField(label=_("Name in Kazakh"), max_length=250, required=False)
    name_ru = forms.CharField(label=_("Name in Russian"), max_length=250, required=False)
    legal_form = forms.ChoiceField(
        label=_("Legal form"),
        choices=[("", _("Choose")), *LegalForm.choices],
        error_messages={"required": _("Choose the legal form.")},
    )
    country = CountryField(label=_("Country of registration"), initial="KZ")
    bin = one_of_several(
        forms.CharField(
            label=_("BIN"),
            max_length=30,
            required=False,
            help_text=_(
                "12 digits, from the certificate of registration. If the firm has none, leave this empty"
                " and say why below: one of the two is needed."
            ),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )
    )
    no_bin_reason = one_of_several(
        forms.ChoiceField(
            label=_("Why there is no BIN"),
            choices=[("", _("The firm has a BIN")), *NoBinReason.choices],
            required=False,
        )
    )
    address = forms.CharField(
        label=_("Registered address"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )

    def clean_bin(self) -> str:
        text = self.cleaned_data["bin"].strip()
        return check_bin(text) if text else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "bin" in data and "no_bin_reason" in data and bool(data["bin"]) == bool(data["no_bin_reason"]):
            self.add_error("bin", _("Give the BIN, or the reason why there is none: one of the two."))
        return data


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail of the person"),
        error_messages={"required": _("Enter the e-mail of the person.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    roles = forms.MultipleChoiceField(
        label=_("What the person may do"),
        choices=Role.choices,
        error_messages={"required": _("Choose at least one role.")},
        widget=forms.CheckboxSelectMultiple,
    )
    language = language_of_invitation()


class ChoosePasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=password_validators_help_text_html(),
        error_messages={"required": _("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


def show_errors(form: forms.Form, error: ValidationError) -> None:
    """Puts what a service found wrong beside the field it names, or at the top of the form."""
    found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for field, texts in found.items():
        for text in texts:
            form.add_error(field if field in form.fields else None, text)
