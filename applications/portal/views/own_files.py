"""The files of an invited person, one by one: of a question about them, and of a point of a request."""

from uuid import UUID

from django.http import Http404, HttpResponse

from accounts.requests import SignedIn
from accounts.sessions import passive
from applications.portal.access import page
from applications.portal.views import file_pages
from applications.portal.views.file_pages import Place, poll
from applications.portal.views.own_places import (
    part_or_404,
    place_of_own_point,
    place_of_question,
    point_or_404,
    question_or_404,
)
from regulators import rulebook as rb


@page("POST")
def own_give(request: SignedIn, part: UUID, requirement: str) -> HttpResponse:
    return file_pages.give(request, lambda: _of_question(request, part, requirement))


@page("GET", "POST")
def own_file(request: SignedIn, part: UUID, requirement: str, document: UUID) -> HttpResponse:
    return file_pages.about(_of_question(request, part, requirement), document)


@page("GET", "POST")
def own_replace(request: SignedIn, part: UUID, requirement: str, document: UUID) -> HttpResponse:
    return file_pages.swap(_of_question(request, part, requirement), document)


@passive
@page("GET")
def own_file_status(request: SignedIn, part: UUID, requirement: str, document: UUID) -> HttpResponse:
    place = _of_question(request, part, requirement)
    return poll(request, place.rows([place.one(document)])[0])


@page("POST")
def own_point_give(request: SignedIn, part: UUID, point: int) -> HttpResponse:
    return file_pages.give(request, lambda: _of_point(request, part, point))


@page("GET", "POST")
def own_point_file(request: SignedIn, part: UUID, point: int, document: UUID) -> HttpResponse:
    return file_pages.about(_of_point(request, part, point), document)


@page("GET", "POST")
def own_point_replace(request: SignedIn, part: UUID, point: int, document: UUID) -> HttpResponse:
    return file_pages.swap(_of_point(request, part, point), document)


@passive
@page("GET")
def own_point_file_status(request: SignedIn, part: UUID, point: int, document: UUID) -> HttpResponse:
    place = _of_point(request, part, point)
    return poll(request, place.rows([place.one(document)])[0])


def _of_question(request: SignedIn, part: UUID, requirement: str) -> Place:
    found = part_or_404(request, part)
    question, draft = question_or_404(found, requirement)
    if rb.DOCUMENTS not in question.requirement.evidence:
        raise Http404
    return place_of_question(request, found, question, draft)


def _of_point(request: SignedIn, part: UUID, point: int) -> Place:
    found = part_or_404(request, part)
    return place_of_own_point(request, found, point_or_404(found, point))
