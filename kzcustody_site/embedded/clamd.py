"""The machine's clamd, as a child, on a signature file of ours: starts at once, finds the EICAR pattern."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from . import places
from .processes import Child, Family
from .valkey import ask

# The name part of the EICAR test pattern in hexadecimal, at any offset of any file.
SIGNATURE = "Eicar-Test-Signature:0:*:" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE".hex()
# Above any DOCUMENT_MAX_BYTES that fits clamd; beyond it clamd answers with an error, never with "OK".
LARGEST = "512M"


def program() -> str | None:
    return shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")


class Clamd:
    """In the temporary folder: there Debian's AppArmor profile lets clamd read and write."""

    def __init__(self, state: Path) -> None:
        self.home = places.private(places.private(places.aside(state), 0o711) / "clamd")
        self.socket = self.home / "clamd.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self, family: Family, environment: Mapping[str, str], server: str) -> Child:
        self.socket.unlink(missing_ok=True)
        signatures = places.private(self.home / "signatures")
        (signatures / "kzcustody.ndb").write_text(SIGNATURE + "\n")
        configuration = self.home / "clamd.conf"
        lines = [f"{name} {value}\n" for name, value in self._settings(signatures).items()]
        configuration.write_text("".join(lines))
        command = [server, "--foreground", "--config-file", configuration]
        child = family.start("clamd", command, environment=environment)
        family.wait_for(child, lambda: ask(self.socket, b"PING\n").startswith(b"PONG"), seconds=20)
        return child

    def _settings(self, signatures: Path) -> dict[str, str]:
        return {
            "DatabaseDirectory": str(signatures),
            "LocalSocket": str(self.socket),
            "LocalSocketMode": "600",
            "TemporaryDirectory": str(places.private(self.home / "tmp")),
            "StreamMaxLength": LARGEST,
            "MaxScanSize": LARGEST,
            "MaxFileSize": LARGEST,
            "AlertExceedsMax": "yes",
            "AlertEncrypted": "yes",
            "SelfCheck": "0",
        }
