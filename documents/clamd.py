"""A client of clamd: it asks, and hands back the exact reply."""

import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

CHUNK = 64 * 1024
LONGEST_REPLY = 4096
CONNECT_WITHIN = 5.0


class NoAnswer(Exception):  # noqa: N818
    """The scanner cannot be reached, did not answer in time, or broke off."""


@dataclass(frozen=True)
class Clamd:
    """One clamd, at ``unix:///path`` or ``tcp://host:port``. A whole exchange ends within ``timeout``
    seconds."""

    address: str
    timeout: float

    def ping(self) -> bool:
        return self._ask(b"PING") == "PONG"

    def version(self) -> str:
        return self._ask(b"VERSION")

    def scan(self, file: IO[bytes]) -> str:
        """Send the file from its start; the reply as it came."""
        file.seek(0)
        return self._ask(b"INSTREAM", _chunks(file))

    def _ask(self, command: bytes, body: Iterable[bytes] = ()) -> str:
        deadline = time.monotonic() + self.timeout
        try:
            with self._connected() as line:
                _send(line, b"z" + command + b"\0", deadline)
                # clamd hangs up on a stream over its limit, after saying so: its words may still be read.
                with suppress(BrokenPipeError, ConnectionResetError):
                    for chunk in body:
                        _send(line, chunk, deadline)
                return _reply(line, deadline)
        except OSError as error:
            raise NoAnswer(f"{self.address}: {error}") from error

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        parts = urlsplit(self.address)
        if parts.scheme == "unix":
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(CONNECT_WITHIN)
                line.connect(parts.path)
                yield line
        elif parts.scheme == "tcp" and parts.hostname and parts.port:
            with socket.create_connection((parts.hostname, parts.port), CONNECT_WITHIN) as line:
                yield line
        else:
            raise NoAnswer(f"{self.address!r} is no address; write unix:///path or tcp://host:port")


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield len(chunk).to_bytes(4) + chunk
    yield bytes(4)


def _send(line: socket.socket, data: bytes, deadline: float) -> None:
    line.settimeout(_left(deadline))
    line.sendall(data)


def _reply(line: socket.socket, deadline: float) -> str:
    """The words up to the closing zero byte; anything that ends without it is no answer."""
    reply = b""
    while not reply.endswith(b"\0"):
        line.settimeout(_left(deadline))
        part = line.recv(LONGEST_REPLY)
        if not part or len(reply) > LONGEST_REPLY:
            raise NoAnswer(f"broke off after {len(reply)} bytes")
        reply += part
    return reply[:-1].decode("utf-8", "replace")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left
