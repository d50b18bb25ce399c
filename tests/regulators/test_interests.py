"""Interests, votes and groups against computations of another kind: no equations, no fixed point."""

import time
from fractions import Fraction
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulators.formulas.ownership import (
    Holding,
    ManualFindingError,
    acting_as_one,
    controllers,
    effective_interest,
    effective_interests,
    effective_votes,
)

UNHURRIED = settings(deadline=None, derandomize=True)
COMPANIES = ("Firm", "A", "B", "C")
PEOPLE = ("Ann", "Bek", "Dana")


def holding(holder, company, economic, votes=None, **fields):
    votes = economic if votes is None else votes
    return Holding(
        holder=holder, company=company, economic=Fraction(economic), votes=Fraction(votes), **fields
    )


@st.composite
def charts(draw, *, loops=True):
    """Each company is held by people and companies; what is left over is held by nobody in the chart.

    Without ``loops`` a company is held only by those further from the firm.
    """
    found = []
    for place, company in enumerate(COMPANIES):
        others = [c for c in COMPANIES if c != company] if loops else list(COMPANIES[place + 1 :])
        holders = [*PEOPLE, *others]
        economic = [draw(st.integers(0, 6)) for _ in holders]
        votes = [draw(st.integers(0, 6)) for _ in holders]
        of_economic = sum(economic) + draw(st.integers(1, 4))
        of_votes = sum(votes) + draw(st.integers(0, 2)) or 1
        for holder, share, cast in zip(holders, economic, votes, strict=True):
            if share or cast:
                control = draw(st.integers(0, 12)) == 0
                shares = Fraction(share, of_economic), Fraction(cast, of_votes)
                found.append(holding(holder, company, *shares, control=control))
    return found


def by_following_every_chain(chart, holder, company):
    """What a holder has of a company: of each direct holding in it, its own and what it has of the holder."""
    return sum(
        (
            link.economic
            * (1 if link.holder == holder else by_following_every_chain(chart, holder, link.holder))
            for link in chart
            if link.company == company
        ),
        Fraction(0),
    )


@given(charts(loops=False))
@UNHURRIED
def test_without_cross_holdings_interests_are_those_of_every_chain_followed(chart):
    found = effective_interests(chart, "Firm")
    for person in PEOPLE:
        assert found.get(person, Fraction(0)) == by_following_every_chain(chart, person, "Firm")


def handed_on_for_ever(chart, sink=None):
    """Of a payment by the firm, what each gets in all, as the sum of the first 4096 powers of what is handed
    on in one step. A sink keeps what it gets.
    """
    step = [[0.0] * len(COMPANIES) for _ in COMPANIES]
    for link in chart:
        if link.holder in COMPANIES and link.company != sink:
            step[COMPANIES.index(link.company)][COMPANIES.index(link.holder)] += float(link.economic)
    total = [[float(i == j) for j in range(len(COMPANIES))] for i in range(len(COMPANIES))]
    for _ in range(12):
        total, step = added(total, times(step, total)), times(step, step)
    got = dict(zip(COMPANIES, total[0], strict=True))
    for person in PEOPLE:
        got[person] = sum(got[link.company] * float(link.economic) for link in chart if link.holder == person)
    return got


def times(left, right):
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*right, strict=True)]
            for row in left]  # fmt: skip


def added(left, right):
    return [[a + b for a, b in zip(one, other, strict=True)] for one, other in zip(left, right, strict=True)]


@given(charts())
@UNHURRIED
def test_with_cross_holdings_interests_are_those_of_a_payment_handed_on_for_ever(chart):
    found = effective_interests(chart, "Firm")
    got = handed_on_for_ever(chart)
    for person in PEOPLE:
        assert float(found.get(person, 0)) == pytest.approx(got[person], abs=1e-9)
    for body in COMPANIES[1:]:
        assert float(found.get(body, 0)) == pytest.approx(handed_on_for_ever(chart, body)[body], abs=1e-9)
    assert sum(found.get(person, Fraction(0)) for person in PEOPLE) <= 1
    assert "Firm" not in found


def test_what_goes_round_between_two_bodies_is_counted_once():
    chart = [
        holding("A", "Firm", 1),
        holding("B", "A", "9/10"),
        holding("A", "B", "9/10"),
        holding("Ann", "A", "1/10"),
    ]
    found = effective_interests(chart, "Firm")
    assert found == {"A": 1, "B": Fraction(9, 10), "Ann": Fraction(10, 19)}


def smallest_closed_set(chart, holder):
    """Of all sets of companies that hold whatever they and the holder have most votes of, the smallest."""
    sets = chain.from_iterable(combinations(COMPANIES, size) for size in range(len(COMPANIES) + 1))
    for chosen in map(set, sets):
        group = {holder, *chosen}
        grown = {
            company
            for company in COMPANIES
            if company != holder
            and (
                sum(
                    (link.votes for link in chart if link.company == company and link.holder in group),
                    Fraction(0),
                )
                > Fraction(1, 2)
                or any(link.control for link in chart if link.company == company and link.holder in group)
            )
        }
        if grown <= chosen:
            return chosen
    raise AssertionError("All companies together are such a set.")


@given(charts())
@UNHURRIED
def test_control_and_votes_agree_with_trying_every_set_of_companies(chart):
    votes, control = effective_votes(chart, "Firm"), controllers(chart, "Firm")
    for holder in (*PEOPLE, "A", "B", "C"):
        group = smallest_closed_set(chart, holder)
        cast = [link.votes for link in chart if link.company == "Firm" and link.holder in {holder, *group}]
        assert votes.get(holder, Fraction(0)) == sum(cast)
        assert (holder in control) == ("Firm" in group)


@given(charts())
@UNHURRIED
def test_a_group_has_no_less_than_each_member_and_no_more_than_all(chart):
    """Ann and A as one; the others lose what they had through A."""
    alone = effective_interests(chart, "Firm")
    together = effective_interests(acting_as_one(chart, {"Ann", "A"}, "group"), "Firm")
    ann, body = alone.get("Ann", Fraction(0)), alone.get("A", Fraction(0))
    assert max(ann, body) <= together.get("group", Fraction(0)) <= ann + body
    assert all(together.get(other, 0) <= alone.get(other, 0) for other in ("Bek", "Dana"))


def test_a_group_counts_once_what_one_member_has_through_another():
    chart = [
        holding("Ann", "Hold", "1/2"),
        holding("Bek", "Hold", "1/2"),
        holding("Hold", "Firm", "3/5"),
        holding("Ann", "Firm", "2/5"),
    ]
    together = acting_as_one(chart, {"Ann", "Hold"}, "group")
    assert effective_interests(together, "Firm") == {"group": Fraction(1)}
    assert effective_votes(together, "Firm") == {"group": Fraction(1)}
    assert controllers(acting_as_one(chart, {"Ann", "Bek"}, "group"), "Firm") == {"Hold", "group"} - {"Bek"}


def test_two_minorities_control_together():
    chart = [
        holding("Ann", "Firm", "3/10"),
        holding("Bek", "Firm", "21/100"),
        holding("Dana", "Firm", "49/100"),
    ]
    assert controllers(chart, "Firm") == frozenset()
    assert controllers(acting_as_one(chart, {"Ann", "Bek"}, "group"), "Firm") == {"group"}
    chart[1] = holding("Bek", "Firm", "2/10")
    assert controllers(acting_as_one(chart, {"Ann", "Bek"}, "group"), "Firm") == frozenset()


def test_votes_follow_majorities_and_are_not_multiplied():
    chart = [
        holding("Ann", "Hold", "51/100"),
        holding("Bek", "Hold", "49/100"),
        holding("Hold", "Firm", "3/10"),
    ]
    assert effective_votes(chart, "Firm") == {"Hold": Fraction(3, 10), "Ann": Fraction(3, 10)}
    chart[0] = holding("Ann", "Hold", "1/2")
    assert effective_votes(chart, "Firm") == {"Hold": Fraction(3, 10)}


def test_impossible_votes_leave_the_economic_interest_and_the_other_way_round():
    votes_wrong = [holding("Ann", "Firm", "1/2", votes="3/5"), holding("Bek", "Firm", "1/2", votes="1/2")]
    assert effective_interests(votes_wrong, "Firm") == {"Ann": Fraction(1, 2), "Bek": Fraction(1, 2)}
    with pytest.raises(ManualFindingError) as refused:
        effective_votes(votes_wrong, "Firm")
    assert (refused.value.why, refused.value.where, refused.value.total) == (
        "total",
        "Firm",
        Fraction(11, 10),
    )
    shares_wrong = [holding("Ann", "Firm", "3/5", votes="1/2"), holding("Bek", "Firm", "1/2")]
    assert effective_votes(shares_wrong, "Firm") == {"Ann": Fraction(1, 2), "Bek": Fraction(1, 2)}
    with pytest.raises(ManualFindingError):
        effective_interests(shares_wrong, "Firm")


@given(charts())
@UNHURRIED
def test_one_holder_alone_has_what_it_has_among_all(chart):
    found = effective_interests(chart, "Firm")
    for person in PEOPLE:
        assert effective_interest(chart, "Firm", person) == found.get(person, 0)


def test_sixty_bodies_that_all_hold_one_another_take_seconds():
    """In fractions with a division at each step this took seven, and once more for each group."""
    bodies = [f"B{i}" for i in range(60)]
    holdings = [
        Holding(holder=holder, company=company, economic=Fraction(1 + 7 * i % 13, 1000), votes=Fraction(0))
        for i, company in enumerate([*bodies, "firm"])
        for holder in [*bodies, "Ann"]
        if holder != company
    ]
    start = time.process_time()
    interests = effective_interests(holdings, "firm")
    assert time.process_time() - start < 4
    assert effective_interest(holdings, "firm", "Ann") == interests["Ann"]
