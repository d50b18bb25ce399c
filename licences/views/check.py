"""Is this certificate authentic, and what has become of the licence since? Open to everybody."""

from typing import Any

from allauth.core.internal.ratelimit import consume_or_429
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from licences import queries, standing
from licences.certificates.code import LONGEST_TYPED, read, shown
from licences.certificates.page import facts_of

MISSES = {"check": "30/10m/ip"}  # how often one network address may ask for a code that nobody has


@never_cache
@require_safe
def typed(request: HttpRequest) -> HttpResponse:
    """The form; a code that can be one leads to its own address."""
    text = request.GET.get("code", "").strip()[:LONGEST_TYPED]
    code = read(text)
    if code:
        return redirect("register:check", code)
    return _page(request, {"typed": text, "verdict": "unreadable" if text else ""}, 200)


@never_cache
@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What a QR code leads to. A code that nobody has is answered like one that cannot be, but not without
    end.
    """
    plain = read(code)
    certificate = queries.certificate(plain) if plain else None
    if certificate is None:
        too_many = consume_or_429(request, app="register", action="check", config=MISSES, limit_get=True)
        return too_many or _page(request, {"typed": code[:LONGEST_TYPED], "verdict": "unknown"}, 404)
    history = list(certificate.licence.history.all())
    return _page(
        request,
        {
            "verdict": "known",
            "typed": shown(plain),
            "certificate": certificate,
            "licence": certificate.licence,
            "facts": facts_of(certificate.content, (get_language() or "en")[:2]),
            "since": standing.history_of(history)[certificate.entries :],
            "is_newest": certificate.is_newest,
        },
        200,
    )


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, "register/check.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
