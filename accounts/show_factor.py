"""The page that asks for a second factor once more, at the very address that somebody wants to open.

It comes in place of the page or of what was sent. What was typed goes along in the form, unseen, so that the
act goes on where it stopped as soon as the factor is shown; files have to be chosen again.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.factor_forms import ReauthenticateForm, ReauthenticatePasskeyForm

MARK = "second_factor"  # in the form of this page, with what it stands for
TO_ENTER, TO_OPEN, TO_SEND = "enter", "open", "send"  # any page in this session, this page, what was typed
PREFIX = "factor"  # an act may have a field of its own that is called "code"
OURS = frozenset([MARK, f"{PREFIX}-code", "credential", "csrfmiddlewaretoken"])

Facts = Iterable[tuple[str, Any]]


def back(request: HttpRequest, *marks: str) -> HttpResponse | None:
    """To the page, where the answer to one of these has come, be it for the second time. None otherwise."""
    if request.method == "POST" and request.POST.get(MARK) in marks:
        return redirect(request.get_full_path())
    return None


def ask(request: HttpRequest, *, facts: Facts = ()) -> HttpResponse | None:
    """Asks, or reads the answer. None where it is right and what was sent goes on to be done.

    ``facts`` are pairs of words that say what is approved by showing the factor; none where it opens the
    session. Answers 403 when it asks and 422 to what is no factor of this person.
    """
    code, passkey = ReauthenticateForm(user=request.user, prefix=PREFIX), _passkey(request)
    status = 403
    if request.method == "POST" and MARK in request.POST:
        answered: Any
        if request.POST.get("credential"):
            answered = passkey = _passkey(request, request.POST)
        else:
            answered = code = ReauthenticateForm(request.POST, user=request.user, prefix=PREFIX)
        if answered.is_valid():
            answered.save()
            return back(request, TO_ENTER, TO_OPEN)
        status = 422
    return _page(request, code, passkey, status, list(facts))


def _passkey(request: HttpRequest, data: Any = None) -> ReauthenticatePasskeyForm:
    return ReauthenticatePasskeyForm(data, user=request.user)


def _page(
    request: HttpRequest, code: forms.Form, passkey: forms.Form, status: int, facts: list[tuple[str, Any]]
) -> HttpResponse:
    held = set(Authenticator.objects.filter(user_id=request.user.pk).values_list("type", flat=True))
    has_passkey = Authenticator.Type.WEBAUTHN in held
    is_typed = _is_typed(request)
    context = {
        "facts": facts,
        "minutes": settings.FRESH_FACTOR_MINUTES,
        "form": code,
        "passkey_form": passkey if has_passkey else None,
        "has_codes": held != {Authenticator.Type.WEBAUTHN},
        "js_data": {"request_options": auth.begin_authentication(request.user)} if has_passkey else {},
        "mark": MARK,
        "stands_for": TO_SEND if is_typed else TO_OPEN if facts else TO_ENTER,
        "typed": list(_typed(request)) if is_typed else [],
        "has_files": bool(request.FILES),
    }
    return render(request, "accounts/show_factor.html", context, status=status)


def _is_typed(request: HttpRequest) -> bool:
    """A form with a password in it is never shown again: its page opens anew."""
    is_sent = request.method == "POST" and request.POST.get(MARK, TO_SEND) == TO_SEND
    return is_sent and not any("password" in name for name in request.POST)


def _typed(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, values in request.POST.lists():
        if name not in OURS:
            yield from ((name, str(value)) for value in values)
