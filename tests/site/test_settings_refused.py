import subprocess
from collections.abc import Callable
from types import ModuleType
from urllib.parse import quote

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from kzcustody_site.embedded.places import ROOT

Load = Callable[[dict[str, str]], ModuleType]
REQUIRED = [
    "SECRET_KEY",
    "HUMAN_KEY",
    "ALLOWED_HOSTS",
    "BASE_URL",
    "DATABASE_URL",
    "REDIS_URL",
    "CLAMD_ADDRESS",
    "S3_BUCKET",
    "S3_QUARANTINE_BUCKET",
    "DOCUMENTS_ENCRYPTED_BY",
    "EMAIL_HOST",
    "DEFAULT_FROM_EMAIL",
    "AUDIT_ANCHOR_DIR",
]
UNSAFE = [
    ("DEBUG", "1"),
    ("SAMPLES_ALLOWED", "1"),
    ("CAUGHT_MAIL_DIR", "/tmp/mail"),
    ("SAMPLE_CODES", "1"),
    ("FRESH_FACTOR_MINUTES", "0"),
    ("SECRET_KEY", "development-only-SECRET_KEY-not-for-production-use-0123456789"),
    ("SECRET_KEY", "w4Jm0dTqzR8sVhE2nLxYb6KcP1uGfA9tQoI3vWjB7kMyZr5eH"),
    ("SECRET_KEY", "ab" * 40),
    ("HUMAN_KEY", "short"),
    ("HUMAN_KEY", "w4Jm0dTqzR8sVhE2nLxYb6KcP1uGfA9tQoI3vWjB7kMyZr5eHDXaNpUCgSl"),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "licensing.example.kz, *"),
    ("BASE_URL", "http://licensing.example.kz"),
    ("BASE_URL", "licensing.example.kz"),
    ("BASE_URL", "https://licensing.example.kz/path"),
    ("DATABASE_URL", "sqlite:///db"),
    ("DATABASE_URL", "postgresql://kzcustody_owner:secret@db/kzcustody"),
    ("DATABASE_URL", "postgresql://kzcustody_app@db/kzcustody"),
    ("REDIS_URL", "memory://"),
    ("REDIS_URL", "redis://redis:6379/0"),
    ("CLAMD_ADDRESS", "clamav"),
    ("DOCUMENT_MAX_BYTES", "0"),
    ("DOCUMENT_MAX_BYTES", "50 MB"),
    ("S3_QUARANTINE_BUCKET", "documents"),
    ("DOCUMENTS_ENCRYPTED_BY", "yes"),
    ("BOUNCE_ADDRESS", "bounce"),
    ("BOUNCE_ADDRESS", "bounce+x@licensing.example.kz"),
    ("BOUNCE_ADDRESS", "bounced-mail@licensing.example.kz"),
    ("BOUNCE_ADDRESS", "bounce@licensing.example.kz\n"),
    ("EMAIL_USE_TLS", "0"),
    ("EMAIL_USE_TLS", "yes"),
]


def refusal(load_settings: Load, environment: dict[str, str]) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        load_settings(environment)
    return str(refused.value)


def test_production_starts_with_what_is_required(load_settings: Load, production: dict[str, str]) -> None:
    settings = load_settings(production)
    assert (settings.PRODUCTION, settings.DEBUG, settings.SAMPLES_ALLOWED) == (True, False, False)


def test_development_starts_with_nothing_set(load_settings: Load, bare_environment: dict[str, str]) -> None:
    assert load_settings(bare_environment).BASE_URL == "http://localhost:8000"


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("empty", [True, False])
def test_production_names_what_is_missing(
    load_settings: Load, production: dict[str, str], name: str, empty: bool
) -> None:
    without = {**production, name: ""} if empty else {k: v for k, v in production.items() if k != name}
    assert refusal(load_settings, without).split()[:4] == [name, "is", "not", "set."]


@pytest.mark.parametrize(("name", "value"), UNSAFE)
def test_production_names_what_is_unsafe(
    load_settings: Load, production: dict[str, str], name: str, value: str
) -> None:
    assert refusal(load_settings, {**production, name: value}).split()[0] == name


def test_a_secret_of_fifty_characters_is_long_enough(load_settings: Load, production: dict[str, str]) -> None:
    fifty = production["SECRET_KEY"][:50]
    assert fifty == load_settings({**production, "SECRET_KEY": fifty}).SECRET_KEY


def test_a_mode_that_is_none_is_refused(load_settings: Load, bare_environment: dict[str, str]) -> None:
    said = refusal(load_settings, {**bare_environment, "KZCUSTODY_MODE": "prod"})
    assert said == "KZCUSTODY_MODE is 'prod'; set it to one of: production, development."


def test_the_owner_migrates_but_does_not_serve(load_settings: Load, production: dict[str, str]) -> None:
    owner = {**production, "DATABASE_OWNER_URL": "postgresql://kzcustody_owner:secret@db/kzcustody"}
    settings = load_settings(owner)
    assert settings.DATABASES["default"]["USER"] == "kzcustody_owner"
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_OWNER_URL is set\. "):
        settings.environment.refuse_owner()


def test_sessions_are_for_short_statements_unless_the_address_says_otherwise(
    load_settings: Load, production: dict[str, str]
) -> None:
    url, own = production["DATABASE_URL"], "-c work_mem=1MB"
    found = [
        load_settings({**production, "DATABASE_URL": one}).DATABASES["default"]["OPTIONS"]["options"]
        for one in (url, f"{url}?options={quote(own)}")
    ]
    assert found == ["-c max_parallel_workers_per_gather=0 -c jit=off", own]


@pytest.mark.django_db
def test_the_session_has_them() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_parallel_workers_per_gather'), current_setting('jit')")
        assert cursor.fetchone() == ("0", "off")


def test_the_web_server_ends_with_the_name(production: dict[str, str], python: str) -> None:
    """As an operator meets it: the last line that a start-up prints."""
    del production["HUMAN_KEY"]
    done = subprocess.run(
        [python, "-c", "import kzcustody_site.wsgi"], cwd=ROOT, env=production, capture_output=True, text=True
    )
    assert done.stderr.splitlines()[-1].endswith(
        "ImproperlyConfigured: HUMAN_KEY is not set. Set it in the environment and start again."
    )
    assert done.returncode == 1


def test_production_checks_where_a_passkey_was_made(load_settings: Load, production: dict[str, str]) -> None:
    settings = load_settings(production)
    assert settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN is False
    assert settings.KNOWN_BROWSER_COOKIE == "__Host-known"


ON_DISK = {"S3_BUCKET": "", "DOCUMENTS_ON_DISK": "1"}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (ON_DISK | {"DOCUMENTS_ENCRYPTED_BY": ""}, "DOCUMENTS_ENCRYPTED_BY is not set."),
        (ON_DISK | {"DOCUMENTS_ENCRYPTED_BY": "s3"}, "DOCUMENTS_ENCRYPTED_BY is 's3', and files lie on disk"),
        (ON_DISK | {"DOCUMENTS_ENCRYPTED_BY": "disk", "S3_OBJECT_LOCK": "1"}, "S3_OBJECT_LOCK is set, and"),
        ({"DOCUMENTS_ENCRYPTED_BY": "kms"}, "S3_KMS_KEY is not set."),
    ],
)
def test_production_refuses_files_that_nobody_says_are_encrypted(
    load_settings: Load, production: dict[str, str], given: dict[str, str], named: str
) -> None:
    assert refusal(load_settings, production | given).startswith(named)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ({"DOCUMENTS_ENCRYPTED_BY": "s3"}, {"ServerSideEncryption": "AES256"}),
        (
            {"DOCUMENTS_ENCRYPTED_BY": "kms", "S3_KMS_KEY": "a-key"},
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "a-key"},
        ),
        ({"DOCUMENTS_ENCRYPTED_BY": "disk"}, {}),
    ],
)
def test_what_is_written_to_both_buckets_is_encrypted_as_said(
    load_settings: Load, production: dict[str, str], given: dict[str, str], written: dict[str, str]
) -> None:
    stores = load_settings(production | given).STORAGES
    said = {alias: stores[alias]["OPTIONS"] for alias in ("quarantine", "documents")}
    assert {alias: options["bucket_name"] for alias, options in said.items()} == {
        "quarantine": "quarantine",
        "documents": "documents",
    }
    assert [options["object_parameters"] for options in said.values()] == [written, written]


def test_on_an_encrypted_disk_files_lie_in_two_folders(
    load_settings: Load, production: dict[str, str]
) -> None:
    folders = {"DOCUMENTS_DIR": "/srv/clean", "QUARANTINE_DIR": "/srv/new"}
    settings = load_settings(production | ON_DISK | {"DOCUMENTS_ENCRYPTED_BY": "disk"} | folders)
    found = {alias: settings.STORAGES[alias]["OPTIONS"]["location"] for alias in ("quarantine", "documents")}
    assert found == {"quarantine": "/srv/new", "documents": "/srv/clean"}
    assert settings.DOCUMENTS_OBJECT_LOCK is False
