"""A bar of how far a run has come: on a terminal one line that changes, elsewhere a line at each tenth."""

import time
from typing import Any

WIDTH = 30


class Progress:
    def __init__(self, out: Any, total: int, *, done: int, noun: str) -> None:
        self.out, self.total, self.noun = out, total, noun
        self.first, self.start = done, time.monotonic()
        self.live = bool(getattr(out, "isatty", bool)())
        self.tenth = done * 10 // max(1, total)

    def __call__(self, done: int) -> None:
        tenth = done * 10 // self.total
        if self.live:
            self.out.write("\r" + self.line(done), ending="\n" if done == self.total else "")
        elif tenth != self.tenth:
            self.out.write(self.line(done))
        self.tenth = tenth

    def line(self, done: int) -> str:
        """Such as ``[#####.....] 37,500 of 100,000 cases, 412 a second, 2 min 32 s left``."""
        passed = max(time.monotonic() - self.start, 1e-9)
        rate = (done - self.first) / passed
        bar = "#" * (WIDTH * done // self.total)
        left = f"{_span((self.total - done) / rate)} left" if done < self.total else f"{_span(passed)} in all"
        return f"[{bar:.<{WIDTH}}] {done:,} of {self.total:,} {self.noun}, {rate:,.0f} a second, {left}  "


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
