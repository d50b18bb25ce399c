"""What goes back and forth about a request while it is with the firm: questions about a point, more time."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import (
    Application,
    ExtensionRequest,
    InformationRequest,
    PointMessage,
    RequestPoint,
)
from applications.presses import same_press
from applications.services import tell
from applications.services.guard import insist, insist_not_decided, locked_case, take_side
from audit.services import record
from workflow.acts import EXAMINE

R, E = InformationRequest, ExtensionRequest


def ask_about_point(*, actor: Any, point: RequestPoint, text: str, seen: int | None = None) -> PointMessage:
    """The firm asks the reviewer about one point. No date moves and no clock stands still by it. ``seen`` is
    the newest message that the page showed: a second press asks nothing again.

    Effects in order: write the question; tell the reviewer who wrote the request; audit event. Raises
    NotReady where the point is not with the firm any more.
    """
    with transaction.atomic():
        case, request = _locked(point.request_id, actor, "applications.answer_request")
        point = request.points.get(pk=point.pk)
        insist(
            request.status in R.WITH_FIRM and point.is_open,
            _("This point is not open for an answer."),
        )
        insist(text.strip(), _("Write your question."))
        if before := same_press(point.messages.filter(from_firm=True), seen=seen, by=actor, text=text):
            return before
        asked = PointMessage.objects.create(point=point, from_firm=True, text=text, by=actor)
        _tell_reviewer(case, request, "request_question", key=f"question:{asked.pk}")
        _record(case, "request.question", actor, request, point=point.number)
    return asked


def reply_about_point(*, actor: Any, point: RequestPoint, text: str, seen: int | None = None) -> PointMessage:
    """The reviewer replies on one point; the firm reads it on the page of the request. ``seen`` as above.

    Effects in order: take the examining side; write the reply; mails to the firm; audit event. Raises
    NotReady where the firm has asked nothing there, or the request is closed.
    """
    with transaction.atomic():
        case, request = _locked(point.request_id, actor, "applications.write_request")
        point = request.points.get(pk=point.pk)
        insist(request.status != R.CLOSED, _("This request is closed already."))
        insist(point.messages.filter(from_firm=True).exists(), _("The firm has asked nothing on this point."))
        insist(text.strip(), _("Write your reply."))
        if before := same_press(point.messages.filter(from_firm=False), seen=seen, by=actor, text=text):
            return before
        take_side(case, actor=actor, side=EXAMINE, act="reply_about_point")
        reply = PointMessage.objects.create(point=point, from_firm=False, text=text, by=actor)
        _tell_firm(case, request, "request_reply", key=f"question:{reply.pk}")
        _record(case, "request.reply", actor, request, point=point.number)
    return reply


def ask_for_time(*, actor: Any, request: InformationRequest, until: date, reason: str) -> ExtensionRequest:
    """The firm asks for a later last day. The day of before stands until the reviewer changes it. What is
    open already in the same words of the same person is the same press, and stays the one.

    Effects in order: write what is asked; tell the reviewer who wrote the request; audit event. Raises
    NotReady where one is open already, or the day is no later one.
    """
    with transaction.atomic():
        case, request = _locked(request.pk, actor, "applications.answer_request")
        insist(request.status in R.WITH_FIRM, _("This request is not with you."))
        waiting = request.extensions.filter(outcome=E.OPEN).first()
        if waiting and (waiting.asked_by, waiting.until, waiting.reason) == (actor, until, reason):
            return waiting
        insist(not waiting, _("More time is asked for already: wait for the answer of the reviewer."))
        insist(
            until > max(request.due_on, timezone.localdate()),
            _("Choose a day after the last day for the answer, and after today."),
        )
        insist(reason.strip(), _("Say why you need more time."))
        asked = E.objects.create(request=request, until=until, reason=reason, asked_by=actor)
        _tell_reviewer(case, request, "extension_asked", key=f"extension:{asked.pk}")
        _record(case, "request.extension_asked", actor, request)
    return asked


def grant_time(*, actor: Any, extension: ExtensionRequest, until: date, answer: str) -> ExtensionRequest:
    """The reviewer sets a later last day. Reminders follow it; the clocks of the case stand as they stood.

    Effects in order: take the examining side; close what was asked; set the last day of the request; mails to
    the firm; audit event.
    """
    with transaction.atomic():
        case, request, extension = _open(extension, actor)
        insist(
            until > max(request.due_on, timezone.localdate()),
            _("Choose a day after the last day for the answer, and after today."),
        )
        before = request.due_on
        _close(extension, actor, E.GRANTED, answer, granted_until=until)
        request.due_on, request.due_set_at = until, extension.decided_at
        request.version += 1
        request.save(update_fields=["due_on", "due_set_at", "version"])
        _tell_firm(case, request, "extension_granted", key=f"extension:{extension.pk}", due=until)
        _record(
            case, "request.extension_granted", actor, request,
            reason=answer, before=before.isoformat(), until=until.isoformat(),
        )  # fmt: skip
    return extension


def decline_time(*, actor: Any, extension: ExtensionRequest, answer: str) -> ExtensionRequest:
    """Effects in order: take the examining side; close what was asked; mails to the firm; audit event."""
    with transaction.atomic():
        case, request, extension = _open(extension, actor)
        insist(answer.strip(), _("Say why the last day stays as it is."))
        _close(extension, actor, E.DECLINED, answer)
        _tell_firm(case, request, "extension_declined", key=f"extension:{extension.pk}", due=request.due_on)
        _record(case, "request.extension_declined", actor, request, reason=answer)
    return extension


def _locked(pk: Any, actor: Any, permission: str) -> tuple[Application, InformationRequest]:
    owner = R.objects.values_list("application_id", flat=True).get(pk=pk)
    case = locked_case(owner, actor=actor, permission=permission)
    insist_not_decided(case)
    request = R.objects.select_for_update(of=("self",)).select_related("written_by").get(pk=pk)
    return case, request


def _open(
    extension: ExtensionRequest, actor: Any
) -> tuple[Application, InformationRequest, ExtensionRequest]:
    case, request = _locked(extension.request_id, actor, "applications.write_request")
    extension = E.objects.get(pk=extension.pk)
    insist(extension.outcome == E.OPEN, _("This was answered already."))
    insist(request.status in R.WITH_FIRM, _("This request is not with the firm any more."))
    take_side(case, actor=actor, side=EXAMINE, act="answer_extension")
    return case, request, extension


def _close(extension: ExtensionRequest, actor: Any, outcome: str, answer: str, **more: Any) -> None:
    facts = {"outcome": outcome, "answer": answer, "decided_by": actor, "decided_at": timezone.now(), **more}
    for name, value in facts.items():
        setattr(extension, name, value)
    extension.save(update_fields=list(facts))


def _tell_firm(case: Application, request: InformationRequest, template: str, **about: Any) -> None:
    tell.firm(case, template, url=tell.request_url(request, internal=False), **about)


def _tell_reviewer(case: Application, request: InformationRequest, template: str, *, key: str) -> None:
    url = tell.request_url(request, internal=True)
    tell.person(case, request.written_by, template, key=key, url=url)


def _record(
    case: Application,
    kind: str,
    actor: Any,
    request: InformationRequest,
    *,
    reason: str = "",
    **data: Any,
) -> None:
    facts = {"number": request.number, **data}
    record(subject=case.audit_subject, kind=kind, actor=actor, reason=reason, data=facts)
