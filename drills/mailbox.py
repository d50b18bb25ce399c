"""A mail server on loopback that takes every mail, and says in what order they came, by their Message-ID."""

import logging
import socket
import threading
from collections import Counter
from email import message_from_bytes

from aiosmtpd.controller import Controller


class Mailbox:
    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self.lock, self.taken = threading.Lock(), []
        self.server = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *error):
        self.server.stop()

    @property
    def settings(self):
        return {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(self.port), "EMAIL_USE_TLS": "0"}

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        with self.lock:
            self.taken.append(message_from_bytes(envelope.content)["Message-ID"])
        return "250 OK"

    def times(self):
        """How often each Message-ID was taken."""
        with self.lock:
            return Counter(self.taken)
