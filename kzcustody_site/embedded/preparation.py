"""Brings the database, the translations and the static files up to date before anything serves."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from . import translations
from .console import Console
from .places import PYTHON, ROOT
from .processes import finish
from .servers import Servers
from .virtualenv import STAMP

SignIn = dict[str, str]


def prepare(servers: Servers, console: Console) -> list[SignIn]:
    """Does all steps, or none where neither a file of ours nor a package changed since they were last done.

    Returns the sample sign-ins.
    """
    done = servers.family.state / "prepared.json"
    with console.step("translations") as step:
        step.say(f"{translations.compile_all()} catalogues")
    now = _fingerprint()
    if servers.owns_database and (before := _read(done)).get("fingerprint") == now:
        with console.step("database and style sheets") as step:
            step.say("unchanged since the last start")
        return before["sign_ins"]
    done.unlink(missing_ok=True)
    sign_ins = _prepare_all(servers, console)
    done.touch(mode=0o600)
    done.write_text(json.dumps({"fingerprint": now, "sign_ins": sign_ins}))
    return sign_ins


def _prepare_all(servers: Servers, console: Console) -> list[SignIn]:
    """The owner migrates and hands out rights; the rest is done by the role that serves."""
    with console.step("database migrated"):
        _manage("migrate", "--no-input", "-v", "0", environment=servers.as_owner)
        _manage("grant_app_role", environment=servers.as_owner)
    with console.step("rule books loaded"):
        _manage("load_rulebooks", environment=servers.environment)
    with console.step("sample firms") as step:
        step.say(_manage("sample_firms", environment=servers.environment).splitlines()[-1])
        sign_ins = json.loads(_manage("sample_firms", "--sign-ins", environment=servers.environment))
    with console.step("style sheets and scripts"):
        _manage("collectstatic", "--no-input", "--clear", "-v", "0", environment=servers.environment)
    return list(sign_ins)


def _manage(*arguments: str, environment: Mapping[str, str]) -> str:
    said_by = f"manage.py {' '.join(arguments)}"
    return finish([PYTHON, "manage.py", *arguments], environment=environment, said_by=said_by)


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError):
        return {}


def _fingerprint() -> str:
    """Of our own files by size and time, and of the packages, which bring migrations and style sheets too."""
    found = hashlib.sha256(STAMP.read_bytes())
    for path in _our_files():
        about = path.stat()
        found.update(f"{path} {about.st_size} {about.st_mtime_ns}".encode())
    return found.hexdigest()


def _our_files() -> Iterator[Path]:
    """All but tests, documents, and what begins with a dot or an underscore, such as .venv and .run."""
    for folder, inner, names in os.walk(ROOT):
        inner[:] = sorted(name for name in inner if name not in ("tests", "docs") and name[0] not in "._")
        yield from (Path(folder) / name for name in sorted(names) if name[0] != ".")
