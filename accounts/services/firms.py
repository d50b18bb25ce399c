"""Firms, and who acts for them."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import queries, rules
from accounts.identifiers import check_bin
from accounts.models import Firm, FirmInvitation, Membership, Role, User
from accounts.services.staff import used_or_expired
from accounts.tokens import hash_token, new_token
from audit.services import record
from workflow.errors import NotAllowed, NotReady, Refused

FIRM_INVITATION_DAYS = 14
FOUNDER_ROLES = (Role.OWNER, Role.EDITOR, Role.SIGNATORY)


@transaction.atomic
def found_firm(
    *,
    actor: User,
    name: str,
    legal_form: str,
    bin: str = "",
    no_bin_reason: str = "",
    country: str = "KZ",
    address: str = "",
    name_kk: str = "",
    name_ru: str = "",
) -> Firm:
    """Brings a firm into the service.

    Effects: the firm; its founder as owner, editor and signatory; the audit row.
    """
    if not rules.is_applicant(actor):
        raise NotAllowed(
            [_("Sign in with an applicant's account. Staff of a regulator do not act for firms.")]
        )
    firm = Firm(
        name=name.strip(),
        name_kk=name_kk.strip(),
        name_ru=name_ru.strip(),
        legal_form=legal_form,
        bin=_checked_bin(bin),
        no_bin_reason=no_bin_reason,
        country=country.strip().upper(),
        address=address.strip(),
    )
    firm.full_clean(validate_constraints=False)
    if bool(firm.bin) == bool(firm.no_bin_reason):
        raise ValidationError({"bin": _("Give the BIN, or the reason why there is none: one of the two.")})
    _insert(firm)
    _grant(firm, actor, FOUNDER_ROLES, granted_by=actor)
    record(subject=firm.audit_subject, kind="firm.found", actor=actor)
    return firm


@transaction.atomic
def invite_member(
    *, actor: User, firm_id: uuid.UUID, email: str, roles: Iterable[str]
) -> tuple[FirmInvitation, str]:
    """An owner invites a person to act for the firm.

    Effects: the invitation; the audit row.
    Returns the invitation and the token for its link, which is kept nowhere else.
    """
    firm = Firm.objects.get(pk=firm_id)
    _require_owner(actor, firm)
    validate_email(email.strip())
    chosen = sorted(set(roles))
    if not chosen or not set(chosen) <= set(Role.values):
        raise ValidationError({"roles": _("Choose at least one role.")})
    token = new_token()
    invitation = FirmInvitation.objects.create(
        firm=firm,
        email=email.strip().lower(),
        roles=chosen,
        token_hash=hash_token(token),
        invited_by=actor,
        expires_at=timezone.now() + timedelta(days=FIRM_INVITATION_DAYS),
    )
    record(
        subject=firm.audit_subject,
        kind="firm.invite",
        actor=actor,
        data={"invitation": invitation.pk, "roles": chosen},
    )
    return invitation, token


@transaction.atomic
def withdraw_invitation(*, actor: User, firm_id: uuid.UUID, invitation_id: int) -> FirmInvitation:
    """An owner takes back an invitation that nobody has answered.

    Effects: the invitation is locked and ends now; the audit row.
    """
    firm = Firm.objects.get(pk=firm_id)
    _require_owner(actor, firm)
    invitation = FirmInvitation.objects.select_for_update().get(pk=invitation_id, firm=firm)
    if not invitation.is_open:
        raise Refused([used_or_expired()])
    invitation.expires_at = timezone.now()
    invitation.save(update_fields=["expires_at"])
    record(
        subject=firm.audit_subject,
        kind="firm.withdraw_invitation",
        actor=actor,
        data={"invitation": invitation.pk},
    )
    return invitation


@transaction.atomic
def accept_invitation(*, actor: User, token: str) -> Firm:
    """The invited person takes the roles offered.

    Effects: the invitation is locked and used up; a membership for each role not held yet; the audit row.
    """
    invitations = FirmInvitation.objects.select_for_update(of=("self", "firm")).select_related(
        "firm", "invited_by"
    )
    invitation = invitations.filter(token_hash=hash_token(token)).first()
    if invitation is None or not invitation.is_open:
        raise Refused([used_or_expired()])
    if not rules.is_applicant(actor):
        raise NotAllowed(
            [_("Sign in with an applicant's account. Staff of a regulator do not act for firms.")]
        )
    if actor.email.lower() != invitation.email.lower():
        raise NotAllowed([_("This invitation was sent to another e-mail. Sign in with that account.")])
    firm = invitation.firm
    if not queries.owners_of(firm.pk).filter(user=invitation.invited_by).exists():
        raise Refused(
            [_("The person who invited you is no longer an owner. Ask an owner for a new invitation.")]
        )
    _grant(firm, actor, invitation.roles, granted_by=invitation.invited_by)
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = actor
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    record(
        subject=firm.audit_subject,
        kind="firm.accept_invitation",
        actor=actor,
        data={"invitation": invitation.pk, "roles": invitation.roles},
    )
    return firm


@transaction.atomic
def end_membership(*, actor: User, firm_id: uuid.UUID, membership_id: int, reason: str = "") -> Membership:
    """An owner takes a role away, or a person lays their own role down. A firm keeps at least one owner.

    Effects: the firm is locked; the membership ends; the audit row.
    """
    firm = Firm.objects.select_for_update().get(pk=firm_id)
    membership = queries.open_memberships().select_related("user").get(pk=membership_id, firm=firm)
    if membership.user_id != actor.pk:
        _require_owner(actor, firm)
    if membership.role == Role.OWNER and queries.owners_of(firm.pk).count() == 1:
        raise NotReady([_("A firm keeps at least one owner. Invite another owner first.")])
    membership.ended_at = timezone.now()
    membership.ended_by = actor
    membership.save(update_fields=["ended_at", "ended_by"])
    queries.forget_firm_roles(actor)
    record(
        subject=firm.audit_subject,
        kind="firm.end_membership",
        actor=actor,
        reason=reason,
        data={"membership": membership.pk, "account": membership.user_id, "role": membership.role},
    )
    return membership


def _checked_bin(text: str) -> str | None:
    if not text.strip():
        return None
    try:
        return check_bin(text)
    except ValidationError as error:
        raise ValidationError({"bin": error.messages}) from error


def _insert(firm: Firm) -> None:
    try:
        with transaction.atomic():
            firm.save(force_insert=True)
    except IntegrityError as error:
        message = _("This BIN is in use. Ask an owner of the firm to invite you.")
        raise ValidationError({"bin": message}) from error


def _require_owner(actor: User, firm: Firm) -> None:
    queries.forget_firm_roles(actor)
    if not (rules.is_applicant(actor) and rules.is_owner(actor, firm)):
        raise NotAllowed([_("Only an owner of the firm may do this.")])


def _grant(firm: Firm, user: User, roles: Iterable[str], *, granted_by: User | None) -> None:
    queries.forget_firm_roles(user)
    held = queries.firm_roles(user, firm.pk)
    Membership.objects.bulk_create(
        Membership(firm=firm, user=user, role=role, granted_by=granted_by)
        for role in roles
        if role not in held
    )
    queries.forget_firm_roles(user)
