"""Listening sockets on loopback, opened here and handed to the child: nobody takes the port in between."""

import errno
import socket

from .console import Trouble

LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
TRIES = 100


def listen(first: int) -> tuple[int, list[socket.socket]]:
    """The first port from ``first`` on that is free on every loopback address, and its sockets.

    Both addresses, since a browser may take ``localhost`` for either.
    """
    for port in range(first, min(first + TRIES, 65536)):
        sockets = _bind(port)
        if sockets:
            return port, sockets
    raise Trouble(f"No port is free from {first} on. Give another to begin with: PORT=9000 make run")


def _bind(port: int) -> list[socket.socket]:
    opened: list[socket.socket] = []
    for family, address in LOOPBACK:
        try:
            listening = socket.socket(family)
            opened.append(listening)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listening.bind((address, port))
            listening.listen(128)
        except OSError as error:
            _close([opened.pop()])
            if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                continue
            _close(opened)
            return []
    return opened


def _close(sockets: list[socket.socket]) -> None:
    for listening in sockets:
        listening.close()


def greets(port: int) -> bool:
    """Whether a mail server answers there with its greeting."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False
