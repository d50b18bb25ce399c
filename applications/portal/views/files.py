"""The files of a question: given and taken out by themselves, with what is typed beside them kept."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.portal import outline
from applications.portal.access import page
from applications.portal.forms import AnswerForm
from applications.portal.views.stages import question_or_404, question_page, take_in
from applications.queries.drafts import load_draft
from applications.services import drafting
from workflow.errors import Refused


@page("POST")
def upload(
    request: SignedIn, pk: UUID, stage: str, requirement: str, person: UUID | None = None
) -> HttpResponse:
    """Takes the files, keeps what is typed beside them, and shows the question again."""
    case, found, _draft, asked_now = question_or_404(request, pk, stage, requirement, person)
    chosen = bool(request.FILES.getlist("files"))
    return take_in(request, case, found, asked_now, none_chosen=not chosen) or redirect(
        outline.question_url(case.pk, asked_now)
    )


@page("POST")
def detach(
    request: SignedIn, pk: UUID, stage: str, requirement: str, person: UUID | None = None
) -> HttpResponse:
    """Takes one file out of the answer, and keeps what is typed beside it."""
    case, found, draft, asked_now = question_or_404(request, pk, stage, requirement, person)
    try:
        document = UUID(request.POST.get("document", ""))
    except ValueError as error:
        raise Http404 from error
    if document not in {held.pk for held in draft.answer(asked_now.key).documents}:
        raise Http404
    try:
        removed = drafting.detach(actor=request.user, case_id=case.pk, document_id=document)
    except Refused as refusal:
        form = AnswerForm(asked_now.requirement, request.POST)
        return question_page(request, case, found, load_draft(case, stages=[stage]), asked_now, form, refusal)
    messages.success(request, _("Removed: %(name)s.") % {"name": removed.name})
    return take_in(request, case, found, asked_now) or redirect(outline.question_url(case.pk, asked_now))
