"""What the firm writes among its own people, beside a stage, a section or a question."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.models import Application, InsideNote, Stage
from applications.portal import typed
from applications.portal.access import case_or_404, page, show
from applications.portal.firm_forms import AssignForm, CommentForm
from applications.portal.views.stages import stage_or_404
from applications.presses import posted_seen
from applications.queries.inside import inside_of, people_to_choose, url_of
from applications.services import inside as services
from applications.services.inside import Place
from regulators.rulebook import say
from workflow.errors import Refused


@page("GET", "POST")
def inside(
    request: SignedIn,
    pk: UUID,
    stage: str,
    requirement: str = "",
    person: UUID | None = None,
    section: str = "",
) -> HttpResponse:
    """The notes on one place, with every form; the pages of stages and questions show them too."""
    case = case_or_404(request, pk, to=stage)
    place = _place_or_404(case, stage, section, requirement, person)
    if request.method != "POST":
        return _page(request, case, place)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    return act(request, case, place)


@page("GET", "POST")
def inside_comment(request: SignedIn, pk: UUID, stage: str, comment: int) -> HttpResponse:
    """One's own comment, to change it for some minutes, or to delete it."""
    case = case_or_404(request, pk, to=stage)
    found = stage_or_404(case, stage)
    note = _own_or_404(request, found, comment)
    place = _place_or_404(case, stage, note.section, note.requirement, note.person_id)
    kept = typed.Page(request, case)
    form = kept.form(request, lambda data, _files: CommentForm(data, initial={"text": note.text}))
    refusal = None
    try:
        if request.POST.get("act") == "delete":
            services.delete_comment(actor=request.user, stage=found, pk=comment)
            messages.success(request, _("The comment is deleted."))
            return redirect(_back(place))
        if form.is_valid():
            services.edit_comment(actor=request.user, stage=found, pk=comment, text=form.cleaned_data["text"])
            return redirect(_back(place))
    except Refused as error:
        refusal = error
    context: dict[str, Any] = {
        "form": form,
        "note": note,
        "may_edit_comment": services.may_edit(request.user, note),
        "back": _back(place),
    }
    return show(
        request, "portal/inside_comment.html", case, refusal=refusal, **context,
        typed_page=kept if context["may_edit_comment"] else None, typed_needs="applications.read_draft",
    )  # fmt: skip


def _own_or_404(request: SignedIn, stage: Stage, pk: int) -> InsideNote:
    notes = InsideNote.objects.of(stage.application).filter(stage=stage.code, by=request.user)
    note = notes.filter(pk=pk, kind=InsideNote.COMMENT, closed_at=None).first()
    if note is None or not request.user.has_perm("applications.read_inside", stage):
        raise Http404
    return note


def _comment(request: SignedIn, case: Application, place: Place) -> HttpResponse:
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _page(request, case, place, form=form)
    seen = posted_seen(request.POST)
    services.comment(actor=request.user, place=place, text=form.cleaned_data["text"], seen=seen)
    return redirect(_back(place))


def _assign(request: SignedIn, case: Application, place: Place) -> HttpResponse:
    people = people_to_choose(case)
    form = AssignForm(people, request.POST)
    if not form.is_valid():
        return _page(request, case, place, assign_form=form)
    to = next(one for one in people if str(one.pk) == form.cleaned_data["to"])
    services.assign(actor=request.user, place=place, to=to, due_on=form.cleaned_data["due_on"])
    messages.success(request, _("Assigned to %(name)s.") % {"name": to.full_name})
    return redirect(_back(place))


def _finish(request: SignedIn, case: Application, place: Place) -> HttpResponse:
    services.finish_assignment(actor=request.user, place=place)
    messages.success(request, _("The assignment is closed."))
    return redirect(_back(place))


def _sign_off(request: SignedIn, case: Application, place: Place) -> HttpResponse:
    services.sign_off(actor=request.user, stage=place.stage)
    messages.success(request, _("You signed this stage off, inside the firm."))
    return redirect(_back(place))


def _take_back(request: SignedIn, case: Application, place: Place) -> HttpResponse:
    services.take_back_sign_off(actor=request.user, stage=place.stage)
    messages.success(request, _("Your sign-off is taken back."))
    return redirect(_back(place))


ACTS: dict[str, Callable[[SignedIn, Application, Place], HttpResponse]] = {
    "comment": _comment,
    "assign": _assign,
    "finish": _finish,
    "sign_off": _sign_off,
    "take_back": _take_back,
}


def _place_or_404(
    case: Application, stage: str, section: str, requirement: str, person: UUID | None
) -> Place:
    """A place that the rule book has, and a person who has a post in the case."""
    found = stage_or_404(case, stage)
    if section and section not in {one.code for one in case.book.sections_of(stage)}:
        raise Http404
    if requirement:
        rule = case.book.by_code.get(requirement)
        if rule is None or rule.stage != stage or rule.per_person != (person is not None):
            raise Http404
    if person and not case.posts.filter(person=person).exists():
        raise Http404
    return Place(stage=found, section=section, requirement=requirement, person=person)


def _back(place: Place) -> str:
    where: list[Any] = [place.stage.application_id, place.stage.code]
    if place.requirement:
        where += [place.requirement, *([place.person] if place.person else [])]
        return reverse("portal:question", args=where) + "#inside"
    if place.section:
        return url_of(place)
    return reverse("portal:stage", args=where) + "#inside"


def _page(
    request: SignedIn,
    case: Application,
    place: Place,
    form: CommentForm | None = None,
    assign_form: AssignForm | None = None,
) -> HttpResponse:
    notes = inside_of(request.user, place)
    if notes is None:
        raise Http404
    may_be_given = notes.may_assign and not notes.is_of_stage
    return show(
        request,
        "portal/inside.html",
        case,
        status=422 if form or assign_form else 200,
        inside=notes,
        stage=place.stage,
        place_title=_title(case, place),
        back=_back(place),
        comment_form=form or CommentForm(),
        assign_form=assign_form or (AssignForm(people_to_choose(case)) if may_be_given else None),
        wrong=form or assign_form,
    )


def _title(case: Application, place: Place) -> str:
    if place.requirement:
        title = say(case.book.by_code[place.requirement].title)
        post = (
            case.posts.select_related("person").filter(person=place.person).first() if place.person else None
        )
        return f"{title} ({post.person.full_name})" if post else title
    for section in case.book.sections_of(place.stage.code):
        if section.code == place.section:
            return say(section.title)
    return say(place.stage.rule.title)
