"""A past application into a new one, and the look at what came over."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.portal.access import case_or_404, page, show
from applications.queries.copying import plan_of
from applications.queries.drafts import draft_of
from applications.services.copying import copy_application
from applications.services.people import confirm_ownership
from workflow.errors import NotAllowed, Refused


@page("GET", "POST")
def copy(request: SignedIn, pk: UUID) -> HttpResponse:
    """Says what goes over and what does not; the button copies."""
    case = case_or_404(request, pk)
    refusal = None
    if request.method == "POST":
        try:
            copied = copy_application(actor=request.user, source=case, language=(get_language() or "en")[:2])
        except Refused as error:
            refusal = error
        else:
            words = _("The application is copied. Look at each copied answer before you complete its stage.")
            messages.success(request, words)
            return redirect("portal:case", copied.pk)
    context: dict[str, Any] = {"plan": plan_of(case), "draft": draft_of(case.firm, case.licence_type)}
    return show(request, "portal/copy.html", case, refusal=refusal, **context)


@page("POST")
def copied_ownership(request: SignedIn, pk: UUID) -> HttpResponse:
    """The chart is still right as it was copied."""
    case = case_or_404(request, pk)
    try:
        confirm_ownership(actor=request.user, case_id=case.pk)
    except NotAllowed:
        raise
    except Refused as refusal:
        for reason in refusal.reasons:
            messages.error(request, str(reason))
    else:
        messages.success(request, _("Saved."))
    return redirect("portal:ownership", case.pk)
