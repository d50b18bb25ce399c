"""Who owns and who controls a firm through any number of others, cross-holdings included."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

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
    companies = _companies(direct, company)
    ones = [[int(a == b) for b in companies] for a in companies]
    passes = _solve(_equations(direct, companies), ones, company)  # passes[b][a]: of one payment by a to b
    interests = {name: passes[i][-1] / passes[i][i] for i, name in enumerate(companies[:-1])}
    got = {name: passes[i][-1] for i, name in enumerate(companies)}
    for holder in {holder for holder, _owned in direct} - set(companies):
        interests[holder] = _received(direct, got, holder)
    return {holder: share for holder, share in interests.items() if share}


def effective_interest(holdings: Iterable[Holding], company: str, holder: str) -> Fraction:
    """That of one holder whom nobody holds a part of, as a group of associates: much quicker than all."""
    direct = _direct(holdings)
    companies = _companies(direct, company)
    paid = [[int(name == company)] for name in companies]
    solved = _solve(_equations(direct, companies), paid, company)
    return _received(direct, {name: row[0] for name, row in zip(companies, solved, strict=True)}, holder)


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


def _companies(direct: Mapping[tuple[str, str], Fraction], company: str) -> list[str]:
    """The company last."""
    return [*sorted({name for _holder, name in direct} - {company}), company]


def _equations(direct: Mapping[tuple[str, str], Fraction], companies: list[str]) -> list[list[Fraction]]:
    """What a company gets, less its shares of what the others get, is what it was paid from outside."""
    return [[WHOLE * (a == b) - direct.get((a, b), Fraction(0)) for b in companies] for a in companies]


def _received(
    direct: Mapping[tuple[str, str], Fraction], got: Mapping[str, Fraction], holder: str
) -> Fraction:
    return sum((direct.get((holder, name), Fraction(0)) * part for name, part in got.items()), Fraction(0))


def _solve(matrix: list[list[Fraction]], right: list[list[int]], company: str) -> list[list[Fraction]]:
    """Gauss and Jordan in whole numbers (after Bareiss: each division is exact), so that a chart of many
    bodies that hold one another is solved in a second and not in a minute.

    No column has more off its diagonal than on it, so no rows are swapped: a zero on the diagonal is a circle
    of companies that own each other wholly; in the last row, the company.
    """
    rows = []
    for line, sides in zip(matrix, right, strict=True):
        scale = lcm(*(value.denominator for value in line))
        rows.append([*(int(value * scale) for value in line), *(side * scale for side in sides)])
    size, before = len(matrix), 1
    for column in range(size):
        pivot = rows[column]
        head = pivot[column]
        if not head:
            if column == size - 1:
                text = "The company owns all of itself."
                raise ManualFindingError(text, ManualFindingError.ITSELF, where=company)
            text = "Companies own each other wholly, so that no owner can be found."
            raise ManualFindingError(text, ManualFindingError.CIRCLE)
        for i, row in enumerate(rows):
            if i != column:
                factor = row[column]
                pairs = zip(row, pivot, strict=True)
                rows[i] = [(head * a - factor * b) // before if a or b else 0 for a, b in pairs]
        before = head
    return [[Fraction(value, before) for value in row[size:]] for row in rows]
