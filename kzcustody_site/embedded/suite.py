"""``make test``, ``bench`` and ``drill`` on throwaway servers; ``lint`` and the like on none."""

import fcntl
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from . import places, translations, virtualenv
from .console import Console, Trouble
from .places import PYTHON, ROOT
from .processes import MARK, Family, finish
from .servers import Servers, clean_environment

LINT = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "rooms import downwards": ["lint-imports", "--no-cache"],
    "templates": ["djlint", "--lint", "--quiet", "."],
    "docker-compose.yml": [
        *("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
    ],
}
TYPES = {"types": ["mypy", "."]}
MIGRATIONS = {"no migration is missing": ["python", "manage.py", "makemigrations", "--check", "--dry-run"]}
MESSAGES = {"messages": ["python", "manage.py", *translations.EXTRACT]}

Checks = list[Future[list[str]]]  # each gives its name if it failed


def test(console: Console, arguments: list[str]) -> int:
    """Every test, and the checks beside them. pytest's closing line is the last; it names what failed."""
    with throwaway_servers(console) as environment, _checked_beside(environment) as (said, checks):
        told = {**environment, "KZCUSTODY_CHECKS": str(said)}
        code = _in_foreground(["python", "-m", "pytest", "-n", "2", "--dist", "worksteal", *arguments], told)
        return code or int(bool(_failed(checks)))


def bench(console: Console, arguments: list[str]) -> int:
    """What ``bench/run.py`` compares; with “sweep” or “pipeline” first, what the bench of that name does."""
    named = arguments[:1] in (["sweep"], ["pipeline"])
    command = [f"bench.{arguments[0]}", *arguments[1:]] if named else ["bench.run", *arguments]
    with throwaway_servers(console) as environment:
        return _in_foreground(["python", "-m", *command], environment)


def drill(console: Console, arguments: list[str]) -> int:
    with throwaway_servers(console) as environment:
        return _in_foreground(["python", "-m", "drills.run", *arguments], environment)


def lint(console: Console) -> int:
    return _without_servers(LINT, console)


def types(console: Console) -> int:
    return _without_servers(TYPES, console)


def messages(console: Console) -> int:
    return _without_servers(MESSAGES, console)


@contextmanager
def throwaway_servers(console: Console) -> Iterator[dict[str, str]]:
    """As for ``make run``, but in a temporary folder, so that both can go on at once.

    DATABASE_URL is the owner's, who may create test databases.
    """
    virtualenv.ensure("tools", console)
    state = places.throwaway()
    family = Family(state)
    try:
        virtualenv.need_space(state, 300)
        servers = Servers(family, console, throwaway=True)
        servers.start()
        translations.compile_all()
        owner = {"DATABASE_URL": servers.owner_url} if servers.owner_url else {}
        yield {**servers.environment, **owner, MARK: str(state)}
    finally:
        family.stop()
        places.forget(state)


@contextmanager
def _checked_beside(environment: Mapping[str, str]) -> Iterator[tuple[Path, Checks]]:
    """The checks that go on, and the file of what they say.

    It is locked until the last one ends: pytest waits for that, but not for a command that was killed.
    """
    said = Path(environment[MARK]) / "checks.txt"
    with said.open("w", encoding="utf-8") as out, ThreadPoolExecutor(1) as pool:
        fcntl.flock(out, fcntl.LOCK_EX)
        checks = [
            pool.submit(_check, {name: command}, environment, Console(out))
            for name, command in {**LINT, **TYPES, **MIGRATIONS}.items()
        ]
        pool.submit(_close, out, checks)
        try:
            yield said, checks
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _close(out: TextIO, checks: Checks) -> None:
    with out:
        if failed := _failed(checks):
            print("Failed beside the tests:", ", ".join(failed), file=out)


def _failed(checks: Checks) -> list[str]:
    return [name for check in checks for name in check.result()]


def _without_servers(checks: Mapping[str, list[str]], console: Console) -> int:
    virtualenv.ensure("tools", console)
    return int(bool(_check(checks, clean_environment(places.RUN), console)))


def _check(checks: Mapping[str, list[str]], environment: Mapping[str, str], console: Console) -> list[str]:
    failed = []
    for name, command in checks.items():
        try:
            with console.step(name):
                program = places.VENV / "bin" / command[0]
                finish([program, *command[1:]], environment=environment, said_by=name)
        except Trouble as trouble:
            console.say(str(trouble))
            failed.append(name)
    return failed


def _in_foreground(command: list[str], environment: Mapping[str, str]) -> int:
    """Shares the terminal, and so gets Ctrl-C itself."""
    return subprocess.run([str(PYTHON), *command[1:]], cwd=ROOT, env=dict(environment)).returncode
