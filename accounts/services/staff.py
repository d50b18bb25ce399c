"""Staff come in by invitation only."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import queries, rules
from accounts.actors import Actor, System
from accounts.identifiers import check_papers
from accounts.models import Language, StaffInvitation, User
from accounts.services.humans import human_of
from accounts.services.people import new_account, subject_of
from accounts.tokens import hash_token, new_token
from audit.services import record
from workflow.errors import NotAllowed, Refused

STAFF_INVITATION_DAYS = 3


@transaction.atomic
def invite_staff(
    *,
    actor: Actor,
    email: str,
    full_name: str,
    iin: str = "",
    passport: str = "",
    citizenship: str = "KZ",
    language: str = Language.EN,
) -> tuple[StaffInvitation, str]:
    """Invites a member of staff, whose papers the inviter has seen, by a mail in ``language``.

    Only the system or a member of staff may; which of the staff, the room of regulators asks first.
    Effects: the hashes of the person's numbers; the invitation; the audit row, on the inviter's account
    (``account:system`` from the shell).
    Returns the invitation and the token for its link, which is kept nowhere else.
    """
    if not isinstance(actor, System) and not rules.is_staff(actor):
        raise NotAllowed([_("Only staff invite staff.")])
    validate_email(email.strip())
    if not full_name.strip():
        raise ValidationError({"full_name": _("Enter the full name.")})
    if queries.email_in_use(email):
        raise Refused(
            [_("An account with this e-mail exists. A member of staff needs an e-mail of their own.")]
        )
    token = new_token()
    invitation = StaffInvitation.objects.create(
        email=email.strip().lower(),
        full_name=full_name.strip(),
        language=language,
        human=human_of(check_papers(citizenship=citizenship, iin=iin, passport=passport)),
        token_hash=hash_token(token),
        invited_by=actor if isinstance(actor, User) else None,
        expires_at=timezone.now() + timedelta(days=STAFF_INVITATION_DAYS),
    )
    record(
        subject=f"account:{actor.pk or 'system'}",
        kind="account.invite_staff",
        actor=actor,
        data={"invitation": invitation.pk},
    )
    return invitation, token


@transaction.atomic
def accept_staff_invitation(*, token: str, password: str, language: str = Language.EN) -> User:
    """The invited person chooses a password.

    Effects: the invitation is locked and used up; the account of a member of staff, with the hash that the
    inviter recorded; its e-mail, verified since the link came to it; the audit row.
    """
    invitation = StaffInvitation.objects.select_for_update().filter(token_hash=hash_token(token)).first()
    if invitation is None or not invitation.is_open:
        raise Refused([used_or_expired()])
    user = new_account(
        invitation.email, invitation.full_name, password, language, human=invitation.human, is_staff=True
    )
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    record(
        subject=subject_of(user),
        kind="account.accept_staff_invitation",
        actor=user,
        data={"invitation": invitation.pk},
    )
    return user


def used_or_expired() -> str:
    return _("This invitation has been used or has expired. Ask the person who invited you for a new one.")
