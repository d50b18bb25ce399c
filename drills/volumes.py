"""Small volumes that fill up, and what may be answered on a full one."""

import contextlib
import os
import subprocess
import tempfile
from pathlib import Path

from documents.stores import PIECE
from drills.house import insist

WORDS = "could not be stored"
PAGE = "Something went wrong on our side"


@contextlib.contextmanager
def volume(options):
    """The folder of a small file system of its own, in memory; needs root."""
    with tempfile.TemporaryDirectory() as parent:
        Path(parent).chmod(0o711)
        folder = Path(parent) / "volume"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
        done = subprocess.run(command, capture_output=True, text=True)
        insist(done.returncode == 0, f"no volume could be mounted: {done.stderr.strip()}")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder, *, but=0):
    """To the last byte, or but for so many; the file that does it."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass
    os.truncate(path, path.stat().st_size - but)
    return path


def refused(answer, where):
    """A plain error: our words about the file, our page of a fault, or a status that says enough."""
    insist(answer.status >= 400, f"{where}: it was taken: {answer.status}")
    ours = {422: WORDS, 500: PAGE}.get(answer.status, "")
    is_plain = answer.status in (413, 422, 500, 503, 507) and ours in answer.text
    insist(is_plain, f"{where}: no plain error, but {answer.status}: {answer.text[:200]}")
    return answer.status


def in_pieces(person, name, content):
    return person.give_in_pieces(name, len(content), lambda at: content[at : at + PIECE])
