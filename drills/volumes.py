"""Small volumes that fill up, and what may be answered on a full one."""

import contextlib
import subprocess

from documents.stores import PIECE
from drills.house import insist

WORDS = "could not be stored"


@contextlib.contextmanager
def volume(folder, options):
    """A small file system of its own in memory; needs root."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True
    )
    insist(done.returncode == 0, f"no volume could be mounted: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder):
    """To the last byte; the file that does it."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass
    return path


def refused(answer, where):
    """A plain error: our words about the file, or a status that says of the service that it is short of room."""
    insist(answer.status >= 400, f"{where}: it was taken: {answer.status}")
    is_plain = answer.status in (413, 503, 507) or (answer.status == 422 and WORDS in answer.text)
    insist(is_plain, f"{where}: no plain error, but {answer.status}")
    return answer.status


def in_pieces(person, name, content):
    return person.give_in_pieces(name, len(content), lambda at: content[at : at + PIECE])
