"""A period says whether it is law or our own target, in one set of words."""

import pytest

from regulators import books
from regulators.periods import footing, in_words, length

FSFR, FNP = (
    "AIFC Financial Services Framework Regulations",
    "AFSA Regulatory Guidance on Fitness and Propriety",
)
AFSA, AFM = books.latest("afsa-custody"), books.latest("afm-custody")


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        (AFSA.clock("completeness"), "10 working days (our target, not law)"),
        (
            AFSA.clock("probity_change"),
            f"21 calendar days (Guidance: {FNP} 5.4)",
        ),
        (AFSA.clock("control_approval"), "12 months (Rule: AIFC General Rules (GEN) 3.2.3(1))"),
        (
            AFM.clock("registration"),
            "1 working day (Rule: Law No. 202-V of 16 May 2014 on permits and notifications art. 48-49)",
        ),
        (
            AFSA.clock("representations"),
            f"length not on record: Rule: {FSFR} s 10(1), Schedule 1 para 4",
        ),
        (AFSA.clock("no such clock"), "not on record"),
    ],
)
def test_a_period_in_words(clock, words):
    assert in_words(clock) == words


def test_nothing_that_is_policy_is_called_a_rule():
    for book in (AFSA, AFM):
        for clock in book.clocks:
            assert (footing(clock) == "our target, not law") == clock.policy
            assert ("length not on record" in footing(clock)) == (not clock.policy and not length(clock))
