"""From where somebody acts, as roughly as is good to know; and which browsers signed in before."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address

from allauth.account.adapter import get_adapter
from allauth.core import context
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User

YEAR = 365 * 24 * 3600
MOST = 10  # people who share one browser
# The first that a browser names itself by counts: most of them say that they are Chrome and Safari too.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("YaBrowser", "Yandex Browser"),
    ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Happening:
    """``what`` happened to an account; what is not known is empty."""

    user: User
    what: str
    at: datetime
    network: str
    browser: str
    factor: str = ""
    old_email: str = ""


def happening(*, user: User, what: str, factor: str = "", old_email: str = "") -> Happening:
    """It, with the time and with what the request of now tells of the place."""
    request = context.request
    return Happening(
        user=user,
        what=what,
        at=timezone.now(),
        network=_network(request) if request else "",
        browser=browser_of(request.headers.get("User-Agent", "")) if request else "",
        factor=factor,
        old_email=old_email,
    )


def _network(request: HttpRequest) -> str:
    try:
        return roughly(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""


def roughly(address: str) -> str:
    """The first parts of a network address: enough for a country or a provider, too little for a house."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if isinstance(found, IPv4Address):
        return ".".join(str(found).split(".")[:2]) + ".x.x"
    return ":".join(part.lstrip("0") or "0" for part in found.exploded.split(":")[:3]) + ":x"


def browser_of(agent: str) -> str:
    """“Firefox, Windows”; what is not known is left out."""
    names = [next((name for mark, name in marks if mark in agent), "") for marks in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in names if name)


def is_known(request: HttpRequest, user: User) -> bool:
    """Whether this browser shows that the person signed in with it before."""
    return any(constant_time_compare(mark, _mark(user)) for mark in _marks(request))


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    marks = [_mark(user), *(mark for mark in _marks(request) if mark != _mark(user))]
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE,
        ".".join(marks[:MOST]),
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _marks(request: HttpRequest) -> list[str]:
    return [mark for mark in request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE, "").split(".") if mark][:MOST]


def _mark(user: User) -> str:
    """Nobody can make it who has not the key, and it says nothing of the person."""
    return salted_hmac("accounts.known_browser", str(user.pk), algorithm="sha256").hexdigest()
