"""The back-test: what a forecast of a past month would have said, beside what came."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from applications.models import Application, ClockEntry, Deadline
from applications.pipeline.days import working_days
from applications.pipeline.forecast.backtest import Decile, Outcome, Said, compared
from applications.pipeline.forecast.known import known
from applications.runs import end_of
from applications.services.tallies import fold
from regulators.calendars import add_working_days
from tests.pipeline.conftest import TODAY, at

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


@pytest.fixture
def decided(add_case: Any) -> Any:
    """``decided(afsa, 30, submitted=…, took=…, period=…)``: accepted at once, decided after so many working
    days, refused before any stage was approved, with a period of so many working days.
    """

    def make(
        licence_type: Any, number: int, *, submitted: date, took: int = 10, period: int = 12
    ) -> list[Any]:
        end, due, made = add_working_days(submitted, took), add_working_days(submitted, period), []
        for _ in range(number):
            made.append(add_case(licence_type, state="refused", submitted=submitted, decided=end))
            Application.objects.filter(pk=made[-1].pk).update(accepted_at=at(submitted))
            Deadline.objects.create(
                application=made[-1], code="decision", rule="r", starts_on=submitted, working_days=period,
                due_on=due, due_at=end_of(due), met_at=at(end),
            )  # fmt: skip
        fold()
        return made

    return make


def of_october(licence_type: Any) -> Outcome:
    return compared(licence_type, months=1, seed=1, today=TODAY)


def test_a_month_is_forecast_from_what_was_known_on_its_first_morning(afsa, decided):
    """All took ten days before October; then two took fifteen, which nobody could know."""
    decided(afsa, 30, submitted=date(2026, 7, 27))
    decided(afsa, 2, submitted=date(2026, 9, 28), took=15)
    decided(afsa, 1, submitted=date(2026, 9, 28), took=8)
    decided(afsa, 40, submitted=date(2026, 10, 1), took=15)
    found = of_october(afsa)
    assert sorted(found.said) == [Said(0, False), Said(0, True), Said(0, True)]
    [month] = found.months
    # The three that were here, and of new ones as many as came to their end in a month before: none.
    assert (month.first, month.low, month.middle, month.high, month.came) == (OCTOBER, 3, 3, 3, 43)
    assert not month.is_within


def test_thirty_decided_before_the_month_and_one_fewer(afsa, decided):
    decided(afsa, 29, submitted=date(2026, 8, 3))
    decided(afsa, 1, submitted=date(2026, 9, 17), took=10)  # on 1 October: not before it
    found = compared(afsa, months=2, seed=1, today=TODAY)
    assert (found.refused, found.months) == ([(SEPTEMBER, 29), (OCTOBER, 29)], [])
    decided(afsa, 1, submitted=date(2026, 8, 3))
    found = compared(afsa, months=2, seed=1, today=TODAY)
    assert ([month.first for month in found.months], [first for first, _ in found.refused]) == (
        [SEPTEMBER, OCTOBER], [],
    )  # fmt: skip


def test_the_last_day_is_the_one_that_stood_then(afsa, decided):
    """A pause that began later moves no last day of before; one that went on then does."""
    decided(afsa, 30, submitted=date(2026, 7, 27))
    [case] = decided(afsa, 1, submitted=date(2026, 9, 14), took=25, period=20)
    for what, day in (("start", 14), ("pause", 21), ("resume", 23), ("pause", 28)):
        ClockEntry.objects.create(
            application=case, clock="decision", what=what, at=at(date(2026, 9, day)), cause="t"
        )
    [one] = known(afsa, since=OCTOBER)
    stages, days = ["business_plan"], working_days(date(2027, 12, 31))
    before, within = one.spot(date(2026, 9, 25), days, stages), one.spot(OCTOBER, days, stages)
    assert (before.due, before.stood) == (add_working_days(date(2026, 9, 14), 22), 9)
    assert (within.due, within.stood) == (add_working_days(date(2026, 9, 14), 25), 13)
    assert one.spot(date(2026, 9, 14), days, stages) is None
    assert one.spot(add_working_days(date(2026, 9, 14), 26), days, stages) is None


@pytest.mark.parametrize(("state", "met", "due", "late"), [
    ("refused", 20, 19, True), ("refused", 20, 20, False), ("withdrawn", 20, 19, False),
    ("in_review", None, 20, True), ("in_review", None, 23, None),
])  # fmt: skip
def test_what_was_late(afsa, add_case, state, met, due, late):
    day = date(2026, 11, met) if met else None
    case = add_case(afsa, state=state, submitted=date(2026, 11, 2), decided=day)
    last = date(2026, 11, due)
    Deadline.objects.create(
        application=case, code="decision", rule="r", starts_on=date(2026, 11, 2), working_days=5,
        due_on=last, due_at=end_of(last), met_at=day and at(day),
    )  # fmt: skip
    [one] = known(afsa, since=OCTOBER)
    assert one.was_late(TODAY) is late


def test_deciles_and_brier_score_by_hand():
    said = [Said(0.0, False), Said(0.05, True), Said(0.5, True), Said(1.0, True)]
    found = Outcome(said=said, months=[], refused=[], unknown=0)
    deciles = found.deciles()
    assert [decile.cases for decile in deciles] == [2, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    assert deciles[0] == Decile(0, 10, 2, 0.05, 1)
    assert found.brier() == pytest.approx((0 + 0.95**2 + 0.25 + 0) / 4)
    assert found.brier_of_the_rate() == pytest.approx(0.1875)
    nothing = Outcome(said=[], months=[], refused=[], unknown=0)
    assert (nothing.brier(), nothing.brier_of_the_rate(), len(nothing.deciles())) == (None, None, 10)


def printed(*args: str, **options: Any) -> str:
    out = StringIO()
    call_command("forecast_backtest", *args, stdout=out, **options)
    return out.getvalue()


def test_the_command_prints_calibration_and_coverage(afsa, decided):
    decided(afsa, 30, submitted=date(2026, 7, 27))
    decided(afsa, 2, submitted=date(2026, 9, 28), took=15)
    said = printed("providing-custody", months=1, seed=5)
    assert said == printed("providing-custody", months=1, seed=5)
    assert said.splitlines() == [
        "providing-custody, seed 5",
        "  2 chances said; 0 more cases are not over yet",
        "  chance       cases  expected late  were late",
        "    0- 10 %         2            0.0          2  100%",
        *(f"  {low:>3}-{low + 10:>3} %         0            0.0          0" for low in range(10, 100, 10)),
        "  Brier score 1.0000; of the overall rate 0.0000 (0 is best)",
        "  decisions in  10 %  50 %  90 %  came",
        "  2026-10          2     2     2     2",
        "  1 of 1 months lay within the range of 80 in 100",
    ]


def test_the_command_refuses_with_the_numbers(afsa, decided):
    decided(afsa, 29, submitted=date(2026, 8, 3))
    out = StringIO()
    with pytest.raises(CommandError, match="each takes 30 decided cases before it"):
        call_command("forecast_backtest", "providing-custody", months=1, stdout=out)
    assert "2026-10: no forecast, 29 decided cases before it, of 30" in out.getvalue()
    with pytest.raises(CommandError, match="There is no licence type nothing"):
        printed("nothing")
    with pytest.raises(CommandError, match="from 1 to 120"):
        printed(months=0)


def test_another_licence_types_history_is_not_used(afsa, afm, decided):
    decided(afm, 30, submitted=date(2026, 8, 3))
    assert of_october(afsa).refused == [(OCTOBER, 0)]
    assert [month.first for month in of_october(afm).months] == [OCTOBER]
