"""Named reads about regulators, their staff and their powers."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import StaffInvitation, User
from regulators import books
from regulators.models import (
    AuthorityBasis,
    CitationCheck,
    Delegation,
    KeepingPeriod,
    LegalValue,
    LicenceType,
    PendingChange,
    Regulator,
    Reproving,
    Role,
    RuleBookVersion,
    Staff,
)
from regulators.models.reproving import OPEN_FOR
from regulators.rulebook import Text, Value

# Appointments and delegations: confirmed by a second administrator, or from before that was asked for.
COUNTS = Q(counts_unconfirmed=True) | Q(confirmed_by__isnull=False)
# Who puts figures on record, and periods for keeping documents: one enters, another confirms.
ENTER_FIGURES = frozenset({Role.ADMINISTRATOR, Role.LEAD_REVIEWER})


def staff_roles(user: Any, regulator_id: int) -> frozenset[str]:
    """The roles this person holds at the regulator today; none for the system or a closed account.

    One query answers for all regulators and is remembered on the user object: after an appointment,
    ``forget_staff_roles`` or a fresh object gives the new answer.
    """
    return _roles_by_regulator(user).get(regulator_id, frozenset())


def regulators_of(user: Any) -> frozenset[int]:
    """The ids of the regulators that this person serves today."""
    return frozenset(_roles_by_regulator(user))


def codes_of(user: Any, regulators: Collection[int]) -> frozenset[str]:
    """Of those of these regulators that this person serves today. No query once the roles are read."""
    served = regulators_of(user).intersection(regulators)
    return frozenset(user._staff_codes[pk] for pk in served)


def is_administrator(user: Any) -> bool:
    """Of any regulator."""
    return bool(administered_by(user))


def administered_by(user: Any) -> frozenset[int]:
    """The ids of the regulators of which this person is an administrator today."""
    roles = _roles_by_regulator(user)
    return frozenset(pk for pk, held in roles.items() if Role.ADMINISTRATOR in held)


def to_confirm(user: Any) -> dict[str, tuple[QuerySet[Any], dict[str, Any]]]:
    """By the model's name: what waits for a second person at the regulators where this person may be that
    one, and the filters of a list that shows the same. What is over by now waits no more.
    """
    at, figures_at = administered_by(user), serving_as(user, ENTER_FIGURES)
    waiting = {"confirmed_by__isnull": True, "valid_until__isnull": True}
    new = waiting | {"counts_unconfirmed": False}
    since = (timezone.now() - OPEN_FOR).isoformat()
    unconfirmed = {"confirmed_by__isnull": True}
    kinds: dict[Any, tuple[frozenset[int], str, dict[str, Any]]] = {
        Staff: (at, "regulator", new),
        Delegation: (at, "staff__regulator", new),
        AuthorityBasis: (at, "licence_type__regulator", waiting),
        Reproving: (at, "regulator", unconfirmed | {"entered_at__gte": since}),
        LegalValue: (figures_at, "licence_type__regulator", unconfirmed),
        KeepingPeriod: (figures_at, "regulator", unconfirmed),
    }
    return {
        model._meta.model_name: (model.objects.filter(**{f"{where}__in": ours}, **asked), asked)
        for model, (ours, where, asked) in kinds.items()
        if ours
    }


def colleagues(regulator_ids: frozenset[int]) -> QuerySet[User]:
    """Staff accounts of these regulators: who was ever appointed there, or invited by somebody who was;
    and those who came in from the shell and whom nobody has appointed yet.
    """
    if not regulator_ids:
        return User.objects.none()
    appointed = Staff.objects.filter(regulator_id__in=regulator_ids).values("user_id")
    accepted = StaffInvitation.objects.filter(accepted_by__isnull=False)
    ours = accepted.filter(invited_by__in=appointed).values("accepted_by_id")
    by_a_person = accepted.filter(invited_by__isnull=False).values("accepted_by_id")
    nobodys = ~Q(pk__in=Staff.objects.values("user_id")) & ~Q(pk__in=by_a_person)
    return User.objects.filter(Q(pk__in=appointed) | Q(pk__in=ours) | nobodys, is_staff=True)


def in_their_care(regulator_ids: frozenset[int]) -> QuerySet[User]:
    """Those of ``colleagues`` who serve one of these regulators today, or none at all: whoever has gone on to
    another regulator is that one's.
    """
    today = appointments(timezone.localdate())
    here = today.filter(regulator_id__in=regulator_ids)
    serve = Q(pk__in=here.values("user_id")) | ~Q(pk__in=today.values("user_id"))
    return colleagues(regulator_ids).filter(serve)


def invitations_from(regulator_ids: frozenset[int]) -> QuerySet[StaffInvitation]:
    """Those that somebody sent who was ever appointed at one of these regulators."""
    appointed = Staff.objects.filter(regulator_id__in=regulator_ids).values("user_id")
    return StaffInvitation.objects.filter(invited_by__in=appointed)


def may_decide(user: Any, licence_type_id: int, act: str, on: date) -> bool:
    """Two people gave this person the power, and it and the appointment are in force that day."""
    if not _is_serving(user):
        return False
    powers = Delegation.objects.filter(COUNTS, in_force(on), licence_type_id=licence_type_id, act=act)
    return powers.filter(staff__in=appointments(on).filter(user_id=user.pk)).exists()


def appointments(on: date) -> QuerySet[Staff]:
    """Those that count on the day; one that no second administrator confirmed does not."""
    return Staff.objects.filter(COUNTS, in_force(on))


def posts_at(regulators: Collection[int]) -> QuerySet[Staff]:
    """Every appointment there ever was at these regulators; ``powers``: the acts delegated to it today."""
    powers = Delegation.objects.filter(COUNTS, in_force(timezone.localdate()), staff=OuterRef("pk"))
    acts = powers.order_by("act").distinct().values("act")
    posts = Staff.objects.filter(regulator__in=regulators).select_related("user", "regulator")
    return posts.annotate(powers=ArraySubquery(acts)).order_by("user__full_name", "user", "regulator", "pk")


def people_with_role(regulator_id: int, *roles: str) -> QuerySet[User]:
    """The people who hold this role, or any of these, at the regulator today."""
    holders = appointments(timezone.localdate()).filter(regulator_id=regulator_id, role__in=roles)
    return User.objects.filter(pk__in=holders.values("user_id"), is_active=True).order_by("pk")


def holders(regulators: Collection[int], roles: Collection[str]) -> dict[tuple[int, str], list[User]]:
    """By regulator and role, the people who hold the role there today."""
    found: dict[tuple[int, str], list[User]] = defaultdict(list)
    if not roles:
        return found
    held = appointments(timezone.localdate()).filter(regulator__in=regulators, role__in=roles)
    for post in held.filter(user__is_active=True).select_related("user").order_by("user_id"):
        found[post.regulator_id, post.role].append(post.user)
    return found


def at_work(regulators: Collection[int], people: Collection[int]) -> dict[tuple[int, int], User]:
    """By regulator and the key of the account, those of these people who work on its cases today."""
    if not people:
        return {}
    held = appointments(timezone.localdate()).filter(regulator__in=regulators, user__in=people)
    held = held.exclude(role=Role.ADMINISTRATOR).filter(user__is_active=True)
    return {(post.regulator_id, post.user_id): post.user for post in held.select_related("user")}


def in_force(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_until=None) | Q(valid_until__gte=on))


def confirmed_basis(licence_type_id: int, on: date) -> AuthorityBasis | None:
    """The legal basis for licences of this type that day, if two people put one on record."""
    bases = AuthorityBasis.objects.filter(in_force(on), licence_type_id=licence_type_id)
    return bases.filter(confirmed_by__isnull=False).order_by("-valid_from", "-pk").first()


def current_pin(licence_type: LicenceType) -> RuleBookVersion:
    """The published version that a case started today is pinned to."""
    book = books.current(licence_type.code)
    return RuleBookVersion.objects.get(code=book.code, version=book.version)


def notices_for(user: Any) -> list[tuple[Text, Text]]:
    """What has to stand on the pages of the tracks of the regulators that this person serves. One query."""
    served = Regulator.objects.filter(pk__in=regulators_of(user)).order_by("code")
    return [notice for regulator in served for notice in books.notices_of(regulator.code)]


def last_checks(regulator_code: str) -> dict[tuple[str, str], CitationCheck]:
    """The newest confirmed check of each act and provision by staff of this regulator."""
    checks = CitationCheck.objects.filter(regulator__code=regulator_code, confirmed_by__isnull=False)
    return {(check.act, check.provision): check for check in checks.order_by("checked_on", "pk")}


def changes_announced(licence_type: LicenceType) -> QuerySet[PendingChange]:
    """Announced legislation on licences of this type that nobody has settled yet."""
    return PendingChange.objects.filter(licence_type=licence_type, settled_on=None).select_related("owner")


def changes_of_type(licence_type: str) -> QuerySet[PendingChange]:
    """The same by the code of the licence type, for everybody to read: not who follows them."""
    return PendingChange.objects.filter(licence_type__code=licence_type, settled_on=None)


def waiting_checks(regulator_code: str) -> dict[tuple[str, str], CitationCheck]:
    """The newest check of each act and provision that no second person confirmed yet."""
    checks = CitationCheck.objects.filter(regulator__code=regulator_code, confirmed_by=None)
    return {(check.act, check.provision): check for check in checks.order_by("checked_on", "pk")}


def open_figures(licence_type: LicenceType) -> dict[str, Value]:
    """By code, the figures without an amount in the newest books of this type; the newest one last."""
    found: dict[str, Value] = {}
    ours = [book for book in books.all_books() if book.licence_type == licence_type.code]
    for book in sorted(ours, key=lambda book: book.effective_from):
        found.update({value.code: value for value in book.values if value.amount is None})
    return found


def serving_as(user: Any, roles: frozenset[Role]) -> frozenset[int]:
    """The ids of the regulators at which this person holds one of the roles today."""
    held_by_regulator = _roles_by_regulator(user)
    return frozenset(pk for pk, held in held_by_regulator.items() if not roles.isdisjoint(held))


def serves(user: Any, regulator_id: int) -> bool:
    return bool(staff_roles(user, regulator_id))


def serving(regulator_ids: frozenset[int]) -> QuerySet[User]:
    """Everybody who holds a role at one of these regulators today."""
    held = appointments(timezone.localdate()).filter(regulator_id__in=regulator_ids)
    return User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("full_name", "pk")


def forget_staff_roles(user: object) -> None:
    vars(user).pop("_staff_roles", None)


def _is_serving(user: Any) -> bool:
    is_known = getattr(user, "pk", None) is not None
    return is_known and getattr(user, "is_active", False) and getattr(user, "is_staff", False)


def _roles_by_regulator(user: Any) -> dict[int, frozenset[str]]:
    if not _is_serving(user):
        return {}
    remembered: dict[int, frozenset[str]] | None = getattr(user, "_staff_roles", None)
    if remembered is None:
        remembered = user._staff_roles = _read_roles(user)
    return remembered


def _read_roles(user: Any) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    codes = user._staff_codes = {}
    mine = appointments(timezone.localdate()).filter(user_id=user.pk).order_by()
    for regulator_id, code, role in mine.values_list("regulator_id", "regulator__code", "role"):
        found.setdefault(regulator_id, set()).add(role)
        codes[regulator_id] = code
    return {regulator_id: frozenset(roles) for regulator_id, roles in found.items()}
