"""The wing of an invited person: their own part of one application, and nothing else of it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications import privacy
from applications.asked import Draft, Question
from applications.models import Answer, Application, Consent, PersonAccess, RequestPoint
from applications.portal import changeable, files, outline, typed
from applications.portal.access import page
from applications.portal.answers import in_words
from applications.portal.forms import AnswerForm, initial_of
from applications.portal.people_forms import HandBackForm, OwnConsentForm
from applications.portal.request_forms import PointForm
from applications.portal.views.own_places import (
    agrees,
    part_or_404,
    place_of_own_point,
    place_of_question,
    point_or_404,
    points_of,
    question_or_404,
    show_own,
)
from applications.queries.consents import last_consent
from applications.queries.drafts import load_draft
from applications.queries.law import requirement_of
from applications.services import consents, drafting, private
from applications.services.point_files import detach_from_point
from applications.services.requests import answer_point, attach_to_point
from documents.models import Document
from regulators.rulebook import say
from workflow.errors import Conflict, Refused


@page("GET")
def own(request: SignedIn, part: UUID) -> HttpResponse:
    """The person's questions by section, what is asked about them, and their consent."""
    found = part_or_404(request, part)
    case = found.application
    draft = load_draft(case)
    stages = {stage.code: stage for stage in case.stages.order_by("order")}
    sections = [
        (section, editable)
        for code, stage in stages.items()
        for section, editable in _sections(case, stage, draft, found)
    ]
    rows = [row for section, _editable in sections for row in section.rows]
    return show_own(
        request, "portal/own.html", found,
        sections=sections, counted=sum(row.counts for row in rows),
        done=sum(row.counts and row.status == outline.COMPLETED for row in rows),
        points=points_of(found), consent=last_consent(case, found.person),
    )  # fmt: skip


@page("GET", "POST")
def own_question(request: SignedIn, part: UUID, requirement: str) -> HttpResponse:
    """One question about the person: what is typed is kept, then each file is taken in."""
    found = part_or_404(request, part)
    question, draft = question_or_404(found, requirement)
    if last_consent(found.application, found.person) is None:
        return redirect("portal:own_consent", found.pk)
    if request.method != "POST":
        given = draft.answer(question.key)
        stored = initial_of(given, _version(found, requirement))
        kept = typed.Page(request, found.application)
        form = kept.form(
            request, lambda data, files: AnswerForm(question.requirement, data, files, initial=dict(stored))
        )
        return _question_page(request, found, draft, question, form, kept=kept)
    wrong = _save(request, found, question)
    if wrong is not None:
        return wrong
    if request.POST.get("act") == "stay":
        return redirect("portal:own_question", found.pk, requirement)
    messages.success(request, _("Saved."))
    return redirect("portal:own", found.pk)


@page("POST")
def own_detach(request: SignedIn, part: UUID, requirement: str) -> HttpResponse:
    """Takes one file out of the answer, and keeps what is typed beside it."""
    found = part_or_404(request, part)
    question, draft = question_or_404(found, requirement)
    place = place_of_question(request, found, question, draft)
    document = place.one(request.POST.get("document", ""))
    return _save(request, found, question, take_out=document) or redirect(place.back)


@page("GET", "POST")
def own_point(request: SignedIn, part: UUID, point: int) -> HttpResponse:
    """One point of a request for information that names the person. The firm sends the answers."""
    found = part_or_404(request, part)
    asked_now = point_or_404(found, point)
    if last_consent(found.application, found.person) is None:
        return redirect("portal:own_consent", found.pk)
    if request.method != "POST":
        return _point_page(request, found, asked_now)
    wrong = _save_point(request, found, asked_now)
    if wrong is not None:
        return wrong
    if request.POST.get("act") == "stay":
        return redirect("portal:own_point", found.pk, point)
    messages.success(request, _("Saved. The firm sends the answers to the regulator."))
    return redirect("portal:own", found.pk)


@page("POST")
def own_point_detach(request: SignedIn, part: UUID, point: int) -> HttpResponse:
    """Takes one file out of the answer, and keeps what is typed beside it."""
    found = part_or_404(request, part)
    asked_now = point_or_404(found, point)
    place = place_of_own_point(request, found, asked_now)
    document = place.one(request.POST.get("document", ""))
    return _save_point(request, found, asked_now, take_out=document) or redirect(place.back)


@page("GET", "POST")
def own_consent(request: SignedIn, part: UUID) -> HttpResponse:
    """The privacy notice in the person's language, and their word on it: given, or withdrawn."""
    found = part_or_404(request, part)
    case, person = found.application, found.person
    consent = last_consent(case, person)
    in_force = bool(consent and consent.given)
    form = None if in_force else OwnConsentForm(request.POST if request.method == "POST" else None)
    refusal: Refused | None = None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            if form is None:
                consents.withdraw_consent(
                    actor=request.user, case_id=case.pk, person=person, how=Consent.SELF
                )
            else:
                consents.give_consent(
                    actor=request.user, case_id=case.pk, person=person, language=_language()
                )
        except Refused as error:
            refusal = error
        else:
            said = _("Your consent is recorded.") if form else _("Your consent is withdrawn.")
            messages.success(request, said)
            return redirect("portal:own", found.pk)
    return show_own(
        request, "portal/own_consent.html", found, refusal=refusal, form=form, consent=consent,
        in_force=in_force, text=privacy.notice_for(case, person, _language()),
    )  # fmt: skip


@page("GET", "POST")
def own_return(request: SignedIn, part: UUID) -> HttpResponse:
    """The person gives the part back to the firm, with their answers or without them."""
    found = part_or_404(request, part)
    form = HandBackForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        try:
            private.hand_back(
                actor=request.user, access=found, leave=form.cleaned_data["answers"] == HandBackForm.LEAVE
            )
        except Refused as error:
            refusal = error
        else:
            firm = found.application.firm.name
            messages.success(request, _("You gave your part back to %(firm)s.") % {"firm": firm})
            return redirect("portal:home")
    submitted = found.application.submitted_at is not None
    return show_own(request, "portal/own_return.html", found, refusal=refusal, form=form, submitted=submitted)


def _sections(
    case: Application, stage: Any, draft: Draft, part: PersonAccess
) -> Iterable[tuple[outline.SectionOutline, bool]]:
    """The sections of a stage that ask something about the person, with their questions alone."""
    stage.application = case
    for section in outline.stage_of(case, draft, stage).sections:
        rows = [row for row in section.rows if row.question.person_id == part.person_id]
        if rows:
            own = outline.SectionOutline(code=section.code, title=section.title, rows=rows, waits=[])
            yield own, changeable.is_editable(stage)


def _save(
    request: SignedIn, part: PersonAccess, question: Question, *, take_out: Document | None = None
) -> HttpResponse | None:
    """Save what is typed, take in each file, take one out; a page where something is wrong, else None."""
    place: dict[str, Any] = {
        "actor": request.user, "case_id": part.application_id, "requirement": question.requirement.code,
        "person": part.person,
    }  # fmt: skip
    form = AnswerForm(question.requirement, request.POST, request.FILES)
    refusal: Refused | None = None
    try:
        if form.is_valid():
            drafting.save_answer(**place, **form.answer(), expected_version=form.clean_version())
            form.data = {**dict(form.data.items()), "version": str(_version(part, question.requirement.code))}
        uploads = request.FILES.getlist("files") if "files" in form.fields else []
        for text in files.take_each(uploads, lambda one: drafting.attach(**place, upload=one, name=one.name)):
            form.add_error("files", text)
        if take_out:
            drafting.detach(**place, document_id=take_out.pk)
            _say_removed(request, take_out)
    except Refused as error:
        refusal = error
    if refusal is None and not form.errors:
        return None
    return _question_page(request, part, load_draft(part.application), question, form, refusal)


def _save_point(
    request: SignedIn, part: PersonAccess, point: RequestPoint, *, take_out: Document | None = None
) -> HttpResponse | None:
    """As ``_save``, for a point of a request."""
    here: dict[str, Any] = {"actor": request.user, "point": point}
    form = PointForm(point, request.POST, request.FILES)
    refusal: Refused | None = None
    try:
        uploads = request.FILES.getlist(form.add_prefix("files"))
        for text in files.take_each(uploads, lambda one: attach_to_point(**here, upload=one, name=one.name)):
            form.add_error("files", text)
        if take_out:
            detach_from_point(**here, document=take_out)
            _say_removed(request, take_out)
        if form.is_valid() and form.typed:
            expected, text = form.cleaned_data["version"], form.cleaned_data["text"]
            answer_point(**here, expected_version=expected, text=text)
    except Refused as error:
        refusal = error
    if refusal is None and not form.errors:
        return None
    if isinstance(refusal, Conflict):
        form.stand_on(refusal.current)
    return _point_page(request, part, point_or_404(part, point.pk), form, refusal)


def _say_removed(request: SignedIn, document: Document) -> None:
    words = _("Removed: %(name)s. If you need it after all, upload it again.")
    messages.success(request, words % {"name": document.name})


def _question_page(
    request: SignedIn,
    part: PersonAccess,
    draft: Draft,
    question: Question,
    form: AnswerForm,
    refusal: Refused | None = None,
    kept: typed.Page | None = None,
) -> HttpResponse:
    case, requirement = part.application, question.requirement
    given = draft.answer(question.key)
    place = place_of_question(request, part, question, draft)
    held = place.rows()
    files.show_in(form, held, place.here, sheet=place.sheet, stay=True)
    consent = last_consent(case, part.person)
    return show_own(
        request, "portal/own_question.html", part, refusal=refusal, form=form, requirement=requirement,
        title=say(requirement.title), files=held, here=place.here,
        answer_lines=in_words(requirement, given),
        theirs=in_words(requirement, given) if isinstance(refusal, Conflict) else None,
        editable=place.editable,
        typed_page=(kept or typed.Page(request, case, place.here)) if place.editable else None,
        withdrawn=bool(consent and not consent.given),
    )  # fmt: skip


def _point_page(
    request: SignedIn,
    part: PersonAccess,
    point: RequestPoint,
    form: PointForm | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    place = place_of_own_point(request, part, point)
    kept = typed.Page(request, part.application, place.here)
    form = form or kept.form(request, lambda data, files: PointForm(point, data, files))
    held = place.rows()
    files.show_in(form, held, place.here, sheet=place.sheet, stay=True)
    return show_own(
        request, "portal/own_point.html", part, refusal=refusal, form=form, point=point, here=place.here,
        is_open=place.editable, typed_page=kept if place.editable else None, withdrawn=not agrees(part),
        title=say(requirement_of(part.application, point.requirement).title), files=held,
    )  # fmt: skip


def _version(part: PersonAccess, requirement: str) -> int:
    own = Answer.objects.filter(
        application=part.application_id, requirement=requirement, person=part.person_id
    )
    return own.values_list("version", flat=True).first() or 0


def _language() -> str:
    return (get_language() or "en")[:2]
