"""Writing the cases of a plan, a batch in one transaction: what an interrupted run leaves are whole batches."""

import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import date
from functools import cache
from multiprocessing import get_context
from typing import Any

from django.db import connections, transaction

from accounts.models import User
from applications.models import Application, Entity
from applications.queries import capital, ownership
from applications.samples.scale import chances
from applications.samples.scale.applicants import Applicant
from applications.samples.scale.days import WorkingDays
from applications.samples.scale.desks import Desk, desk_for
from applications.samples.scale.histories import history
from applications.samples.scale.plan import Arrival, Plan, first_day
from applications.samples.scale.steps import Step
from applications.samples.scale.tables import FIRST, Row, Rows
from applications.samples.scale.written import Written
from applications.services.stays import replay
from regulators.models import LicenceType, RuleBookVersion

BATCH = 250
Told = Callable[[int], None]  # is told how many cases are there


class NotThisDatabaseError(Exception):
    """Why the cases do not go into this database."""


def make_plan(*, count: int, seed: int, until: date) -> Plan:
    """Appoints the staff where it is not there yet. Raises NotThisDatabaseError without rule books."""
    types = {
        t.code: t for t in LicenceType.objects.select_related("regulator").filter(code__in=chances.TRACKS)
    }
    if len(types) < len(chances.TRACKS):
        raise NotThisDatabaseError("No rule books are loaded. Run: manage.py load_rulebooks")
    start = first_day(until, WorkingDays())
    desks: dict[str, Desk] = {code: desk_for(types[code], start) for code in chances.TRACKS}
    return Plan(count=count, seed=seed, until=until, desks=desks)


def waiting_batches(plan: Plan, *, among_others: bool) -> list[range]:
    """The batches that are not there yet. Raises NotThisDatabaseError where cases are there that are not of
    this plan: sample cases of another one never mix with these, others only where that is wanted.
    """
    batches = [range(n, min(n + BATCH, plan.count)) for n in range(0, plan.count, BATCH)]
    first_ones = {plan.case_id(batch[0]): batch for batch in batches}
    there = set(Application.objects.filter(pk__in=first_ones).values_list("pk", flat=True))
    ours = sum(len(first_ones[pk]) for pk in there)
    samples = User.objects.filter(pk__gte=FIRST).count()
    if samples != ours:
        raise NotThisDatabaseError(
            "Sample cases of another number, seed or last day are in this database. Use one of its own."
        )
    others = Application.objects.count() - ours
    if others and not among_others:
        raise NotThisDatabaseError(
            f"There are {others} other cases in this database, which these would stand among. Use a database of "
            "its own, or say --among-others."
        )
    return [batch for pk, batch in first_ones.items() if pk not in there]


def load(plan: Plan, batches: list[range], *, workers: int, told: Told) -> int:
    """Write these batches; how many rows that were. With one worker in this process and connection."""
    done, rows = plan.count - sum(map(len, batches)), 0
    for batch, written in _written(plan, batches, workers):
        done, rows = done + len(batch), rows + written
        told(done)
    return rows


def _written(plan: Plan, batches: list[range], workers: int) -> Iterator[tuple[range, int]]:
    if workers == 1:
        yield from ((batch, write_batch(plan, batch)) for batch in batches)
        return
    connections.close_all()  # each process opens its own
    with ProcessPoolExecutor(workers, get_context("fork"), _set_plan, (plan,)) as pool:
        futures = {pool.submit(_write, batch): batch for batch in batches}
        for future in as_completed(futures):
            yield futures.pop(future), future.result()


_plan: list[Plan] = []


def _set_plan(plan: Plan) -> None:
    _plan[:] = [plan]


def _write(batch: range) -> int:
    return write_batch(_plan[0], batch)


def write_batch(plan: Plan, batch: range) -> int:
    """All rows of these cases in one transaction; how many."""
    with _without_pauses(), transaction.atomic():
        return write_cases(plan, [plan.arrivals[number] for number in batch])


def write_cases(plan: Plan, arrivals: list[Arrival]) -> int:
    """In the transaction that is open; how many rows."""
    rows = Rows()
    for arrival in arrivals:
        write_case(rows, plan, arrival)
    count = rows.copy()
    replay(Application.objects.in_bulk([plan.case_id(one.number) for one in arrivals]).values())
    return count


def write_case(rows: Rows, plan: Plan, arrival: Arrival) -> None:
    applicant, steps = steps_of(plan, arrival)
    pin = arrival.desk.pin_on(steps[0].at.date())
    written = Written(rows, plan, arrival, applicant, constant(pin, arrival.desk.licence_type))
    for step in steps:
        written.take(step)
    written.close()


def steps_of(plan: Plan, arrival: Arrival) -> tuple[Applicant, list[Step]]:
    """Who applies, and what was done; the same each time."""
    applicant = Applicant(plan, arrival)
    steps = history(plan, arrival, applicant.founder)
    applicant.start_under(arrival.desk.book_on(steps[0].at.date()))
    return applicant, steps


@cache
def constant(pin: RuleBookVersion, licence_type: LicenceType) -> Row:
    """What a submission keeps of a firm that has entered no holdings and no capital."""
    case: Any = Application(rulebook=pin, licence_type=licence_type)
    firm = Entity(application=case, is_applicant=True)
    return {
        "holdings": [],
        "structure": ownership.structure_of(case, [firm], []),
        "capital": [],
        "accounts_rate": None,
        "capital_tests": capital.tests_of(case, [], pin.book.effective_from),
    }


@contextmanager
def _without_pauses() -> Iterator[None]:
    """Rows are dropped all at once: looking for circles among them meanwhile takes a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
