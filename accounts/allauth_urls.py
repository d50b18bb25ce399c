"""allauth's addresses. What changes how one signs in is one transaction there: the change, its audit event
and the mail about it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from allauth.urls import urlpatterns
from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern

__all__ = ["urlpatterns"]


class ReauthenticatePasskeyView(ReauthenticateWebAuthnView):
    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """Says why on the same page; allauth's leads away to the sign-in."""
        for message in form.errors.get("credential", []):
            messages.error(self.request, str(message))
        return redirect(self.request.get_full_path())


def _walk(patterns: Iterable[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from _walk(pattern.url_patterns)


for _one in _walk(urlpatterns):
    if _one.name == "mfa_reauthenticate_webauthn":
        _one.callback = ReauthenticatePasskeyView.as_view()
    if _one.name == "account_email" or str(_one.name).startswith("mfa_"):
        _one.callback = transaction.atomic(_one.callback)
