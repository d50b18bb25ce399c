import socket

import pytest

from kzcustody_site.embedded import ports
from kzcustody_site.embedded.console import Trouble


def close(sockets: list[socket.socket]) -> None:
    for one in sockets:
        one.close()


@pytest.mark.parametrize("taken_at", ["127.0.0.1", "0.0.0.0", "::1"])
def test_a_busy_port_gives_the_next(taken_at: str) -> None:
    first, sockets = ports.listen(20000)
    close(sockets)
    with socket.socket(socket.AF_INET6 if ":" in taken_at else socket.AF_INET) as busy:
        busy.bind((taken_at, first))
        busy.listen()
        found, sockets = ports.listen(first)
        close(sockets)
    assert found > first


def test_a_free_port_is_taken_at_once() -> None:
    first, sockets = ports.listen(20500)
    close(sockets)
    again, sockets = ports.listen(first)
    close(sockets)
    assert again == first


def test_both_addresses_of_localhost_answer() -> None:
    port, sockets = ports.listen(21000)
    for address in ("127.0.0.1", "::1"):
        socket.create_connection((address, port), timeout=2).close()
    close(sockets)


def test_no_free_port_says_how_to_give_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "TRIES", 1)
    first, sockets = ports.listen(21500)
    with pytest.raises(Trouble, match=f"No port is free from {first} on"):
        ports.listen(first)
    close(sockets)
