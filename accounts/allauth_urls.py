"""allauth's addresses. What changes how one signs in is one transaction there: the change, its audit event
and the mail about it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, ReauthenticateWebAuthnView, RemoveWebAuthnView
from allauth.urls import urlpatterns
from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern

from accounts import second_factor

__all__ = ["urlpatterns"]


class ReauthenticatePasskeyView(ReauthenticateWebAuthnView):
    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """Says why on the same page; allauth's leads away to the sign-in."""
        for message in form.errors.get("credential", []):
            messages.error(self.request, str(message))
        return redirect(self.request.get_full_path())


class AddPasskeyView(AddWebAuthnView):
    def form_valid(self, form: BaseForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        second_factor.note_set_up(self.request, Authenticator.Type.WEBAUTHN)
        return response


class SetUpAppView(ActivateTOTPView):
    def form_valid(self, form: BaseForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        second_factor.note_set_up(self.request, Authenticator.Type.TOTP)
        return response


class RemovePasskeyView(RemoveWebAuthnView):
    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Refused where allauth asks nobody: the last factor of a member of staff."""
        if not get_adapter().can_delete_authenticator(self.object):
            messages.error(self.request, str(get_adapter().error_messages["cannot_delete_authenticator"]))
            return redirect("mfa_index")
        response: HttpResponse = super().form_valid(form)
        return response


VIEWS: dict[str, Any] = {
    "mfa_reauthenticate_webauthn": ReauthenticatePasskeyView,
    "mfa_add_webauthn": AddPasskeyView,
    "mfa_activate_totp": SetUpAppView,
    "mfa_remove_webauthn": RemovePasskeyView,
}


def _walk(patterns: Iterable[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from _walk(pattern.url_patterns)


for _one in _walk(urlpatterns):
    if _one.name in VIEWS:
        _one.callback = VIEWS[_one.name].as_view()
    if _one.name == "account_email" or str(_one.name).startswith("mfa_"):
        _one.callback = transaction.atomic(_one.callback)
