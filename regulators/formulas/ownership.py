"""Who owns and who controls a firm through any number of others, cross-holdings included."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
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
    """The holdings have no single answer, or cannot be right: a person has to look.

    ``why`` is one of the codes; ``where`` the company, as the holdings name it; ``total`` what is held of it.
    """

    CIRCLE, ITSELF, SHARE, TOTAL = "circle", "itself", "share", "total"

    def __init__(self, text: str, why: str, *, where: str = "", total: Fraction | None = None) -> None:
        super().__init__(text)
        self.why, self.where, self.total = why, where, total


def effective_interests(holdings: Iterable[Holding], company: str) -> dict[str, Fraction]:
    """The economic interest of each holder in the company, direct and through others: of what the company
    pays out, the part that reaches the holder.

    Companies pay on all that they get. Where they hold one another the equations are solved together,
    exactly; what comes back to a company over such a circle is counted once. Raises ManualFindingError where
    there is no single solution: companies that own each other wholly belong to nobody.
    """
    direct = _direct(holdings)
    owned = {name for _holder, name in direct} - {company}
    companies = [*sorted(owned), company]
    passes = _inverse(
        [[WHOLE * (a == b) - direct.get((b, a), Fraction(0)) for b in companies] for a in companies], company
    )
    got = dict(zip(companies, passes[-1], strict=True))  # of one payment by the company, circles included
    interests = {name: got[name] / passes[i][i] for i, name in enumerate(companies[:-1])}
    for holder in {holder for holder, _owned in direct} - set(companies):
        shares = (direct.get((holder, name), Fraction(0)) * got[name] for name in companies)
        interests[holder] = sum(shares, Fraction(0))
    return {holder: share for holder, share in interests.items() if share}


def controllers(holdings: Iterable[Holding], company: str) -> frozenset[str]:
    """Everyone who controls the company: most of its votes, alone or with companies controlled already."""
    known = tuple(holdings)
    _check(known, "votes")
    holders = {holding.holder for holding in known} - {company}
    return frozenset(holder for holder in holders if company in _controlled_by(holder, known))


def effective_votes(holdings: Iterable[Holding], company: str) -> dict[str, Fraction]:
    """The votes in the company that each holder can cast: its own, and those of all that it controls.

    A holder of 60 % of a body that has 30 % of the votes casts all 30, and a holder of 50 % casts none of
    them: votes follow majorities, and are not multiplied along a chain as economic interest is.
    """
    known = tuple(holdings)
    _check(known, "votes")
    votes: dict[str, Fraction] = {}
    for holder in {holding.holder for holding in known} - {company}:
        group = _controlled_by(holder, known) | {holder}
        cast = sum((h.votes for h in known if h.company == company and h.holder in group), Fraction(0))
        if cast:
            votes[holder] = cast
    return votes


def acting_as_one(holdings: Iterable[Holding], members: Collection[str], name: str) -> list[Holding]:
    """The same holdings with all these members as one holder.

    No member holds anything under its own name then, so what one has through another is counted once.
    """
    return [
        replace(holding, holder=name if holding.holder in members else holding.holder) for holding in holdings
    ]


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
    _check(known, "economic")
    direct: dict[tuple[str, str], Fraction] = {}
    for holding in known:
        key = (holding.holder, holding.company)
        direct[key] = direct.get(key, Fraction(0)) + holding.economic
    return direct


def _check(holdings: tuple[Holding, ...], kind: str) -> None:
    """No share below 0 or above 1, and no company of which more than all is held."""
    totals: dict[str, Fraction] = {}
    for holding in holdings:
        share = getattr(holding, kind)
        if not 0 <= share <= 1:
            text = f"{holding.holder} holds {share} of {holding.company}."
            raise ManualFindingError(text, ManualFindingError.SHARE, where=holding.company, total=share)
        totals[holding.company] = totals.get(holding.company, Fraction(0)) + share
    for company, total in totals.items():
        if total > 1:
            text = f"The holdings in {company} add up to more than all of it."
            raise ManualFindingError(text, ManualFindingError.TOTAL, where=company, total=total)


def _inverse(matrix: list[list[Fraction]], company: str) -> list[list[Fraction]]:
    """Gauss and Jordan, in exact fractions. No row has more off its diagonal than on it, so none are swapped:
    a zero on the diagonal is a circle of companies that own each other wholly; in the last row, the company.
    """
    size = len(matrix)
    rows = [[*row, *(WHOLE * (i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for column, pivot in enumerate(rows):
        if not pivot[column]:
            if column == size - 1:
                text = "The company owns all of itself."
                raise ManualFindingError(text, ManualFindingError.ITSELF, where=company)
            text = "Companies own each other wholly, so that no owner can be found."
            raise ManualFindingError(text, ManualFindingError.CIRCLE)
        rows[column] = pivot = [value / pivot[column] for value in pivot]
        for i in range(size):
            if i != column and rows[i][column]:
                factor = rows[i][column]
                rows[i] = [a - factor * b for a, b in zip(rows[i], pivot, strict=True)]
    return [row[size:] for row in rows]
