import os
import sys
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from kzcustody_site.embedded.places import ROOT, aside, forget
from kzcustody_site.embedded.processes import Family
from kzcustody_site.embedded.valkey import Valkey

PRODUCTION = {
    "KZCUSTODY_MODE": "production",
    "SECRET_KEY": "w4Jm0dTqzR8sVhE2nLxYb6KcP1uGfA9tQoI3vWjB7kMyZr5eHDXaNpUCgSl",
    "HUMAN_KEY": "Zp8xQ2mWvT5rLkJ9cNdY0bHsGfA3eU6iOoK1zXqVwE7tRyMnPlBjDhCgSa4",
    "ALLOWED_HOSTS": "licensing.example.kz",
    "BASE_URL": "https://licensing.example.kz",
    "DATABASE_URL": "postgresql://kzcustody_app:secret@db.example.kz:5432/kzcustody",
    "REDIS_URL": "redis://:secret@redis.example.kz:6379/0",
    "CLAMD_ADDRESS": "tcp://clamav.example.kz:3310",
    "S3_BUCKET": "documents",
    "S3_QUARANTINE_BUCKET": "quarantine",
    "DOCUMENTS_ENCRYPTED_BY": "s3",
    "EMAIL_HOST": "mail.example.kz",
    "DEFAULT_FROM_EMAIL": "licensing@example.kz",
    "AUDIT_ANCHOR_DIR": "/var/lib/anchors",
}
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")


@pytest.fixture
def bare_environment() -> dict[str, str]:
    return {name: os.environ[name] for name in KEPT if name in os.environ}


@pytest.fixture
def production(bare_environment: dict[str, str]) -> dict[str, str]:
    """An environment that production accepts."""
    return {**bare_environment, **PRODUCTION}


@pytest.fixture
def load_settings(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], ModuleType]:
    """Reads settings.py anew in an environment, apart from the settings that Django uses here."""

    def load(environment: dict[str, str]) -> ModuleType:
        for name in set(os.environ) - set(environment):
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        spec = spec_from_file_location("settings_read_anew", ROOT / "kzcustody_site" / "settings.py")
        assert spec
        assert spec.loader
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    family = Family(tmp_path)
    yield family
    family.stop()
    forget(tmp_path)
    assert not aside(tmp_path).exists()


@pytest.fixture
def python() -> str:
    return sys.executable


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    family = Family(tmp_path_factory.mktemp("valkey"))
    server = Valkey(family.state)
    server.start(family, os.environ)
    yield server
    family.stop()
