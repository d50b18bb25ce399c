"""Who acts for a firm: invitations, memberships, and their end."""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import queries, rules
from accounts.models import Firm, FirmInvitation, Kind, Language, Membership, Role, User
from accounts.services.staff import used_or_expired
from accounts.tokens import hash_token, new_token
from audit.services import record
from workflow.errors import NotAllowed, NotReady, Refused

FIRM_INVITATION_DAYS = 14
ADVISER_DAYS = 366  # our own limit: a longer mandate is given again
ADVISER_ROLES = (Role.EDITOR, Role.VIEWER)


@transaction.atomic
def invite_member(
    *, actor: User, firm_id: uuid.UUID, email: str, roles: Iterable[str], language: str = Language.EN
) -> tuple[FirmInvitation, str]:
    """An owner invites a person to act for the firm, by a mail in ``language``.

    Effects: the invitation; the audit row.
    Returns the invitation and the token for its link, which is kept nowhere else.
    """
    chosen = sorted(set(roles))
    if not chosen or not set(chosen) <= set(Role.values):
        raise ValidationError({"roles": _("Choose at least one role.")})
    return _invite(actor, firm_id, email, chosen, language, {})


@transaction.atomic
def invite_adviser(
    *,
    actor: User,
    firm_id: uuid.UUID,
    email: str,
    role: str,
    valid_from: date,
    until: date,
    scope: Iterable[str] = (),
    language: str = Language.EN,
) -> tuple[FirmInvitation, str]:
    """An owner invites an adviser, who reads or edits within ``scope`` from a day to a day, both included.

    Effects and what is returned: as of ``invite_member``. Raises ValidationError for a role that no adviser
    has, or for days that are the wrong way round, over, or more than ADVISER_DAYS apart.
    """
    if role not in ADVISER_ROLES:
        raise ValidationError({"role": _("Choose what the adviser may do.")})
    if until < timezone.localdate():
        raise ValidationError({"until": _("Enter a last day that is today or later.")})
    if until < valid_from:
        raise ValidationError({"until": _("Enter a last day that is not before the first.")})
    if until - valid_from > timedelta(days=ADVISER_DAYS):
        words = _("Enter a last day at most %(days)s days after the first. A mandate can be given again.")
        raise ValidationError({"until": words % {"days": ADVISER_DAYS}})
    limits = {"kind": Kind.ADVISER, "valid_from": valid_from, "until": until, "scope": sorted(set(scope))}
    return _invite(actor, firm_id, email, [role], language, limits)


def _invite(
    actor: User, firm_id: uuid.UUID, email: str, roles: list[str], language: str, limits: dict[str, Any]
) -> tuple[FirmInvitation, str]:
    firm = Firm.objects.get(pk=firm_id)
    require_owner(actor, firm)
    validate_email(email.strip())
    token, now = new_token(), timezone.now()
    invitation = FirmInvitation.objects.create(
        firm=firm,
        email=email.strip().lower(),
        language=language,
        roles=roles,
        token_hash=hash_token(token),
        invited_by=actor,
        invited_at=now,
        sent_at=now,
        expires_at=now + timedelta(days=FIRM_INVITATION_DAYS),
        **limits,
    )
    kind = {"kind": str(invitation.kind)} if limits else {}
    record(
        subject=firm.audit_subject,
        kind="firm.invite",
        actor=actor,
        data={"invitation": invitation.pk, "roles": roles, **kind},
    )
    return invitation, token


@transaction.atomic
def invite_again(*, actor: User, firm_id: uuid.UUID, invitation_id: int) -> tuple[FirmInvitation, str]:
    """An owner sends an unanswered invitation again, with a new link; the old link opens nothing any more.

    Effects: the invitation is locked, has a new token and a new last day, and is this owner's; the audit row.
    """
    firm = Firm.objects.get(pk=firm_id)
    require_owner(actor, firm)
    invitation = _unanswered(firm, invitation_id)
    token = new_token()
    invitation.token_hash = hash_token(token)
    invitation.sent_at = timezone.now()
    invitation.expires_at = invitation.sent_at + timedelta(days=FIRM_INVITATION_DAYS)
    invitation.invited_by = actor
    invitation.save(update_fields=["token_hash", "sent_at", "expires_at", "invited_by"])
    record(
        subject=firm.audit_subject,
        kind="firm.invite_again",
        actor=actor,
        data={"invitation": invitation.pk},
    )
    return invitation, token


@transaction.atomic
def withdraw_invitation(*, actor: User, firm_id: uuid.UUID, invitation_id: int) -> FirmInvitation:
    """An owner takes back an invitation that nobody has answered.

    Effects: the invitation is locked and withdrawn; the audit row.
    """
    firm = Firm.objects.get(pk=firm_id)
    require_owner(actor, firm)
    invitation = _unanswered(firm, invitation_id)
    invitation.withdrawn_at = timezone.now()
    invitation.withdrawn_by = actor
    invitation.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record(
        subject=firm.audit_subject,
        kind="firm.withdraw_invitation",
        actor=actor,
        data={"invitation": invitation.pk},
    )
    return invitation


def _unanswered(firm: Firm, pk: int) -> FirmInvitation:
    invitation = FirmInvitation.objects.select_for_update().get(pk=pk, firm=firm)
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        raise Refused([used_or_expired()])
    return invitation


@transaction.atomic
def accept_invitation(*, actor: User, token: str) -> Firm:
    """The invited person takes the roles offered.

    Effects: the invitation is locked and used up; a membership for each role not held yet, in place of one as
    adviser; the audit row.
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
    _take_up(firm, actor, invitation)
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


def _take_up(firm: Firm, actor: User, invitation: FirmInvitation) -> None:
    queries.forget_firm_roles(actor)
    if invitation.is_adviser and queries.firm_roles(actor, firm.pk):
        raise Refused([_("You are a member of this firm already, and no member is its adviser too.")])
    if invitation.until is not None and invitation.until < timezone.localdate():
        raise Refused([_("The last day of this mandate is over. Ask an owner for a new invitation.")])
    queries.advisers_of(firm).filter(user=actor).update(
        ended_at=timezone.now(), ended_by=invitation.invited_by
    )
    if not invitation.is_adviser:
        grant(firm, actor, invitation.roles, granted_by=invitation.invited_by)
        return
    Membership.objects.create(
        firm=firm,
        user=actor,
        role=invitation.roles[0],
        kind=Kind.ADVISER,
        valid_from=invitation.valid_from,
        until=invitation.until,
        scope=invitation.scope,
        granted_by=invitation.invited_by,
    )


@transaction.atomic
def end_membership(*, actor: User, firm_id: uuid.UUID, membership_id: int, reason: str = "") -> Membership:
    """An owner takes a role away, or a person lays their own role down. A firm keeps at least one owner.

    Effects: the firm is locked; the membership ends; the audit row.
    """
    firm = Firm.objects.select_for_update().get(pk=firm_id)
    membership = queries.unended_of(firm).get(pk=membership_id)
    if membership.user_id != actor.pk:
        require_owner(actor, firm)
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


def require_owner(actor: User, firm: Firm) -> None:
    queries.forget_firm_roles(actor)
    if not (rules.is_applicant(actor) and rules.is_owner(actor, firm)):
        raise NotAllowed([_("Only an owner of the firm may do this.")])


def grant(firm: Firm, user: User, roles: Iterable[str], *, granted_by: User | None) -> None:
    queries.forget_firm_roles(user)
    held = queries.firm_roles(user, firm.pk)
    Membership.objects.bulk_create(
        Membership(firm=firm, user=user, role=role, granted_by=granted_by)
        for role in roles
        if role not in held
    )
    queries.forget_firm_roles(user)
