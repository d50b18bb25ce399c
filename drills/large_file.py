"""A file of 500 MB, given in pieces, against ``cp`` and ``sha256sum`` of it in the same round, in turn; and
what the memory of the worker rises by.
"""

import random
import statistics
import subprocess
import threading
import time
from pathlib import Path

from documents.stores import PIECE
from drills import truth
from drills.house import House, insist
from drills.kills import SMALL, pdf

MEGABYTES = 500
ROUNDS = 5
MOST_MEMORY = 64
MOST_TIME = 2.0


class Memory(threading.Thread):
    """The most that a process held while it was watched, in MB above what it held before."""

    def __init__(self, pid, before):
        super().__init__(daemon=True)
        self.pid, self.before, self.most, self.over = pid, before, 0, threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self.join()

    @property
    def rise(self):
        return (self.most - self.before) // 1024

    def run(self):
        while not self.over.wait(0.005):
            self.most = max(self.most, held(self.pid))


def held(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def make(path):
    """A PDF of that size whose content does not pack."""
    block = random.Random(6).randbytes(1024 * 1024)
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n")
        for _ in range(MEGABYTES):
            file.write(block)
        file.write(b"\ntrailer <</Root 1 0 R>>\n%%EOF\n")


def floor(path):
    """Seconds of ``cp`` and ``sha256sum`` of the copy, and the hash."""
    copy = path.with_name("copy")
    began = time.perf_counter()
    subprocess.run(["cp", path, copy], check=True)
    said = subprocess.run(["sha256sum", copy], check=True, capture_output=True, text=True).stdout
    seconds = time.perf_counter() - began
    copy.unlink()
    return seconds, said.split()[0]


def given(person, name, path, *, in_pieces):
    began = time.perf_counter()
    with path.open("rb") as file:
        if in_pieces:
            answer = person.give_in_pieces(
                name, path.stat().st_size, lambda at: (file.seek(at), file.read(PIECE))[1]
            )
        else:
            answer = person.give_whole(name, file)
    seconds = time.perf_counter() - began
    insist(answer.status == 201, f"the file was not taken: {answer}")
    return seconds


def forget(name):
    """So that a round leaves nothing on the disk."""
    from accounts.actors import System
    from applications.models import AnswerFile
    from documents.models import Document
    from documents.services import delete_unsealed, discard

    AnswerFile.objects.filter(document__name=name).delete()
    document = Document.objects.get(name=name)
    key = document.key
    delete_unsealed(document=document, actor=System("drill"))
    discard(key)


def drill():
    with House(DOCUMENT_MAX_BYTES=str(600 * 1024 * 1024), CLAMD_ADDRESS="") as house:
        house.start_database()
        temporary = house.state / "tmp"
        temporary.mkdir()
        house.start_web(TMPDIR=str(temporary))
        person = house.person()
        path = house.state / "large.pdf"
        make(path)
        person.give_whole("small.pdf", pdf(0, SMALL))
        before = held(house.web_worker())
        ratios, rises, times = [], [], []
        for turn in range(-1, ROUNDS):
            name = f"large {turn}.pdf"
            floor_first = turn % 2 == 0
            base = floor(path) if floor_first else None
            with Memory(house.web_worker(), before) as memory:
                seconds = given(person, name, path, in_pieces=True)
            base = base or floor(path)
            insist(truth.held(person, name) == [base[1]], "another file than was given")
            forget(name)
            rises.append(memory.rise)
            if turn >= 0:  # the first round only warms up
                ratios.append(seconds / base[0])
                times.append((seconds, base[0]))
        with Memory(house.web_worker(), before) as whole:
            given(person, "whole.pdf", path, in_pieces=False)
        forget("whole.pdf")
        ratio, rise = statistics.median(ratios), max(*rises, whole.rise)
        ours, theirs = (statistics.median(side) for side in zip(*times, strict=True))
        found = (
            f"in pieces {ratio:.2f} times the time of cp and sha256sum (median of {ROUNDS}, "
            f"{min(ratios):.2f} to {max(ratios):.2f}; {ours:.1f} s and {theirs:.1f} s in the middle); "
            f"the worker rose by {max(rises)} MB at most, by {whole.rise} MB when it was given whole"
        )
        insist(rise < MOST_MEMORY and ratio <= MOST_TIME, found)
        return found


if __name__ == "__main__":
    print(drill())
