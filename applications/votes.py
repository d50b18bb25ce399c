"""How the votes of a panel are counted. Pure. No law on record says it: this is our policy."""

from dataclasses import dataclass

FOR, AGAINST, ABSTAIN, NONE = "for", "against", "abstain", "none"
OPPOSITE = {"grant": "refuse", "refuse": "grant"}
MIN_QUORUM = 2


@dataclass(frozen=True, kw_only=True)
class Count:
    """The majority is of the votes for and against. An abstention counts in the quorum alone; a tie is no
    decision, nor is a vote without the quorum.
    """

    quorum: int
    votes: tuple[str, ...]  # one of each member who sits and has voted

    @property
    def in_favour(self) -> int:
        return self.votes.count(FOR)

    @property
    def against(self) -> int:
        return self.votes.count(AGAINST)

    @property
    def abstained(self) -> int:
        return self.votes.count(ABSTAIN)

    @property
    def has_quorum(self) -> bool:
        return len(self.votes) >= self.quorum

    @property
    def result(self) -> str:
        if not self.has_quorum or self.in_favour == self.against:
            return NONE
        return FOR if self.in_favour > self.against else AGAINST


def says(question: str, result: str) -> str:
    """``grant`` or ``refuse``, or nothing where the panel came to no decision."""
    return {FOR: question, AGAINST: OPPOSITE[question]}.get(result, "")
