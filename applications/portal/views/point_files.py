"""The files of one point of a request: given one by one by the script of the page."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse

from accounts.requests import SignedIn
from accounts.sessions import passive
from applications.models import Application, RequestPoint
from applications.portal.access import case_or_404, page
from applications.portal.files import rows_at
from applications.portal.views.files import answer_poll, answer_script
from applications.queries.private import hidden_people
from applications.services.guard import allow
from applications.services.requests import attach_to_point


@page("POST")
def point_give(request: SignedIn, pk: UUID, number: int, point: int) -> HttpResponse:
    """One file by itself: answered with its row, or with why it was not taken."""
    case = case_or_404(request, pk)
    found = _point_or_404(request, case, number, point)
    allow(request.user, "applications.answer_request", case)
    return answer_script(
        request,
        lambda one: attach_to_point(actor=request.user, point=found, upload=one, name=one.name).document,
        place_of_point(found),
        about_person=found.person_id is not None,
        has_page=False,
    )


@passive
@page("GET")
def point_file_status(request: SignedIn, pk: UUID, number: int, point: int, document: UUID) -> HttpResponse:
    """The row of a file that has gone on; 204 until then. Asked by the page; no activity."""
    case = case_or_404(request, pk)
    found = _point_or_404(request, case, number, point)
    file = found.files.filter(document=document).select_related("document__facts").first()
    if file is None:
        raise Http404
    about_person = found.person_id is not None
    (row,) = rows_at(place_of_point(found), [file.document], about_person=about_person, has_page=False)
    return answer_poll(request, row)


def place_of_point(point: RequestPoint) -> str:
    request = point.request
    return (
        reverse("portal:request", args=[request.application_id, request.number]) + f"points/{point.number}/"
    )


def _point_or_404(request: SignedIn, case: Application, number: int, point: int) -> RequestPoint:
    points = RequestPoint.objects.filter(request__application=case, request__number=number, number=point)
    found = points.exclude(request__sent_at=None).select_related("request").first()
    if found is None or found.person_id in hidden_people(request.user, case):
        raise Http404
    found.request.application = case
    return found
