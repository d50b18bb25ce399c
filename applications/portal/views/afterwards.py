"""After the submission: reporting a change, speaking against a proposed refusal; opening a file."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.models import Application
from applications.portal import standing, typed
from applications.portal.access import case_or_404, page, show
from applications.portal.forms import ReasonForm
from applications.presses import newest, posted_seen
from applications.services.evidence import open_evidence, open_preview
from applications.services.submission import make_representation, notify_change
from applications.states import OPEN
from documents.errors import Active, NotUsable
from documents.http import download, picture
from documents.models import Picture
from regulators.periods import footing
from regulators.rulebook import say
from workflow.errors import NotAllowed, Refused


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
            notify_change(
                actor=request.user, case=case, text=form.cleaned_data["text"], seen=posted_seen(request.POST)
            )
        except Refused as error:
            refusal = error
        else:
            messages.success(
                request, _("The change is reported. A reviewer will say what it means for the case.")
            )
            return redirect("portal:case", case.pk)
    possible = case.state in OPEN
    reported = case.change_notices.select_related("notified_by").order_by("-notified_at")
    return show(
        request, "portal/change.html", case, refusal=refusal, form=form, possible=possible,
        reported=reported, seen=newest(reported), typed_page=kept if possible else None,
    )  # fmt: skip


@page("GET", "POST")
def representation(request: SignedIn, pk: UUID) -> HttpResponse:
    """What the firm says against a refusal that was proposed to it."""
    case = case_or_404(request, pk)
    notice = standing.served_notice(case)
    if notice is None:
        raise Http404
    kept = typed.Page(request, case, path=f"{request.path}?notice={notice.pk}")
    words = _("What do you want to say?"), _("Write what you want to say")
    form = kept.form(request, lambda data, _files: ReasonForm(*words, data))
    refusal = None
    if form.is_valid():
        try:
            make_representation(
                actor=request.user, case=case, notice=request.POST.get("notice", str(notice.pk)),
                text=form.cleaned_data["text"], seen=posted_seen(request.POST),
            )  # fmt: skip
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Your representation is recorded."))
            return redirect("portal:case", case.pk)
    made = notice.representations.all()
    return show(
        request, "portal/representation.html", case, refusal=refusal, form=form, served=notice,
        footing=footing(case.book.clock("representations")), grounds=_grounds(case, notice.grounds),
        made=made, seen=newest(made), typed_page=kept, typed_needs="applications.submit_application",
    )  # fmt: skip


def _grounds(case: Application, codes: list[Any]) -> list[str]:
    titles = {ground.code: say(ground.title) for ground in case.book.grounds}
    return [titles.get(code, code) for code in codes]


def _shut(request: SignedIn, refusal: Refused) -> HttpResponse:
    """The reason in words: who is refused by a claim of the firm reads why."""
    status = 403 if isinstance(refusal, NotAllowed) else 409
    return render(request, "portal/refused.html", {"reasons": refusal.reasons}, status=status)


@page("GET")
def document(request: SignedIn, document: UUID) -> HttpResponseBase:
    """A file of the firm's own case, as a download. The opening is recorded first."""
    if request.user.is_staff:
        raise Http404
    try:
        found, stored = open_evidence(
            actor=request.user, document_id=document, warned="warned" in request.GET
        )
    except Active as active:
        first_page = reverse("portal:preview", args=[document, Picture.LARGE])
        return render(request, "portal/warned.html", {"document": active.document, "first_page": first_page})
    except (NotUsable, NotAllowed) as refusal:
        return _shut(request, refusal)
    return download(found, stored)


@page("GET")
def preview(request: SignedIn, document: UUID, size: str) -> HttpResponseBase:
    """The first page of such a file as a picture. Seeing the large one is recorded first."""
    if request.user.is_staff or size not in dict(Picture.SIZES):
        raise Http404
    try:
        return picture(open_preview(actor=request.user, document_id=document, size=size))
    except (NotUsable, NotAllowed) as refusal:
        return _shut(request, refusal)
