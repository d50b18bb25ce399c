"""The files of a question: given one by one or together, taken out, picked again, replaced, described."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from accounts.sessions import passive
from applications import addresses, slots
from applications.asked import Draft, Question
from applications.models import AnswerFile, Application, Stage
from applications.portal import changeable
from applications.portal.access import case_or_404, page, show
from applications.portal.file_rules import form_url
from applications.portal.files import FileRow, rows_at
from applications.portal.forms import AnswerForm
from applications.portal.views import file_pages
from applications.portal.views.file_pages import Place, poll, uuid_or_404
from applications.portal.views.stages import question_or_404, question_page, stage_or_404, take_in
from applications.queries.drafts import load_draft
from applications.queries.files import given_before, named, pages_before
from applications.queries.private import hidden_people
from applications.services import drafting
from applications.services import files as services
from applications.services.guard import allow
from applications.services.people import person_of
from documents.models import Document
from regulators import rulebook as rb
from workflow.errors import Gone, Refused, status_of

EDIT = "applications.edit_application"
MOST_SHOWN = 50
LONGEST_SEARCH = 100


@page("POST")
def upload(
    request: SignedIn, pk: UUID, stage: str, requirement: str, person: UUID | None = None
) -> HttpResponse:
    """Takes the files, keeps what is typed beside them, and shows the question again."""
    case, found, _draft, asked_now = question_or_404(request, pk, stage, requirement, person)
    chosen = bool(request.FILES.getlist("files"))
    return take_in(request, case, found, asked_now, none_chosen=not chosen) or redirect(
        addresses.question_url(case.pk, asked_now)
    )


@page("POST")
def give(
    request: SignedIn, pk: UUID, stage: str, requirement: str, person: UUID | None = None
) -> HttpResponse:
    """One file by itself, for the script of the page."""
    return file_pages.give(
        request, lambda: _place(request, *question_or_404(request, pk, stage, requirement, person))
    )


@passive
@page("GET")
def file_status(
    request: SignedIn, pk: UUID, stage: str, requirement: str, document: UUID, person: UUID | None = None
) -> HttpResponse:
    """The row of a file that has gone on; 204 until then. Asked by the page; no activity."""
    case = case_or_404(request, pk, to=stage)
    found = stage_or_404(case, stage)
    rule = case.book.by_code.get(requirement)
    if rule is None or rule.stage != stage or person in hidden_people(request.user, case):
        raise Http404
    held = AnswerFile.objects.filter(answer__application=case, answer__requirement=requirement)
    file = held.filter(answer__person=person, document=document, removed_at=None)
    one = file.select_related("document__facts").first()
    if one is None:
        raise Http404
    editable = changeable.is_open(found, (requirement, person)) and request.user.has_perm(EDIT, case)
    place = addresses.question_url_of(case.pk, stage, requirement, person)
    reader = (request.user, case, None)
    how: dict[str, Any] = {"editable": editable, "about_person": person is not None}
    return poll(request, rows_at(place, [one.given], reader=reader, **how)[0])


@page("POST")
def detach(
    request: SignedIn, pk: UUID, stage: str, requirement: str, person: UUID | None = None
) -> HttpResponse:
    """Takes one file out of the answer, and keeps what is typed beside it."""
    case, found, draft, asked_now = question_or_404(request, pk, stage, requirement, person)
    document = _one_of(draft.answer(asked_now.key).documents, request.POST.get("document", ""))
    try:
        removed = drafting.detach(**place_of(request, case, asked_now), document_id=document.pk)
    except Refused as refusal:
        form = AnswerForm(asked_now.requirement, request.POST)
        draft = load_draft(case, stages=[stage], reader=request.user)
        return question_page(request, case, found, draft, asked_now, form, refusal)
    words = _("Removed: %(name)s. To have it back, choose “Use a file that was given before”.")
    messages.success(request, words % {"name": removed.name})
    return take_in(request, case, found, asked_now) or redirect(addresses.question_url(case.pk, asked_now))


@page("GET", "POST")
def pick(
    request: SignedIn, pk: UUID, stage: str, requirement: str, person: UUID | None = None
) -> HttpResponse:
    """The files of the case that can be given for this question too; a POST gives one."""
    case, found, draft, asked_now = question_or_404(request, pk, stage, requirement, person)
    if rb.DOCUMENTS not in asked_now.requirement.evidence:
        raise Http404
    refusal: Refused | None = None
    if request.method == "POST":
        allow(request.user, EDIT, case)
        try:
            given = services.pick(
                **place_of(request, case, asked_now), document_id=uuid_or_404(request.POST.get("document")),
                pages=request.POST.get("pages", ""),
            )  # fmt: skip
        except Gone:
            raise
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Given here too: %(name)s.") % {"name": given.document.name})
            return redirect(addresses.question_url(case.pk, asked_now))
    held = {document.pk for document in draft.answer(asked_now.key).documents}
    choices = given_before(case, request.user, person=asked_now.person_id).exclude(pk__in=held)
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    shown = _fitting(asked_now.requirement.slot, named(choices, text) if text else choices)
    return _page(
        request, "portal/file_pick.html", case, found, asked_now, refusal=refusal, q=text,
        pages=request.POST.get("pages", ""),
        rows=[FileRow(document) for document in shown[:MOST_SHOWN]], more=len(shown) > MOST_SHOWN,
    )  # fmt: skip


def _fitting(slot: rb.Slot, choices: QuerySet[Document]) -> list[Document]:
    """Those that the question takes, one more than is shown where there are so many."""
    found = choices.filter(extension__in=slot.kinds, size__lte=slots.most_bytes(slot))
    if slot.form:  # told by its headings, of the few workbooks of a case
        return [one for one in found if not slots.misfit_of(slot, one)[0]][: MOST_SHOWN + 1]
    return list(found[: MOST_SHOWN + 1])


@page("GET", "POST")
def file(
    request: SignedIn, pk: UUID, stage: str, requirement: str, document: UUID, person: UUID | None = None
) -> HttpResponse:
    place = _place(request, *question_or_404(request, pk, stage, requirement, person))
    return file_pages.about(place, document)


@page("GET", "POST")
def replace(
    request: SignedIn, pk: UUID, stage: str, requirement: str, document: UUID, person: UUID | None = None
) -> HttpResponse:
    place = _place(request, *question_or_404(request, pk, stage, requirement, person))
    return file_pages.swap(place, document)


def _place(request: SignedIn, case: Application, stage: Stage, draft: Draft, question: Question) -> Place:
    if rb.DOCUMENTS not in question.requirement.evidence:
        raise Http404
    here, about = addresses.question_url(case.pk, question), place_of(request, case, question)

    def show_page(template: str, *, refusal: Refused | None, **context: Any) -> HttpResponse:
        status = status_of(refusal) if refusal else 0
        return show(request, template, case, refusal=refusal, status=status, stage=stage, **context)

    return Place(
        request=request, case=case, here=here, back=here, title=question.title,
        held=list(draft.answer(question.key).documents),
        editable=changeable.is_open(stage, question.key) and request.user.has_perm(EDIT, case),
        about_person=question.person_id is not None,
        allow=lambda: allow(request.user, EDIT, case),
        take=lambda one: drafting.attach(**about, upload=one, name=one.name).document,
        swap=lambda before, one: services.replace(**about, document=before, upload=one, name=one.name),
        describe=lambda one, **facts: services.describe(**about, document=one, **facts),
        show=show_page, back_text=_("Back to the question"), closed=file_pages.STAGE_CLOSED,
        slot=question.requirement.slot, sheet=form_url(case.book, question.requirement.code),
        of_question=True, pages_before=lambda versions: pages_before(case, question.key, versions),
    )  # fmt: skip


def place_of(request: SignedIn, case: Application, question: Question) -> dict[str, Any]:
    """Who gives a file, and where: what every service about the files of a question is told."""
    person = person_of(case, question.person_id) if question.person_id else None
    return {
        "actor": request.user,
        "case_id": case.pk,
        "requirement": question.requirement.code,
        "person": person,
    }


def _page(
    request: SignedIn,
    template: str,
    case: Application,
    stage: Stage,
    question: Question,
    *,
    refusal: Refused | None = None,
    **context: Any,
) -> HttpResponse:
    """A page about all files of a question. Only an editor gets a form, while the stage is open."""
    here = addresses.question_url(case.pk, question)
    editable = changeable.is_open(stage, question.key) and request.user.has_perm(EDIT, case)
    return show(
        request, template, case, refusal=refusal, status=status_of(refusal) if refusal else 0,
        stage=stage, question=question, here=here, editable=editable, **context,
    )  # fmt: skip


def _one_of(held: tuple[Document, ...], pk: Any) -> Document:
    wanted = uuid_or_404(pk)
    for document in held:
        if document.pk == wanted:
            return document
    raise Http404
