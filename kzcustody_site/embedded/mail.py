"""A mail server for the default run: keeps every message as a file, sends nothing anywhere.

Runs as a child: ``python kzcustody_site/embedded/mail.py FOLDER SOCKET_NUMBER...``.
"""

import asyncio
import socket
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    """Writes each message under a temporary name first, so that a reader never sees half of one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        name = self.folder / f"{time.time_ns()}.eml"
        name.with_suffix(".part").write_bytes(envelope.original_content or b"")
        name.with_suffix(".part").rename(name)
        return "250 Kept"


async def serve(listening: list[socket.socket], folder: Path) -> None:
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        return SMTP(Keeper(folder), hostname="localhost")

    servers = [await loop.create_server(protocol, sock=one) for one in listening]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(serve([socket.socket(fileno=int(number)) for number in sys.argv[2:]], Path(sys.argv[1])))
