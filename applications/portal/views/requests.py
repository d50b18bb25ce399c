"""A request for information on the firm's side: answered point by point, asked about, given more time."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.requests import SignedIn
from applications.models import ExtensionRequest, InformationRequest, RequestPoint
from applications.portal import files, standing, typed
from applications.portal.access import case_or_404, page, posted_version, show
from applications.portal.earlier import earlier_answers
from applications.portal.request_forms import ExtensionForm, FirmPointForm
from applications.portal.views.point_files import place_of_point
from applications.presses import newest, posted_seen
from applications.queries.law import requirement_of
from applications.queries.private import without_private
from applications.services.point_files import detach_from_point
from applications.services.requests import (
    answer_point,
    attach_to_point,
    mark_of_answers,
    ready_points,
    send_answers,
)
from applications.services.rounds import ask_about_point, ask_for_time
from applications.states import DECIDED
from regulators.last_day import warn
from workflow.errors import Conflict, Reason, Refused, status_of


@dataclass(kw_only=True)
class Round:
    """One request with its points, and what was typed on its page."""

    request: SignedIn
    case: Any
    asked: InformationRequest
    points: list[Any]
    forms: dict[int, FirmPointForm]
    more: ExtensionForm | None
    waits: bool  # for the answer to a wish for time
    closed: str  # why nothing of it is open, where it is so
    kept: typed.Page
    stale: list[RequestPoint] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        return any(form.errors for form in self.forms.values()) or bool(self.asks_for_time and self._bad_more)

    @property
    def _bad_more(self) -> bool:
        return self.more is not None and not self.more.is_valid()

    @property
    def act(self) -> str:
        return str(self.request.POST.get("act", ""))

    @property
    def asks_for_time(self) -> bool:
        return self.act == "extension"

    @property
    def questions(self) -> list[tuple[RequestPoint, str]]:
        """What the firm has typed to ask about its points."""
        asked = [(point, self.forms[point.pk].question) for point in self.points if point.pk in self.forms]
        return [(point, text) for point, text in asked if text.strip()]

    @property
    def here(self) -> str:
        return reverse("portal:request", args=[self.case.pk, self.asked.number])


@page("GET", "POST")
def information_request(request: SignedIn, pk: UUID, number: int) -> HttpResponse:
    """A request point by point: text and files for each, kept at any time, sent once at the end."""
    found = _round_or_404(request, pk, number)
    if request.method != "POST":
        return _before_sending(found) if "send" in request.GET and found.forms else _page(found)
    try:
        if found.closed and found.act != "send":
            raise Refused([found.closed])
        return _send(found) if found.closed or "shown" in request.POST else _keep_and_act(found)
    except Refused as refusal:
        return _again(found, refusal)


@page("POST")
def point_detach(request: SignedIn, pk: UUID, number: int, point: int) -> HttpResponse:
    """Takes one file out of the answer to a point, and keeps what is typed on the page."""
    found = _round_or_404(request, pk, number)
    one = next((p for p in found.points if p.number == point and not p.is_private), None)
    if one is None:
        raise Http404
    document = place_of_point(request, found.case, one).one(request.POST.get("document", ""))
    try:
        if found.closed:
            raise Refused([found.closed])
        detach_from_point(actor=request.user, point=one, document=document)
        words = _("Removed: %(name)s. If you need it after all, upload it again.")
        messages.success(request, words % {"name": document.name})
        found.points = _points(request, found.asked)
        return _keep_and_act(found)
    except Refused as refusal:
        return _again(found, refusal)


def _round_or_404(request: SignedIn, pk: UUID, number: int) -> Round:
    case = case_or_404(request, pk)
    asked = case.requests.filter(sent_at__isnull=False, number=number).first()
    if asked is None:
        raise Http404
    asked.application = case
    return _round(request, case, asked)


def _again(found: Round, refusal: Refused) -> HttpResponse:
    found.points = _points(found.request, found.asked)
    return _page(found, refusal)


def _round(request: SignedIn, case: Any, asked: InformationRequest) -> Round:
    points = _points(request, asked)
    closed = _why_closed(case, asked)
    with_firm = [] if closed else [p for p in points if p.is_open]
    open_points = [p for p in with_firm if not p.is_private]
    kept = typed.Page(request, case, reverse("portal:request", args=[case.pk, asked.number]))
    makes: list[Any] = [ExtensionForm, *(partial(FirmPointForm, point) for point in open_points)]
    more, *forms = kept.forms(request, makes)
    waits = any(extension.outcome == ExtensionRequest.OPEN for extension in asked.extensions.all())
    return Round(
        request=request,
        case=case,
        asked=asked,
        points=points,
        forms={point.pk: form for point, form in zip(open_points, forms, strict=True)},
        more=more if with_firm else None,
        waits=waits,
        closed=closed,
        kept=kept,
    )


def _why_closed(case: Any, asked: InformationRequest) -> str:
    """Why a request takes no answer; empty where it waits for one."""
    if case.state in DECIDED:
        words = _("The case has ended (%(state)s). This request stays to be read, and takes no more answers.")
        return words % {"state": standing.state_in_words(case, None)[1]}
    if asked.status == asked.CLOSED:
        return _("The reviewer has closed this request. It needs no more answers.")
    return (
        "" if asked.status in asked.WITH_FIRM else _("Every answer is sent. What is sent cannot be changed.")
    )


def _points(request: SignedIn, asked: InformationRequest) -> list[Any]:
    """Of what an invited person answers, only whether and when."""
    found = asked.points.select_related("person", "answered_by").prefetch_related(
        "files__document__facts", "messages__by"
    )
    for point in found:
        point.request = asked
    return without_private(request.user, asked.application, list(found))


def _keep_and_act(found: Round) -> HttpResponse:
    """Keeps what was typed, then does what was pressed."""
    for point in found.points:
        if point.pk in found.forms and not _keep(found, point):
            found.stale.append(point)
    if found.stale:
        raise _conflict(found)
    if found.is_wrong:
        return _page(found)
    act = {"send": _send_or_ask, "ask": _ask, "extension": _ask_for_time}.get(found.act, _come_back)
    return act(found)


def _keep(found: Round, point: RequestPoint) -> bool:
    """Takes in the files and keeps the text; no where another editor has answered the point meanwhile."""
    form, user = found.forms[point.pk], found.request.user
    uploads = found.request.FILES.getlist(form.add_prefix("files"))
    rejected = files.take_each(
        uploads, lambda one: attach_to_point(actor=user, point=point, upload=one, name=one.name)
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
                actor=user, point=point, expected_version=form.cleaned_data["version"], text=text
            )
        except Conflict as conflict:
            current, kept = conflict.current, False
    form.stand_on(current)
    return kept


def _conflict(found: Round) -> Conflict:
    words = _("Somebody else has answered point %(number)s while your page was open.")
    reasons = [
        Reason(words % {"number": point.number}, f"#{found.forms[point.pk]['text'].id_for_label}")
        for point in found.stale
    ]
    return Conflict(reasons, current=found.stale[0])


def _come_back(found: Round) -> HttpResponse:
    """Saved. A question or a wish for time that is typed but not sent is not lost: the page stays."""
    messages.success(found.request, _("Saved. Nothing is sent yet."))
    if found.questions or (found.more and found.more.begun and not found.waits):
        words = _("Your question, or your request for time, is not sent: it has a button of its own.")
        messages.warning(found.request, words)
        found.points = _points(found.request, found.asked)
        if found.more:
            found.more.errors.clear()
        return _page(found)
    return redirect(found.here)


def _ask(found: Round) -> HttpResponse:
    asked = found.questions
    if not asked:
        raise Refused([Reason(_("Write your question."), f"#{_first(found)['ask'].id_for_label}")])
    seen = posted_seen(found.request.POST)
    for point, text in asked:
        ask_about_point(actor=found.request.user, point=point, text=text, seen=seen)
    words = ngettext("Your question is sent.", "Your %(count)s questions are sent.", len(asked))
    messages.success(found.request, words % {"count": len(asked)})
    return redirect(f"{found.here}#point-{asked[0][0].number}")


def _first(found: Round) -> FirmPointForm:
    return next(iter(found.forms.values()))


def _ask_for_time(found: Round) -> HttpResponse:
    assert found.more is not None  # it stands while anything of the request is with the firm
    ask_for_time(actor=found.request.user, request=found.asked, **found.more.cleaned_data)
    words = _("More time is asked for. Until the reviewer answers, the last day stays as it is.")
    messages.success(found.request, words)
    warn(found.request, found.more)
    return redirect(f"{found.here}#time")


def _send_or_ask(found: Round) -> HttpResponse:
    """Sends when every point is answered; otherwise asks first, naming what goes and what stays."""
    found.points = _points(found.request, found.asked)
    ready = ready_points(found.points)
    if ready and len(ready) < sum(point.is_open for point in found.points):
        posted_version(found.request)
        return redirect(f"{found.here}?send=part")
    return _send(found)


def _send(found: Round) -> HttpResponse:
    send_answers(
        actor=found.request.user,
        request=found.asked,
        expected_version=posted_version(found.request),
        shown=found.request.POST.get("shown", ""),
    )
    messages.success(found.request, _("Your answers are sent."))
    return redirect(found.here)


def _before_sending(found: Round) -> HttpResponse:
    ready = ready_points(found.points)
    if not ready:
        return redirect(found.here)
    return show(
        found.request, "portal/request_send.html", found.case, tab="requests", asked=found.asked,
        going=[(point, _title(found, point)) for point in ready],
        staying=[(p, _title(found, p)) for p in found.points if p.is_open and p not in ready],
        shown=mark_of_answers(ready),
    )  # fmt: skip


def _title(found: Round, point: RequestPoint) -> Any:
    return requirement_of(found.case, point.requirement).title


def _page(found: Round, refusal: Refused | None = None) -> HttpResponse:
    more = found.more if found.asks_for_time else None
    bound = [*found.forms.values(), *([more] if more else [])]
    problems = [
        {"target": one.id_for_label or f"{one.auto_id}_0", "text": text}
        for form in bound
        for one in form
        for text in one.errors
    ]
    before = earlier_answers(
        found.case,
        [(p.requirement, p.person_id) for p in found.points if not p.is_private],
        before=found.asked.sent_at,
    )
    return show(
        found.request, "portal/request.html", found.case, tab="requests", refusal=refusal,
        status=status_of(refusal) if refusal else 422 if problems else 200,
        asked=found.asked, rows=[_row(found, point, before) for point in found.points], problems=problems,
        closed=found.closed, typed_page=found.kept if found.forms else None,
        seen=newest(m for point in found.points if not point.is_private for m in point.messages.all()),
        more=None if found.waits else found.more, more_open=bool(found.more and found.more.begun),
        extensions=list(found.asked.extensions.select_related("asked_by")),
    )  # fmt: skip


def _row(found: Round, point: Any, before: dict[Any, Any]) -> dict[str, Any]:
    requirement = requirement_of(found.case, point.requirement)
    if point.is_private:
        return {"point": point, "requirement": requirement, "verdict": _verdict(found, point)}
    form = found.forms.get(point.pk)
    return {
        "point": point,
        "form": form,
        "stale": point in found.stale,
        "files": _files_of(found, point, form),
        "requirement": requirement,
        "verdict": _verdict(found, point),
        "earlier": before.get((point.requirement, point.person_id)),
        "messages": list(point.messages.all()),
        "asking": bool(form and form["ask"].value()),
    }


def _verdict(found: Round, point: RequestPoint) -> tuple[str, str] | None:
    """As the firm may read it: never the note, and of an answer only once the request is closed."""
    if point.is_withdrawn:
        return "done", _("Withdrawn: no answer is needed")
    if found.asked.status != found.asked.CLOSED:
        return None
    if point.verdict == point.SATISFACTORY:
        return "ok", _("Accepted")
    if point.verdict == point.UNSATISFACTORY:
        again = point.followers.filter(request__sent_at__isnull=False).select_related("request").first()
        if again:
            return "act", _("Asked again in request %(number)s") % {"number": again.request.number}
    return None


def _files_of(found: Round, point: RequestPoint, form: FirmPointForm | None) -> list[files.FileRow]:
    """The files of a point, which its form shows too."""
    place = place_of_point(found.request, found.case, point)
    held = place.rows()
    if form:
        files.show_in(form, held, place.here, sheet=place.sheet)
    return held
