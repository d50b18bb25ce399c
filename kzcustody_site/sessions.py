"""The pages of a session that ends: longer, signed in again, over."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.sessions import DAY, left, note_activity
from applications.portal import typed


@never_cache
@require_POST
def extend(request: HttpRequest) -> HttpResponse:
    """A person is here and says so: the idle time begins anew. The half day does not."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    note_activity(request, exactly=True)
    return JsonResponse(left(request))


@never_cache
@require_POST
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Signs out and asks to sign in at once, back to the page; what is typed on it is kept."""
    mark = typed.read_mark(request)
    target = mark.path if mark else _safe(request, request.GET.get(REDIRECT_FIELD_NAME, ""))
    if mark and typed.is_own(request, mark):
        typed.keep(request, mark)
    logout(request)
    return redirect_to_login(target or reverse("home"))


@never_cache
@require_GET
def ended(request: HttpRequest) -> HttpResponse:
    """Why one is signed out, what became of the answers, and the way back."""
    target = _safe(request, request.GET.get(REDIRECT_FIELD_NAME, ""))
    if request.user.is_authenticated:
        return redirect(target or "home")
    sign_in = reverse("account_login")
    context: dict[str, Any] = {
        "after_half_a_day": request.GET.get("why") == DAY,
        "sign_in": f"{sign_in}?{urlencode({REDIRECT_FIELD_NAME: target})}" if target else sign_in,
        "hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "site/session_ended.html", context)


def _safe(request: HttpRequest, target: str) -> str:
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if allowed else ""
