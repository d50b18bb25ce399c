"""The files of one point of a request: given one by one, described, replaced; asked for by the page."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from accounts.sessions import passive
from applications.models import Application, RequestPoint
from applications.portal.access import case_or_404, page, show
from applications.portal.file_rules import form_url
from applications.portal.views import file_pages
from applications.portal.views.file_pages import POINT_CLOSED, Place, poll
from applications.queries.law import slot_of
from applications.queries.private import hidden_people
from applications.services.guard import allow
from applications.services.point_files import describe_in_point, replace_in_point
from applications.services.requests import attach_to_point
from applications.states import DECIDED
from workflow.errors import Refused, status_of

ANSWER = "applications.answer_request"


@page("POST")
def point_give(request: SignedIn, pk: UUID, number: int, point: int) -> HttpResponse:
    return file_pages.give(request, lambda: _place(request, pk, number, point))


@page("GET", "POST")
def point_file(request: SignedIn, pk: UUID, number: int, point: int, document: UUID) -> HttpResponse:
    return file_pages.about(_place(request, pk, number, point), document)


@page("GET", "POST")
def point_replace(request: SignedIn, pk: UUID, number: int, point: int, document: UUID) -> HttpResponse:
    return file_pages.swap(_place(request, pk, number, point), document)


@passive
@page("GET")
def point_file_status(request: SignedIn, pk: UUID, number: int, point: int, document: UUID) -> HttpResponse:
    """The row of a file that has gone on; 204 until then. Asked by the page; no activity."""
    place = _place(request, pk, number, point)
    return poll(request, place.rows([place.one(document)])[0])


def place_of_point(request: SignedIn, case: Application, point: RequestPoint) -> Place:
    """Where files of a point are given by the firm. Who may not answer, or cannot any more, only reads."""
    asked = reverse("portal:request", args=[case.pk, point.request.number])

    def show_page(template: str, *, refusal: Refused | None, **context: Any) -> HttpResponse:
        status = status_of(refusal) if refusal else 0
        return show(request, template, case, refusal=refusal, status=status, tab="requests", **context)

    return Place(
        request=request, case=case, here=f"{asked}points/{point.number}/",
        back=f"{asked}#point-{point.number}",
        title=_("Request %(request)s, point %(number)s")
        % {"request": point.request.number, "number": point.number},
        held=point.documents, editable=is_open(point) and request.user.has_perm(ANSWER, case),
        about_person=point.person_id is not None, allow=lambda: allow(request.user, ANSWER, case),
        show=show_page, back_text=_("Back to the answers"), closed=POINT_CLOSED,
        slot=slot_of(case, point.requirement), sheet=form_url(case.book, point.requirement),
        **services_of(request, point),
    )  # fmt: skip


def services_of(request: SignedIn, point: RequestPoint) -> dict[str, Any]:
    """What is done with the files of a point, the same for the firm and an invited person."""
    here: dict[str, Any] = {"actor": request.user, "point": point}
    return {
        "take": lambda one: attach_to_point(**here, upload=one, name=one.name).document,
        "swap": lambda before, one: replace_in_point(**here, document=before, upload=one, name=one.name),
        "describe": lambda one, **said: describe_in_point(**here, document=one, **said),
    }


def is_open(point: RequestPoint) -> bool:
    asked = point.request
    is_ended = asked.application.state in DECIDED
    return asked.status in asked.WITH_FIRM and point.is_open and not is_ended


def _place(request: SignedIn, pk: UUID, number: int, point: int) -> Place:
    case = case_or_404(request, pk)
    points = RequestPoint.objects.filter(request__application=case, request__number=number, number=point)
    points = points.exclude(request__sent_at=None).select_related("request")
    found = points.prefetch_related("files__document__facts").first()
    if found is None or found.person_id in hidden_people(request.user, case):
        raise Http404
    found.request.application = case
    return place_of_point(request, case, found)
