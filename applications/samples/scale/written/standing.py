"""What the row of a written case keeps of where it stands, as ``queries.standing.computed`` would find it."""

from django.utils import timezone

from applications.models import Condition, ExtensionRequest, InformationRequest
from applications.samples.scale.tables import Row
from applications.samples.scale.written.base import CaseRows
from applications.states import ENDED, STAGES_WITH_THE_FIRM, StageState


def standing_of(case: CaseRows) -> Row:
    """But for the dates due and the last work, which the ledger keeps."""
    return {**_stages(case), **_requests(case), **_ends(case), **_kept(case)}


def _stages(case: CaseRows) -> Row:
    left = [(code, row["state"]) for code, row in case.stages.items() if row["state"] != StageState.APPROVED]
    code, state = left[0] if left else ("", "")
    returned = next((code for code, state in left if state in STAGES_WITH_THE_FIRM), "")
    return {"stage_now": code, "stage_state_now": state, "returned_now": returned}


def _requests(case: CaseRows) -> Row:
    status = {number: row["status"] for number, row in sorted(case.requests.items())}
    with_firm = sorted(
        (case.requests[number]["due_on"], number)
        for number, now in status.items()
        if now in InformationRequest.WITH_FIRM
    )
    until, asked = with_firm[0] if with_firm else (None, None)
    answered = [number for number, now in status.items() if now == InformationRequest.ANSWERED]
    asking = [
        point
        for point, from_firm in case.last_words.items()
        if from_firm and status[point[0]] != InformationRequest.CLOSED
    ]
    wish = case.extension
    open_wish = bool(wish) and wish.get("outcome", ExtensionRequest.OPEN) == ExtensionRequest.OPEN
    return {
        "requests_now": len(with_firm),
        "asked_now": asked,
        "asked_until_now": until,
        "answered_now": next(iter(answered), None),
        "questions_now": len(asking),
        "time_asked_now": open_wish and bool(with_firm),
    }


def _ends(case: CaseRows) -> Row:
    waited = [c for c in case.conditions if not c.get("verified_at") and not c.get("undone_at")]
    firms = (c for c in waited if c.get("owner", Condition.FIRM) == Condition.FIRM)
    days = [c["due_on"] for c in firms if c["due_on"]]
    return {
        "conditions_now": sum(c.get("effect") != Condition.CARRY for c in waited),
        "condition_until_now": min(days, default=None),
        "served_now": case.notice.get("served_on"),
        "until_now": case.notice.get("representations_until"),
    }


def _kept(case: CaseRows) -> Row:
    """No licence of these cases has ended."""
    row = case.case
    is_over = row["state"] in ENDED and not row.get("licence_id")
    return {"kept_since": timezone.localdate(row["decided_at"]) if is_over else None}
