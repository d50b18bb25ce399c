"""What the two commands say."""

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import TextIO


class Trouble(Exception):  # noqa: N818
    """What stops a command, in words that say how to mend it."""


class Step:
    def __init__(self) -> None:
        self.detail = ""

    def say(self, detail: str) -> None:
        self.detail = detail


class Console:
    """Prints each step with a tick and the seconds it took; works without a terminal."""

    width = 34

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self.out = out
        self.out.reconfigure(errors="replace")  # type: ignore[attr-defined]
        self.began = time.monotonic()
        plain = not _can_print("✓✗…", self.out.encoding)
        self.tick, self.cross, self.dots = ("ok", "NO", "...") if plain else ("✓", "✗", "…")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def say(self, text: str = "") -> None:
        print(text, file=self.out, flush=True)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[Step]:
        step, began, shown = Step(), time.monotonic(), False
        if self.out.isatty():
            print(f"  {self.dots} {name}", end="\r", file=self.out, flush=True)
        try:
            yield step
            shown = True
        finally:
            mark = self.tick if shown else self.cross
            took = f"{time.monotonic() - began:5.1f} s"
            self.say(f"  {mark} {name:<{self.width}}{took}   {step.detail}".rstrip())


def _can_print(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
