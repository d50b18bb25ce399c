"""What the firm does about a person's own part and consent; and the page that an invitation's link opens."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.adapter import remember_invitation
from accounts.requests import SignedIn
from accounts.tokens import hash_token
from applications import privacy
from applications.models import Consent, Person, PersonAccess
from applications.portal import part_mails
from applications.portal.access import case_or_404, page, show
from applications.portal.people_forms import InvitePersonForm, LetterForm, OwnConsentForm, PaperConsentForm
from applications.portal.views.people import person_or_404
from applications.queries.consents import history_of
from applications.queries.private import private_people
from applications.rules import OwnPart
from applications.services import consents, private
from documents.errors import Rejected
from regulators.rulebook import say
from workflow.errors import Refused


@page("GET", "POST")
def person_invite(request: SignedIn, pk: UUID, person: UUID) -> HttpResponse:
    """Tells what becomes private, then invites; takes an invitation back, or ends what came of it."""
    case = case_or_404(request, pk)
    found = person_or_404(case, person)
    access = case.accesses.filter(person=found, ended_at=None).select_related("user").first()
    refusal = None
    ends = request.method == "POST" and request.POST.get("act") == "withdraw"
    form = InvitePersonForm(
        request.POST if request.method == "POST" and not ends else None,
        initial={"language": access.language if access else _language()},
    )
    try:
        if ends:
            return _withdraw(request, case, access)
        if form.is_valid():
            return _invite(request, case, found, form.cleaned_data)
    except Refused as error:
        refusal = error
    return show(
        request, "portal/person_invite.html", case, tab="people", refusal=refusal, form=form, person=found,
        access=access, still_private=access is None and found.pk in private_people(case),
        answers=case.answers.filter(person=found).count(),
    )  # fmt: skip


def _invite(request: SignedIn, case: Any, person: Person, typed: dict[str, Any]) -> HttpResponse:
    access, token = private.invite_person(actor=request.user, case_id=case.pk, person=person, **typed)
    if part_mails.send_invitation(access, token):
        messages.success(request, _("Invitation sent to %(email)s.") % {"email": access.email})
    else:
        messages.error(request, _("The e-mail could not be sent. Invite the person again in a few minutes."))
    return redirect("portal:person_invite", case.pk, person.pk)


def _withdraw(request: SignedIn, case: Any, access: PersonAccess | None) -> HttpResponse:
    if access is None:
        raise Http404
    private.withdraw_access(actor=request.user, access=access)
    if access.accepted_at is None:
        messages.success(request, _("The invitation is withdrawn: its link opens nothing any more."))
    else:
        messages.success(request, _("The person has no access to this application any more."))
    return redirect("portal:people", case.pk)


@page("GET", "POST")
def person_consent(request: SignedIn, pk: UUID, person: UUID) -> HttpResponse:
    """What the person agreed to, word for word; the firm records a paper, or a letter that withdraws. Who is
    the person agrees or withdraws here without either.
    """
    case = case_or_404(request, pk)
    found = person_or_404(case, person)
    history = list(history_of(case, found))
    in_force = bool(history and history[0].given)
    about: Any = OwnPart(case, found.pk)
    is_self = request.user.has_perm("applications.consent_oneself", about)
    by_self = is_self and request.method == "POST" and request.POST.get("act") == "self"
    own = OwnConsentForm(request.POST if by_self else None)
    if by_self and (in_force or own.is_valid()):
        return _by_oneself(request, case, found, in_force=in_force)
    data = request.POST if request.method == "POST" and not by_self else None
    form: Any = LetterForm(data) if in_force else PaperConsentForm(
        data, request.FILES or None, initial={"language": _language()}
    )  # fmt: skip
    refusal = None
    if form.is_valid():
        try:
            _record(request, case, found, form.cleaned_data, in_force=in_force)
        except Rejected as error:
            form.add_error("paper", error.message)
        except Refused as error:
            refusal = error
        else:
            messages.success(
                request, _("The withdrawal is recorded.") if in_force else _("The consent is recorded.")
            )
            return redirect("portal:person_consent", case.pk, found.pk)
    return show(
        request, "portal/person_consent.html", case, tab="people", refusal=refusal, form=form, person=found,
        history=history, in_force=in_force, own=own if is_self else None, status=422 if own.errors else 0,
        text=privacy.notice_for(case, found, _language()),
    )  # fmt: skip


def _by_oneself(request: SignedIn, case: Any, person: Person, *, in_force: bool) -> HttpResponse:
    about: dict[str, Any] = {"actor": request.user, "case_id": case.pk, "person": person}
    try:
        if in_force:
            consents.withdraw_consent(**about, how=Consent.SELF)
        else:
            consents.give_consent(**about, language=_language())
    except Refused as refusal:
        for reason in refusal.reasons:
            messages.error(request, str(reason))
    else:
        said = _("Your consent is withdrawn.") if in_force else _("Your consent is recorded.")
        messages.success(request, said)
    return redirect("portal:person_consent", case.pk, person.pk)


def _record(request: SignedIn, case: Any, person: Person, typed: dict[str, Any], *, in_force: bool) -> None:
    about: dict[str, Any] = {"actor": request.user, "case_id": case.pk, "person": person}
    if in_force:
        consents.withdraw_consent(**about, how=Consent.PAPER, reference=typed["letter"])
    else:
        consents.record_consent(
            **about, language=typed["language"], reference=typed["reference"], upload=typed["paper"]
        )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """What is offered and what becomes private; only the account that the link was sent to takes it."""
    found = PersonAccess.objects.filter(token_hash=hash_token(token)).select_related(
        "person", "invited_by", "application__firm", "application__rulebook"
    )
    access = found.first()
    if request.method == "POST" and request.user.is_authenticated:
        try:
            taken = private.accept_part(actor=request.user, token=token)
        except Refused as refusal:
            for reason in refusal.reasons:
                messages.error(request, str(reason))
        else:
            return redirect("portal:own_consent", taken.pk)
    usable = access is not None and access.is_open
    context: dict[str, Any] = {"access": access if usable else None, "unusable": private.unusable()}
    if access is not None and usable:
        remember_invitation(request, access.email)
        book = access.application.book
        context |= {
            "title": say(book.title),
            "regulator_name": say(book.regulator_name),
            "notice": book.notice,
        }
    return render(request, "portal/invited.html", context, status=200 if usable else 404)


def _language() -> str:
    return (get_language() or "en")[:2]
