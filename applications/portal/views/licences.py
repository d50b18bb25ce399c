"""The firm's licences: what they say, what has become of them, and the certificate."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.queries import firms_of
from accounts.requests import SignedIn
from applications.portal import typed
from applications.portal.access import page
from applications.portal.forms import ReasonForm
from applications.presses import newest, posted_seen
from licences import queries, standing
from licences.certificates.page import pdf_response
from licences.law import time_for_representations
from licences.models import Licence, LicenceNotice
from licences.services import make_representation
from look.papers import language_of, pdf_links
from regulators.periods import footing
from workflow.errors import Reason, Refused, status_of


def licence_or_404(request: SignedIn, number: str) -> Licence:
    """A licence of a firm of which this person is a member; an adviser is none, and staff have the desk."""
    found: Any = queries.with_history().filter(number=number, firm__in=firms_of(request.user)).first()
    if found is None:
        raise Http404
    return found


@page("GET")
def licence(request: SignedIn, number: str) -> HttpResponse:
    found = licence_or_404(request, number)
    last = found.certificates.last()
    history = list(found.history.all())
    context = {
        "licence": found,
        "conditions": standing.conditions_of(found, history),
        "history": standing.history_of(history),
        "certificate": last,
        "notices": served_notices(found).order_by("-pk"),
        "pdfs": pdf_links(reverse("portal:certificate", args=[number])) if last else [],
    }
    return render(request, "portal/licence.html", context)


@page("GET", "POST")
def notice(request: SignedIn, number: str, pk_of: int) -> HttpResponse:
    """A notice that was served on the firm, what the firm said to it, and the answers."""
    licence = licence_or_404(request, number)
    served = served_notices(licence).filter(pk=pk_of).first()
    if served is None:
        raise Http404
    may_answer = request.user.has_perm("licences.make_representation", licence)
    kept = typed.Page(request)
    words = _("What do you want to say?"), _("Write what you want to say")
    form = kept.form(request, lambda data, _files: ReasonForm(*words, data))
    reasons: list[Reason] = []
    status = 422 if form.errors else 200
    if form.is_valid():
        text, seen = form.cleaned_data["text"], posted_seen(request.POST)
        try:
            make_representation(actor=request.user, notice=served, text=text, seen=seen)
        except Refused as refusal:
            reasons, status = refusal.reasons, status_of(refusal)
        else:
            messages.success(request, _("Your representation is recorded."))
            return redirect("portal:licence_notice", number, pk_of)
    made = list(served.representations.all())
    context = {
        "licence": licence,
        "served": served,
        "made": made,
        "seen": newest(made),
        "footing": footing(time_for_representations(licence)),
        "changes": list(standing.changes_in_words(served.about.get("changes") or {})),
        "form": form,
        "reasons": reasons,
        "typed_page": kept if may_answer and served.may_be_answered else None,
    }
    return render(request, "portal/licence_notice.html", context, status=status)


def served_notices(licence: Licence) -> QuerySet[LicenceNotice]:
    """The firm knows nothing of a notice before its service is recorded."""
    return licence.notices.filter(served_on__isnull=False)


@page("GET")
def certificate(request: SignedIn, number: str) -> HttpResponse:
    """The newest certificate as PDF, in the language that the reader chose."""
    last = licence_or_404(request, number).certificates.last()
    if last is None:
        raise Http404
    return pdf_response(last, language_of(request))
