"""What the row of a written case keeps of where it stands, as ``queries.standing.computed`` would find it."""

from applications.models import Condition, ExtensionRequest, InformationRequest
from applications.samples.scale.tables import Row
from applications.samples.scale.written.base import CaseRows
from applications.states import STAGES_WITH_THE_FIRM, StageState


def standing_of(case: CaseRows) -> Row:
    """But for the dates due and the last work, which the ledger keeps."""
    return {**_stages(case), **_requests(case), **_ends(case)}


def _stages(case: CaseRows) -> Row:
    left = [(code, row["state"]) for code, row in case.stages.items() if row["state"] != StageState.APPROVED]
    code, state = left[0] if left else ("", "")
    returned = any(state in STAGES_WITH_THE_FIRM for _code, state in left)
    return {"stage_now": code, "stage_state_now": state, "returned_now": returned}


def _requests(case: CaseRows) -> Row:
    status = {number: row["status"] for number, row in sorted(case.requests.items())}
    with_firm = [number for number, now in status.items() if now in InformationRequest.WITH_FIRM]
    answered = [number for number, now in status.items() if now == InformationRequest.ANSWERED]
    asking = [
        point
        for point, from_firm in case.last_words.items()
        if from_firm and status[point[0]] != InformationRequest.CLOSED
    ]
    wish = case.extension
    open_wish = bool(wish) and wish.get("outcome", ExtensionRequest.OPEN) == ExtensionRequest.OPEN
    return {
        "asked_now": next(iter(with_firm), None),
        "answered_now": next(iter(answered), None),
        "questions_now": len(asking),
        "time_asked_now": open_wish and bool(with_firm),
    }


def _ends(case: CaseRows) -> Row:
    waited = (c for c in case.conditions if not c.get("verified_at") and not c.get("undone_at"))
    return {
        "conditions_now": sum(c.get("effect") != Condition.CARRY for c in waited),
        "served_now": case.notice.get("served_on"),
        "until_now": case.notice.get("representations_until"),
    }
