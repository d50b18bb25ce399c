"""The decision: what it is, on which grounds, what follows, and what to compare a copy with."""

import hashlib
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.requests import SignedIn
from applications import letter_text
from applications.models import Application, Correction, Decision, IssuedLetter
from applications.portal import standing
from applications.portal.access import case_or_404, page, show
from applications.queries.corrections import conditions_of, confirmed
from applications.states import ApplicationState as A
from regulators.periods import in_words
from regulators.rulebook import say

LETTERS = ("in_principle", "grant", "refusal", "readiness")  # that tell of a decision
NEXT: dict[str, str | Promise] = {
    A.APPROVED_IN_PRINCIPLE: gettext_lazy(
        "This is not the licence yet. Meet each condition by its day and show it to the reviewer; then the "
        "licence can be granted."
    ),
    A.REFUSED: gettext_lazy(
        "The application has ended. You may apply again; a past application can be copied into a new one."
    ),
    A.LAPSED: gettext_lazy("The application has ended without a licence. You may apply again."),
    A.IN_REVIEW: gettext_lazy("The review goes on."),
}
LICENSED = gettext_lazy("The licence is in force and stands in the public register.")
RECORDED = gettext_lazy("This is no licence and does not permit you to hold clients' assets.")


@page("GET")
def decision(request: SignedIn, pk: UUID) -> HttpResponse:
    case = case_or_404(request, pk)
    found = list(_decisions(case))
    if not found:
        raise Http404
    appeal = case.book.clock("appeal")
    corrected = confirmed(case)
    return show(
        request, "portal/decision.html", case,
        decisions=[_shown(case, one, corrected) for one in found],
        conditions=conditions_of(case, corrected),
        letters=[(letter, _sha256(case, letter)) for letter in case.letters.filter(code__in=LETTERS)],
        state=standing.state_in_words(case, standing.served_notice(case)),
        next_words=_next(case),
        appeal=(say(appeal.title), in_words(appeal), appeal.citations) if appeal else None,
        ends=case.state in (A.GRANTED, A.REFUSED, A.LAPSED),
    )  # fmt: skip


def _decisions(case: Application) -> Any:
    known = Decision.objects.filter(application=case, kind__in=list(standing.DECISIONS))
    return known.select_related("snapshot").defer("snapshot__content").order_by("-at")


def _shown(case: Application, decision: Decision, corrected: dict[Any, Any]) -> dict[str, Any]:
    grounds = {ground.code: ground for ground in case.book.grounds}
    return {
        "decision": decision,
        "corrections": corrected.get((Correction.DECISION, decision.pk), []),
        "what": standing.decision_in_words(case, decision.kind),
        "grounds": [grounds[code] for code in decision.grounds if code in grounds],
    }


def _next(case: Application) -> str:
    """While staff recommend or propose among themselves, the words of a review: none would tell of it."""
    if case.state == A.GRANTED:
        return str(RECORDED if case.readiness_id else LICENSED)
    unseen = case.state == A.RECOMMENDED or (
        case.state == A.REFUSAL_PROPOSED and not standing.served_notice(case)
    )
    return str(NEXT.get(A.IN_REVIEW if unseen else case.state, ""))


def _sha256(case: Application, letter: IssuedLetter) -> str:
    """Of the PDF, whose bytes are the same each time it is made."""
    letter.application = case
    return hashlib.sha256(letter_text.pdf(letter)).hexdigest()
