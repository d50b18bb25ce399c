"""Starts the processes that open what strangers made (``documents.contents``), and bounds them."""

import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from documents.contents.start import NO_MEMORY

ROOT = Path(__file__).parent.parent
ENTRY = "import sys; sys.path.insert(0, sys.argv.pop(1)); from documents.contents.start import main; main()"
# No setting and no secret reaches the process; it takes one thread, which is what the limits are made for.
SURROUNDINGS = {"RAYON_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
Limits = tuple[int, int]  # seconds, megabytes
GRACE = 10  # a process that waits uses no time of the processor


class Stopped(Exception):  # noqa: N818
    """The file was too much for it. The message says what happened, for the log and the record."""


class Broken(Exception):  # noqa: N818
    """It ended with a fault of ours, or of the file."""


@dataclass(frozen=True)
class Running:
    process: subprocess.Popen[bytes]
    said: IO[bytes]
    seconds: int

    def result(self) -> bytes:
        """What it said. Raises Stopped or Broken."""
        if not self._ends_within(self.seconds + GRACE):
            raise Stopped("took too long")
        code = self.process.wait()
        if code < 0:
            raise Stopped(f"stopped by signal {-code}")
        if code == NO_MEMORY:
            raise Stopped("took too much memory")
        if code:
            raise Broken(f"ended with {code}")
        self.said.seek(0)
        return self.said.read()

    def _ends_within(self, seconds: int) -> bool:
        """Told by the kernel: ``Popen.wait`` looks again and again, up to 50 ms late."""
        descriptor = os.pidfd_open(self.process.pid)
        try:
            watched = select.poll()
            watched.register(descriptor, select.POLLIN)
            return bool(watched.poll(seconds * 1000))
        finally:
            os.close(descriptor)


@contextmanager
def running(
    task: str,
    *arguments: str,
    limits: Limits,
    given: IO[bytes] | None = None,
    folder: Path | None = None,
) -> Iterator[Running]:
    """A module of ``documents.contents`` at work, in ``folder``, on the whole of ``given``. The limits are
    seconds of the processor and megabytes of memory. When the block ends, so does the process.
    """
    seconds, megabytes = limits
    command = [sys.executable, "-I", "-c", ENTRY, str(ROOT), task, str(megabytes), str(seconds), *arguments]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=SURROUNDINGS,
            stdin=given or subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield Running(process, said, seconds)
        finally:
            process.kill()
            process.wait()
