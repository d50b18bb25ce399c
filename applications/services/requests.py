"""Requests for information: written, sent, answered point by point, closed."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import slots
from applications.models import Application, InformationRequest, PointFile, RequestPoint
from applications.presses import same_press
from applications.queries.law import slot_of
from applications.queries.private import private_people
from applications.rules import OwnPart
from applications.services import clocks, tell
from applications.services.evidence import taken_in
from applications.services.guard import (
    allow,
    insist,
    insist_not_decided,
    insist_on_consent,
    locked_case,
    same_version,
    take_side,
)
from applications.services.limits import insist_fits, insist_on_room
from applications.services.request_moves import move, resume_if_back
from applications.services.verdicts import asked_again, with_firm
from applications.states import ASSESSABLE
from audit.models import Event
from audit.services import record
from documents.services import seal
from workflow.acts import EXAMINE
from workflow.errors import Conflict, NotReady
from workflow.services import lock

R = InformationRequest


def why_not_asked(case: Application) -> str:
    """Why the firm cannot be asked now; empty where it can."""
    if case.state in ASSESSABLE:
        return ""
    return _("Information is asked for while the application is in review.")


def write_request(
    *, actor: Any, case: Application, due_on: date, points: list[dict[str, Any]], seen: int | None = None
) -> InformationRequest:
    """Draft a request. Each point is ``{"requirement": code, "question": text, "person": Person or None,
    "follows": RequestPoint or None}``; a point that follows asks again what was not answered satisfactorily.
    ``seen`` is the newest request of when the page was made: a second press drafts none again.

    Effects in order: take the examining side; write the request with its next number and its points;
    audit event.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.write_request")
        _check(case, due_on, points)
        drafts = case.requests.filter(status=R.DRAFT)
        before = same_press(drafts, seen=seen, written_by=actor, due_on=due_on)
        if before and _asks(before, points):
            return before
        take_side(case, actor=actor, side=EXAMINE, act="write_request")
        last = case.requests.aggregate(last=models.Max("number"))["last"] or 0
        request = R.objects.create(
            application=case,
            number=last + 1,
            due_on=due_on,
            written_by=actor,
            pauses_clock=any(clock.pausable for clock in case.book.clocks),
        )
        _write_points(request, points)
        record(subject=case.audit_subject, kind="request.write", actor=actor, data={"number": request.number})
    return request


def rewrite_request(
    *,
    actor: Any,
    request: InformationRequest,
    expected_version: int,
    due_on: date,
    points: list[dict[str, Any]],
) -> InformationRequest:
    """Change a request that was not sent yet: its last day and all its points, as in ``write_request``.

    Effects in order: take the examining side; write the new points in place of the old; audit event.
    """
    with transaction.atomic():
        case, request = _locked(request, actor, "applications.write_request", expected_version)
        insist(request.status == R.DRAFT, _("This request was sent already."))
        _check(case, due_on, points, request)
        take_side(case, actor=actor, side=EXAMINE, act="rewrite_request")
        request.points.all().delete()
        _write_points(request, points)
        move(request, R.DRAFT, due_on=due_on)
        record(
            subject=case.audit_subject, kind="request.rewrite", actor=actor, data={"number": request.number}
        )
    return request


def send_request(*, actor: Any, request: InformationRequest, expected_version: int) -> InformationRequest:
    """Effects in order: take the examining side; mark it sent; pause the clocks that the book lets it pause;
    mails to the firm; audit event.
    """
    with transaction.atomic():
        case, request = _locked(request, actor, "applications.write_request", expected_version)
        insist(request.status == R.DRAFT, _("This request was sent already."))
        insist(not (closed := why_not_asked(case)), closed)
        insist(
            request.due_on > timezone.localdate(),
            _("The last day for the answer is not after today any more: change it first."),
        )
        take_side(case, actor=actor, side=EXAMINE, act="send_request")
        now = timezone.now()
        move(request, R.SENT, sent_at=now, due_set_at=now)
        paused = bool(request.pauses_clock and clocks.pause(case, cause=f"request {request.number}"))
        tell.firm(
            case,
            "request_sent",
            key=f"request:{request.pk}",
            url=tell.request_url(request, internal=False),
            due=request.due_on,
            points=request.points.count(),
            clock_paused=paused,
        )
        record(subject=case.audit_subject, kind="request.send", actor=actor, data={"number": request.number})
    return request


def answer_point(*, actor: Any, point: RequestPoint, expected_version: int, text: str) -> RequestPoint:
    """Keep the answer to one point; it goes to the regulator when the answers are sent.

    Raises NotAllowed, NotReady, or Conflict where another editor has answered it since the page was built.
    """
    with transaction.atomic():
        _case, point = open_point(actor, point)
        same_version(point, expected_version)
        point.answer, point.answered_by, point.answered_at = text, actor, timezone.now()
        point.version += 1
        point.save(update_fields=["answer", "answered_by", "answered_at", "version"])
    return point


def attach_to_point(*, actor: Any, point: RequestPoint, upload: Any, name: str) -> PointFile:
    """Take in a document as part of the answer to a point, by the rules of the question that it is about.
    Raises documents.errors.Rejected.
    """
    case = point.request.application
    allow_point(actor, case, point)
    slot = slot_of(case, point.requirement)
    insist_on_room(case, point.files.filter(removed_at=None), slot=slot)
    with taken_in(actor=actor, upload=upload, name=name, slot=slot) as document:
        case, fresh = open_point(actor, point)
        held = fresh.files.filter(removed_at=None)
        if taken := held.filter(document=document).first():  # what came in pieces was finished twice
            return taken
        insist_on_room(case, held, slot=slot)
        insist_fits(slot, document)
        return PointFile.objects.create(point=fresh, document=document)


def send_answers(
    *, actor: Any, request: InformationRequest, expected_version: int, shown: str = ""
) -> InformationRequest:
    """Send every point that has an answer; the request is answered when all are.

    ``shown`` is the ``mark_of_answers`` that the page stood on. Effects in order: seal the documents; mark
    the points as sent; move the request; resume the clocks when nothing is with the firm any more; tell the
    reviewer, and the firm; audit event. A second press sends nothing and gives the request as it is. Raises
    NotReady when no new point has an answer, or a file is not usable yet or not described as its question
    wants, and Conflict where an answer is another one than was shown.
    """
    with transaction.atomic():
        case, request = _locked(request, actor, "applications.answer_request")
        if _was_sent_by_this_press(case, request, actor, expected_version):
            return request
        same_version(request, expected_version)
        insist_not_decided(case)
        insist(request.status in R.WITH_FIRM, _("This request is not with you."))
        ready = ready_points(request.points.prefetch_related("files__document__facts"))
        insist(ready, _("Answer at least one point before you send."))
        if shown and shown != mark_of_answers(ready):
            words = _("An answer was changed while your page was open. Check what goes, then send.")
            raise Conflict([words], current=request)
        documents = [document for point in ready for document in point.documents]
        hidden = private_people(case)
        private = {document.pk for p in ready if p.person_id in hidden for document in p.documents}
        for document in documents:
            insist(document.usable, _told(document, private))
        _insist_described(case, ready, hidden)
        seal(documents=documents)
        now = timezone.now()
        request.points.filter(pk__in=[p.pk for p in ready]).update(sent_at=now)
        left = with_firm(request).count()
        move(request, R.PART_ANSWERED if left else R.ANSWERED, answered_at=None if left else now)
        resumed = bool(resume_if_back(case, cause=f"request {request.number} answered"))
        key = f"request:{request.pk}:{request.version}"
        at_the_desk, to_the_firm = (
            tell.request_url(request, internal=internal) for internal in (True, False)
        )
        tell.person(case, request.written_by, "request_answered", key=key, url=at_the_desk)
        tell.firm(
            case, "reply_received", key=f"{key}:firm", url=to_the_firm,
            points=len(ready), left=left, clock_restarted=resumed,
        )  # fmt: skip
        record(
            subject=case.audit_subject,
            kind="request.answer",
            actor=actor,
            data={"number": request.number, "points": [p.number for p in ready], "left": left},
        )
    return request


def close_request(
    *, actor: Any, request: InformationRequest, expected_version: int, note: str = ""
) -> InformationRequest:
    """Close a request; one with a point that has no verdict needs a note that says why.

    Effects in order: take the examining side; mark it closed; resume the clocks when nothing is with the firm
    any more; audit event.
    """
    with transaction.atomic():
        case, request = _locked(request, actor, "applications.write_request", expected_version)
        insist(request.status != R.CLOSED, _("This request is closed already."))
        insist(
            note.strip() or (request.sent_at and not request.points.filter(verdict="").exists()),
            _("Say why the request is closed: not every point has a verdict."),
        )
        take_side(case, actor=actor, side=EXAMINE, act="close_request")
        move(request, R.CLOSED, closed_at=timezone.now(), closed_note=note)
        resume_if_back(case, cause=f"request {request.number} closed")
        record(
            subject=case.audit_subject,
            kind="request.close",
            actor=actor,
            reason=note,
            data={"number": request.number, "was_sent": request.sent_at is not None},
        )
    return request


def open_point(actor: Any, point: RequestPoint) -> tuple[Application, RequestPoint]:
    """The case, locked, and the point as it stands now. Raises NotAllowed, or NotReady where its answer is
    not to be changed.
    """
    case = lock(Application, point.request.application_id)
    fresh = RequestPoint.objects.select_related("request").get(pk=point.pk, request__application=case)
    allow_point(actor, case, fresh)
    insist(
        fresh.request.status in R.WITH_FIRM and fresh.sent_at is None and not fresh.is_withdrawn,
        _("This point is not open for an answer."),
    )
    return case, fresh


def allow_point(actor: Any, case: Application, point: RequestPoint) -> None:
    """A point about an invited person is that person's to answer; the firm sends it with the others. Nobody
    answers about a person who has withdrawn the consent.
    """
    if point.person_id in private_people(case):
        allow(actor, "applications.answer_own_part", OwnPart(case, point.person_id))
    else:
        allow(actor, "applications.answer_request", case)
    insist_not_decided(case)
    insist_on_consent(case, point.person)


def ready_points(points: Any) -> list[RequestPoint]:
    """What goes when the answers are sent now; of what is answered in private a page knows that it is."""
    return [
        point
        for point in points
        if point.is_open and (point.answer.strip() or getattr(point, "is_answered", False))
    ]


def mark_of_answers(ready: list[RequestPoint]) -> str:
    """What a page shows as going, in short."""
    return " ".join(f"{point.number}.{point.version}" for point in ready)


def _check(
    case: Application,
    due_on: date,
    points: list[dict[str, Any]],
    request: InformationRequest | None = None,
) -> None:
    insist(not (closed := why_not_asked(case)), closed)
    insist(points, _("Add at least one point."))
    insist(due_on > timezone.localdate(), _("The answer has to be due after today."))
    for point in points:
        insist(
            point["requirement"] in case.book.by_code, _("Tie each point to a requirement of the rule book.")
        )
        insist(point["question"].strip(), _("Write the question of each point."))
        before = point.get("follows")
        insist(
            before is None
            or (before.request.application_id == case.pk and before.verdict == RequestPoint.UNSATISFACTORY),
            _("Only what was not answered satisfactorily is asked again."),
        )
        insist(
            before is None or not asked_again(before).exclude(request=request).exists(),
            _("Another request asks this again already."),
        )


def _asks(request: InformationRequest, points: list[dict[str, Any]]) -> bool:
    """Whether these are its points."""
    held = request.points.select_related("person").order_by("number")
    return [(p.requirement, p.person, p.question) for p in held] == [
        (point["requirement"], point.get("person"), point["question"]) for point in points
    ]


def _write_points(request: InformationRequest, points: list[dict[str, Any]]) -> None:
    RequestPoint.objects.bulk_create(
        [
            RequestPoint(
                request=request,
                number=n,
                requirement=point["requirement"],
                person=point.get("person"),
                question=point["question"],
                follows=before,
                round=before.round + 1 if before else 1,
            )
            for n, point in enumerate(points, start=1)
            for before in [point.get("follows")]
        ]
    )


def _locked(
    request: InformationRequest, actor: Any, permission: str, expected_version: int | None = None
) -> tuple[Application, InformationRequest]:
    case = locked_case(request.application_id, actor=actor, permission=permission)
    request = R.objects.select_for_update(of=("self",)).select_related("written_by").get(pk=request.pk)
    if expected_version is not None:
        same_version(request, expected_version)
    return case, request


def _was_sent_by_this_press(case: Application, request: InformationRequest, actor: Any, version: int) -> bool:
    """Whether this person moved the request from this version by sending, and has nothing more to send."""
    if request.version != version + 1 or ready_points(request.points.all()):
        return False
    last = Event.objects.filter(subject=case.audit_subject, kind__startswith="request.").latest("number")
    return (last.kind, last.data["number"], last.actor_id) == (
        "request.answer",
        request.number,
        str(actor.pk),
    )


def _insist_described(case: Application, ready: list[RequestPoint], hidden: Collection[Any]) -> None:
    """What is given for a point lacks nothing that the question asks of its files."""
    missing = [
        _("A file of the invited person is not described as its question wants.")
        if point.person_id in hidden
        else text
        for point in ready
        if point.documents
        for _document, text in slots.lacks(slot_of(case, point.requirement), point.documents)
    ]
    if missing:
        raise NotReady(list(dict.fromkeys(missing)))


def _told(document: Any, private: set[Any]) -> str:
    """Why a file cannot be sent yet; the name of an invited person's file is not the firm's to know."""
    name = _("A file of the invited person") if document.pk in private else document.called
    return f"{name}: {document.get_status_display()}"
