"""How often one network address may ask for a code that nobody has."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

MOST = 30
SECONDS = 600


def too_many(request: HttpRequest) -> bool:
    """Whether this address has missed as often as it may. A miss is counted by ``missed``."""
    return int(cache.get(_key(request), 0)) >= MOST


def missed(request: HttpRequest) -> None:
    key = _key(request)
    cache.add(key, 0, SECONDS)
    try:
        cache.incr(key)
    except ValueError:  # the time was up between the two
        cache.set(key, 1, SECONDS)


def _key(request: HttpRequest) -> str:
    try:
        address = get_adapter().get_client_ip(request)
    except PermissionDenied:
        address = ""
    return f"register-check:{address}"
