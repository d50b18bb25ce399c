"""The pages of the pipeline against the statements that would count the same anew, on whole histories:
``python -m bench.pipeline --cases 1000,100000 --save``.

Both take turns in one process and database, which ``manage.py sample_cases`` filled.
"""

import argparse
import os
import statistics
import sys
from dataclasses import dataclass, field
from datetime import date

from bench.measures import GROWTH
from bench.run import CALLS, ROOT, Side, database

SHARE, FROM = 0.15, 100_000  # of the live statements at most, with so many cases
QUERIES = 6


@dataclass
class Page:
    """Milliseconds of each round, the median of some calls; and the live statements beside them."""

    ms: list = field(default_factory=list)
    live: list = field(default_factory=list)
    queries: int = 0

    @property
    def ratio(self):
        return statistics.median(one / live for one, live in zip(self.ms, self.live, strict=True))


@dataclass
class Size:
    cases: int
    events: int
    pages: dict


def measure(worker, cases, rounds):
    events = worker.ask("fill", cases=cases)["events"]
    worker.ask("settle")
    addresses = worker.ask("pages")
    size = Size(cases, events, {name: Page() for name in addresses})
    for number in range(rounds + 1):
        for name, path in addresses.items():
            page, live = worker.ask("page", path=path, times=CALLS), worker.ask("live")
            if number:  # the first round warms up: charts are drawn, plans made
                size.pages[name].ms.append(statistics.median(page["ms"]))
                size.pages[name].live.append(live["ms"])
                size.pages[name].queries = page["queries"]
    return size


def markdown(sizes, rounds):
    rows = [
        "# The pipeline against live counts",
        "",
        f"{rounds} rounds in turns, on cases of `sample_cases`. × is the median of the ratios of a page",
        "to the live statements (`bench/pipeline/live.sql`). Goals: ≤ "
        f"{SHARE} from {FROM:,} cases on, ≤ {QUERIES} queries, growth ≤ {GROWTH} from the smallest size.",
        "",
        "| page | cases | events | ms | ms live | × | queries | growth | holds |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    rows += [_row(name, size, sizes[0]) for size in sizes for name in size.pages]
    return "\n".join(rows)


def _row(name, size, smallest):
    page = size.pages[name]
    took = statistics.median(page.ms)
    growth = took / statistics.median(smallest.pages[name].ms)
    held = {
        "time": page.ratio <= SHARE or size.cases < FROM,
        "queries": page.queries <= QUERIES,
        "growth": growth <= GROWTH,
    }
    failed = [goal for goal, well in held.items() if not well]
    figures = (
        name, f"{size.cases:,}", f"{size.events:,}", f"{took:.1f}", f"{statistics.median(page.live):.1f}",
        f"{page.ratio:.2f}", page.queries, f"{growth:.2f}",
        f"no: {' and '.join(failed)}" if failed else "yes",
    )  # fmt: skip
    return "| " + " | ".join(map(str, figures)) + " |"


def run(counts, rounds, *, template=None):
    sizes = []
    for number, cases in enumerate(sorted(counts)):
        with database(f"bench_pipeline_{os.getpid()}_{number}", template) as url:
            worker = Side("pipeline", url, module="bench.pipeline.worker")
            try:
                if template is None:
                    worker.ask("migrate")
                sizes.append(measure(worker, cases, rounds))
            finally:
                worker.process.stdin.close()
                worker.process.wait(20)
    return sizes


def main():
    parser = argparse.ArgumentParser(prog="bench.pipeline", description=__doc__)
    parser.add_argument("--cases", default="1000", help="sizes, with commas between them (1000)")
    parser.add_argument("--rounds", type=int, default=9, help="rounds (9)")
    parser.add_argument("--save", action="store_true", help="write bench/results/<date>-pipeline.md")
    parser.add_argument(
        "--template", help="copy this migrated database, which nobody uses, instead of migrating"
    )
    asked = parser.parse_args()
    sizes = run([int(n) for n in asked.cases.split(",")], asked.rounds, template=asked.template)
    text = markdown(sizes, asked.rounds)
    print(text)
    if asked.save:
        (ROOT / "bench" / "results" / f"{date.today()}-pipeline.md").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
