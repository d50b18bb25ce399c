"""The people of the application: a card for each, and pages to enter, change, follow or take out one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.identifiers import mask
from accounts.requests import SignedIn
from applications.models import Application, Person
from applications.portal import cards, outline, typed
from applications.portal.access import case_or_404, page, show
from applications.portal.back import back_of
from applications.portal.clash import Clash, clash_of, stands_on
from applications.portal.typed_forms import PersonForm
from applications.queries.consents import last_consent
from applications.queries.drafts import load_draft
from applications.queries.private import hidden_people
from applications.services.people import PERSON_FIELDS, person_of, remove_person, save_person
from regulators import rulebook as rb
from regulators.rulebook import say
from workflow.errors import Conflict, Refused


@page("GET")
def people(request: SignedIn, pk: UUID) -> HttpResponse:
    """A card for each person, in pages; found by name, or those with something missing alone."""
    case = case_or_404(request, pk, kind=rb.PEOPLE)
    draft = load_draft(case, reader=request.user)
    words, lacking = request.GET.get("q", "")[: cards.LONGEST_SEARCH], request.GET.get("missing") == "1"
    every = cards.cards_of(case, draft)
    found = cards.matching(every, words, lacking=lacking)
    held = {code for codes in draft.posts.values() for code in codes}
    return show(
        request, "portal/people.html", case, tab="people",
        shown=cards.page_of(found, request.GET.get("page")),
        found=len(found), all=len(every), lacking=sum(card.lacks for card in every),
        may_replace=request.user.has_perm("applications.replace_individual", case),
        words=words, only_missing=lacking, searchable=len(every) > cards.FEW,
        empty=[say(f.title) for f in case.book.functions if f.required and f.code not in held],
    )  # fmt: skip


@page("GET", "POST")
def person(request: SignedIn, pk: UUID, person: UUID | None = None) -> HttpResponse:
    case = case_or_404(request, pk, kind=rb.PEOPLE)
    found = person_or_404(case, person) if person else None
    number = found.identifier if found else ""
    kept = typed.Page(request, case)
    functions, stored = _functions(case), _initial(case, found)
    form = kept.form(request, lambda data, _files: PersonForm(functions, number, data, initial=dict(stored)))
    refusal: Refused | None = None
    clash = None
    if form.is_valid():
        try:
            saved = save_person(
                actor=request.user,
                case_id=case.pk,
                person=found,
                expected_version=form.cleaned_data["version"] or 0,
                **{name: value for name, value in form.cleaned_data.items() if name != "version"},
            )
        except Conflict as conflict:
            refusal, clash = conflict, _clash(case, form, conflict)
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Saved: %(name)s.") % {"name": saved.full_name})
            back = back_of(request, case, kind=rb.PEOPLE)
            return redirect(back.url if back else reverse("portal:people", args=[case.pk]))
    return show(
        request, "portal/person.html", case, tab="people", refusal=refusal, form=form, person=found,
        typed_page=kept, clash=clash,
    )  # fmt: skip


@page("GET")
def person_questions(request: SignedIn, pk: UUID, person: UUID) -> HttpResponse:
    """What is asked about one person, by section, with where each question stands."""
    case = case_or_404(request, pk)
    found = person_or_404(case, person)
    draft = load_draft(case, reader=request.user)
    stages = list(case.stages.order_by("order"))
    for stage in stages:
        stage.application = case
    sections = [
        outline.SectionOutline(code=section.code, title=section.title, rows=rows, waits=[])
        for one in outline.stages_of(case, draft, stages)
        for section in one.sections
        if (rows := [row for row in section.rows if row.question.person_id == found.pk])
    ]
    counted = [row for section in sections for row in section.counted]
    access = case.accesses.filter(person=found, ended_at=None).first()
    return show(
        request, "portal/person_questions.html", case, tab="people", person=found, sections=sections,
        counted=len(counted), done=sum(row.status == outline.COMPLETED for row in counted), access=access,
        private=any(row.given.private for row in counted), consent=last_consent(case, found),
    )  # fmt: skip


@page("GET", "POST")
def person_remove(request: SignedIn, pk: UUID, person: UUID) -> HttpResponse:
    """Asks first, naming the person and what is deleted."""
    case = case_or_404(request, pk, kind=rb.PEOPLE)
    found = person_or_404(case, person)
    refusal = None
    if request.method == "POST":
        try:
            remove_person(actor=request.user, case_id=case.pk, person=found)
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Taken out: %(name)s.") % {"name": found.full_name})
            back = back_of(request, case, kind=rb.PEOPLE)
            return redirect(back.url if back else reverse("portal:people", args=[case.pk]))
    answers = case.answers.filter(person=found)
    titles = dict(_functions(case))
    posts = case.posts.filter(person=found).values_list("function", flat=True)
    context: dict[str, Any] = {
        "person": found,
        "posts": [titles.get(code, code) for code in posts],
        "answers": answers.count(),
        "documents": answers.filter(files__removed_at=None, files__isnull=False).values("files").count(),
        "private": found.pk in hidden_people(request.user, case),
        "in_chart": case.entities.filter(person=found).exists(),
        "has_access": case.accesses.filter(person=found, ended_at=None).exists(),
    }
    return show(request, "portal/person_remove.html", case, tab="people", refusal=refusal, **context)


def _clash(case: Application, form: PersonForm, conflict: Conflict) -> Clash | None:
    """The page that is shown again stands on the person as stored now."""
    theirs = conflict.current
    stored = {**_initial(case, theirs), "identifier": mask(theirs.identifier)}
    form.cleaned_data["identifier"] = mask(form.cleaned_data["identifier"])
    form.data = stands_on(form, theirs.version)
    return clash_of(conflict, form, stored)


def _functions(case: Application) -> list[tuple[str, str]]:
    return [(function.code, say(function.title)) for function in case.book.functions]


def person_or_404(case: Application, pk: UUID) -> Person:
    """A person who has a post in this case."""
    found = person_of(case, pk)
    if found is None or not case.posts.filter(person=found).exists():
        raise Http404
    return found


def _initial(case: Application, person: Person | None) -> dict[str, Any]:
    if person is None:
        return {"citizenship": "KZ", "residence": "KZ", "identifier_kind": "iin", "version": 0}
    fields = {name: getattr(person, name) for name in PERSON_FIELDS if name != "identifier"}
    posts = case.posts.filter(person=person).values_list("function", flat=True)
    return {**fields, "functions": list(posts), "version": person.version}
