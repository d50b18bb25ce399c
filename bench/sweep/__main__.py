"""One run of the reminders against the bare statement that selects the due rows:
``python -m bench.sweep --cases 1000,100000 --save``.

Both take turns in the same process, where nothing is new. The first run, in which everything that is due is
new, is told apart.
"""

import argparse
import os
import statistics
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from bench.run import ROOT, Side, database

LIMIT, FROM = 3, 100_000  # times the bare statement at most, with so many cases; a run of few is Python alone
QUERIES = 20  # of a run that finds nothing new
MEMORY = 1.1  # of the smallest size, at most


@dataclass
class Size:
    """Milliseconds of each round; peaks in MB of a process of its own, for a run with news and without."""

    cases: int
    first: dict
    again: list = field(default_factory=list)
    bare: list = field(default_factory=list)
    queries: int = 0
    peak_first: float = 0
    peak_again: float = 0

    @property
    def ratio(self):
        return statistics.median(one / bare for one, bare in zip(self.again, self.bare, strict=True))


@contextmanager
def worker(url):
    side = Side("sweep", url, module="bench.sweep.worker")
    try:
        yield side
    finally:
        side.process.stdin.close()
        side.process.wait(20)


def measure(url, cases, rounds):
    with worker(url) as filling:
        filling.ask("fill", cases=cases)
        filling.ask("settle")
    with worker(url) as first:
        due = first.ask("bare")["rows"]
        size = Size(cases=cases, first=first.ask("sweep"))
        if size.first["new"] != due:
            raise SystemExit(f"The statement finds {due} dates, the run {size.first['new']}.")
        size.peak_first = first.ask("peak")
    with worker(url) as again:
        again.ask("settle")
        for number in range(rounds + 1):
            bare, run = again.ask("bare"), again.ask("sweep")
            if (bare["rows"], run["new"]) != (0, 0):
                raise SystemExit(f"Something is new: {bare['rows']} rows, {run['new']} dates.")
            if number:  # the first round only warms up
                size.again.append(run["ms"])
                size.bare.append(bare["ms"])
        size.queries = run["queries"]
    with worker(url) as lean:
        lean.ask("sweep")
        size.peak_again = lean.ask("peak")
    return size


def markdown(sizes, rounds):
    rows = [
        "# A run of reminders against the bare statement",
        "",
        f"{rounds} rounds in turns. × is the median of the rounds' ratios. Goals: ≤ {LIMIT} times the bare",
        f"statement from {FROM:,} cases on, ≤ {QUERIES} queries, peak memory ≤ {MEMORY} times that of the",
        "smallest size.",
        "",
        "| open cases | ms run | ms bare | × | queries | peak MB | first run: new | s | peak MB | holds |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    rows += [_row(size, sizes[0]) for size in sizes]
    return "\n".join(rows)


def _row(size, smallest):
    figures = (
        f"{size.cases:,}", f"{statistics.median(size.again):.1f}", f"{statistics.median(size.bare):.1f}",
        f"{size.ratio:.2f}", size.queries, f"{size.peak_again:.0f}", f"{size.first['new']:,}",
        f"{size.first['ms'] / 1000:.1f}", f"{size.peak_first:.0f}", _holds(size, smallest),
    )  # fmt: skip
    return "| " + " | ".join(map(str, figures)) + " |"


def _holds(size, smallest):
    held = {
        "time": size.ratio <= LIMIT or size.cases < FROM,
        "queries": size.queries <= QUERIES,
        "memory": size.peak_again <= MEMORY * smallest.peak_again
        and size.peak_first <= MEMORY * smallest.peak_first,
    }
    failed = [name for name, well in held.items() if not well]
    return f"no: {' and '.join(failed)}" if failed else "yes"


def run(counts, rounds, *, template=None):
    with database(f"bench_sweep_{os.getpid()}", template) as url:
        if template is None:
            with worker(url) as fresh:
                fresh.ask("migrate")
        return [measure(url, cases, rounds) for cases in sorted(counts)]


def main():
    parser = argparse.ArgumentParser(prog="bench.sweep", description=__doc__)
    parser.add_argument("--cases", default="1000", help="sizes, with commas between them (1000)")
    parser.add_argument("--rounds", type=int, default=15, help="rounds (15)")
    parser.add_argument("--save", action="store_true", help="write bench/results/<date>-sweep.md")
    parser.add_argument(
        "--template", help="copy this migrated database, which nobody uses, instead of migrating"
    )
    asked = parser.parse_args()
    sizes = run([int(n) for n in asked.cases.split(",")], asked.rounds, template=asked.template)
    text = markdown(sizes, asked.rounds)
    print(text)
    if asked.save:
        (ROOT / "bench" / "results" / f"{date.today()}-sweep.md").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
