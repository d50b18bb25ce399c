"""The embedded servers, for real: what a kill leaves behind is mended by the next start."""

import os
import signal
import smtplib
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest

from kzcustody_site import caught_mail
from kzcustody_site.embedded import clamd, places, ports, privileges
from kzcustody_site.embedded.postgres import APP, OWNER, Postgres
from kzcustody_site.embedded.processes import MARK, Family, leftovers
from kzcustody_site.embedded.valkey import Valkey, ask

pytestmark = pytest.mark.long


def one(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[call-overload]
        return row and row[0]


def test_a_half_made_cluster_is_made_anew_and_a_killed_one_is_mended(family: Family) -> None:
    half = family.state / "postgres.making"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server = Postgres(family.state)
    child = server.start(family, os.environ)
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")

    child.process.kill()
    child.process.wait()
    lock = server.data / "postmaster.pid"
    taken_by_another = [str(os.getpid()), *lock.read_text().splitlines()[1:]]
    lock.write_text("\n".join(taken_by_another))
    family.children.clear()

    server.start(family, os.environ)
    assert one(server.owner_url, "SELECT n FROM kept") == 7
    assert not half.exists()


def test_the_roles_own_what_they_should(family: Family) -> None:
    server = Postgres(family.state, throwaway=True)
    server.start(family, os.environ)
    asked = "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = %s"
    with psycopg.connect(server.app_url) as connection:
        rights = {name: connection.execute(asked, [name]).fetchone() for name in (OWNER, APP)}
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'kzcustody'"
        ).fetchone()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE forbidden (n int)")
    assert rights == {OWNER: (False, True), APP: (False, False)}
    assert owner == (OWNER,)
    assert one(server.app_url, "SELECT lower('ӘҒҚҢӨҰҮҺІ')") == "әғқңөұүһі"


@pytest.mark.skipif(os.getuid() != 0, reason="only root has to become somebody else")
@pytest.mark.parametrize("reaches_the_programs", [True, False])
def test_where_namespaces_are_refused_the_server_runs_as_nobody(
    family: Family, monkeypatch: pytest.MonkeyPatch, reaches_the_programs: bool
) -> None:
    monkeypatch.setenv(privileges.SWITCH, "nobody")
    if not reaches_the_programs:
        monkeypatch.setattr(privileges, "_can_run", lambda *_args: False)
    server = Postgres(family.state, throwaway=True)
    child = server.start(family, os.environ)
    assert Path(f"/proc/{child.process.pid}").owner() == "nobody"
    assert one(server.app_url, "SELECT 1") == 1


def test_a_deep_folder_gets_its_sockets_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 90)
    family = Family(places.private(deep))
    try:
        server = Valkey(deep)
        server.start(family, os.environ)
        assert ask(server.socket, b"PING\r\n") == b"+PONG\r\n"
        assert server.socket.parent == places.aside(deep) / "sockets"
    finally:
        family.stop()
        places.forget(deep)


def test_what_a_killed_command_left_is_found_and_stopped_and_nothing_else(tmp_path: Path) -> None:
    pause = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
    ours, other = (
        subprocess.Popen(
            pause, env={**os.environ, MARK: mark}, stdout=subprocess.PIPE, start_new_session=True
        )
        for mark in (str(tmp_path), f"{tmp_path}-other")
    )
    for process in (ours, other):
        assert process.stdout
        process.stdout.readline()
    assert leftovers(tmp_path) == [ours.pid]
    Family(tmp_path).stop()
    assert (ours.wait(), other.poll()) == (-signal.SIGTERM, None)
    other.kill()
    other.wait()


def test_the_mail_server_keeps_a_message_and_the_page_reads_it(family: Family, python: str) -> None:
    folder = places.private(family.state / "mail")
    port, sockets = ports.listen(26000)
    numbers = [listening.fileno() for listening in sockets]
    program = places.ROOT / "kzcustody_site" / "embedded" / "mail.py"
    child = family.start(
        "mail", [python, program, folder, *numbers], environment=os.environ, pass_fds=numbers
    )
    family.wait_for(child, lambda: ports.greets(port))
    for subject in ("Бірінші", "Екінші"):
        message = EmailMessage()
        message["To"], message["From"], message["Subject"] = "aigerim@firm.kz", "desk@example.kz", subject
        message.set_content("Растау: http://localhost:8000/accounts/confirm/abc/\n")
        with smtplib.SMTP("localhost", port) as client:
            client.send_message(message)
    caught = caught_mail.newest(folder)
    assert [(one.to, one.subject) for one in caught] == [
        ("aigerim@firm.kz", "Екінші"),
        ("aigerim@firm.kz", "Бірінші"),
    ]
    assert caught[0].body.strip() == "Растау: http://localhost:8000/accounts/confirm/abc/"


@pytest.mark.clamd
@pytest.mark.skipif(clamd.program() is None, reason="clamd is not installed")
def test_clamd_finds_the_test_pattern_with_our_signature(family: Family) -> None:
    server = clamd.Clamd(family.state)
    server.start(family, os.environ, str(clamd.program()))
    pattern = bytes.fromhex(clamd.SIGNATURE.rsplit(":", 1)[1])

    def verdict(content: bytes) -> bytes:
        chunk = len(content).to_bytes(4, "big") + content + bytes(4)
        return ask(server.socket, b"zINSTREAM\0" + chunk)

    assert verdict(b"harmless") == b"stream: OK\0"
    assert verdict(b"before " + pattern + b" after") == b"stream: Eicar-Test-Signature.UNOFFICIAL FOUND\0"
