"""Named reads about people and firms."""

import uuid
from collections import defaultdict
from collections.abc import Collection

from allauth.account.models import EmailAddress
from django.db.models import OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.actors import Actor
from accounts.identifiers import human_hash
from accounts.models import Firm, FirmInvitation, Identifier, Kind, Membership, Role, StaffInvitation, User
from accounts.tokens import hash_token


def firm_roles(user: Actor, firm_id: uuid.UUID | str) -> frozenset[str]:
    """The roles that this member of the firm holds now; none for an adviser, a stranger, the system or a
    closed account.

    One query answers for all firms and is remembered on the user object: after a change of memberships,
    ``forget_firm_roles`` or a fresh object gives the new answer.
    """
    if user.pk is None or not getattr(user, "is_active", False):
        return frozenset()
    remembered: dict[str, frozenset[str]] | None = getattr(user, "_firm_roles", None)
    if remembered is None:
        remembered = _read_firm_roles(user.pk)
        user._firm_roles = remembered  # type: ignore[attr-defined]
    return remembered.get(str(firm_id), frozenset())


def _read_firm_roles(user_id: int) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    mine = open_memberships().filter(user_id=user_id).order_by()
    for firm_id, role in mine.values_list("firm_id", "role"):
        found.setdefault(str(firm_id), set()).add(role)
    return {firm_id: frozenset(roles) for firm_id, roles in found.items()}


def forget_firm_roles(user: object) -> None:
    vars(user).pop("_firm_roles", None)


def open_memberships() -> QuerySet[Membership]:
    """Of members, not of advisers."""
    return Membership.objects.filter(kind=Kind.MEMBER, ended_at__isnull=True)


def adviserships() -> QuerySet[Membership]:
    """Of advisers, today: begun, not run out, not ended."""
    today = timezone.localdate()
    return Membership.objects.filter(
        kind=Kind.ADVISER, ended_at__isnull=True, valid_from__lte=today, until__gte=today
    )


def unended_of(firm: Firm) -> QuerySet[Membership]:
    """Roles of members, and of advisers: also before their first day and after the last."""
    return Membership.objects.filter(firm=firm, ended_at__isnull=True).select_related("user")


def advisers_of(firm: Firm) -> QuerySet[Membership]:
    """Whoever advises the firm, or will, and those whose time has run out and who were not ended."""
    return unended_of(firm).filter(kind=Kind.ADVISER).order_by("user__full_name", "user_id", "pk")


def firms_of(user: Actor) -> QuerySet[Firm]:
    """The firms of which this person is a member now."""
    if user.pk is None:
        return Firm.objects.none()
    return Firm.objects.filter(pk__in=open_memberships().filter(user_id=user.pk).values("firm_id"))


def people_of(firm: Firm) -> QuerySet[Membership]:
    """The members of the firm now, one row for each role."""
    in_order = open_memberships().filter(firm=firm).select_related("user")
    return in_order.order_by("user__full_name", "user_id", "role")


def members_of(firms: Collection[uuid.UUID]) -> dict[uuid.UUID, list[User]]:
    """The members of each of these firms now, each person once."""
    found: dict[uuid.UUID, dict[int, User]] = defaultdict(dict)
    held = open_memberships().filter(firm__in=firms).select_related("user")
    for member in held.order_by("firm_id", "user__full_name", "user_id", "role"):
        found[member.firm_id][member.user_id] = member.user
    return {firm: list(found[firm].values()) for firm in firms}


def unanswered_invitations_of(firm: Firm) -> QuerySet[FirmInvitation]:
    """Neither accepted nor withdrawn: open ones, and those that have expired."""
    return firm.invitations.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)


def owners_of(firm_id: uuid.UUID) -> QuerySet[Membership]:
    return open_memberships().filter(firm_id=firm_id, role=Role.OWNER)


def memberships_ever(firm_id: uuid.UUID | str | OuterRef, human: str) -> QuerySet[Membership]:
    """The roles that this human, who is known, has or had in the firm, under any account."""
    return Membership.objects.filter(names("user__human", human), firm_id=firm_id).exclude(user__human="")


def names(field: str, human: str) -> Q:
    """The hash in this field is of any number of the human."""
    others = Identifier.objects.filter(human=human).values("hash")
    return Q(**{field: human}) | Q(**{f"{field}__in": others})


def is_account_of(user: User | None, human: str) -> bool:
    """The account is of this human, under any number on record."""
    if user is None or not user.human or not human:
        return False
    return user.human == human or User.objects.filter(names("human", human), pk=user.pk).exists()


def human_with(identifier: str) -> str:
    """The human whom a number names: the one on record, else the number by itself."""
    number = human_hash(identifier)
    known = Identifier.objects.filter(hash=number).values_list("human", flat=True).first()
    return known or number


def firm_invitation(token: str) -> FirmInvitation | None:
    invitations = FirmInvitation.objects.select_related("firm", "invited_by")
    return invitations.filter(token_hash=hash_token(token)).first()


def staff_invitation(token: str) -> StaffInvitation | None:
    return StaffInvitation.objects.filter(token_hash=hash_token(token)).first()


def account_of(email: str) -> User | None:
    """Whoever signs in with this e-mail."""
    return User.objects.filter(email__iexact=email.strip()).first()


def email_in_use(email: str) -> bool:
    """Whether somebody signs in with this e-mail, or has proved it to be theirs."""
    address = email.strip()
    proved = EmailAddress.objects.filter(email__iexact=address, verified=True)
    return User.objects.filter(email__iexact=address).exists() or proved.exists()
