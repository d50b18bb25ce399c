"""The id of the request (or task) that an event belongs to."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    return _request_id.get()


@contextmanager
def belonging_to(request_id: str) -> Iterator[None]:
    """What is recorded here belongs to that request, though its answer may be on its way already."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Gives every request an id of our own making and names it in the response."""

    def inner(request: HttpRequest) -> HttpResponse:
        token = _request_id.set(uuid.uuid4().hex)
        try:
            response = get_response(request)
            response.headers["X-Request-ID"] = _request_id.get()
            return response
        finally:
            _request_id.reset(token)

    return inner
