"""Reads settings from the environment; a missing or unsafe one stops start-up by its name."""

import os
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PRODUCTION = "production"
DEVELOPMENT = "development"
MODES = (PRODUCTION, DEVELOPMENT)


def mode() -> str:
    """``development`` (the default run and the tests) or ``production``; anything else is refused."""
    value = os.environ.get("KZCUSTODY_MODE", DEVELOPMENT)
    if value not in MODES:
        raise ImproperlyConfigured(f"KZCUSTODY_MODE is {value!r}; set it to one of: {', '.join(MODES)}.")
    return value


def text(name: str, default: str | None = None) -> str:
    """The setting's text; in production a setting without a value is an error even where a default exists."""
    value = os.environ.get(name, "")
    if value:
        return value
    if default is None or mode() == PRODUCTION:
        raise ImproperlyConfigured(f"{name} is not set. Set it in the environment and start again.")
    return default


def optional(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def number(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    if not value:
        return default
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number.")
    return int(value)


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "")
    if value == "":
        return default
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} is {value!r}; write 1 for yes or 0 for no.")
    return value == "1"


def names(name: str, default: str | None = None) -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def database(url: str, *, name: str) -> dict[str, object]:
    """Django's database settings from ``postgresql://user:password@host:port/name?host=/socket``.

    Raises ImproperlyConfigured for anything but PostgreSQL: it is the only database.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured(f"{name} starts with {parts.scheme!r}; only postgresql:// is supported.")
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "kzcustody",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": {**query},
    }
