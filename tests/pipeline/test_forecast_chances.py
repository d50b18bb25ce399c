"""Journeys and months drawn from histories whose answer is known."""

from datetime import date
from math import sqrt
from random import Random

import pytest

from applications.models.standing import APPROVED, INTAKE
from applications.pipeline.days import working_days
from applications.pipeline.forecast import decisions
from applications.pipeline.forecast.drawing import percent
from applications.pipeline.forecast.journeys import NUMBER, Journeys, ranged
from applications.pipeline.forecast.outlook import END, seed_of, since_of
from applications.pipeline.forecast.roads import (
    DECISION,
    GONE,
    ON,
    PRINCIPLE,
    Leg,
    Passed,
    Road,
    legs,
    places,
)

DAYS = working_days(END)
STAGES = ["one", "two"]
PLACES = places(STAGES)
FIVE_SIGMA = 5 * sqrt(0.25 / NUMBER)


def road(**changes):
    """Mondays: one place a week, approved in principle, and granted two weeks later."""
    given = {
        "state": "granted", "submitted": date(2026, 8, 31), "accepted": date(2026, 9, 7),
        "answered": date(2026, 9, 28), "ended": date(2026, 10, 12), "lost": 0,
        "passed": [Passed("one", date(2026, 9, 14), 2), Passed("two", date(2026, 9, 21), 0)],
    }  # fmt: skip
    return Road(**given | changes)


def walked(days, leaves=DECISION, *, each=1):
    """So many days at the last place, and ``each`` at those before it."""
    return [*(Leg(place, each, each, ON) for place in PLACES[:3]), Leg(APPROVED, days, days, leaves)]


def journeys(found, seed="1"):
    return Journeys(found, PLACES, seed=seed)


def test_a_road_is_its_stays_in_order():
    assert legs(road(), STAGES, DAYS) == [
        Leg(INTAKE, 5, 5, ON), Leg("one", 5, 3, ON), Leg("two", 5, 5, ON), Leg(APPROVED, 5, 5, ON),
        Leg(PRINCIPLE, 10, 10, DECISION),
    ]  # fmt: skip


def test_a_decision_without_approval_in_principle_is_the_answer():
    assert legs(road(answered=date(2026, 10, 12), lost=4), STAGES, DAYS)[-1] == Leg(
        APPROVED, 15, 11, DECISION
    )
    assert legs(road(answered=None), STAGES, DAYS)[-1] == Leg(APPROVED, 15, 15, DECISION)


@pytest.mark.parametrize(("changes", "last"), [
    ({"accepted": None, "passed": [], "state": "not_accepted", "answered": None}, Leg(INTAKE, 30, 30, GONE)),
    ({"passed": [], "state": "withdrawn", "answered": None}, Leg("one", 25, 25, GONE)),
    ({"passed": [], "state": "refused", "answered": None}, Leg("one", 25, 25, DECISION)),
    ({"state": "lapsed"}, Leg(PRINCIPLE, 10, 10, GONE)),
])  # fmt: skip
def test_it_leaves_where_it_ended(changes, last):
    assert legs(road(**changes), STAGES, DAYS)[-1] == last


def test_a_stage_that_its_rule_book_did_not_have_is_passed_over():
    found = legs(road(passed=[Passed("two", date(2026, 9, 21), 0)]), STAGES, DAYS)
    assert [(leg.place, leg.days) for leg in found] == [
        (INTAKE, 5), ("two", 10), (APPROVED, 5), (PRINCIPLE, 10),
    ]  # fmt: skip


def test_a_year_that_is_not_in_the_calendar_leaves_the_road_out():
    assert legs(road(submitted=date(2023, 12, 29)), STAGES, DAYS) == []


@pytest.mark.parametrize(("left", "late"), [(9, 1), (10, 0), (11, 0)])
def test_all_took_ten_days(left, late):
    drawn = journeys(walked(7) * 40)
    assert (drawn.late(INTAKE, 0, left).value, drawn.late(INTAKE, 1, left - 1).value) == (late, late)
    assert drawn.late("two", 1, left - 3).value == late
    assert drawn.decided(INTAKE, 0, left).value == 1 - late
    assert drawn.late(APPROVED, 4, left - 7).cases == 40


def test_half_took_longer_and_only_who_stood_as_long_counts():
    drawn = journeys(walked(7) * 20 + walked(27) * 20)
    assert drawn.late(APPROVED, 0, 20).value == 0.5
    assert abs(drawn.late(INTAKE, 0, 20).value - 0.5) < FIVE_SIGMA
    assert (drawn.late(APPROVED, 8, 12).value, drawn.late(APPROVED, 8, 12).cases) == (1, 20)
    assert drawn.late(APPROVED, 27, 0).value == 0
    assert drawn.late(APPROVED, 28, 0) is None


def test_what_is_withdrawn_is_neither_late_nor_decided():
    drawn = journeys(walked(7) * 10 + walked(7, GONE) * 30)
    assert (drawn.late(APPROVED, 0, 1).value, drawn.decided(APPROVED, 0, 7).value) == (0.25, 0.25)


def test_an_approval_in_principle_is_the_answer_and_no_decision():
    drawn = journeys([*walked(7, ON) * 30, *[Leg(PRINCIPLE, 50, 50, DECISION)] * 30])
    assert (drawn.late(APPROVED, 0, 7).value, drawn.late(APPROVED, 0, 6).value) == (0, 1)
    assert (drawn.decided(APPROVED, 0, 56).value, drawn.decided(APPROVED, 0, 57).value) == (0, 1)
    assert drawn.decided(PRINCIPLE, 20, 30).value == 1


def test_paused_days_are_left_out_of_what_is_late_and_not_of_what_is_decided():
    drawn = journeys([Leg(APPROVED, 20, 10, DECISION)] * 30)
    assert (drawn.late(APPROVED, 0, 10).value, drawn.late(APPROVED, 0, 9).value) == (0, 1)
    assert (drawn.late(APPROVED, 10, 5).value, drawn.late(APPROVED, 10, 4).value) == (0, 1)
    assert (drawn.decided(APPROVED, 0, 20).value, drawn.decided(APPROVED, 0, 19).value) == (1, 0)


def test_no_history_says_nothing():
    drawn = journeys([])
    assert (drawn.late(INTAKE, 0, 5), drawn.decided(PRINCIPLE, 0, 5)) == (None, None)


@pytest.mark.parametrize("seed", range(20))
def test_chances_lie_from_0_to_1_and_fall_with_the_days_left(seed):
    rng = Random(seed)
    found = [
        Leg(place, days := rng.randrange(40), rng.randint(0, days), rng.choice([ON, ON, ON, DECISION, GONE]))
        for place in PLACES
        for _ in range(rng.randint(0, 30))
    ]
    drawn = journeys(found, str(seed))
    for place in PLACES:
        for stood in (0, 5, 45):
            late = [drawn.late(place, stood, left) for left in range(60)]
            sooner = [drawn.decided(place, stood, left) for left in range(60)]
            if None in late:
                assert set(late) == set(sooner) == {None}
                continue
            values = [one.value for one in late]
            assert values == sorted(values, reverse=True)
            assert [one.value for one in sooner] == sorted(one.value for one in sooner)
            assert all(0 <= one.low <= one.value <= one.high <= 1 for one in [*late, *sooner])


def test_the_same_seed_draws_the_same_journeys():
    found = [leg for days in range(1, 41) for leg in walked(days, each=days % 7)]
    same = [journeys(found, seed).late(INTAKE, 0, 25) for seed in ("7", "7", "8")]
    assert (same[0] == same[1], same[0] == same[2]) == (True, False)


def test_the_range_of_a_part_by_wilson():
    chance = ranged(0.5, 30)
    assert (round(chance.low, 3), round(chance.high, 3)) == (0.386, 0.614)
    assert (ranged(0, 10).low, ranged(1, 10).high) == (0, 1)
    assert round(ranged(0, 10).high, 3) == 0.141


def test_decisions_that_are_sure_and_newcomers_of_past_months():
    found = decisions.drawn([1.0] * 7 + [0.0] * 5, [[3, 3], []], seed="1")
    assert (found.low, found.middle, found.high, set(found.draws)) == (10, 10, 10, {10})
    assert decisions.drawn([], [], seed="1").draws == [0] * decisions.DRAWS


def test_decisions_of_even_chance_lie_where_the_binomial_has_them():
    found = decisions.drawn([0.5] * 100, [], seed="1")
    assert (found.low, found.middle, found.high) == (44, 50, 56)
    assert abs(sum(found.draws) / len(found.draws) - 50) < 5 * 5 / sqrt(decisions.DRAWS)
    assert found == decisions.drawn([0.5] * 100, [], seed="1")
    assert found.draws != decisions.drawn([0.5] * 100, [], seed="2").draws


def test_months_without_newcomers_count_from_the_first_that_had_any():
    found = decisions.by_month({date(2026, 7, 1): 3, date(2026, 9, 1): 1}, date(2026, 11, 23))
    assert found == [3, 0, 1, 0]
    assert decisions.by_month({}, date(2026, 11, 23)) == []


def test_percents_do_not_round_to_certainty():
    assert [percent(part) for part in (0, 0.004, 0.123, 0.996, 1)] == [
        "0 %", "under 1 %", "12 %", "over 99 %", "100 %",
    ]  # fmt: skip


def test_the_day_is_the_seed_and_two_years_the_window():
    assert (seed_of(date(2026, 11, 23)), since_of(date(2026, 11, 23))) == (20261123, date(2024, 12, 1))
