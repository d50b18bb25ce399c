"""Forms of sign-up."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SignupDetails(forms.Form):
    """What sign-up asks beside e-mail and password; the adapter stores it."""

    full_name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        help_text=_("As in your identity document."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["full_name", "email", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        """The adapter has saved the person already; allauth requires the method."""
