"""How cases go: invented figures, ours and of no statistics, chosen so that every way of a case occurs.

A spread is the median in working days and the sigma of its logarithm: most are near it, a few take very long.
"""

from dataclasses import dataclass

Spread = tuple[float, float]

# Who files how often: by day of the week from Monday, and by month from January.
WEEK = (1.3, 1.15, 1.0, 0.95, 0.7)
YEAR = (0.6, 0.9, 1.15, 1.1, 0.9, 1.0, 0.75, 0.7, 1.1, 1.2, 1.15, 1.45)

NEVER_FILED = 0.06  # of all; a part is given up, the others lie
GIVEN_UP = 0.55
NO_BIN = 0.15
GIVEN_BACK = 0.02  # of stages, for another reviewer to take
WITHDRAWS = 0.003  # at each wait after the filing

DRAFTING: Spread = (22, 0.8)
LYING: Spread = (45, 0.7)
REQUEST_ANSWERED: Spread = (7, 0.6)
REQUEST_READ: Spread = (1.5, 0.8)
RETURNED_ANSWERED: Spread = (11, 0.6)
CHANGES_ANSWERED: Spread = (6, 0.7)
CONDITION_MET: Spread = (35, 0.6)


@dataclass(frozen=True, kw_only=True)
class Way:
    """How often and how long, on one track."""

    check: Spread
    accept: Spread
    take: Spread
    assess: Spread
    approve: Spread
    recommend: Spread
    decide: Spread
    gaps: float  # of submissions, found incomplete
    assigned: float  # by a lead, before the check
    fee_waived: float
    query: float  # of stages, asked about
    second_request: float
    partly: float  # of requests, answered in two goes
    asks_back: float
    more_time: float
    unanswered: float
    changes: float  # of stages, returned to the firm
    reopened: float
    conditional: float  # of findings
    refused: float
    sent_back: float
    in_principle: float
    never_met: float
    extended: float
    reopened_in_principle: float
    represents: float
    accepted: float  # of representations
    remitted: float


AFSA = Way(
    check=(5, 0.6), accept=(2, 0.7), take=(1.2, 0.9), assess=(2.2, 0.9), approve=(1.1, 0.9),
    recommend=(3, 0.7), decide=(5, 0.7),
    gaps=0.16, assigned=0.4, fee_waived=0.04, query=0.2, second_request=0.15, partly=0.2, asks_back=0.15,
    more_time=0.12, unanswered=0.05, changes=0.05, reopened=0.015, conditional=0.09, refused=0.09,
    sent_back=0.06, in_principle=0.75, never_met=0.07, extended=0.08, reopened_in_principle=0.02,
    represents=0.6, accepted=0.15, remitted=0.06,
)  # fmt: skip
AFM = Way(
    check=(1, 0.5), accept=(0.6, 0.6), take=(0.7, 0.8), assess=(1.1, 0.8), approve=(0.6, 0.8),
    recommend=(2, 0.6), decide=(3, 0.6),
    gaps=0.14, assigned=0.3, fee_waived=0.1, query=0.14, second_request=0.1, partly=0.15, asks_back=0.1,
    more_time=0.08, unanswered=0.04, changes=0.04, reopened=0.01, conditional=0.05, refused=0.0,
    sent_back=0.05, in_principle=0.0, never_met=0.0, extended=0.0, reopened_in_principle=0.0,
    represents=0.0, accepted=0.0, remitted=0.0,
)  # fmt: skip

# The tracks that are walked, and how the cases divide over them.
TRACKS = {"providing-custody": (0.6, AFSA), "national-custody": (0.4, AFM)}
