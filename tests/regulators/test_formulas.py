"""Ownership and capital, against answers found in another way."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulators.formulas.capital import liquidity_test, resources, resources_test
from regulators.formulas.ownership import Holding, ManualFindingError, above, controllers, effective_interests

UNHURRIED = settings(deadline=None, derandomize=True)


def holding(holder, company, share, votes=None, **fields):
    votes = Fraction(share) if votes is None else Fraction(votes)
    return Holding(holder=holder, company=company, economic=Fraction(share), votes=votes, **fields)


def test_interests_multiply_along_a_chain_and_add_up_over_chains():
    found = effective_interests(
        [
            holding("Ann", "Hold", "1/2"),
            holding("Bek", "Hold", "1/2"),
            holding("Hold", "Firm", "3/5"),
            holding("Ann", "Firm", "2/5"),
        ],
        "Firm",
    )
    assert found == {"Ann": Fraction(7, 10), "Bek": Fraction(3, 10), "Hold": Fraction(3, 5)}


def test_companies_that_hold_each_other_are_solved_together():
    found = effective_interests(
        [
            holding("Ann", "A", "1/2"),
            holding("B", "A", "1/2"),
            holding("Bek", "B", "1/2"),
            holding("A", "B", "1/2"),
            holding("A", "Firm", "1"),
        ],
        "Firm",
    )
    assert found["Ann"] == Fraction(2, 3)
    assert found["Bek"] == Fraction(1, 3)


def test_what_the_firm_holds_of_itself_belongs_to_the_others():
    found = effective_interests(
        [holding("Ann", "Firm", "1/2"), holding("Hold", "Firm", "1/2"), holding("Bek", "Hold", "1/2"),
         holding("Firm", "Hold", "1/2")],
        "Firm",
    )  # fmt: skip
    assert (found["Ann"], found["Bek"]) == (Fraction(2, 3), Fraction(1, 3))


def test_companies_that_own_each_other_wholly_need_a_person():
    circle = [holding("A", "B", 1), holding("B", "A", 1)]
    with pytest.raises(ManualFindingError, match="own each other wholly"):
        effective_interests([*circle, holding("Ann", "Firm", 1)], "Firm")
    with pytest.raises(ManualFindingError, match="owns all of itself"):
        effective_interests([holding("Firm", "Firm", 1)], "Firm")


@pytest.mark.parametrize("wrong", [[("Ann", "3/5"), ("Bek", "1/2")], [("Ann", "11/10")], [("Ann", "-1/10")]])
def test_impossible_shares_need_a_person(wrong):
    with pytest.raises(ManualFindingError):
        effective_interests([holding(holder, "Firm", share) for holder, share in wrong], "Firm")


@st.composite
def groups(draw):
    """Up to four companies, each wholly held, at least half of it by people."""
    companies = ["Firm", *[f"C{i}" for i in range(draw(st.integers(0, 3)))]]
    found = []
    for company in companies:
        weights = [draw(st.integers(0, 9)) for _ in companies]
        people = [draw(st.integers(1, 9)) for _ in range(2)]
        half = Fraction(1, 2) if sum(weights) else Fraction(0)
        for holder, weight in zip(companies, weights, strict=True):
            if weight:
                found.append(holding(holder, company, half * weight / sum(weights)))
        for i, weight in enumerate(people):
            found.append(holding(f"P{i}", company, (1 - half) * weight / sum(people)))
    return found


@given(groups())
@UNHURRIED
def test_interests_agree_with_following_every_chain(group):
    found = effective_interests(group, "Firm")
    people = {"P0": 0.0, "P1": 0.0}
    flow = {"Firm": 1.0}
    for _ in range(200):  # a payment by the firm, handed on until people have it all
        onward = {}
        for one in group:
            paid = flow.get(one.company, 0.0) * float(one.economic)
            target = people if one.holder in people else onward
            target[one.holder] = target.get(one.holder, 0.0) + paid
        flow = onward
    assert {name: float(found[name]) for name in people} == pytest.approx(people)
    assert found["P0"] + found["P1"] == 1


def test_control_follows_majorities_along_chains_and_not_economic_shares():
    group = [
        holding("Ann", "Top", "1/10", votes="3/5"),
        holding("Top", "Firm", "3/5", votes="3/10"),
        holding("Ann", "Firm", 0, votes="3/10"),
        holding("Bek", "Firm", "2/5", votes="2/5"),
    ]
    assert controllers(group, "Firm") == {"Ann"}


def test_exactly_half_of_the_votes_is_not_control():
    assert controllers([holding("Ann", "Firm", "1/2"), holding("Bek", "Firm", "1/2")], "Firm") == frozenset()
    assert controllers([holding("Ann", "Firm", "501/1000")], "Firm") == {"Ann"}


def test_control_by_other_means_counts_as_control():
    group = [holding("Ann", "Hold", 0, control=True), holding("Hold", "Firm", "3/5")]
    assert controllers(group, "Firm") == {"Ann", "Hold"}


def test_a_threshold_is_passed_only_above_it():
    assert above({"Ann": Fraction(1, 10), "Bek": Fraction(101, 1000)}, Fraction(1, 10)) == {"Bek"}


AMOUNTS = st.lists(st.decimals(0, 10**9, places=2), max_size=6)


@given(AMOUNTS, AMOUNTS)
@UNHURRIED
def test_resources_are_additions_less_deductions(additions, deductions):
    cents = sum(int(a * 100) for a in additions) - sum(int(d * 100) for d in deductions)
    assert resources(additions, deductions) == Decimal(cents) / 100


@pytest.mark.parametrize(
    ("held", "required", "result", "surplus"),
    [
        ("100", ["100"], "met", "0"),
        ("99.99", ["100"], "not_met", "-0.01"),
        ("150", ["100", "150"], "met", "0"),
        ("149.99", ["100", "150"], "not_met", "-0.01"),
        ("100", [None], "not_on_record", None),
        ("100", ["50", None], "not_on_record", None),
        ("100", [], "not_on_record", None),
    ],
)
def test_the_greatest_required_amount_counts_and_an_unknown_one_is_not_guessed(
    held, required, result, surplus
):
    amounts = [None if amount is None else Decimal(amount) for amount in required]
    test = resources_test([Decimal(held)], [], amounts)
    assert test.result == result
    assert test.surplus == (None if surplus is None else Decimal(surplus))


@pytest.mark.parametrize(
    ("liquid", "expenditure", "result"),
    [("25", "100", "met"), ("24.99", "100", "not_met"), ("0", "0", "met"), ("0.25", "1.01", "not_met")],
)
def test_liquid_assets_cover_a_share_of_a_years_expenditure(liquid, expenditure, result):
    assert liquidity_test(Decimal(liquid), Decimal(expenditure), Decimal("0.25")).result == result
    assert liquidity_test(Decimal(liquid), Decimal(expenditure), None).result == "not_on_record"


@pytest.mark.parametrize("amount", ["-0.01", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused(amount):
    with pytest.raises(ValueError, match="write it as 0 or above"):
        resources([Decimal(amount)], [])
    with pytest.raises(ValueError, match="write it as 0 or above"):
        liquidity_test(Decimal(amount), Decimal(1), None)
