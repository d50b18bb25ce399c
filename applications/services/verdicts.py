"""The reviewer's verdict on each point of a request: answered, not satisfactory, withdrawn."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import InformationRequest, RequestPoint
from applications.services.guard import insist, insist_not_decided, locked_case, same_version, take_side
from applications.services.request_moves import move, resume_if_back
from audit.services import record
from workflow.acts import EXAMINE

R, P = InformationRequest, RequestPoint
GIVEN = (P.SATISFACTORY, P.UNSATISFACTORY, P.WITHDRAWN)


def judge_point(
    *, actor: Any, point: RequestPoint, expected_version: int, verdict: str, note: str = ""
) -> RequestPoint:
    """Say how the answer to a point is; until the request is closed it can be said anew. The note is never
    visible to the firm. A point that is withdrawn needs no answer any more.

    Effects in order: take the examining side; write the verdict; where nothing is left with the firm the
    request is answered, and the clocks that it paused run on; audit event. Raises NotAllowed, NotReady or
    Conflict.
    """
    with transaction.atomic():
        case = locked_case(point.request.application_id, actor=actor, permission="applications.write_request")
        insist_not_decided(case)
        request = R.objects.select_for_update(of=("self",)).get(pk=point.request_id)
        point = request.points.get(pk=point.pk)
        same_version(point, expected_version)
        insist(request.status != R.DRAFT, _("This request was not sent yet."))
        insist(request.status != R.CLOSED, _("This request is closed already."))
        insist(verdict in GIVEN, _("Choose a verdict."))
        insist(verdict == P.WITHDRAWN or point.sent_at, _("There is no answer to this point yet."))
        insist(verdict == P.SATISFACTORY or note.strip(), _("Write a note that says why, for the file."))
        insist(
            verdict == P.UNSATISFACTORY or not asked_again(point).exists(),
            _("This point was asked again already: change the request that asks it."),
        )
        take_side(case, actor=actor, side=EXAMINE, act="judge_point")
        point.verdict, point.verdict_note = verdict, note
        point.verdict_by, point.verdict_at = actor, timezone.now()
        point.version += 1
        point.save(update_fields=["verdict", "verdict_note", "verdict_by", "verdict_at", "version"])
        if request.status in R.WITH_FIRM and not with_firm(request).exists():
            move(request, R.ANSWERED, answered_at=timezone.now())
            resume_if_back(case, cause=f"request {request.number} answered")
        record(
            subject=case.audit_subject,
            kind="request.verdict",
            actor=actor,
            reason=note,
            data={"number": request.number, "point": point.number, "verdict": verdict},
        )
    return point


def asked_again(point: RequestPoint) -> Any:
    """The points of other requests that ask this again: of those sent, and of drafts that may be."""
    return point.followers.exclude(request__status=R.CLOSED, request__sent_at=None)


def with_firm(request: InformationRequest) -> Any:
    """The points that still need an answer."""
    return request.points.filter(sent_at=None).exclude(verdict=P.WITHDRAWN)
