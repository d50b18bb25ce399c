"""Staff reach nothing without a second factor: one they hold, and have shown in this session.

A session keeps what allauth wrote down of each way somebody showed that it is them. A passkey, a code of an
app and a recovery code are second factors; a password is none, nor is a link of a mail.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext

from accounts import show_factor
from accounts.factors import factors_of
from accounts.sessions import has_session

View = TypeVar("View", bound=Callable[..., Any])
SHOWN = "mfa"  # as allauth calls it in its record
# What anybody signed in reaches without one. Every other address is shut, those of tomorrow too.
OPEN = frozenset(
    [
        "account_logout", "admin:logout", "set_language", "help", "healthz", "readyz", "health",
        "session_extend", "session_again", "session_ended", "caught_mail", "sample_codes",
    ]
)  # fmt: skip
SETTING_UP = frozenset(
    ["accounts:second_factor", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"]
)


def shown_at(request: HttpRequest) -> float:
    """When a second factor was last shown in this session, in seconds as the clock of the system counts; 0
    for never.
    """
    return _last(request, SHOWN)


def is_fresh(request: HttpRequest) -> bool:
    """Whether one was shown no longer ago than ``settings.FRESH_FACTOR_MINUTES``."""
    return time.time() - shown_at(request) <= settings.FRESH_FACTOR_MINUTES * 60


def demand(request: HttpRequest, *, facts: show_factor.Facts) -> HttpResponse | None:
    """The page that asks for a fresh factor, or None where nothing stands in the way.

    Asked before a decision is shown, and again when it is sent. ``facts``: pairs of words that say what the
    person approves.
    """
    if is_fresh(request):
        return show_factor.back(request, show_factor.TO_OPEN)
    return show_factor.ask(request, facts=facts)


def confirmed_first(label: str | Promise) -> Callable[[View], View]:
    """A view that takes a fresh second factor, of which ``label`` says what it gives out or does."""

    def decorate(view: View) -> View:
        @wraps(view)
        def confirmed(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            asked = demand(request, facts=[(gettext("Act"), label)])
            return view(request, *args, **kwargs) if asked is None else asked

        return cast(View, confirmed)

    return decorate


def just_signed_in(request: HttpRequest) -> bool:
    """By password, and no longer ago than allauth would take another proof for fresh."""
    return time.time() - _last(request, "password") < app_settings.REAUTHENTICATION_TIMEOUT


def note_set_up(request: HttpRequest, kind: str) -> None:
    """Who sets a factor up has shown it."""
    record_authentication(request, request.user, method=SHOWN, type=str(kind), reauthenticated=True)


class SecondFactor:
    """Shuts every page to staff but the few in ``OPEN``, until they set a factor up or show theirs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in OPEN or not _is_staff(request):
            return None
        if shown_at(request):
            return show_factor.back(request, show_factor.TO_ENTER)
        if factors_of(request.user).exists():  # type: ignore[arg-type]
            return show_factor.ask(request)
        if name in SETTING_UP:
            return None
        return redirect("accounts:second_factor")


def _last(request: HttpRequest, method: str) -> float:
    records = get_authentication_records(request, request.user)
    return max((float(record["at"]) for record in records if record["method"] == method), default=0)


def _is_staff(request: HttpRequest) -> bool:
    return has_session(request) and bool(getattr(request.user, "is_staff", False))
