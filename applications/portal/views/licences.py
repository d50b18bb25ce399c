"""The firm's licences: what they say, what has become of them, and the certificate."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.queries import firms_of
from accounts.requests import SignedIn
from applications.portal.access import page
from applications.portal.views.paper import language_of, pdf_links
from licences import queries
from licences.certificates.page import pdf_response
from licences.models import Licence


def licence_or_404(request: SignedIn, number: str) -> Licence:
    """A licence of a firm of which this person is a member; an adviser is none, and staff have the desk."""
    found: Any = queries.with_history().filter(number=number, firm__in=firms_of(request.user)).first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


@page("GET")
def licence(request: SignedIn, number: str) -> HttpResponse:
    found = licence_or_404(request, number)
    newest = found.certificates.last()
    context = {
        "licence": found,
        "certificate": newest,
        "pdfs": pdf_links(reverse("portal:certificate", args=[number])) if newest else [],
    }
    return render(request, "portal/licence.html", context)


@page("GET")
def certificate(request: SignedIn, number: str) -> HttpResponse:
    """The newest certificate as PDF, in the language that the reader chose."""
    newest = licence_or_404(request, number).certificates.last()
    if newest is None:
        raise Http404
    return pdf_response(newest, language_of(request))
