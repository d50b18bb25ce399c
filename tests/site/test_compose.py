"""docker-compose.yml says what the settings ask for. Its form is checked by `make lint`."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from kzcustody_site.embedded.places import ROOT

MEGABYTE = 1024 * 1024
VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)(?::([?-])([^}]*))?\}")
VARIABLE_NAMES = {found[1] for found in VARIABLE.finditer((ROOT / "docker-compose.yml").read_text())}


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "docker-compose.yml").read_text()


@pytest.fixture(scope="module")
def compose(text: str) -> dict[str, Any]:
    return yaml.safe_load(text)


def filled(environment: dict[str, str], values: dict[str, str]) -> dict[str, str]:
    def value(found: re.Match[str]) -> str:
        return values.get(found[1]) or found[3] or ""

    return {name: VARIABLE.sub(value, text) for name, text in environment.items()}


def test_the_compose_file_keeps_to_the_specification() -> None:
    command = ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "ok -- validation done")


def test_the_check_notices_a_broken_compose_file(tmp_path: Path, text: str) -> None:
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(text.replace("restart: unless-stopped", "restart: [unless-stopped]"))
    command = ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(broken)]
    assert subprocess.run(command, capture_output=True).returncode == 1


@pytest.mark.parametrize("service", ["web", "worker", "beat", "release"])
def test_deployment_check_is_clean_with_the_compose_settings(
    compose: dict[str, Any],
    service: str,
    production: dict[str, str],
    bare_environment: dict[str, str],
    python: str,
) -> None:
    values = {
        **dict.fromkeys(VARIABLE_NAMES, "secret"),
        "SITE_HOST": "licensing.example.kz",
        "SECRET_KEY": production["SECRET_KEY"],
        "HUMAN_KEY": production["HUMAN_KEY"],
        "EMAIL_PORT": "587",
        "BOUNCE_ADDRESS": "bounce@licensing.example.kz",
    }
    environment = filled(compose["services"][service]["environment"], values)
    done = subprocess.run(
        [python, "manage.py", "check", "--deploy", "--fail-level", "DEBUG"],
        cwd=ROOT,
        env={**bare_environment, **environment},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert done.stdout == "System check identified no issues (0 silenced).\n"


def test_the_example_names_every_value_that_the_file_asks_for() -> None:
    lines = (ROOT / "deploy" / "example.env").read_text().splitlines()
    names = [line.split("=")[0] for line in lines if line and not line.startswith("#")]
    assert sorted(names) == sorted(VARIABLE_NAMES)


def test_only_what_may_be_empty_has_a_default(text: str) -> None:
    with_default = {found[1] for found in VARIABLE.finditer(text) if found[2] == "-"}
    assert with_default == {"EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "BOUNCE_ADDRESS"}
    assert all(found[2] in ("?", "-") for found in VARIABLE.finditer(text))


def test_the_size_limits_follow_from_one_number(compose: dict[str, Any]) -> None:
    document = int(compose["x-settings"]["DOCUMENT_MAX_BYTES"])
    assert document == settings.DOCUMENT_MAX_BYTES
    assert int(compose["services"]["proxy"]["environment"]["REQUEST_MAX_BYTES"]) == document + MEGABYTE
    scanner = dict(line.split() for line in (ROOT / "deploy" / "clamd.conf").read_text().splitlines()[1:])
    assert int(scanner["StreamMaxLength"].removesuffix("M")) * MEGABYTE > document
    assert int(scanner["MaxFileSize"].removesuffix("M")) * MEGABYTE > document


def test_only_the_release_knows_the_owner_of_the_tables(compose: dict[str, Any]) -> None:
    knows = [
        name
        for name, service in compose["services"].items()
        if "DATABASE_OWNER_URL" in service.get("environment", {})
    ]
    assert knows == ["release"]


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["back"] == {"internal": True}


def test_only_who_needs_the_store_has_a_key_of_it_and_each_has_another(compose: dict[str, Any]) -> None:
    keys = {
        name: (service["environment"]["S3_ACCESS_KEY"], service["environment"]["S3_SECRET_KEY"])
        for name, service in compose["services"].items()
        if "S3_ACCESS_KEY" in service.get("environment", {})
    }
    assert keys == {name: (name, f"${{S3_{name.upper()}_SECRET:?}}") for name in ("web", "worker", "release")}
