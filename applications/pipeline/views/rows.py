"""What a line of a list shows of a case."""

from typing import Any

from django.utils import timezone

from applications.pipeline import named
from applications.pipeline.days import working_days
from applications.states import OPEN
from applications.states import ApplicationState as A
from regulators.rulebook import say

TAGS = {A.RETURNED: "", A.GRANTED: "ok", A.REFUSED: "bad", A.NOT_ACCEPTED: "bad", A.LAPSED: "bad",
        A.WITHDRAWN: "done", A.RECOMMENDED: "act", A.REFUSAL_PROPOSED: "act"}  # fmt: skip


def row(case: Any) -> dict[str, Any]:
    """Of a case with its place, as ``queries.placed`` gives it."""
    age = working_days(timezone.localdate()).between(case.submitted_on, timezone.localdate())
    return {
        "case": case,
        "tag": TAGS.get(A(case.state), "look"),
        "licence_type": say(case.book.licence_type_title),
        "stage": named.place_in_words(case.place),
        "waiting": named.waiting_in_words(case.waiting),
        "age": age if case.state in OPEN else None,
        "due": case.next_due if case.state in OPEN else None,
        "is_over": bool(case.next_due and case.next_due < timezone.now()),
    }
