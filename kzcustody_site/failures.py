"""When something goes wrong: what happened, and what was typed is not lost.

What a page of ours sent is shown again and can be sent once more; what a page of somebody else sent is not.
"""

import logging
import re
import sys
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from applications.portal import typed

log = logging.getLogger(__name__)
SECRET = re.compile(r".*password.*|code|token|key|otp")
OF_A_RECORD = re.compile(r"(?:\w+:)?[0-9a-f]{8}-[0-9a-f-]{27}|\w{0,2}")
RETRY_AFTER = "300"
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
AWAY = (OperationalError, InterfaceError)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long. A form of the portal is kept, and its page shows it again; another form is
    shown here, to be sent once more. A page of another site gets neither.
    """
    context: dict[str, Any] = {}
    if came_from_us(request):
        mark = typed.read_mark(request)
        if mark and not request.user.is_authenticated:
            return typed.signed_out(request)
        if mark:
            kept = typed.keep(request, mark)
            context = {"kept": kept, "page": mark.path, "is_own": typed.is_own(request, mark)}
        if not context.get("kept"):
            context |= again(request)
        context["files"] = typed.files_chosen(request)
    return answer(request, "403_csrf.html", HTTPStatus.FORBIDDEN, context)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, TOO_LARGE):
        return answer(request, "413.html", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {})
    return answer(request, "400.html", HTTPStatus.BAD_REQUEST, {})


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", _to_read(request), status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", _to_read(request), status=HTTPStatus.NOT_FOUND)


def too_many(request: HttpRequest) -> HttpResponse:
    response = answer(request, "429.html", HTTPStatus.TOO_MANY_REQUESTS, again_safely(request))
    response["Retry-After"] = RETRY_AFTER
    return response


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """A fault, or a database that is away. Nothing that this page needs may fail a second time."""
    if isinstance(sys.exc_info()[1], AWAY):
        return closed(request)
    return answer(request, "500.html", HTTPStatus.INTERNAL_SERVER_ERROR, again_safely(request, keep=True))


def closed(request: HttpRequest) -> HttpResponse:
    response = answer(request, "503.html", HTTPStatus.SERVICE_UNAVAILABLE, again_safely(request))
    response["Retry-After"] = RETRY_AFTER
    return response


def answer(request: HttpRequest, template: str, status: int, context: dict[str, Any]) -> HttpResponse:
    """The page by itself: neither the account nor the database is asked for it."""
    contact = {"contact_email": settings.CONTACT_EMAIL}
    return HttpResponse(render_to_string(template, contact | context), status=status)


def again_safely(request: HttpRequest, *, keep: bool = False) -> dict[str, Any]:
    """As ``again``; nothing where even that fails. ``keep`` tries to keep the typed text too."""
    try:
        if request.method != "POST" or not came_from_us(request):
            return {}
        mark = typed.read_mark(request) if keep else None
        if mark and typed.is_own(request, mark):
            typed.keep(request, mark)
    except Exception:
        log.exception("What was typed could not be kept")
    try:
        return again(request) | {"files": typed.files_chosen(request)}
    except Exception:
        log.exception("What was typed could not be shown")
        return {}


def _to_read(request: HttpRequest) -> dict[str, Any]:
    """What was typed, to be copied: to send it once more would not help."""
    return {name: value for name, value in again_safely(request).items() if name in ("shown", "files")}


def again(request: HttpRequest) -> dict[str, Any]:
    """What was typed, to be read and sent once more. Never what is secret, nor anything beside it."""
    if any(SECRET.fullmatch(name.lower()) for name in request.POST):
        return {}
    sent = [(name, text) for name, texts in request.POST.lists() for text in texts]
    return {
        "again": [pair for pair in sent if pair[0] != "csrfmiddlewaretoken"],
        "shown": [
            text
            for texts in typed.typed_fields(request.POST).values()
            for text in texts
            if not OF_A_RECORD.fullmatch(text)
        ],
        "address": request.get_full_path(),
        "csrf_token": get_token(request),
    }


def came_from_us(request: HttpRequest) -> bool:
    """Whether a page of this service sent the request: what no other site can make a browser say."""
    us = f"{request.scheme}://{request.get_host()}"
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    if origin := request.headers.get("Origin"):
        return origin == us
    referer = urlsplit(request.headers.get("Referer", ""))
    return f"{referer.scheme}://{referer.netloc}" == us
