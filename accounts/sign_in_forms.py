"""The forms of allauth with our words. Apart from ``accounts.forms``, which allauth's own forms import."""

from typing import Any

from allauth.account import forms as allauth
from allauth.core import context
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.adapter import INVITED_AS

EMAIL, PASSWORD = _("E-mail"), _("Password")


class LoginForm(allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["login"], EMAIL, _("Enter your e-mail."))
        _say(self.fields["password"], PASSWORD, _("Enter your password."))


class SignupForm(allauth.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["email"], EMAIL, _("Enter your e-mail."))
        self.fields["email"].initial = context.request.session.get(INVITED_AS, "")
        _say(self.fields["password1"], PASSWORD, _("Choose a password."))


class ResetPasswordForm(allauth.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["email"], EMAIL, _("Enter your e-mail."))


def _say(field: forms.Field, label: Any, missing: Any) -> None:
    """The box is called by its label alone: a second name inside it is gone as soon as one types."""
    field.label = label
    field.error_messages["required"] = missing
    field.widget.attrs.pop("placeholder", None)
