"""The part of an invited person, found for them alone; and the files that they give in it."""

from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications import asked
from applications.asked import Draft, Question
from applications.models import PersonAccess, RequestPoint
from applications.portal import changeable
from applications.portal.file_rules import form_url
from applications.portal.views.file_pages import POINT_CLOSED, STAGE_CLOSED, Place
from applications.portal.views.point_files import is_open, services_of
from applications.queries.consents import last_consent
from applications.queries.drafts import load_draft
from applications.queries.law import slot_of
from applications.rules import OwnPart
from applications.services import drafting, files
from applications.services.guard import allow
from regulators.rulebook import say
from workflow.errors import Refused, status_of


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


def points_of(part: PersonAccess) -> list[RequestPoint]:
    """What was asked about the person since the case is with the regulator."""
    sent = RequestPoint.objects.filter(request__application=part.application_id, person=part.person_id)
    sent = sent.exclude(request__sent_at=None).select_related("request")
    sent = sent.prefetch_related("files__document__facts")
    found = list(sent.order_by("request__number", "number"))
    for point in found:
        point.request.application = part.application
    return found


def point_or_404(part: PersonAccess, pk: int) -> RequestPoint:
    for point in points_of(part):
        if point.pk == pk:
            return point
    raise Http404


def question_or_404(part: PersonAccess, requirement: str) -> tuple[Question, Draft]:
    draft = load_draft(part.application)
    for question in asked.questions(draft):
        if question.key == (requirement, part.person_id):
            return question, draft
    raise Http404


def place_of_question(request: SignedIn, part: PersonAccess, question: Question, draft: Draft) -> Place:
    code = question.requirement.code
    here = reverse("portal:own_question", args=[part.pk, code])
    about: dict[str, Any] = {
        "actor": request.user, "case_id": part.application_id, "requirement": code, "person": part.person,
    }  # fmt: skip
    return Place(
        here=here, back=here, title=say(question.requirement.title),
        held=list(draft.answer(question.key).documents), editable=is_editable(part, question),
        take=lambda one: drafting.attach(**about, upload=one, name=one.name).document,
        swap=lambda before, one: files.replace(**about, document=before, upload=one, name=one.name),
        describe=lambda one, **said: files.describe(**about, document=one, **said),
        back_text=_("Back to the question"), closed=STAGE_CLOSED, slot=question.requirement.slot,
        sheet=form_url(part.application.book, code),
        **_of_part(request, part),
    )  # fmt: skip


def place_of_own_point(request: SignedIn, part: PersonAccess, point: RequestPoint) -> Place:
    here = reverse("portal:own_point", args=[part.pk, point.pk])
    title = _("Request %(request)s, point %(number)s") % {
        "request": point.request.number, "number": point.number,
    }  # fmt: skip
    return Place(
        here=here, back=here, title=title, held=point.documents, editable=is_open(point) and agrees(part),
        back_text=_("Back to the answer"), closed=POINT_CLOSED,
        slot=slot_of(part.application, point.requirement),
        sheet=form_url(part.application.book, point.requirement), **services_of(request, point),
        **_of_part(request, part),
    )  # fmt: skip


def agrees(part: PersonAccess) -> bool:
    consent = last_consent(part.application, part.person)
    return bool(consent and consent.given)


def is_editable(part: PersonAccess, question: Question) -> bool:
    stage = part.application.stages.get(code=question.requirement.stage)
    stage.application = part.application
    return changeable.is_open(stage, question.key) and agrees(part)


def _of_part(request: SignedIn, part: PersonAccess) -> dict[str, Any]:
    person = OwnPart(part.application, part.person_id)

    def show(template: str, **context: Any) -> HttpResponse:
        return show_own(request, template, part, **context)

    return {
        "request": request, "case": part.application, "about_person": True, "own": part.person_id,
        "frame": "portal/own_base.html", "show": show,
        "allow": lambda: allow(request.user, "applications.answer_own_part", person),
    }  # fmt: skip
