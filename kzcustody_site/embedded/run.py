"""``make run``: the whole service on this machine, until Ctrl-C."""

import fcntl
import http.client
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import ports, preparation, virtualenv
from .console import Console, Trouble
from .places import PYTHON, RUN, private
from .processes import Child, Family, stop_leftovers
from .servers import Servers

FIRST_PORT = 8000
DATA_MEGABYTES = 200


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
    preparation.prepare(servers, console)
    preparation.collect_static(servers, console)
    _write_environment(servers)

    worker = _celery(family, servers, "worker", "--concurrency", "1", "--without-mingle", "--without-gossip")
    beat = _celery(family, servers, "beat", "--schedule", str(family.state / "beat"))
    numbers = [listening.fileno() for listening in sockets]
    binds = [part for number in numbers for part in ("--bind", f"fd://{number}")]
    options = ["--workers", "2", "--worker-class", "gthread", "--threads", "4", *binds]
    gunicorn = [PYTHON, "-m", "gunicorn", "kzcustody_site.wsgi", *options]
    web = family.start("web", gunicorn, environment=servers.environment, pass_fds=numbers)
    for listening in sockets:
        listening.close()

    with console.step("web") as step:
        family.wait_for(web, lambda: _answers(port))
        step.say(f"port {port}")
    with console.step("Celery worker"):
        family.wait_for(worker, lambda: _logged(worker, " ready."))
    with console.step("Celery beat"):
        family.wait_for(beat, lambda: _logged(beat, "beat: Starting"))
    (family.state / "address").write_text(address)
    _welcome(servers, console, address)
    _watch(family)


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


def _write_environment(servers: Servers) -> None:
    """For a developer's own shell: ``. .run/env``, then ``python manage.py shell``."""
    ours = {name: value for name, value in servers.environment.items() if os.environ.get(name) != value}
    lines = [f"export {name}='{value}'" for name, value in sorted(ours.items())]
    lines.append(f"# As the owner of the tables, for migrate only: DATABASE_OWNER_URL='{servers.owner_url}'")
    path = servers.family.state / "env"
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o600)


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


def _welcome(servers: Servers, console: Console, address: str) -> None:
    console.say(f"\n  Ready in {console.seconds:.1f} s\n")
    console.say("  Sign in as")
    for person in preparation.sign_ins(servers):
        console.say(f"    {person['who']:<20} {person['email']:<34} {person['password']}")
    if "CAUGHT_MAIL_DIR" in servers.environment:
        console.say(f"\n  Mail the service sends   {address}/mail/")
    console.say(f"  Open                     {address}/\n")
    console.say("  Ctrl-C stops it.")


def _watch(family: Family) -> None:
    while (dead := family.first_dead()) is None:
        time.sleep(0.3)
    raise Trouble(f"{dead.name} has stopped. The end of {dead.log}:\n{dead.tail()}")
