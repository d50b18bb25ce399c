"""Pages of firms and invitations. Sign-in itself is allauth's."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import mails, queries, services
from accounts.adapter import home_for, remember_invitation
from accounts.forms import ROLES_IN_WORDS, ChoosePasswordForm, FirmForm, InviteForm, show_errors
from accounts.models import Firm, FirmInvitation, Membership, Role
from accounts.requests import SignedIn, language_of_page
from workflow.errors import Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def found_firm(request: SignedIn) -> HttpResponse:
    if not request.user.has_perm("accounts.found_firm"):
        raise Http404
    form = FirmForm(request.POST or None)
    if form.is_valid():
        try:
            services.found_firm(actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            return redirect(home_for(request.user))
    return render(request, "accounts/found_firm.html", {"form": form}, status=_status(form))


@login_required
@require_safe
def firm(request: SignedIn, firm_id: uuid.UUID) -> HttpResponse:
    return _firm_page(request, _firm_or_404(request, firm_id), InviteForm())


@login_required
@require_POST
def invite_member(request: SignedIn, firm_id: uuid.UUID) -> HttpResponse:
    found = _firm_or_404(request, firm_id)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _firm_page(request, found, form)
    try:
        invitation, token = services.invite_member(actor=request.user, firm_id=found.pk, **form.cleaned_data)
    except Refused as refusal:
        _say_why(request, refusal)
        return redirect("accounts:firm", found.pk)
    mail_invitation(request, invitation, token)
    return redirect("accounts:firm", found.pk)


@login_required
@require_POST
def invite_again(request: SignedIn, firm_id: uuid.UUID, invitation_id: int) -> HttpResponse:
    found = _firm_or_404(request, firm_id)
    try:
        invitation, token = services.invite_again(
            actor=request.user, firm_id=found.pk, invitation_id=invitation_id
        )
    except FirmInvitation.DoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        _say_why(request, refusal)
    else:
        mail_invitation(request, invitation, token)
    return redirect("accounts:firm", found.pk)


def mail_invitation(request: HttpRequest, invitation: FirmInvitation, token: str) -> None:
    """Sends it, and says on the next page whether it went."""
    if mails.send_firm_invitation(invitation, token):
        messages.success(request, _("Invitation sent to %(email)s.") % {"email": invitation.email})
    else:
        words = _(
            "The e-mail could not be sent. In a few minutes, choose “Send again” beside the invitation."
        )
        messages.error(request, words)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_membership(request: SignedIn, firm_id: uuid.UUID, membership_id: int) -> HttpResponse:
    """Asks first, on a page of its own; the button there ends the role."""
    found = get_object_or_404(Firm, pk=firm_id)
    role = get_object_or_404(queries.unended_of(found), pk=membership_id)
    if role.user_id != request.user.pk:
        if not request.user.has_perm("accounts.see_firm", found):
            raise Http404
        if not request.user.has_perm("accounts.manage_members", found):
            raise PermissionDenied
    if request.method != "POST":
        return render(request, "accounts/end_role.html", {"firm": found, "membership": role})
    try:
        services.end_membership(actor=request.user, firm_id=found.pk, membership_id=membership_id)
    except Membership.DoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        _say_why(request, refusal)
    else:
        words = _("%(name)s no longer has this role at %(firm)s: %(role)s.")
        told = {"name": role.user.full_name, "firm": found.name, "role": role.get_role_display()}
        messages.success(request, words % told)
    if request.user.has_perm("accounts.see_firm", found):
        return redirect("accounts:firm", found.pk)
    return redirect(home_for(request.user))


@login_required
@require_POST
def withdraw_invitation(request: SignedIn, firm_id: uuid.UUID, invitation_id: int) -> HttpResponse:
    found = _firm_or_404(request, firm_id)
    try:
        invitation = services.withdraw_invitation(
            actor=request.user, firm_id=found.pk, invitation_id=invitation_id
        )
    except FirmInvitation.DoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        _say_why(request, refusal)
    else:
        words = _("The invitation to %(email)s is withdrawn: its link opens nothing any more.")
        messages.success(request, words % {"email": invitation.email})
    return redirect("accounts:firm", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Shows what is offered to whoever holds the link; only the account it was sent to can take it."""
    invitation = queries.firm_invitation(token)
    if request.method == "POST" and request.user.is_authenticated:
        try:
            services.accept_invitation(actor=request.user, token=token)
        except Refused as refusal:
            _say_why(request, refusal)
        else:
            return redirect(home_for(request.user))
    usable = invitation if invitation is not None and invitation.is_open else None
    if usable:
        remember_invitation(request, usable.email)
    page = {"invitation": usable, "roles": _role_names(invitation)}
    return render(request, "accounts/invitation.html", page, status=200 if usable else 404)


@require_http_methods(["GET", "HEAD", "POST"])
def accept_staff_invitation(request: HttpRequest, token: str) -> HttpResponse:
    invitation = queries.staff_invitation(token)
    if invitation is None or not invitation.is_open:
        return render(request, "accounts/staff_invitation.html", {"invitation": None}, status=404)
    form = ChoosePasswordForm(request.POST or None)
    if form.is_valid():
        try:
            services.accept_staff_invitation(
                token=token, password=form.cleaned_data["password"], language=language_of_page()
            )
        except ValidationError as error:
            show_errors(form, error)
        except Refused as refusal:
            form.add_error(None, [str(reason) for reason in refusal.reasons])
        else:
            messages.success(request, _("Your account is ready. Sign in with your e-mail and password."))
            return redirect("account_login")
    page = {"invitation": invitation, "form": form}
    return render(request, "accounts/staff_invitation.html", page, status=_status(form))


def _firm_or_404(request: SignedIn, firm_id: uuid.UUID) -> Firm:
    found = get_object_or_404(Firm, pk=firm_id)
    if not request.user.has_perm("accounts.see_firm", found):
        raise Http404
    return found


def _firm_page(request: SignedIn, found: Firm, form: InviteForm) -> HttpResponse:
    may_manage = request.user.has_perm("accounts.manage_members", found)
    page = {
        "firm": found,
        "people": _by_person(queries.people_of(found)),
        "advisers": queries.advisers_of(found),
        "invitations": queries.unanswered_invitations_of(found) if may_manage else [],
        "roles": ROLES_IN_WORDS,
        "may_manage": may_manage,
        "may_correct": request.user.has_perm("accounts.correct_firm", found),
        "may_see_history": request.user.has_perm("accounts.see_history", found),
        "form": form,
    }
    return render(request, "accounts/firm.html", page, status=_status(form))


def _by_person(memberships: Iterable[Membership]) -> list[dict[str, Any]]:
    """One row for each person, with their roles in the order of their weight."""
    rows: dict[int, dict[str, Any]] = {}
    for one in sorted(memberships, key=lambda one: list(Role).index(Role(one.role))):
        row = rows.setdefault(one.user_id, {"user": one.user, "roles": [], "since": one.granted_at})
        row["roles"].append(one)
        row["since"] = min(row["since"], one.granted_at)
    return sorted(rows.values(), key=lambda row: (row["user"].full_name.casefold(), row["user"].pk))


def _role_names(invitation: FirmInvitation | None) -> list[str]:
    return invitation.role_names if invitation else []


def _status(form: FirmForm | InviteForm | ChoosePasswordForm) -> int:
    return 422 if form.is_bound else 200


def _say_why(request: HttpRequest, refusal: Refused) -> None:
    for reason in refusal.reasons:
        messages.error(request, str(reason))
