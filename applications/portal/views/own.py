"""The wing of an invited person: their own part of one application, and nothing else of it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications import asked, privacy
from applications.asked import Draft, Question
from applications.models import Answer, Application, Consent, InformationRequest, PersonAccess, RequestPoint
from applications.portal import files, outline, typed
from applications.portal.access import page, status_of
from applications.portal.answers import in_words
from applications.portal.forms import AnswerForm, initial_of
from applications.portal.people_forms import HandBackForm, OwnConsentForm
from applications.portal.request_forms import PointForm
from applications.queries.consents import last_consent
from applications.queries.drafts import load_draft
from applications.queries.law import requirement_of
from applications.services import consents, drafting, private
from applications.services.requests import answer_point, attach_to_point
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
        points=_points(found), consent=last_consent(case, found.person),
    )  # fmt: skip


@page("GET", "POST")
def own_question(request: SignedIn, part: UUID, requirement: str) -> HttpResponse:
    """One question about the person: what is typed is kept, then each file taken in or out."""
    found = part_or_404(request, part)
    question, draft = _question_or_404(found, requirement)
    consent = last_consent(found.application, found.person)
    if consent is None:
        return redirect("portal:own_consent", found.pk)
    if request.method != "POST":
        given = draft.answer(question.key)
        stored = initial_of(given, _version(found, requirement))
        kept = typed.Page(request, found.application)
        form = kept.form(
            request, lambda data, files: AnswerForm(question.requirement, data, files, initial=dict(stored))
        )
        return _question_page(request, found, draft, question, form, kept=kept)
    form = AnswerForm(question.requirement, request.POST, request.FILES)
    refusal = _keep(request, found, question, draft, form)
    if refusal is not None or form.errors:
        return _question_page(request, found, load_draft(found.application), question, form, refusal)
    if request.POST.get("act") == "stay" or "detach" in request.POST:
        return redirect("portal:own_question", found.pk, requirement)
    messages.success(request, _("Saved."))
    return redirect("portal:own", found.pk)


@page("GET", "POST")
def own_point(request: SignedIn, part: UUID, point: int) -> HttpResponse:
    """One point of a request for information that names the person. The firm sends the answers."""
    found = part_or_404(request, part)
    asked_now = next((one for one in _points(found) if one.pk == point), None)
    if asked_now is None:
        raise Http404
    consent = last_consent(found.application, found.person)
    if consent is None:
        return redirect("portal:own_consent", found.pk)
    with_firm = asked_now.request.status in InformationRequest.WITH_FIRM and asked_now.sent_at is None
    is_open = with_firm and consent.given
    kept = typed.Page(request, found.application)
    form = kept.form(request, lambda data, files: PointForm(asked_now, data, files))
    refusal = _keep_point(request, asked_now, form) if request.method == "POST" else None
    if request.method == "POST" and refusal is None and not form.errors:
        messages.success(request, _("Saved. The firm sends the answers to the regulator."))
        return redirect("portal:own", found.pk)
    if isinstance(refusal, Conflict):
        form.stand_on(refusal.current)
    return show_own(
        request, "portal/own_point.html", found, refusal=refusal, form=form, point=asked_now, is_open=is_open,
        typed_page=kept if is_open else None, withdrawn=not consent.given,
        title=say(requirement_of(found.application, asked_now.requirement).title),
        files=files.rows(file.document for file in asked_now.files.select_related("document")),
    )  # fmt: skip


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


def part_or_404(request: SignedIn, part: UUID) -> PersonAccess:
    """A part that this user accepted, that nobody has ended, of a person who is still in the case."""
    if request.user.is_staff:
        raise Http404
    held = PersonAccess.objects.filter(
        pk=part, user=request.user, accepted_at__isnull=False, ended_at=None,
        application__posts__person=F("person"),
    )  # fmt: skip
    case = ("application__firm", "application__licence_type__regulator", "application__rulebook")
    found = held.select_related("person", "invited_by", *case).first()
    if found is None:
        raise Http404
    return found


def show_own(
    request: SignedIn,
    template: str,
    part: PersonAccess,
    *,
    refusal: Refused | None = None,
    **context: Any,
) -> HttpResponse:
    form = context.get("form")
    wrong = form is not None and form.is_bound and not form.is_valid()
    case = part.application
    base = {
        "part": part,
        "firm": case.firm,
        "book": case.book,
        "notice": case.book.notice,
        "regulator_name": say(case.book.regulator_name),
        "licence_title": say(case.book.licence_type_title),
        "reasons": refusal.reasons if refusal else [],
    }
    status = status_of(refusal) if refusal else 422 if wrong else 200
    return render(request, template, {**base, **context}, status=status)


def _sections(
    case: Application, stage: Any, draft: Draft, part: PersonAccess
) -> Iterable[tuple[outline.SectionOutline, bool]]:
    """The sections of a stage that ask something about the person, with their questions alone."""
    stage.application = case
    for section in outline.stage_of(case, draft, stage).sections:
        rows = [row for row in section.rows if row.question.person_id == part.person_id]
        if rows:
            own = outline.SectionOutline(code=section.code, title=section.title, rows=rows, waits=[])
            yield own, outline.is_editable(stage)


def _points(part: PersonAccess) -> list[RequestPoint]:
    """What was asked about the person since the case is with the regulator."""
    sent = RequestPoint.objects.filter(request__application=part.application_id, person=part.person_id)
    sent = sent.exclude(request__sent_at=None).select_related("request")
    return list(sent.order_by("request__number", "number"))


def _question_or_404(part: PersonAccess, requirement: str) -> tuple[Question, Draft]:
    draft = load_draft(part.application)
    for question in asked.questions(draft):
        if question.key == (requirement, part.person_id):
            return question, draft
    raise Http404


def _keep(
    request: SignedIn, part: PersonAccess, question: Question, draft: Draft, form: AnswerForm
) -> Refused | None:
    """Save what is typed, take in each file, take one out."""
    place: dict[str, Any] = {
        "actor": request.user, "case_id": part.application_id, "requirement": question.requirement.code,
        "person": part.person,
    }  # fmt: skip
    try:
        if form.is_valid():
            drafting.save_answer(**place, **form.answer(), expected_version=form.clean_version())
            form.data = {**dict(form.data.items()), "version": str(_version(part, question.requirement.code))}
        uploads = request.FILES.getlist("files") if "files" in form.fields else []
        for text in files.take_each(uploads, lambda one: drafting.attach(**place, upload=one, name=one.name)):
            form.add_error("files", text)
        if document := request.POST.get("detach"):
            if document not in {str(held.pk) for held in draft.answer(question.key).documents}:
                raise Http404
            drafting.detach(**place, document_id=document)
    except Refused as refusal:
        return refusal
    return None


def _keep_point(request: SignedIn, point: RequestPoint, form: PointForm) -> Refused | None:
    try:
        uploads = request.FILES.getlist(form.add_prefix("files"))
        take = lambda one: attach_to_point(actor=request.user, point=point, upload=one, name=one.name)  # noqa: E731
        for text in files.take_each(uploads, take):
            form.add_error("files", text)
        if form.is_valid() and form.typed:
            answer_point(
                actor=request.user, point=point, expected_version=form.cleaned_data["version"],
                text=form.cleaned_data["text"],
            )  # fmt: skip
    except Refused as refusal:
        return refusal
    return None


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
    stage = case.stages.get(code=requirement.stage)
    stage.application = case
    consent = last_consent(case, part.person)
    is_open = outline.is_open(stage, (requirement.code, part.person_id))
    editable = is_open and bool(consent and consent.given)
    return show_own(
        request, "portal/own_question.html", part, refusal=refusal, form=form, requirement=requirement,
        title=say(requirement.title), files=files.rows(given.documents),
        answer_lines=in_words(requirement, given),
        theirs=in_words(requirement, given) if isinstance(refusal, Conflict) else None,
        editable=editable, typed_page=(kept or typed.Page(request, case)) if editable else None,
        withdrawn=bool(consent and not consent.given),
    )  # fmt: skip


def _version(part: PersonAccess, requirement: str) -> int:
    own = Answer.objects.filter(
        application=part.application_id, requirement=requirement, person=part.person_id
    )
    return own.values_list("version", flat=True).first() or 0


def _language() -> str:
    return (get_language() or "en")[:2]
