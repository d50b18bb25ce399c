"""The files of a question: given one by one or together, taken out, picked again, replaced, described."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from accounts.sessions import passive
from applications.asked import Question
from applications.models import AnswerFile, Application, Stage
from applications.portal import outline, typed
from applications.portal.access import case_or_404, page, show, status_of
from applications.portal.file_forms import FactsForm, ReplaceForm
from applications.portal.files import FileRow, rows_at
from applications.portal.forms import AnswerForm
from applications.portal.views.stages import question_or_404, question_page, stage_or_404, take_in
from applications.queries.drafts import load_draft
from applications.queries.files import given_before, named
from applications.queries.private import hidden_people
from applications.services import drafting
from applications.services import files as services
from applications.services.guard import allow
from applications.services.people import person_of
from documents import queries as documents
from documents.errors import Rejected
from documents.models import Document
from regulators import rulebook as rb
from workflow.errors import Conflict, Gone, NotAllowed, Refused

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
        outline.question_url(case.pk, asked_now)
    )


@page("POST")
def give(
    request: SignedIn, pk: UUID, stage: str, requirement: str, person: UUID | None = None
) -> HttpResponse:
    """One file by itself, for the script of the page: answered with its row, or with why it was not taken."""
    case, _stage, draft, asked_now = question_or_404(request, pk, stage, requirement, person)
    allow(request.user, EDIT, case)
    if rb.DOCUMENTS not in asked_now.requirement.evidence:
        raise Http404
    replaced = request.POST.get("replaces", "")
    place = place_of(request, case, asked_now)

    def take(one: Any) -> Document:
        if replaced:
            before = _one_of(draft.answer(asked_now.key).documents, replaced)
            return services.replace(**place, document=before, upload=one, name=one.name)
        return drafting.attach(**place, upload=one, name=one.name).document

    here = outline.question_url(case.pk, asked_now)
    return answer_script(request, take, here, about_person=bool(asked_now.person_id))


def answer_script(
    request: SignedIn, take: Any, place: str, *, about_person: bool, has_page: bool = True
) -> HttpResponse:
    """The row of the file that ``take`` takes in, or plain words that say why it was not taken."""
    one = request.FILES.get("files")
    if one is None:
        return _plain(_("Choose at least one file."))
    try:
        document = take(one)
    except (NotAllowed, Gone):
        raise
    except Refused as refusal:
        return _plain(" ".join(reason.text for reason in refusal.reasons))
    (row,) = rows_at(place, [document], editable=has_page, has_page=has_page, about_person=about_person)
    return render(request, "portal/parts/file.html", {"file": row}, status=201)


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
    editable = outline.is_open(found, (requirement, person)) and request.user.has_perm(EDIT, case)
    place = outline.question_url_of(case.pk, stage, requirement, person)
    rows = rows_at(place, [one.document], editable=editable, about_person=person is not None)
    return answer_poll(request, rows[0])


def answer_poll(request: SignedIn, row: FileRow) -> HttpResponse:
    """``was`` is what the page waits for."""
    if row.watched and request.GET.get("was") == row.goes_on:
        return HttpResponse(status=204)
    return render(request, "portal/parts/file.html", {"file": row})


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
    return take_in(request, case, found, asked_now) or redirect(outline.question_url(case.pk, asked_now))


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
                **place_of(request, case, asked_now), document_id=_uuid(request.POST.get("document"))
            )
        except Gone:
            raise
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Given here too: %(name)s.") % {"name": given.document.name})
            return redirect(outline.question_url(case.pk, asked_now))
    held = {document.pk for document in draft.answer(asked_now.key).documents}
    choices = given_before(case, request.user, person=asked_now.person_id).exclude(pk__in=held)
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    shown = list(named(choices, text)[: MOST_SHOWN + 1] if text else choices[: MOST_SHOWN + 1])
    return _page(
        request, "portal/file_pick.html", case, found, asked_now, refusal=refusal, q=text,
        rows=[FileRow(document) for document in shown[:MOST_SHOWN]], more=len(shown) > MOST_SHOWN,
    )  # fmt: skip


@page("GET", "POST")
def file(
    request: SignedIn, pk: UUID, stage: str, requirement: str, document: UUID, person: UUID | None = None
) -> HttpResponse:
    """What a file is, in the firm's words, with its versions; a POST says it anew."""
    case, found, draft, asked_now = question_or_404(request, pk, stage, requirement, person)
    one = _one_of(draft.answer(asked_now.key).documents, document)
    if request.method == "POST":
        allow(request.user, EDIT, case)
    kept = typed.Page(request, case)
    form = kept.form(request, lambda data, _files: FactsForm(one, data))
    refusal: Refused | None = None
    if form.is_valid():
        try:
            services.describe(**place_of(request, case, asked_now), document=one, **form.facts())
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Saved."))
            return redirect(outline.question_url(case.pk, asked_now) + f"#file-{one.pk}")
    if isinstance(refusal, Conflict):
        form.stand_on(refusal.current)
    return _page(
        request, "portal/file.html", case, found, asked_now, document=one, refusal=refusal, form=form,
        typed_page=kept if outline.is_open(found, asked_now.key) else None,
    )  # fmt: skip


@page("GET", "POST")
def replace(
    request: SignedIn, pk: UUID, stage: str, requirement: str, document: UUID, person: UUID | None = None
) -> HttpResponse:
    """A newer version in the place of a file."""
    case, found, draft, asked_now = question_or_404(request, pk, stage, requirement, person)
    one = _one_of(draft.answer(asked_now.key).documents, document)
    here = outline.question_url(case.pk, asked_now)
    if request.method == "POST":
        allow(request.user, EDIT, case)
    form = ReplaceForm(one, here, *((request.POST, request.FILES) if request.method == "POST" else ()))
    refusal: Refused | None = None
    if form.is_valid():
        upload = form.cleaned_data["files"][0]
        try:
            newest = services.replace(
                **place_of(request, case, asked_now), document=one, upload=upload, name=upload.name
            )
        except Rejected as rejection:
            form.add_error("files", rejection.message)
        except Refused as error:
            refusal = error
        else:
            words = _("Version %(number)s is in the place of the one before, which stays on record.")
            messages.success(request, words % {"number": newest.number})
            return redirect(here)
    return _page(
        request, "portal/file_replace.html", case, found, asked_now, document=one, refusal=refusal, form=form
    )


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
    document: Document | None = None,
    refusal: Refused | None = None,
    **context: Any,
) -> HttpResponse:
    """A page about one file, or all, of a question. Only an editor gets a form, while the stage is open."""
    here = outline.question_url(case.pk, question)
    editable = outline.is_open(stage, question.key) and request.user.has_perm(EDIT, case)
    if document:
        about_person = question.person_id is not None
        context["row"] = rows_at(here, [document], editable=editable, about_person=about_person)[0]
        context["versions"] = documents.chain(document)
    return show(
        request, template, case, refusal=refusal, status=status_of(refusal) if refusal else 0,
        stage=stage, question=question, here=here, editable=editable, **context,
    )  # fmt: skip


def _one_of(held: tuple[Document, ...], pk: Any) -> Document:
    wanted = _uuid(pk)
    for document in held:
        if document.pk == wanted:
            return document
    raise Http404


def _uuid(text: Any) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as error:
        raise Http404 from error


def _plain(text: str) -> HttpResponse:
    return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
