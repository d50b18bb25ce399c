"""Advisers: the invitation, what a mandate covers, and the paper that opens it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.forms import show_errors
from accounts.requests import SignedIn
from accounts.services import invite_adviser
from accounts.views import mail_invitation
from applications.portal import files, typed
from applications.portal.access import page
from applications.portal.firm_forms import AdviserForm, AuthorityForm
from applications.portal.views.firms import firm_or_404
from applications.queries.advisers import Advising, advising, advising_for
from applications.services.mandates import give_authority, open_authority
from documents.errors import Active, NotUsable, Rejected
from documents.http import download
from workflow.errors import Refused, status_of


@page("GET", "POST")
def advisers(request: SignedIn, firm_id: UUID) -> HttpResponse:
    """Who advises the firm, and the form that invites another."""
    firm = firm_or_404(request, firm_id, "accounts.manage_members")
    kept = typed.Page(request)
    form = kept.form(request, lambda data, files: AdviserForm(data))
    if form.is_valid():
        try:
            invitation, token = invite_adviser(actor=request.user, firm_id=firm.pk, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            mail_invitation(request, invitation, token)
            return redirect("portal:advisers", firm.pk)
    context = {"firm": firm, "form": form, "advisers": advising_for(firm), "typed_page": kept}
    return render(request, "portal/advisers.html", context, status=422 if form.errors else 200)


@page("GET", "POST")
def adviser(request: SignedIn, membership: int) -> HttpResponse:
    """One mandate, for the adviser and for owners of the firm; a POST gives its paper."""
    found = _advising_or_404(request, membership)
    if request.method != "POST":
        return _page(request, found, AuthorityForm())
    form = AuthorityForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, form)
    upload = form.cleaned_data["file"]
    try:
        give_authority(actor=request.user, membership_id=membership, upload=upload, name=upload.name)
    except Rejected as rejection:
        form.add_error("file", f"{upload.name}: {rejection.message}")
        return _page(request, found, form)
    except Refused as refusal:
        return _page(request, found, form, refusal)
    messages.success(request, _("The authority is uploaded. It opens the mandate once it is checked."))
    return redirect("portal:adviser", membership)


@page("GET")
def authority(request: SignedIn, membership: int) -> HttpResponseBase:
    try:
        document, stored = open_authority(
            actor=request.user, membership_id=membership, warned="warned" in request.GET
        )
    except Active as active:
        return render(request, "portal/warned.html", {"document": active.document})
    except NotUsable as refusal:
        return render(request, "portal/refused.html", {"reasons": refusal.reasons}, status=409)
    return download(document, stored)


def _advising_or_404(request: SignedIn, membership: int) -> Advising:
    found = advising(request.user, membership)
    if found is None or request.user.is_staff:
        raise Http404
    return found


def _page(
    request: SignedIn, found: Advising, form: AuthorityForm, refusal: Refused | None = None
) -> HttpResponse:
    context = {
        "advising": found,
        "firm": found.membership.firm,
        "form": form,
        "typed_page": typed.Page(request),
        "files": files.rows([found.document] if found.document else []),
        "is_mine": found.membership.user_id == request.user.pk,
        "reasons": refusal.reasons if refusal else [],
    }
    status = 422 if form.errors else status_of(refusal)
    return render(request, "portal/adviser.html", context, status=status)
