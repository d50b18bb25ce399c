"""The people of the application: a card for each, and a page to enter, change or take out one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.identifiers import mask
from accounts.requests import SignedIn
from applications import asked
from applications.models import Application, Person
from applications.portal import typed
from applications.portal.access import case_or_404, page, show
from applications.portal.clash import Clash, clash_of, stands_on
from applications.portal.outline import question_url
from applications.portal.typed_forms import PersonForm
from applications.queries.drafts import load_draft
from applications.services.people import PERSON_FIELDS, person_of, remove_person, save_person
from regulators import rulebook as rb
from regulators.rulebook import say
from workflow.errors import Conflict, Refused


@page("GET")
def people(request: SignedIn, pk: UUID) -> HttpResponse:
    case = case_or_404(request, pk)
    draft = load_draft(case)
    open_questions: dict[UUID, list[tuple[str, str]]] = {person: [] for person in draft.people}
    for question in asked.questions(draft):
        requirement = question.requirement
        if question.person_id is None or requirement.due != rb.SUBMISSION:
            continue
        if not asked.is_answered(requirement, draft.answer(question.key), draft):
            open_questions[question.person_id].append(
                (say(requirement.title), question_url(case.pk, question))
            )
    titles = dict(_functions(case))
    cards = [
        {
            "id": person,
            "name": name,
            "posts": [titles.get(code, code) for code in sorted(draft.posts[person])],
            "missing": open_questions[person],
        }
        for person, name in draft.people.items()
    ]
    held = {code for codes in draft.posts.values() for code in codes}
    empty = [say(f.title) for f in case.book.functions if f.required and f.code not in held]
    return show(request, "portal/people.html", case, tab="people", cards=cards, empty=empty)


@page("GET", "POST")
def person(request: SignedIn, pk: UUID, person: UUID | None = None) -> HttpResponse:
    case = case_or_404(request, pk)
    found = _person_or_404(case, person) if person else None
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
            return redirect("portal:people", case.pk)
    return show(
        request, "portal/person.html", case, tab="people", refusal=refusal, form=form, person=found,
        typed_page=kept, clash=clash,
    )  # fmt: skip


@page("GET", "POST")
def person_remove(request: SignedIn, pk: UUID, person: UUID) -> HttpResponse:
    """Asks first, naming the person and what is deleted."""
    case = case_or_404(request, pk)
    found = _person_or_404(case, person)
    refusal = None
    if request.method == "POST":
        try:
            remove_person(actor=request.user, case_id=case.pk, person=found)
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Taken out: %(name)s.") % {"name": found.full_name})
            return redirect("portal:people", case.pk)
    answers = case.answers.filter(person=found).count()
    context: dict[str, Any] = {"person": found, "answers": answers}
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


def _person_or_404(case: Application, pk: UUID) -> Person:
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
