"""After the submission: answering requests, reporting a change, speaking against a proposed refusal."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.models import Application, InformationRequest, RequestPoint
from applications.portal import files, standing, typed
from applications.portal.access import case_or_404, page, posted_version, show, status_of
from applications.portal.forms import PointForm, ReasonForm
from applications.portal.views.point_files import place_of_point
from applications.queries.law import requirement_of
from applications.queries.private import without_private
from applications.services.evidence import open_evidence
from applications.services.requests import answer_point, attach_to_point, send_answers
from applications.services.submission import make_representation, notify_change
from applications.states import OPEN
from documents.errors import NotUsable
from documents.http import download
from regulators.periods import footing
from regulators.rulebook import say
from workflow.errors import Conflict, Reason, Refused


@page("GET", "POST")
def information_request(request: SignedIn, pk: UUID, number: int) -> HttpResponse:
    """A request point by point: text and files for each, kept at any time, sent once at the end."""
    case = case_or_404(request, pk)
    asked = case.requests.exclude(status=InformationRequest.DRAFT).filter(number=number).first()
    if asked is None:
        raise Http404
    asked.application = case
    points = _points(request, asked)
    kept = typed.Page(request, case)
    forms = _forms(request, asked, points, kept)
    if request.method != "POST":
        return _request_page(request, case, asked, points, forms, kept)
    refusal: Refused | None = None
    stale: list[RequestPoint] = []
    try:
        for point in points:
            if point.pk in forms and not _keep_point(request, asked, point, forms[point.pk]):
                stale.append(point)
        if stale:
            raise _conflict(stale, forms)
        if request.POST.get("act") == "send" and not any(form.errors for form in forms.values()):
            send_answers(actor=request.user, request=asked, expected_version=posted_version(request))
            messages.success(request, _("Your answers are sent."))
            return redirect("portal:request", case.pk, number)
    except Refused as error:
        refusal = error
    if refusal is None and not any(form.errors for form in forms.values()):
        messages.success(request, _("Saved. Nothing is sent yet."))
        return redirect("portal:request", case.pk, number)
    return _request_page(request, case, asked, _points(request, asked), forms, kept, refusal, stale)


def _points(request: SignedIn, asked: InformationRequest) -> list[RequestPoint]:
    """Of what an invited person answers, only whether and when."""
    points = asked.points.select_related("person", "answered_by").prefetch_related("files__document__facts")
    for point in points:
        point.request = asked
    return without_private(request.user, asked.application, list(points))


def _forms(
    request: SignedIn, asked: InformationRequest, points: list[RequestPoint], kept: typed.Page
) -> dict[int, PointForm]:
    """A form for each point that is still with the firm."""
    if asked.status not in InformationRequest.WITH_FIRM:
        return {}
    with_us = [point for point in points if point.sent_at is None and not point.is_private]
    forms = kept.forms(request, [partial(PointForm, point) for point in with_us])
    return {point.pk: form for point, form in zip(with_us, forms, strict=True)}


def _keep_point(request: SignedIn, asked: InformationRequest, point: RequestPoint, form: PointForm) -> bool:
    """Takes in the files and keeps the text; no where another editor has answered the point meanwhile."""
    point.request = asked
    uploads = request.FILES.getlist(form.add_prefix("files"))
    rejected = files.take_each(
        uploads, lambda one: attach_to_point(actor=request.user, point=point, upload=one, name=one.name)
    )
    for text in rejected:
        form.add_error("files", text)
    if {"text", "version"} & form.errors.keys():
        return True
    current, text = point, form.cleaned_data["text"]
    kept = True
    if form.typed and text != point.answer:
        try:
            current = answer_point(
                actor=request.user, point=point, expected_version=form.cleaned_data["version"], text=text
            )
        except Conflict as conflict:
            current, kept = conflict.current, False
    form.stand_on(current)
    return kept


def _files_of(point: RequestPoint, form: PointForm | None) -> list[files.FileRow]:
    """The files of a point, which its form shows too."""
    place = place_of_point(point)
    held = files.rows_at(place, [file.document for file in point.files.all()], has_page=False)
    if form:
        files.show_in(form, held, place, pick=False)
    return held


def _conflict(stale: list[RequestPoint], forms: dict[int, PointForm]) -> Conflict:
    words = _("Somebody else has answered point %(number)s while your page was open.")
    return Conflict(
        [
            Reason(words % {"number": point.number}, f"#{forms[point.pk]['text'].id_for_label}")
            for point in stale
        ],
        current=stale[0],
    )


def _request_page(
    request: SignedIn,
    case: Application,
    asked: InformationRequest,
    points: list[RequestPoint],
    forms: dict[int, PointForm],
    kept: typed.Page,
    refusal: Refused | None = None,
    stale: list[RequestPoint] | None = None,
) -> HttpResponse:
    problems = [
        {"target": bound.id_for_label, "text": text}
        for form in forms.values()
        for bound in form
        for text in bound.errors
    ]
    rows = [
        {
            "point": point,
            "form": forms.get(point.pk),
            "stale": point in (stale or []),
            "files": _files_of(point, forms.get(point.pk)),
            "requirement": say(requirement_of(case, point.requirement).title),
        }
        for point in points
    ]
    return show(
        request, "portal/request.html", case, tab="requests", refusal=refusal,
        status=status_of(refusal) if refusal else 422 if problems else 200,
        asked=asked, rows=rows, problems=problems, open=bool(forms), typed_page=kept if forms else None,
        turn=standing.Turn(yours=True, who=_("Your turn"), due=asked.due_on) if forms else None,
    )  # fmt: skip


@page("GET", "POST")
def change(request: SignedIn, pk: UUID) -> HttpResponse:
    """Report a change of what was submitted."""
    case = case_or_404(request, pk)
    kept = typed.Page(request, case)
    words = _("What has changed?"), _("Say what has changed")
    form = kept.form(request, lambda data, _files: ReasonForm(*words, data))
    refusal = None
    if form.is_valid():
        try:
            notify_change(actor=request.user, case=case, text=form.cleaned_data["text"])
        except Refused as error:
            refusal = error
        else:
            messages.success(
                request, _("The change is reported. A reviewer will say what it means for the case.")
            )
            return redirect("portal:case", case.pk)
    possible = case.state in OPEN
    return show(
        request, "portal/change.html", case, refusal=refusal, form=form, possible=possible,
        typed_page=kept if possible else None,
    )  # fmt: skip


@page("GET", "POST")
def representation(request: SignedIn, pk: UUID) -> HttpResponse:
    """What the firm says against a refusal that was proposed to it."""
    case = case_or_404(request, pk)
    notice = standing.served_notice(case)
    if notice is None:
        raise Http404
    kept = typed.Page(request, case)
    words = _("What do you want to say?"), _("Write what you want to say")
    form = kept.form(request, lambda data, _files: ReasonForm(*words, data))
    refusal = None
    if form.is_valid():
        try:
            make_representation(actor=request.user, case=case, text=form.cleaned_data["text"])
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Your representation is recorded."))
            return redirect("portal:case", case.pk)
    return show(
        request, "portal/representation.html", case, refusal=refusal, form=form, served=notice,
        footing=footing(case.book.clock("representations")), grounds=_grounds(case, notice.grounds),
        made=notice.representations.all(), typed_page=kept, typed_needs="applications.submit_application",
    )  # fmt: skip


def _grounds(case: Application, codes: list[Any]) -> list[str]:
    titles = {ground.code: say(ground.title) for ground in case.book.grounds}
    return [titles.get(code, code) for code in codes]


@page("GET")
def document(request: SignedIn, document: UUID) -> HttpResponseBase:
    """A file of the firm's own case, as a download. The opening is recorded first."""
    if request.user.is_staff:
        raise Http404
    try:
        found, stored = open_evidence(actor=request.user, document_id=document)
    except NotUsable as refusal:
        return render(request, "portal/refused.html", {"reasons": refusal.reasons}, status=409)
    return download(found, stored)
