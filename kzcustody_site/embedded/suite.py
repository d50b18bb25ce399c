"""``make test`` and ``bench`` on throwaway servers; ``make lint``, ``types`` and ``messages`` on none."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

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


def test(console: Console, arguments: list[str]) -> int:
    """The checks, then every test. pytest's closing line is the last; it names the checks that failed."""
    with throwaway_servers(console) as environment:
        failed = _check({**LINT, **TYPES, **MIGRATIONS}, environment, console)
        told = {**environment, "KZCUSTODY_FAILED_CHECKS": ", ".join(failed)}
        code = _in_foreground(["python", "-m", "pytest", "-n", "2", "--dist", "worksteal", *arguments], told)
    return code or int(bool(failed))


def bench(console: Console, arguments: list[str]) -> int:
    with throwaway_servers(console) as environment:
        return _in_foreground(["python", "-m", "bench.run", *arguments], environment)


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
