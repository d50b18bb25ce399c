from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from kzcustody_site.failures import closed

METHODS = ("GET", "HEAD", "POST")
PROBES = ("/healthz", "/readyz", "/health")


def known_methods(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuses every other method before any view, also where a library's view would take it for a POST."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)

    return middleware


def maintenance(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """While MAINTENANCE is set, every page says so; the probes answer as always."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_open = not settings.MAINTENANCE or request.path in PROBES
        return get_response(request) if is_open else closed(request)

    return middleware


def no_store(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Keeps every page out of shared and back-button caches; a view may say otherwise."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware
