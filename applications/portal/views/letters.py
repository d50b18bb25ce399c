"""Letters of the regulator to the firm, as they were issued."""

from uuid import UUID

from django.http import Http404, HttpResponse

from accounts.requests import SignedIn
from applications.letter_text import corrected, pdf_response, shown
from applications.models import Application, IssuedLetter
from applications.portal.access import case_or_404, page, show


@page("GET")
def letter(request: SignedIn, pk: UUID, letter: int) -> HttpResponse:
    case = case_or_404(request, pk)
    found = _letter(case, letter)
    return show(request, "portal/letter.html", case, corrections=corrected(found), **shown(found))


@page("GET")
def letter_pdf(request: SignedIn, pk: UUID, letter: int) -> HttpResponse:
    return pdf_response(_letter(case_or_404(request, pk), letter))


def _letter(case: Application, pk: int) -> IssuedLetter:
    found = case.letters.filter(pk=pk).first()
    if found is None:
        raise Http404
    found.application = case
    return found
