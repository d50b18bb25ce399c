"""Reads settings from the environment; a missing or unsafe one stops start-up by its name."""

import os
import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PRODUCTION = "production"
DEVELOPMENT = "development"
MODES = (PRODUCTION, DEVELOPMENT)
ENCRYPTED_BY = ("disk", "s3", "kms")
FOR_DEVELOPMENT = "development-only"
SECRET_LENGTH = 50
SECRET_VARIETY = 10
# A peer that vanished is noticed after a minute, not after the two hours of TCP. Seconds, and how often.
KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
# Each statement of a page is short: to start helpers, or to compile it, takes longer than they save.
SHORT_STATEMENTS = "-c max_parallel_workers_per_gather=0 -c jit=off"
MAKE_ONE = "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"


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
    if not re.fullmatch(r"[1-9][0-9]*", value):
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number above zero.")
    return int(value)


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "")
    if value == "":
        return default
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} is {value!r}; write 1 for yes or 0 for no.")
    return value == "1"


def names(name: str, default: str | None = None) -> list[str]:
    found = [part.strip() for part in text(name, default).split(",") if part.strip()]
    if "*" in found:
        raise ImproperlyConfigured(
            f"{name} is '*', which means every name. List the names, with commas between them."
        )
    return found


def secret(name: str) -> str:
    """A key that signs or hashes. Production refuses the default, and whatever is easy to guess."""
    value = text(name, f"{FOR_DEVELOPMENT}-{name}-not-for-production-use-0123456789")
    if mode() != PRODUCTION:
        return value
    if value.startswith(FOR_DEVELOPMENT):
        raise ImproperlyConfigured(f"{name} is the one for development. {MAKE_ONE}")
    if len(value) < SECRET_LENGTH or len(set(value)) < SECRET_VARIETY:
        raise ImproperlyConfigured(f"{name} is too short or too plain for production. {MAKE_ONE}")
    return value


def web_address(name: str, default: str) -> str:
    """``https://host`` with nothing after it; ``http://`` in development only."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured(f"{name} is {value!r}; write it as https://licensing.example.kz.")
    if mode() == PRODUCTION and parts.scheme != "https":
        raise ImproperlyConfigured(f"{name} is {value!r}; production is reached through https:// only.")
    return value


def bounce_address(name: str) -> str:
    """``bounce@host``, or empty. What is written between name and host leaves 11 characters of the 64 that a
    mail server takes before the @.
    """
    value = optional(name)
    if value and not re.fullmatch(r"[A-Za-z0-9._-]{1,11}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", value):
        raise ImproperlyConfigured(
            f"{name} is {value!r}; write it as bounce@licensing.example.kz, "
            "with 11 letters before the @ at most."
        )
    return value


def refuse_in_production(name: str, why: str) -> None:
    if mode() == PRODUCTION and os.environ.get(name, "0") not in ("", "0"):
        raise ImproperlyConfigured(f"{name} is set. {why}")


def scanner(name: str) -> str:
    """``unix:///path`` or ``tcp://host:port``; empty, in development only, for none."""
    value = optional(name)
    if not value and mode() == PRODUCTION:
        raise ImproperlyConfigured(f"{name} is not set. Production refuses to take files it cannot scan.")
    if value and not re.fullmatch(r"unix:///.+|tcp://[^/:]+:\d+", value):
        raise ImproperlyConfigured(f"{name} is {value!r}; write unix:///path/to/socket or tcp://host:port.")
    return value


def in_buckets() -> bool:
    return bool(optional("S3_BUCKET"))


def insist_on_two_stores() -> None:
    """Files lie in two buckets, or on disk in two folders; what is not clean never lies beside what is."""
    if not in_buckets():
        if mode() == PRODUCTION and not flag("DOCUMENTS_ON_DISK", default=False):
            raise ImproperlyConfigured(
                "S3_BUCKET is not set. Set it, or DOCUMENTS_ON_DISK=1 to keep files on disk."
            )
        return
    quarantine = optional("S3_QUARANTINE_BUCKET")
    if not quarantine:
        raise ImproperlyConfigured(
            "S3_QUARANTINE_BUCKET is not set. Name a second bucket, for files that are not yet found clean."
        )
    if quarantine == optional("S3_BUCKET"):
        raise ImproperlyConfigured("S3_QUARANTINE_BUCKET is the same as S3_BUCKET. Give each its own bucket.")


def file_store(*, bucket: str, folder: str) -> dict[str, object]:
    """A store of STORAGES: in the bucket, or in the folder where there are no buckets."""
    encryption = written_encrypted()
    options: dict[str, object]
    if in_buckets():
        options = {
            "bucket_name": bucket,
            "endpoint_url": optional("S3_ENDPOINT_URL") or None,
            "access_key": optional("S3_ACCESS_KEY") or None,
            "secret_key": optional("S3_SECRET_KEY") or None,
            "region_name": optional("S3_REGION", "us-east-1"),
            "addressing_style": "path",
            "signature_version": "s3v4",
            "file_overwrite": False,
            "default_acl": None,
            "object_parameters": encryption,
        }
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    options = {
        "location": folder,
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    }
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}


def written_encrypted() -> dict[str, str]:
    """What every write asks of S3, by what DOCUMENTS_ENCRYPTED_BY says encrypts the files at rest: ``disk``,
    the volume that they or their S3 server lie on; ``s3``, the server with a key of its own; ``kms``, the
    server with the key S3_KMS_KEY. Production starts with none of them unsaid.
    """
    how, key = text("DOCUMENTS_ENCRYPTED_BY", "disk"), optional("S3_KMS_KEY")
    if how not in ENCRYPTED_BY:
        raise ImproperlyConfigured(
            f"DOCUMENTS_ENCRYPTED_BY is {how!r}; set it to one of: {', '.join(ENCRYPTED_BY)}."
        )
    if how == "disk":
        return {}
    if not in_buckets():
        raise ImproperlyConfigured(
            f"DOCUMENTS_ENCRYPTED_BY is {how!r}, and files lie on disk: encrypt the disk, and write disk."
        )
    if how == "s3":
        return {"ServerSideEncryption": "AES256"}
    if not key:
        raise ImproperlyConfigured(
            "S3_KMS_KEY is not set. DOCUMENTS_ENCRYPTED_BY is 'kms': name the key, or write s3."
        )
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}


def object_lock(name: str) -> bool:
    """Whether the bucket of the documents was made so that it can hold a version against being deleted."""
    locks = flag(name, default=False)
    if locks and not in_buckets():
        raise ImproperlyConfigured(f"{name} is set, and files lie on disk, which holds nothing. Remove it.")
    return locks


def redis(name: str, default: str) -> str:
    value = text(name, default)
    parts = urlsplit(value)
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured(
            f"{name} starts with {parts.scheme!r}; write redis://, rediss:// or unix://."
        )
    if mode() == PRODUCTION and parts.scheme != "unix" and not parts.password:
        raise ImproperlyConfigured(f"{name} has no password. Write it as redis://:password@host:6379/0.")
    return value


def broker(url: str) -> str:
    """The same server, and database of it, in the words of Celery, which has its own for a socket."""
    return url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")


def database(url: str, *, name: str) -> dict[str, Any]:
    """Django's database settings from ``postgresql://user:password@host:port/name?host=/socket``.

    Raises ImproperlyConfigured for anything but PostgreSQL: it is the only database.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured(f"{name} starts with {parts.scheme!r}; only postgresql:// is supported.")
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", None) or parts.hostname or ""
    if mode() == PRODUCTION and not host.startswith("/") and not parts.password:
        raise ImproperlyConfigured(
            f"{name} has no password. Write it as postgresql://user:password@host/name."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "kzcustody",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": {**KEEPALIVES, **query},
    }


def connection(default: str, *, app_role: str) -> dict[str, Any]:
    """The owner's where DATABASE_OWNER_URL is given, to migrate; else that of the role that serves, which
    sets ``SHORT_STATEMENTS`` unless the address has ``options`` of its own.
    """
    owner = optional("DATABASE_OWNER_URL")
    if owner:
        return database(owner, name="DATABASE_OWNER_URL")
    serving = database(text("DATABASE_URL", default), name="DATABASE_URL")
    serving["OPTIONS"].setdefault("options", SHORT_STATEMENTS)
    if mode() == PRODUCTION and serving["USER"] != app_role:
        raise ImproperlyConfigured(
            f"DATABASE_URL signs in as {serving['USER']!r}, not as {app_role!r} (DATABASE_APP_ROLE). "
            "Production serves with a role that owns no table; "
            "the owner's goes into DATABASE_OWNER_URL, to migrate only."
        )
    return serving


def refuse_owner() -> None:
    """Called by what serves: the owner of the tables could rewrite the audit record."""
    refuse_in_production(
        "DATABASE_OWNER_URL", "It is for migrate and grant_app_role only; remove it from what serves."
    )
