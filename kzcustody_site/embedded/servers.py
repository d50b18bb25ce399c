"""The servers the service needs, each unless the environment names one already."""

import os
from pathlib import Path

from . import clamd, ports
from .console import Console
from .places import PYTHON, ROOT, VENV, private
from .postgres import Postgres
from .processes import Family
from .valkey import Valkey

NOT_FOR_CHILDREN = ("PYTHONPATH", "PYTHONHOME", "DATABASE_OWNER_URL")


def clean_environment(state: Path) -> dict[str, str]:
    """What every child starts from: the caller's environment, our Python, our folder."""
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_FOR_CHILDREN}
    return {
        **inherited,
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "VIRTUAL_ENV": str(VENV),
        "PYTHONUNBUFFERED": "1",
        "KZCUSTODY_RUN_DIR": str(state),
    }


class Servers:
    """After ``start``: ``environment`` for what serves, ``as_owner`` for what migrates."""

    def __init__(self, family: Family, console: Console, *, throwaway: bool) -> None:
        self.family = family
        self.console = console
        self.throwaway = throwaway
        self.environment = clean_environment(family.state)
        self.owner_url = os.environ.get("DATABASE_OWNER_URL", "")

    @property
    def owns_database(self) -> bool:
        return any(child.name == "postgres" for child in self.family.children)

    @property
    def as_owner(self) -> dict[str, str]:
        owner = {"DATABASE_OWNER_URL": self.owner_url} if self.owner_url else {}
        return {**self.environment, **owner}

    def start(self) -> None:
        self._start_postgres()
        self._start_valkey()
        self._start_clamd()
        if not self.throwaway:
            self._start_mail()

    def _start_postgres(self) -> None:
        with self.console.step("PostgreSQL") as step:
            if "DATABASE_URL" in self.environment:
                step.say("as DATABASE_URL says")
                return
            server = Postgres(self.family.state, throwaway=self.throwaway)
            server.start(self.family, self.environment)
            self.environment["DATABASE_URL"] = server.app_url
            self.owner_url = server.owner_url
            step.say(f"{server.version()}, in {_short(server.data)}")

    def _start_valkey(self) -> None:
        with self.console.step("Redis-compatible server") as step:
            if "REDIS_URL" in self.environment:
                step.say("as REDIS_URL says")
                return
            server = Valkey(self.family.state)
            server.start(self.family, self.environment)
            self.environment["REDIS_URL"] = server.url
            step.say("Valkey, in memory")

    def _start_clamd(self) -> None:
        program = clamd.program()
        with self.console.step("virus scanner") as step:
            if "CLAMD_ADDRESS" in self.environment:
                step.say("as CLAMD_ADDRESS says")
                return
            if program is None:
                step.say("no clamd here: files are marked as not virus-checked")
                return
            server = clamd.Clamd(self.family.state)
            server.start(self.family, self.environment, program)
            self.environment["CLAMD_ADDRESS"] = server.url
            step.say("clamd with our test signature only")

    def _start_mail(self) -> None:
        with self.console.step("mail") as step:
            if "EMAIL_HOST" in self.environment:
                step.say("as EMAIL_HOST says")
                return
            folder = private(self.family.state / "mail")
            port, sockets = ports.listen(2525)
            numbers = [listening.fileno() for listening in sockets]
            child = self.family.start(
                "mail",
                [PYTHON, ROOT / "kzcustody_site" / "embedded" / "mail.py", folder, *map(str, numbers)],
                environment=self.environment,
                pass_fds=numbers,
            )
            for listening in sockets:
                listening.close()
            self.family.wait_for(child, lambda: ports.greets(port), seconds=20)
            self.environment.update(EMAIL_HOST="localhost", EMAIL_PORT=str(port), CAUGHT_MAIL_DIR=str(folder))
            step.say(f"kept in {_short(folder)}, sent nowhere")


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
