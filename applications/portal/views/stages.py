"""One stage, and one question on a page of its own. Its files have views of their own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications import addresses, asked
from applications.asked import Draft, Given, Question
from applications.models import Answer, Application, Stage
from applications.portal import changeable, files, outline, typed, when_due
from applications.portal.access import case_or_404, may_read, page, posted_version, show
from applications.portal.answers import in_words
from applications.portal.back import back_of
from applications.portal.clash import clash_of
from applications.portal.earlier import earlier_answers
from applications.portal.file_rules import form_url
from applications.portal.forms import AnswerForm, initial_of
from applications.queries.drafts import load_draft
from applications.queries.inside import inside_of
from applications.queries.law import home_of
from applications.queries.said import Said, holders_of, said_elsewhere
from applications.queries.versions import marks_of
from applications.services import drafting
from applications.services.inside import Place
from applications.services.people import person_of
from regulators.rulebook import PEOPLE
from workflow.errors import Conflict, Refused, status_of

ACTS = {"complete": drafting.complete_stage, "edit_again": drafting.edit_stage_again}


@page("GET", "POST")
def stage(request: SignedIn, pk: UUID, stage: str) -> HttpResponse:
    """The questions of a stage with their status; a POST completes it or opens it again."""
    case = case_or_404(request, pk, to=stage)
    found = stage_or_404(case, stage)
    if request.method != "POST":
        return _stage_page(request, case, found)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    version = posted_version(request)
    try:
        done = act(actor=request.user, stage=found, expected_version=version)
    except Refused as refusal:
        return _stage_page(request, case, stage_or_404(case, stage), refusal)
    if done.state == "complete":
        messages.success(request, _("The stage is complete."))
        return redirect("portal:case", case.pk)
    return redirect("portal:stage", case.pk, stage)


@page("GET", "POST")
def question(
    request: SignedIn, pk: UUID, stage: str, requirement: str, person: UUID | None = None
) -> HttpResponse:
    case, found, draft, asked_now = question_or_404(request, pk, stage, requirement, person)
    if request.method != "POST":
        kept = typed.Page(request, case)
        stored = initial_of(draft.answer(asked_now.key), _version(case, asked_now))
        form = kept.form(
            request,
            lambda data, files: AnswerForm(asked_now.requirement, data, files, initial=dict(stored)),
        )
        return question_page(request, case, found, draft, asked_now, form, kept=kept)
    uses = request.POST.get("act") == "use"
    said = said_elsewhere(draft, case, asked_now.requirement) if uses else None
    answered = take_in(request, case, found, asked_now, said=said)
    if answered is not None:
        return answered
    draft = load_draft(case, stages=[found.code], reader=request.user)
    say_saved(request, case, draft, asked_now)
    if uses:
        return redirect(addresses.question_url(case.pk, asked_now))
    if back := back_of(request, case, asked_now):
        return redirect(back.url)
    if request.POST.get("act") == "later":
        return redirect(_place(case, asked_now))
    return redirect(_next(case, found, draft, asked_now))


def say_saved(request: SignedIn, case: Application, draft: Draft, question: Question) -> None:
    """That the answer is saved; and what it lacks, with a link back to it."""
    messages.success(request, _("Saved."))
    if lacks := outline.lacking(draft, question):
        words = _("The answer “%(question)s” is saved but not complete:")
        title = format_html(
            '<a href="{}">{}</a>',
            addresses.question_url(case.pk, question),
            words % {"question": question.title},
        )
        messages.warning(request, format_html("{} {}", title, " ".join(lacks)))


def stage_or_404(case: Application, code: str) -> Stage:
    found = case.stages.filter(code=code).first()
    if found is None:
        raise Http404
    found.application = case
    return found


def _stage_page(
    request: SignedIn, case: Application, stage: Stage, refusal: Refused | None = None
) -> HttpResponse:
    found = outline.stage_of(case, load_draft(case, stages=[stage.code], reader=request.user), stage)
    number = case.book.stage_codes.index(stage.code) + 1
    only_open = request.GET.get("show") == "open"
    return show(
        request, "portal/stage.html", case, refusal=refusal, outline=found, stage=stage, number=number,
        only_open=only_open, lines=outline.lines_of(found, only_open=only_open),
        inside=inside_of(request.user, Place(stage=stage)),
    )  # fmt: skip


def question_or_404(
    request: SignedIn, pk: UUID, stage: str, requirement: str, person: UUID | None
) -> tuple[Application, Stage, Draft, Question]:
    case = case_or_404(request, pk, to=stage)
    found = stage_or_404(case, stage)
    draft = load_draft(case, stages=[stage], reader=request.user)
    for one in asked.questions(draft, stage):
        if one.key == (requirement, person):
            return case, found, draft, one
    raise Http404


def take_in(
    request: SignedIn,
    case: Application,
    stage: Stage,
    question: Question,
    *,
    none_chosen: bool = False,
    said: Said | None = None,
) -> HttpResponse | None:
    """Take in each file by itself, then save what was typed, and in its place what was ``said`` elsewhere; a
    page where something is wrong, else None.
    """
    person = person_of(case, question.person_id) if question.person_id else None
    place: dict[str, Any] = {
        "actor": request.user,
        "case_id": case.pk,
        "requirement": question.requirement.code,
        "person": person,
    }
    form = AnswerForm(question.requirement, _with(request.POST, said), request.FILES)
    refusal: Refused | None = None
    stands_on_this = False
    try:
        for text in _take_files(form, request, place):
            form.add_error("files", text)
        if none_chosen and "files" in form.fields:
            form.add_error("files", _("Choose at least one file."))
        if form.is_valid() or set(form.errors) == {"files"}:
            drafting.save_answer(**place, **form.answer(), expected_version=form.clean_version())
            stands_on_this = True
    except Conflict as error:
        refusal, stands_on_this = error, True
    except Refused as error:
        refusal = error
    if refusal is None and not form.errors:
        return None
    if stands_on_this:
        _follow_version(form, case, question)
    draft = load_draft(case, stages=[stage.code], reader=request.user)
    return question_page(request, case, stage, draft, question, form, refusal)


def _with(typed: QueryDict, said: Said | None) -> QueryDict:
    if said is None:
        return typed
    data = typed.copy()
    for name, value in initial_of(Given(value=said.value), 0).items():
        if name in said.value:
            data[name] = str(value)
    if "text" in said.value:  # prose of one's own stays, below it
        data["text"] = f"{said.value['text']}\n{typed.get('text', '')}".strip()
    return data


def _take_files(form: AnswerForm, request: SignedIn, place: dict[str, Any]) -> list[str]:
    uploads = request.FILES.getlist("files") if "files" in form.fields else []
    return files.take_each(uploads, lambda one: drafting.attach(**place, upload=one, name=one.name))


def _follow_version(form: AnswerForm, case: Application, question: Question) -> None:
    """The page that is shown again stands on the answer as it is stored now, which it shows."""
    form.data = {**dict(form.data.items()), "version": str(_version(case, question))}


def question_page(
    request: SignedIn,
    case: Application,
    stage: Stage,
    draft: Draft,
    question: Question,
    form: AnswerForm,
    refusal: Refused | None = None,
    kept: typed.Page | None = None,
) -> HttpResponse:
    here = addresses.question_url(case.pk, question)
    given = draft.answer(question.key)
    may_edit = request.user.has_perm("applications.edit_application", case)
    is_open = changeable.is_open(stage, question.key)
    editable = is_open and may_edit and not given.private
    filed = case.submitted_at and is_open and not given.private
    before = earlier_answers(case, [question.key] if filed else [])
    requirement = question.requirement
    said = said_elsewhere(draft, case, requirement) if editable else None
    held = files.rows_at(
        here, given.documents, editable=editable, about_person=question.person_id is not None,
        reader=(request.user, case, None),
    )  # fmt: skip
    files.show_in(form, held, here, sheet=form_url(case.book, requirement.code), pick=True)
    return show(
        request,
        "portal/question.html",
        case,
        refusal=refusal,
        status=status_of(refusal) if refusal else 0,
        form=form,
        stage=stage,
        question=question,
        requirement=requirement,
        editable=editable,
        lacking=outline.lacking(draft, question) if editable else [],
        private=given.private,
        not_returned=not is_open and changeable.is_editable(stage),
        earlier=before.get(question.key),
        typed_page=(kept or typed.Page(request, case, here)) if editable else None,
        mark=marks_of(case).of(question, given),
        due=when_due.due_in_words(case.book, requirement.due),
        files=held,
        said=said,
        said_lines=in_words(requirement, Given(value=said.value)) if said else [],
        holders=holders_of(draft, requirement) if may_read(request.user, case, home_of(case, PEOPLE)) else [],
        elsewhere=[kind for kind in ("people", "ownership", "capital") if kind in requirement.evidence],
        clash=clash_of(refusal, form, initial_of(given, 0)),
        here=here,
        answer_lines=in_words(requirement, given),
        back=_place(case, question),
        inside=inside_of(request.user, _inside(stage, question)),
        back_to=back_of(request, case, question),
    )


def _inside(stage: Stage, question: Question) -> Place:
    return Place(stage=stage, requirement=question.requirement.code, person=question.person_id)


def _answers(case: Application, question: Question) -> Any:
    return Answer.objects.filter(
        application=case, requirement=question.requirement.code, person=question.person_id
    )


def _version(case: Application, question: Question) -> int:
    """The version of the stored answer; one that does not exist yet will begin at 0."""
    return _answers(case, question).values_list("version", flat=True).first() or 0


def _place(case: Application, question: Question) -> str:
    """The question's line on the page of its stage, or the questions of the person whom it is about."""
    code = question.requirement.code
    if question.person_id:
        return reverse("portal:person_questions", args=[case.pk, question.person_id])
    return reverse("portal:stage", args=[case.pk, question.requirement.stage]) + f"#{code}"


def _next(case: Application, stage: Stage, draft: Draft, question: Question) -> str:
    now = outline.stage_of(case, draft, stage_or_404(case, stage.code))
    following = outline.next_unanswered(now, question.key)
    return following.url if following else reverse("portal:stage", args=[case.pk, stage.code])
