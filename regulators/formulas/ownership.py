"""Who owns and who controls a firm through any number of others, cross-holdings included."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

HALF = Fraction(1, 2)
WHOLE = Fraction(1)


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What one holder has directly in one company, as shares of 1; ``control`` is control by other means."""

    holder: str
    company: str
    economic: Fraction
    votes: Fraction
    control: bool = False


class ManualFindingError(Exception):
    """The holdings have no single answer, or cannot be right: a person has to look."""


def effective_interests(holdings: Iterable[Holding], company: str) -> dict[str, Fraction]:
    """The economic interest of each holder in the company, direct and through others.

    What a holder has through others is its share in each of them times their interest; where companies hold
    one another, the equations are solved together, exactly. Raises ManualFindingError where they have no
    single solution: companies that own each other wholly belong to nobody.
    """
    direct = _direct(holdings)
    names = sorted({holder for holder, _owned in direct})
    companies = [
        name for name in names if any(owned == name for _holder, owned in direct) and name != company
    ]
    through = _solve(
        [[WHOLE * (a == b) - direct.get((a, b), Fraction(0)) for b in companies] for a in companies],
        [direct.get((name, company), Fraction(0)) for name in companies],
    )
    interests = dict(zip(companies, through, strict=True))
    for holder in set(names) - set(companies) - {company}:
        chains = (direct.get((holder, name), Fraction(0)) * interests[name] for name in companies)
        interests[holder] = direct.get((holder, company), Fraction(0)) + sum(chains)
    own = direct.get((company, company), Fraction(0)) + sum(
        direct.get((company, name), Fraction(0)) * interests[name] for name in companies
    )
    if own >= WHOLE:
        raise ManualFindingError("The company owns all of itself.")
    return {holder: share / (WHOLE - own) for holder, share in interests.items() if share}


def controllers(holdings: Iterable[Holding], company: str) -> frozenset[str]:
    """Everyone who controls the company: most of its votes, alone or with companies controlled already."""
    known = tuple(holdings)
    _check(known)
    holders = {holding.holder for holding in known} - {company}
    return frozenset(holder for holder in holders if company in _controlled_by(holder, known))


def _controlled_by(holder: str, holdings: tuple[Holding, ...]) -> set[str]:
    controlled: set[str] = set()
    while True:
        group = controlled | {holder}
        votes: dict[str, Fraction] = {}
        for holding in holdings:
            if holding.holder in group:
                held = WHOLE if holding.control else holding.votes
                votes[holding.company] = votes.get(holding.company, Fraction(0)) + held
        found = {company for company, share in votes.items() if share > HALF} - {holder}
        if found <= controlled:
            return controlled
        controlled |= found


def above(interests: Mapping[str, Fraction], threshold: Fraction) -> frozenset[str]:
    """The holders with more than the threshold; exactly at it is not above it."""
    return frozenset(holder for holder, share in interests.items() if share > threshold)


def _direct(holdings: Iterable[Holding]) -> dict[tuple[str, str], Fraction]:
    known = tuple(holdings)
    _check(known)
    direct: dict[tuple[str, str], Fraction] = {}
    for holding in known:
        key = (holding.holder, holding.company)
        direct[key] = direct.get(key, Fraction(0)) + holding.economic
    return direct


def _check(holdings: tuple[Holding, ...]) -> None:
    """No share below 0 or above 1, and no company of which more than all is held."""
    for kind in ("economic", "votes"):
        totals: dict[str, Fraction] = {}
        for holding in holdings:
            share = getattr(holding, kind)
            if not 0 <= share <= 1:
                raise ManualFindingError(f"{holding.holder} holds {share} of {holding.company}.")
            totals[holding.company] = totals.get(holding.company, Fraction(0)) + share
        for company, total in totals.items():
            if total > 1:
                raise ManualFindingError(f"The holdings in {company} add up to more than all of it.")


def _solve(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    """Gauss and Jordan, in exact fractions."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for column in range(size):
        pivot = next((i for i in range(column, size) if rows[i][column]), None)
        if pivot is None:
            raise ManualFindingError("Companies own each other wholly, so that no owner can be found.")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for i in range(size):
            if i != column and rows[i][column]:
                factor = rows[i][column]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[column], strict=True)]
    return [row[size] for row in rows]
