"""Brings the database and the static files up to date before anything serves."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from .console import Console
from .places import PYTHON, ROOT
from .processes import finish
from .servers import Servers
from .virtualenv import STAMP


def manage(*arguments: str, environment: Mapping[str, str]) -> str:
    said_by = f"manage.py {' '.join(arguments)}"
    return finish([PYTHON, "manage.py", *arguments], environment=environment, said_by=said_by)


def prepare(servers: Servers, console: Console) -> None:
    """The owner migrates and hands out rights; the rest is done by the role that serves."""
    with console.step("database migrated"):
        manage("migrate", "--no-input", "-v", "0", environment=servers.as_owner)
        manage("grant_app_role", environment=servers.as_owner)
    with console.step("rule books loaded"):
        manage("load_rulebooks", environment=servers.environment)
    with console.step("sample firms"):
        manage("sample_firms", environment=servers.environment)


def collect_static(servers: Servers, console: Console) -> None:
    stamp = servers.family.state / "static.stamp"
    now = _fingerprint(ROOT / "static")
    with console.step("style sheets and scripts") as step:
        if stamp.exists() and stamp.read_text() == now:
            step.say("unchanged")
            return
        stamp.unlink(missing_ok=True)
        manage("collectstatic", "--no-input", "--clear", "-v", "0", environment=servers.environment)
        stamp.write_text(now)


def sign_ins(servers: Servers) -> list[dict[str, str]]:
    return list(json.loads(manage("sample_firms", "--sign-ins", environment=servers.environment)))


def _fingerprint(folder: Path) -> str:
    """Of our own files, and of the packages, which bring theirs."""
    found = hashlib.sha256(STAMP.read_bytes())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(str(path).encode() + path.read_bytes())
    return found.hexdigest()
