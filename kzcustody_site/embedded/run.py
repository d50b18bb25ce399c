"""``make run``: the whole service on this machine, until Ctrl-C."""

import fcntl
import http.client
import json
import os
import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from . import ports, preparation, virtualenv
from .console import Console, Trouble
from .places import PYTHON, ROOT, RUN, private
from .preparation import SignIn
from .processes import Child, Family, stop_leftovers
from .servers import Servers

FIRST_PORT = 8000
DATA_MEGABYTES = 200
REMEMBERED = "environment.json"


def run(console: Console) -> None:
    state = private(RUN)
    with only_one(state):
        virtualenv.ensure("run", console)
        virtualenv.need_space(state, DATA_MEGABYTES)
        if stop_leftovers(state):
            console.say("  Stopped what an earlier run had left running.")
        family = Family(state)
        try:
            _serve(family, console)
        finally:
            (state / "address").unlink(missing_ok=True)
            family.stop()
            console.say("  Stopped. The data stays in .run; make clean removes it.")


@contextmanager
def only_one(state: Path) -> Iterator[None]:
    """Holds the lock of this checkout; refuses when another run holds it."""
    with (state / "lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = f"in this folder{_address(state)}"
            raise Trouble(f"It already runs {where}. Stop that one with Ctrl-C first.") from None
        (state / "address").unlink(missing_ok=True)
        yield


def _address(state: Path) -> str:
    try:
        return f", at {(state / 'address').read_text()}"
    except OSError:
        return ""


def _serve(family: Family, console: Console) -> None:
    servers = Servers(family, console, throwaway=False)
    servers.environment.update(_secrets(family.state))
    servers.start()
    port, sockets = ports.listen(_first_port())
    address = f"http://localhost:{port}"
    servers.environment.setdefault("BASE_URL", address)
    servers.environment.setdefault("SAMPLE_CODES", "1")
    sign_ins = preparation.prepare(servers, console)
    _remember(servers.environment)

    worker = _celery(family, servers, "worker", "--concurrency", "1", "--without-mingle", "--without-gossip")
    beat = _celery(family, servers, "beat")
    web = _web(family, servers, sockets)
    with console.step("web") as step:
        family.wait_for(web, lambda: _answers(port))
        step.say(f"port {port}")
    with console.step("Celery worker"):
        family.wait_for(worker, lambda: _logged(worker, " ready."))
    with console.step("Celery beat"):
        family.wait_for(beat, lambda: _logged(beat, "beat: Starting"))
    (family.state / "address").write_text(address)
    _welcome(servers, console, address, sign_ins)
    _watch(family)


def _web(family: Family, servers: Servers, sockets: list[socket.socket]) -> Child:
    numbers = [listening.fileno() for listening in sockets]
    binds = [part for number in numbers for part in ("--bind", f"fd://{number}")]
    options = ["--workers", "2", "--worker-class", "gthread", "--threads", "4", *binds]
    command = [PYTHON, "-m", "gunicorn", "kzcustody_site.wsgi", *options]
    child = family.start("web", command, environment=servers.environment, pass_fds=numbers)
    for listening in sockets:
        listening.close()
    return child


def _celery(family: Family, servers: Servers, what: str, *options: str) -> Child:
    command = [PYTHON, "-m", "celery", "-A", "kzcustody_site", what, "--loglevel", "INFO", *options]
    return family.start(what, command, environment=servers.environment)


def _first_port() -> int:
    wanted = os.environ.get("PORT", str(FIRST_PORT))
    if not wanted.isdigit() or not 0 < int(wanted) < 65536:
        raise Trouble(f"PORT is {wanted!r}; write a number from 1 to 65535.")
    return int(wanted)


def _secrets(state: Path) -> dict[str, str]:
    """This checkout's own keys, kept with its data: a new HUMAN_KEY would make strangers of known people."""
    return {name: os.environ.get(name) or _kept(state / name.lower()) for name in ("SECRET_KEY", "HUMAN_KEY")}


def _kept(path: Path) -> str:
    if not path.exists() or not path.read_text():
        part = path.with_suffix(".part")
        part.write_text(secrets.token_urlsafe(50))
        part.chmod(0o600)
        part.rename(path)
    return path.read_text()


def _remember(environment: Mapping[str, str]) -> None:
    """For ``make manage``: what the children got and the caller had not."""
    ours = {name: value for name, value in environment.items() if os.environ.get(name) != value}
    path = RUN / REMEMBERED
    path.touch(mode=0o600)
    path.write_text(json.dumps(ours, indent=1))


def manage(arguments: list[str]) -> NoReturn:
    """``make manage ARGS="shell"``: a command of manage.py on the servers of a ``make run`` going on."""
    if not (RUN / "address").exists():
        raise Trouble(
            "Nothing runs in this folder. Start it with make run, then ask again in another window."
        )
    environment = {**os.environ, **json.loads((RUN / REMEMBERED).read_text())}
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), "manage.py", *arguments], environment)  # noqa: S606


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _logged(child: Child, words: str) -> bool:
    return words in child.log.read_text(errors="replace")


def _welcome(servers: Servers, console: Console, address: str, sign_ins: list[SignIn]) -> None:
    console.say(f"\n  Ready in {console.seconds:.1f} s\n")
    console.say("  Sign in as")
    for line in _table(sign_ins):
        console.say(f"    {line}")
    console.say("")
    if servers.environment["SAMPLE_CODES"] == "1":
        console.say(f"  Codes the staff enter    {address}/codes/")
    if "CAUGHT_MAIL_DIR" in servers.environment:
        console.say(f"  Mail the service sends   {address}/mail/")
    console.say(f"  Open                     {address}/\n")
    console.say("  Ctrl-C stops it.")


def _table(sign_ins: list[SignIn]) -> list[str]:
    rows = [(person["who"], person["email"], person["password"]) for person in sign_ins]
    who, email, _password = (max(map(len, column), default=0) for column in zip(*rows, strict=True))
    return [f"{row[0]:<{who}}  {row[1]:<{email}}  {row[2]}" for row in rows]


def _watch(family: Family) -> None:
    while (dead := family.first_dead()) is None:
        time.sleep(0.3)
    raise Trouble(f"{dead.name} has stopped. The end of {dead.log}:\n{dead.tail()}")
