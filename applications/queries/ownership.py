"""Who stands behind the firm, computed from the direct holdings, as plain data that a snapshot can keep.

Percentages are decimal strings; thresholds are compared with the exact fractions. What cannot be computed is
no error: it is listed for the reviewer with the reason, and what can be computed stands.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from applications.models import Application, Entity, Holding
from look import words
from regulators import rulebook as rb
from regulators.formulas import ownership as formula
from regulators.formulas.ownership import ManualFindingError

NOMINEE, TRUST, BENEFICIARY, UNKNOWN_REST = "nominee", "trust", "beneficiary", "rest"
FOUR_PLACES = Decimal("0.0001")
Interests = dict[str, Fraction]


@dataclass(frozen=True, kw_only=True)
class _Computed:
    """What each holder has of the firm; None where the system has no single answer."""

    economic: Interests | None
    votes: Interests | None
    control: frozenset[str] | None


def holdings_of(case: Application) -> list[Holding]:
    """With their holders, the direct ones in the firm first. One query."""
    found = case.holdings.select_related("owner", "owned", "held_for")
    return list(found.order_by("-owned__is_applicant", "owner__sort_key", "pk"))


def entities_of(case: Application) -> list[Entity]:
    """The points of the chart, the firm first; always in one order. One query."""
    return list(case.entities.order_by("-is_applicant", "name", "pk"))


def structure_of(
    case: Application, entities: Sequence[Entity], holdings: Sequence[Holding]
) -> dict[str, Any]:
    """People, bodies and groups with their interests in the firm, the thresholds these pass, and what a
    reviewer has to look at and why. No query.
    """
    firm = next(entity for entity in entities if entity.is_applicant)
    names = {str(entity.pk): entity.name for entity in entities}
    links = [link for holding in holdings for link in _links(holding)]
    manual = _unsaid(holdings)
    computed = _compute(links, str(firm.pk), names, manual)
    thresholds = case.book.thresholds
    rows = [
        _row(entity.name, "person" if entity.person_id else "body", _direct(holdings, firm, [entity]),
             computed, str(entity.pk), thresholds)
        for entity in entities
        if not entity.is_applicant
    ]  # fmt: skip
    for label, members in _groups(entities).items():
        keys = {str(member.pk) for member in members}
        group = f"group {label}"
        together = formula.acting_as_one(links, keys, group)
        found = _compute(together, str(firm.pk), names, [], only=group)
        row = _row(label, "group", _direct(holdings, firm, members), found, group, thresholds)
        rows.append({**row, "members": [member.name for member in members]})
    manual += _without_top(entities, links, computed)
    return {"rows": rows, "manual": manual, "thresholds": [_threshold(one) for one in thresholds]}


def _links(holding: Holding) -> list[formula.Holding]:
    """Whose a holding is: a nominee's is that of the person behind; a trustee keeps the votes."""
    owner, company = str(holding.owner_id), str(holding.owned_id)
    behind = str(holding.held_for_id) if holding.held_for_id else owner
    economic, votes = Fraction(holding.economic) / 100, Fraction(holding.voting) / 100
    controls = bool(holding.control_how)
    if holding.kind == Holding.TRUST and behind != owner:
        return [
            formula.Holding(holder=behind, company=company, economic=economic, votes=Fraction(0)),
            formula.Holding(
                holder=owner, company=company, economic=Fraction(0), votes=votes, control=controls
            ),
        ]
    return [formula.Holding(holder=behind, company=company, economic=economic, votes=votes, control=controls)]


def _compute(
    links: list[formula.Holding],
    firm: str,
    names: dict[str, str],
    manual: list[dict[str, str]],
    only: str = "",
) -> _Computed:
    """For all holders, or for the group ``only``, whose economic interest alone is quicker to find."""

    def interests(links: Iterable[formula.Holding], firm: str) -> Interests:
        if only:
            return {only: formula.effective_interest(links, firm, only)}
        return formula.effective_interests(links, firm)

    def attempt(solve: Callable[[Iterable[formula.Holding], str], Any], what: str) -> Any:
        try:
            return solve(links, firm)
        except ManualFindingError as error:
            total = words.plain(_percent(error.total)) if error.total is not None else ""
            manual.append(
                {"why": error.why, "what": what, "name": names.get(error.where, error.where), "total": total}
            )
            return None

    economic = attempt(interests, "economic")
    votes = attempt(formula.effective_votes, "votes")
    control = None if votes is None else formula.controllers(links, firm)
    return _Computed(economic=economic, votes=votes, control=control)


def _row(
    name: str, kind: str, direct: Decimal, computed: _Computed, key: str, thresholds: Iterable[rb.Threshold]
) -> dict[str, Any]:
    economic = _share(computed.economic, key)
    votes = _share(computed.votes, key)
    known = [share for share in (economic, votes) if share is not None]
    return {
        "name": name,
        "kind": kind,
        "direct": words.plain(direct),
        "economic": None if economic is None else words.plain(_percent(economic)),
        "votes": None if votes is None else words.plain(_percent(votes)),
        "control": None if computed.control is None else key in computed.control,
        "crossed": [
            threshold.code
            for threshold in thresholds
            if any(share > Fraction(threshold.percent) / 100 for share in known)
        ],
    }


def _share(found: Interests | None, key: str) -> Fraction | None:
    return None if found is None else found.get(key, Fraction(0))


def _percent(share: Fraction) -> Decimal:
    exact = share * 100
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(FOUR_PLACES)


def _direct(holdings: Iterable[Holding], firm: Entity, holders: Iterable[Entity]) -> Decimal:
    """The economic interest that stands in their own names, whoever it is held for."""
    keys = {holder.pk for holder in holders}
    return sum((h.economic for h in holdings if h.owned_id == firm.pk and h.owner_id in keys), Decimal(0))


def _groups(entities: Iterable[Entity]) -> dict[str, list[Entity]]:
    """By the name as it was first typed: “Family” and “family ” are one group."""
    found: dict[str, list[Entity]] = {}
    for entity in entities:
        name = " ".join(unicodedata.normalize("NFKC", entity.acts_with).casefold().split())
        if name and not entity.is_applicant:
            found.setdefault(name, []).append(entity)
    named = {members[0].acts_with: members for members in found.values() if len(members) > 1}
    return dict(sorted(named.items()))


def _unsaid(holdings: Iterable[Holding]) -> list[dict[str, str]]:
    """Nominees of nobody, and trusts: who directs a trust is not computed."""
    found = []
    for holding in holdings:
        if holding.kind == Holding.NOMINEE and holding.held_for_id is None:
            found.append(_look(NOMINEE, holding.owner.name, holding.owned.name))
        if holding.kind == Holding.TRUST:
            why = TRUST if holding.held_for_id else BENEFICIARY
            found.append(_look(why, holding.owner.name, holding.owned.name))
    return found


def _without_top(
    entities: Iterable[Entity], links: Iterable[formula.Holding], computed: _Computed
) -> list[dict[str, str]]:
    """Bodies with something of the firm of whose own holders less than all are in the chart."""
    known: Interests = {}
    for link in links:
        known[link.company] = known.get(link.company, Fraction(0)) + link.economic
    found = []
    for entity in entities:
        key = str(entity.pk)
        has_some = bool(_share(computed.economic, key) or _share(computed.votes, key))
        if not entity.person_id and not entity.is_applicant and has_some and known.get(key, 0) < 1:
            total = words.plain(_percent(known.get(key, Fraction(0))))
            found.append({"why": UNKNOWN_REST, "name": entity.name, "total": total})
    return found


def _look(why: str, name: str, of: str) -> dict[str, str]:
    return {"why": why, "name": name, "of": of}


def _threshold(threshold: rb.Threshold) -> dict[str, Any]:
    cited = [f"{citation.act} {citation.provision}" for citation in threshold.citations]
    return {
        "code": threshold.code,
        "percent": words.plain(threshold.percent),
        "title": dict(threshold.title),
        "source": "; ".join(cited),
        "standing": rb.standing(threshold.citations),
    }
