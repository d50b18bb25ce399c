"""How long one stays signed in: as long as one does something, and half a day at most.

Only what a person does counts: opening a page, sending a form, typing. What a script asks by itself (keeping
of text, who else is here, the state of a file) is ``passive`` and does not.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

V = TypeVar("V", bound=Callable[..., Any])

BEGAN, SEEN = "signed_in_at", "seen_at"
IDLE, DAY, ENDED = "idle", "day", "ended"  # ended by two administrators: of that a mail tells
WRITE_EVERY = 60  # seconds: activity is noted no finer, so that a page seldom writes


def passive(view: V) -> V:
    """A page that a script asks for by itself: it does not make a session last longer."""
    view.passive = True  # type: ignore[attr-defined]
    return view


def begin(request: HttpRequest, **_news: object) -> None:
    """Somebody signs in: both times begin."""
    request.session[BEGAN] = request.session[SEEN] = _now()


def left(request: HttpRequest) -> dict[str, int]:
    """Seconds until the session ends if nothing is done, and until it ends in any case."""
    now = _now()
    return {
        IDLE: max(0, request.session.get(SEEN, now) + idle_limit(request) - now),
        DAY: max(0, request.session.get(BEGAN, now) + settings.SESSION_COOKIE_AGE - now),
    }


def idle_limit(request: HttpRequest) -> int:
    """Seconds."""
    minutes = settings.SESSION_IDLE_MINUTES_STAFF if request.user.is_staff else settings.SESSION_IDLE_MINUTES
    return int(minutes) * 60


def note_activity(request: HttpRequest, *, exactly: bool = False) -> None:
    now = _now()
    request.session.setdefault(BEGAN, now)
    if exactly or now - request.session.get(SEEN, 0) >= WRITE_EVERY:
        request.session[SEEN] = now


class Sessions:
    """Ends a session whose time is over, and says so where the sign-in is asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        why = _why_over(request)
        if why:
            logout(request)
        response = self.get_response(request)
        return _told_why(response, why) if why in (IDLE, DAY) else response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if not getattr(view, "passive", False) and has_session(request) and request.user.is_authenticated:
            note_activity(request)


def has_session(request: HttpRequest) -> bool:
    """A page without a session, such as a probe of health, asks the database for none."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _why_over(request: HttpRequest) -> str:
    if not has_session(request) or not request.user.is_authenticated:
        return ""
    ended = request.user.sessions_ended_at
    if ended and request.session.get(BEGAN, 0) <= ended.timestamp():
        return ENDED
    remaining = left(request)
    return DAY if not remaining[DAY] else IDLE if not remaining[IDLE] else ""


def _told_why(response: HttpResponse, why: str) -> HttpResponse:
    """A way to the sign-in leads over the page that says why one is signed out."""
    target = response.headers.get("Location", "")
    sign_in, _mark, query = target.partition("?")
    if response.status_code != 302 or sign_in not in (reverse("account_login"), reverse("admin:login")):
        return response
    ended = f"{reverse('session_ended')}?{urlencode({'why': why})}"
    changed = HttpResponseRedirect(f"{ended}&{query}" if query else ended)
    changed.cookies = response.cookies
    return changed


def _now() -> int:
    return int(timezone.now().timestamp())
