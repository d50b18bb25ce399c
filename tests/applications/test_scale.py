"""Sample cases in bulk: what is copied is what ``workflow.perform`` and the services would have written."""

import dataclasses
from datetime import date, timedelta
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from applications.models import Application, Stage
from applications.samples.scale import desks, loading, replay
from applications.samples.scale.days import WorkingDays
from applications.samples.scale.plan import Arrival, Plan
from applications.samples.scale.progress import Progress
from applications.samples.scale.steps import Step
from applications.samples.scale.tables import Rows
from applications.states import DECIDED
from audit.verify import faults
from regulators import calendars
from regulators.models import Regulator
from tests.plugins.tallied import numbers, passages, passages_worked_out, worked_out
from workflow import acts

pytestmark = pytest.mark.long
UNTIL = date(2026, 11, 27)
ENDS = {
    "AFSA": {"granted", "refused", "lapsed", "withdrawn", "discarded"},
    "AFM": {"granted", "not_accepted", "withdrawn", "discarded"},
}
KINDS = 46  # of steps, acts of both models among them


@pytest.fixture
def few_staff(monkeypatch: pytest.MonkeyPatch, rulebooks: None) -> None:
    monkeypatch.setattr(desks, "SIZES", dict.fromkeys(desks.SIZES, 2))


def make_plan(count: int, seed: int = 1) -> Plan:
    return loading.make_plan(count=count, seed=seed, until=UNTIL)


def marks(steps: list[Step], track: str) -> set[str]:
    """The kinds of the steps of a case, and how it ends, if it has ended."""
    ends = [step.after for step in steps if step.kind.startswith("application.") and step.after in DECIDED]
    return {step.kind for step in steps} | {f"{track} {end}" for end in ends[-1:]}


def few_that_show_all(plan: Plan) -> tuple[list[Arrival], set[str]]:
    """A few cases, short ones, that have all between them."""
    walked = {arrival.number: loading.steps_of(plan, arrival)[1] for arrival in plan.arrivals}
    found = {n: marks(steps, plan.arrivals[n].desk.code) for n, steps in walked.items()}
    every, chosen = set[str]().union(*found.values()), []
    left = set(every)
    while left:
        best = max(found, key=lambda number: len(found[number] & left) / len(walked[number]))
        chosen.append(plan.arrivals[best])
        left -= found[best]
    return chosen, every


def test_cases_taken_again_by_perform_come_out_as_they_were_copied(few_staff: None) -> None:
    """Every kind of step, and every end on both tracks; then a row that is not as it was is seen."""
    plan = make_plan(400, seed=8)
    chosen, every = few_that_show_all(plan)
    kinds = {mark for mark in every if " " not in mark}
    assert every - kinds == {f"{code} {end}" for code, ends in ENDS.items() for end in ends}
    assert len(kinds) == KINDS
    loading.write_cases(plan, chosen)
    assert list(faults()) == []
    for regulator in Regulator.objects.all():
        assert numbers(regulator) == worked_out(regulator)
    assert passages() == passages_worked_out() != []
    assert [line for arrival in chosen for line in replay.differences(plan, arrival)] == []
    shortest = min(chosen, key=lambda arrival: len(loading.steps_of(plan, arrival)[1]))
    Stage.objects.filter(application=plan.case_id(shortest.number), order=1).update(note_to_firm="another")
    [line] = replay.differences(plan, shortest)
    assert "stages 1: note_to_firm: 'another' was written" in line


def test_the_same_seed_and_number_give_the_same_rows(few_staff: None) -> None:
    def rows_of(plan: Plan) -> Any:
        rows = Rows()
        for arrival in plan.arrivals[:3]:
            loading.write_case(rows, plan, arrival)
        return rows.by_model

    first = rows_of(make_plan(30))
    assert rows_of(make_plan(30)) == first
    assert rows_of(make_plan(30, seed=2)) != first


def test_an_interrupted_run_goes_on_and_no_other_database_is_mixed(
    few_staff: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(loading, "BATCH", 4)

    def run(*more: str) -> str:
        out = StringIO()
        call_command("sample_cases", "--workers=1", f"--until={UNTIL}", "--count=10", *more, stdout=out)
        return out.getvalue()

    plan = make_plan(10)
    loading.write_batch(plan, range(4, 8))
    assert run().endswith("4 were there.\n")
    assert Application.objects.count() == 10
    assert run().startswith("0 cases in 0 rows; 10 were there.")
    assert list(faults()) == []
    with pytest.raises(CommandError, match="of another number, seed or last day"):
        run("--seed=2")
    settings.SAMPLES_ALLOWED = False
    with pytest.raises(CommandError, match="Production settings refuse"):
        run()


def test_other_cases_are_not_mixed_with_unless_wanted(few_staff: None, draft_case: Application) -> None:
    arguments = ("sample_cases", "--workers=1", f"--until={UNTIL}", "--count=2")
    with pytest.raises(CommandError, match="There are 1 other cases in this database"):
        call_command(*arguments, stdout=StringIO())
    call_command(*arguments, "--among-others", stdout=StringIO())
    assert Application.objects.count() == 3


def test_an_act_that_is_gone_or_asks_for_more_stops_the_run(
    few_staff: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make_plan(30)
    declared = acts.acts_of(Stage)
    monkeypatch.setitem(acts._declared, Stage, {name: a for name, a in declared.items() if name != "start"})
    with pytest.raises(LookupError, match="Stage has no act start any more"):
        [loading.steps_of(plan, arrival) for arrival in plan.arrivals]
    more = dataclasses.replace(declared["take"], needs=("lamp",))
    monkeypatch.setitem(acts._declared, Stage, declared | {"take": more})
    with pytest.raises(LookupError, match=r"Stage\.take needs lamp now"):
        [loading.steps_of(plan, arrival) for arrival in plan.arrivals]


def test_cases_are_spread_over_three_years_of_working_days(few_staff: None) -> None:
    plan = make_plan(2000)
    days = [arrival.at.date() for arrival in plan.arrivals]
    assert days == sorted(days)
    assert all(calendars.is_working_day(day) for day in days)
    assert days[0] < date(2024, 4, 1)
    assert date(2026, 11, 1) < days[-1] <= UNTIL
    mondays, fridays = (sum(day.weekday() == n for day in days) for n in (0, 4))
    assert mondays > 1.3 * fridays
    references = [
        a.reference for a in plan.arrivals if a.reference and a.at.year == 2025 and a.desk.code == "AFM"
    ]
    assert references == [f"KZC-AFM-2025-{n:04d}" for n in range(1, len(references) + 1)]
    assert all(
        step.at.date() <= UNTIL
        for arrival in plan.arrivals[-300:]
        for step in loading.steps_of(plan, arrival)[1]
    )


def test_working_days_are_counted_as_the_calendar_counts_them() -> None:
    days, rng = WorkingDays(), Random(3)
    for _ in range(60):
        day = days.first + timedelta(days=rng.randrange(900))
        count, other = rng.randint(1, 130), day + timedelta(days=rng.randrange(200))
        assert days.add(day, count) == calendars.add_working_days(day, count)
        assert days.between(day, other) == calendars.working_days_between(day, other)


def test_the_bar_says_how_far_how_fast_and_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([100.0, 110.0, 130.0])
    monkeypatch.setattr("time.monotonic", lambda: next(moments))
    told = Progress(StringIO(), 1000, done=200, noun="cases")
    assert told.line(400).rstrip() == (
        "[############..................] 400 of 1,000 cases, 20 a second, 30 s left"
    )
    assert told.line(1000).rstrip() == f"[{'#' * 30}] 1,000 of 1,000 cases, 27 a second, 30 s in all"
