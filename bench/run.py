"""The house against a bare floor, in one run: ``python -m bench.run --cases 1000,10000 --save``.

Ratios decide, never times: both sides take turns, round by round, on the same machine and PostgreSQL.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench import report
from bench.measures import APPROVE, APPROVE_PAGE, FLOOR, MEASURES, PAGES, THREADS

ROOT = Path(__file__).resolve().parent.parent
CALLS = 3  # timed calls of each side in a round


@dataclass
class Result:
    ratios: list[float] = field(default_factory=list)
    house: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    queries: int = 0

    @property
    def ratio(self):
        return statistics.median(self.ratios)


@dataclass
class Size:
    """What was measured with so many cases, by the title of the measure; approvals a second by 8 at once; and
    the memory of a worker. Of the last two, the house and the floor.
    """

    cases: int
    results: dict[str, Result]
    together: list[tuple[float, float]]
    memory: tuple[int, int]
    floor_queries: dict[str, int]
    statements: dict[str, list[str]]


class Side:
    def __init__(self, name, url, module="bench.worker"):
        self.url = url
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_OWNER_URL"}
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", module, name],
            cwd=ROOT,
            env={**environment, "DATABASE_URL": url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.name = name

    def ask(self, order, **data):
        print(json.dumps({"do": order, **data}), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"The {self.name} stopped while asked for: {order} {data}")
        return json.loads(answer)

    def measure(self, name, times=CALLS):
        if name in (APPROVE, APPROVE_PAGE):
            return self.ask(name, times=times + 1)
        return self.ask("page", name=name, times=times + 1)


def memory(used):
    """MB of a worker of its own, that filled nothing and has answered each page some times."""
    fresh = Side(used.name, used.url)
    try:
        fresh.ask("sign_in")
        for m in PAGES:
            fresh.ask("page", name=getattr(m, used.name), times=10)
        return fresh.ask("memory")
    finally:
        fresh.process.stdin.close()
        fresh.process.wait(20)


LEAVE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = %s AND backend_type = 'client backend'
"""


@contextmanager
def database(name, template=None):
    """A database of our own, made anew and dropped at the end; its address."""
    parts = urlsplit(os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"])
    admin = urlunsplit(parts._replace(path="/postgres"))
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    copied = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(drop)
        if template:
            connection.execute(LEAVE, [template])
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + copied)
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            connection.execute(drop)


@contextmanager
def side(name, *, template=None):
    with database(f"bench_{name}_{os.getpid()}", template) as url:
        worker = Side(name, url)
        try:
            if template is None:
                worker.ask("migrate")
            yield worker
            worker.ask("close")
        finally:
            worker.process.stdin.close()
            worker.process.wait(20)


def run(sizes, rounds, *, template=None):
    """``template`` names a migrated database that nobody uses, to copy instead of migrating."""
    with ExitStack() as stack:
        house = stack.enter_context(side("house", template=template))
        floor = stack.enter_context(side("floor"))
        return [measure(house, floor, cases, rounds) for cases in sorted(sizes)]


def measure(house, floor, cases, rounds):
    left = min(house.ask("fill", cases=cases), floor.ask("fill", cases=cases))
    results = {m.title: Result() for m in MEASURES}
    floor_queries, statements = {}, {}
    calls = 1 if left < 2 * (rounds + 1) * (CALLS + 1) + THREADS * 3 else CALLS
    for number in range(rounds + 1):
        for m in MEASURES:
            pair = [(house, m.house), (floor, m.floor)]
            found = {s.name: s.measure(name, calls) for s, name in (pair if number % 2 else reversed(pair))}
            floor_queries[m.floor] = len(found["floor"]["queries"])
            statements[m.house] = found["house"]["queries"]
            if number:  # the first round only warms up
                _note(results[m.title], found)
    left -= 2 * (rounds + 1) * (calls + 1)
    turns = min(3, max(1, left // (THREADS * 10)))
    each = min(10, left // (THREADS * turns))
    together = [
        tuple(s.ask("approve_together", threads=THREADS, each=each) for s in (house, floor))
        for _ in range(turns)
    ]
    return Size(
        cases=cases,
        results=results,
        together=together,
        memory=tuple(memory(used) for used in (house, floor)),
        floor_queries=floor_queries,
        statements=statements,
    )


def _note(result, found):
    house, floor = (statistics.median(found[name]["ms"]) for name in ("house", "floor"))
    result.ratios.append(house / floor)
    result.house.append(house)
    result.floor.append(floor)
    result.queries = len(found["house"]["queries"])


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="bench.run", description=__doc__)
    parser.add_argument("--cases", default="1000", help="sizes, with commas between them (1000)")
    parser.add_argument("--rounds", type=int, default=15, help="alternating rounds (15)")
    parser.add_argument("--save", action="store_true", help="write bench/results/<date>.md")
    parser.add_argument("--sql", metavar="PAGE", help="also print the statements of one page of the house")
    parser.add_argument(
        "--template", help="copy this migrated database, which nobody uses, instead of migrating"
    )
    asked = parser.parse_args(arguments)
    sizes = run([int(n) for n in asked.cases.split(",")], asked.rounds, template=asked.template)
    text = report.markdown(sizes, asked.rounds)
    print(text)
    if asked.sql:
        print("\n".join(sizes[-1].statements[asked.sql]))
    if asked.save:
        (ROOT / "bench" / "results" / f"{date.today()}.md").write_text(text + "\n", encoding="utf-8")
    wrong = {name: count for name, count in sizes[0].floor_queries.items() if count != FLOOR[name]}
    if wrong:
        print(f"The floor is not the floor: {wrong}, where it should be {FLOOR}.", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
