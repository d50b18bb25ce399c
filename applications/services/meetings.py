"""Meetings before an application: asked for by a firm, offered or declined by the regulator."""

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Firm
from accounts.queries import people_of
from applications.models import MeetingRequest
from applications.services.guard import allow, insist
from audit.services import record
from notifications.services import tell
from regulators.models import LicenceType
from regulators.queries import people_with_role

M = MeetingRequest


@transaction.atomic
def ask_for_meeting(
    *, actor: Any, firm: Firm, licence_type: LicenceType, topics: str, wished: str, language: str
) -> MeetingRequest:
    """A firm asks for a meeting before it applies; one open question for each licence type.

    Effects in order: lock the firm; write the request; tell the case officers; audit event. Raises
    NotAllowed for somebody who only reads for the firm, NotReady for an empty text or a second request.
    """
    Firm.objects.select_for_update().get(pk=firm.pk)
    meeting = M(
        firm=firm, licence_type=licence_type, topics=topics.strip(), wished=wished.strip(),
        language=language, asked_by=actor,
    )  # fmt: skip
    allow(actor, "applications.ask_for_meeting", meeting)
    insist(meeting.topics, _("Say what the meeting is to be about."))
    insist(meeting.wished, _("Say which days and times suit you."))
    waiting = M.objects.filter(firm=firm, licence_type=licence_type, status=M.ASKED)
    insist(not waiting.exists(), _("A meeting is asked for already, and not answered yet."))
    meeting.save(force_insert=True)
    for officer in people_with_role(licence_type.regulator_id, "case_officer"):
        tell(
            to=officer, template="internal_meeting", context={}, subject_ref=reference(meeting),
            key=f"meeting:{meeting.pk}:{officer.pk}", internal=True,
            url=reverse("admin:applications_meetingrequest_changelist"),
        )  # fmt: skip
    _record(meeting, actor, "meeting.ask")
    return meeting


@transaction.atomic
def offer_meeting(
    *, actor: Any, meeting: MeetingRequest, meets_on: date, meets_at: str, answer: str = ""
) -> MeetingRequest:
    """A case officer names day, time and place. Effects in order: lock; write; tell the firm; audit event."""
    meeting = _open_to(actor, meeting)
    insist(meets_on >= timezone.localdate(), _("Name a day that is not over."))
    insist(meets_at.strip(), _("Name the time and the place, or how to join from afar."))
    return _answer(meeting, actor, M.OFFERED, meets_on=meets_on, meets_at=meets_at.strip(), answer=answer)


@transaction.atomic
def decline_meeting(*, actor: Any, meeting: MeetingRequest, answer: str) -> MeetingRequest:
    """A case officer says why there is none. Effects as of an offer."""
    meeting = _open_to(actor, meeting)
    insist(answer.strip(), _("Say why no meeting is offered, and what the firm can do instead."))
    return _answer(meeting, actor, M.DECLINED, answer=answer)


@transaction.atomic
def withdraw_meeting(*, actor: Any, meeting: MeetingRequest) -> MeetingRequest:
    """The firm needs no meeting any more. Effects in order: lock; write; audit event."""
    meeting = _locked(meeting)
    allow(actor, "applications.ask_for_meeting", meeting)
    insist(meeting.status in (M.ASKED, M.OFFERED), _("This request is answered or withdrawn already."))
    meeting.status = M.WITHDRAWN
    meeting.save(update_fields=["status"])
    _record(meeting, actor, "meeting.withdraw")
    return meeting


def reference(meeting: MeetingRequest) -> str:
    """How mails name it: by number, without the firm."""
    return f"M-{meeting.pk}"


def _locked(meeting: MeetingRequest) -> MeetingRequest:
    related = ("firm", "licence_type__regulator")
    return M.objects.select_for_update(of=("self",)).select_related(*related).get(pk=meeting.pk)


def _open_to(actor: Any, meeting: MeetingRequest) -> MeetingRequest:
    meeting = _locked(meeting)
    allow(actor, "applications.answer_meeting", meeting)
    insist(meeting.status == M.ASKED, _("This request is answered or withdrawn already."))
    return meeting


def _answer(meeting: MeetingRequest, actor: Any, status: str, *, answer: str, **facts: Any) -> MeetingRequest:
    changes = {
        "status": status, "answer": answer.strip(), "answered_by": actor, "answered_at": timezone.now(),
        **facts,
    }  # fmt: skip
    for name, value in changes.items():
        setattr(meeting, name, value)
    meeting.save(update_fields=list(changes))
    for person in {m.user_id: m.user for m in people_of(meeting.firm)}.values():
        tell(
            to=person, template="meeting_answered", context={}, subject_ref=reference(meeting),
            key=f"meeting:{meeting.pk}:{status}:{person.pk}", url=reverse("portal:meetings"),
            firm=meeting.firm,
        )  # fmt: skip
    _record(meeting, actor, f"meeting.{status}")
    return meeting


def _record(meeting: MeetingRequest, actor: Any, kind: str) -> None:
    data = {"meeting": meeting.pk, "licence_type": meeting.licence_type.code}
    record(subject=meeting.firm.audit_subject, kind=kind, actor=actor, data=data)
