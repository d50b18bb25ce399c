"""Who serves a regulator, in which role, and with what powers."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, System
from accounts.models import Language, StaffInvitation, User
from accounts.services import invite_staff
from audit.services import record
from look import words
from regulators import rules
from regulators.models import Act, Delegation, LicenceType, Regulator, Role, Staff
from regulators.queries import forget_staff_roles
from workflow.errors import NotAllowed, Refused


def invite_colleague(
    *,
    actor: User,
    email: str,
    full_name: str,
    iin: str = "",
    passport: str = "",
    citizenship: str = "KZ",
    language: str = Language.EN,
) -> tuple[StaffInvitation, str]:
    """An administrator invites a member of staff. Effects: those of ``accounts.services.invite_staff``."""
    if not rules.administers(actor):
        raise NotAllowed([_("Only an administrator of the regulator may do this.")])
    return invite_staff(
        actor=actor,
        email=email,
        full_name=full_name,
        iin=iin,
        passport=passport,
        citizenship=citizenship,
        language=language,
    )


@transaction.atomic
def appoint_administrators(*, actor: System, regulator: Regulator, first: User, second: User) -> list[Staff]:
    """From the shell: two administrators, so that there are two people for what needs two.

    Effects in order: both appointments with their audit events. Neither counts before it is confirmed.
    """
    if first.human == second.human:
        raise Refused([_("These are two accounts of one person. A regulator needs two people.")])
    return [
        appoint_staff(actor=actor, user=user, regulator=regulator, role=Role.ADMINISTRATOR)
        for user in (first, second)
    ]


@transaction.atomic
def appoint_staff(
    *,
    actor: Actor,
    user: User,
    regulator: Regulator,
    role: str,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Staff:
    """Give a member of staff a role. By an administrator of the regulator, or by the system from the shell.

    Effects in order: the appointment, which does not count before ``confirm_appointment``; the audit event on
    the person's account.
    """
    if role not in Role.values:
        raise Refused([_("There is no role %(role)s.") % {"role": role}])
    if not user.is_staff or not user.human:
        raise Refused(
            [_("Only an account of a member of staff, with an identity on record, can be appointed.")]
        )
    _administers(actor, regulator)
    if actor.human == user.human:
        raise NotAllowed([_("Nobody appoints themselves. Ask another administrator.")])
    if Staff.objects.filter(user=user, regulator=regulator, role=role, valid_until=None).exists():
        raise Refused([_("This person holds the role already.")])
    appointment = Staff(
        user=user,
        regulator=regulator,
        role=role,
        human=user.human,
        valid_from=valid_from or timezone.localdate(),
        valid_until=valid_until,
        granted_by=actor if isinstance(actor, User) else None,
        granted_human=actor.human,
    )
    appointment.full_clean(exclude=["human", "granted_human"])
    appointment.save()
    _note("staff.appoint", actor, appointment, role=role, regulator=regulator.code)
    return appointment


@transaction.atomic
def confirm_appointment(*, actor: User, appointment: Staff) -> Staff:
    """A second administrator confirms an appointment.

    While a regulator has no administrator yet, one whom the system appointed may confirm another, so that the
    first two confirm each other. Effects in order: lock the appointment; who confirmed it; the audit event.
    """
    locked = _locked(appointment)
    is_allowed = rules.may_confirm(actor, locked.regulator)
    _confirm(locked, actor, is_allowed=is_allowed, parties=(locked.granted_human, locked.human))
    forget_staff_roles(appointment.user)
    _note("staff.confirm", actor, locked, role=locked.role, regulator=locked.regulator.code)
    return locked


@transaction.atomic
def end_appointment(*, actor: Actor, appointment: Staff, last_day: date, reason: str) -> Staff:
    """Effects in order: lock the appointment; its last day, sooner than any set before; before it has begun,
    that it never counts; the audit event with the reason.
    """
    locked = _locked(appointment)
    _administers(actor, locked.regulator)
    ended = _end(locked, last_day)
    forget_staff_roles(appointment.user)
    _note("staff.end", actor, locked, reason=reason, role=locked.role, **ended)
    return locked


@transaction.atomic
def delegate(
    *,
    actor: Actor,
    staff: Staff,
    licence_type: LicenceType,
    act: str,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Delegation:
    """Empower a member of staff to do one act on one licence type.

    Effects in order: the delegation, which does not count before ``confirm_delegation``; the audit event on
    the person's account.
    """
    _administers(actor, staff.regulator)
    if actor.human == staff.user.human:
        raise NotAllowed([_("Nobody empowers themselves. Ask another administrator.")])
    if licence_type.regulator_id != staff.regulator_id:
        raise Refused([_("This licence type belongs to another regulator.")])
    needed = Role.LEAD_REVIEWER if act == Act.RECOMMEND else Role.DECISION_MAKER
    if staff.role != needed:
        raise Refused([_("This act can be delegated only to a %(role)s.") % {"role": needed.label}])
    delegation = Delegation(
        staff=staff,
        licence_type=licence_type,
        act=act,
        valid_from=valid_from or timezone.localdate(),
        valid_until=valid_until,
        human=staff.user.human,
        granted_by=actor if isinstance(actor, User) else None,
        granted_human=actor.human,
    )
    delegation.full_clean(exclude=["human", "granted_human"])
    delegation.save()
    _note("staff.delegate", actor, staff, act=act, licence_type=licence_type.code, delegation=delegation.pk)
    return delegation


@transaction.atomic
def confirm_delegation(*, actor: User, delegation: Delegation) -> Delegation:
    """A second administrator confirms a delegation. Effects in order: lock the delegation; who confirmed it;
    the audit event.
    """
    locked = _locked_delegation(delegation)
    by = locked.granted_by.human if locked.granted_by else ""  # older rows say it nowhere else
    is_allowed = rules.is_administrator(actor, locked.staff.regulator)
    parties = (locked.granted_human, by, locked.staff.user.human)
    _confirm(locked, actor, is_allowed=is_allowed, parties=parties)
    _note("staff.confirm_delegation", actor, locked.staff, delegation=locked.pk, act=locked.act)
    return locked


@transaction.atomic
def end_delegation(*, actor: Actor, delegation: Delegation, last_day: date, reason: str) -> Delegation:
    """Effects in order: lock the delegation; its last day, sooner than any set before; before it has begun,
    that it never counts; the audit event with the reason.
    """
    locked = _locked_delegation(delegation)
    _administers(actor, locked.staff.regulator)
    ended = _end(locked, last_day)
    _note("staff.end_delegation", actor, locked.staff, reason=reason, delegation=locked.pk, **ended)
    return locked


def _confirm(row: Staff | Delegation, actor: User, *, is_allowed: bool, parties: tuple[str, ...]) -> None:
    """Write who confirmed it, who is none of the parties to it. Raises Refused or NotAllowed."""
    if not row.needs_confirmation:
        raise Refused([_("This needs no confirmation, or has it already.")])
    if row.valid_until is not None and row.valid_until < timezone.localdate():
        raise Refused([_("Its last day is over: make a new one.")])
    if not is_allowed:
        raise NotAllowed([_("Only an administrator of the regulator may do this.")])
    if actor.human in parties:
        raise NotAllowed([_("This is confirmed by a third person, under any account.")])
    row.confirmed_by, row.confirmed_human = actor, actor.human
    row.save(update_fields=["confirmed_by", "confirmed_human"])


def _locked(appointment: Staff) -> Staff:
    rows = Staff.objects.select_for_update(of=("self",)).select_related("user", "regulator")
    return rows.get(pk=appointment.pk)


def _locked_delegation(delegation: Delegation) -> Delegation:
    rows = Delegation.objects.select_for_update(of=("self",))
    return rows.select_related("staff__regulator", "staff__user", "granted_by").get(pk=delegation.pk)


def _administers(actor: Actor, regulator: Regulator) -> None:
    if isinstance(actor, System):
        return
    if not actor.human or not rules.is_administrator(actor, regulator):
        raise NotAllowed([_("Only an administrator of the regulator may do this.")])


def _end(row: Staff | Delegation, last_day: date) -> dict[str, str]:
    """Write the last day, and tell the record of it. An end that is on record can only be brought forward:
    nobody gets a power back by this door.

    What ends before its first day never counts: it is confirmed by nobody any more, and its days are over, so
    that nobody confirms it again.
    """
    if row.valid_until is not None and last_day >= row.valid_until:
        ended = _("It ends on %(day)s already. Choose an earlier day, or make a new one.")
        raise Refused([ended % {"day": words.day(row.valid_until)}])
    first_day, today = row.valid_from, timezone.localdate()
    if last_day >= first_day or first_day < today:
        row.valid_until = max(last_day, first_day)
        row.save(update_fields=["valid_until"])
        return {"last_day": row.valid_until.isoformat()}
    row.valid_from = row.valid_until = min(last_day, today - timedelta(days=1))
    row.confirmed_by, row.confirmed_human, row.counts_unconfirmed = None, "", False
    row.save()
    return {"last_day": last_day.isoformat(), "first_day": first_day.isoformat()}


def _note(kind: str, actor: Actor, appointment: Staff, *, reason: str = "", **data: object) -> None:
    """The audit event; the person's roles are read afresh after it."""
    forget_staff_roles(appointment.user)
    subject = f"account:{appointment.user_id}"
    record(
        subject=subject, kind=kind, actor=actor, reason=reason, data={"appointment": appointment.pk, **data}
    )
