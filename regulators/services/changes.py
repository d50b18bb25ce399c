"""Announced legislation: put on record, followed by somebody, and settled."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from regulators.models import LicenceType, PendingChange, Role
from regulators.queries import serves
from regulators.services.entered import allow
from workflow.errors import NotReady

ROLES = frozenset({Role.ADMINISTRATOR, Role.LEAD_REVIEWER})


@transaction.atomic
def announce_change(
    *,
    actor: User,
    licence_type: LicenceType,
    title: str,
    source: str,
    url: str,
    announced_on: date,
    in_force_on: date | None,
    owner: User,
) -> PendingChange:
    """An administrator or lead reviewer puts on record what was announced, and who follows it.

    Effects in order: the change; the audit event. Once it is in force, and until it is settled, nobody
    recommends on licences of this type.
    """
    _allow(actor, licence_type)
    _serving(owner, licence_type)
    change = PendingChange(
        licence_type=licence_type,
        title=title.strip(),
        source=source.strip(),
        url=url.strip(),
        announced_on=announced_on,
        in_force_on=in_force_on,
        owner=owner,
    )
    change.full_clean()
    change.save()
    data = {"change": change.pk, "title": change.title, "in_force_on": str(in_force_on or "")}
    record(subject=_subject(change), kind="pending_change.enter", actor=actor, data=data)
    return change


@transaction.atomic
def hand_change_over(
    *, actor: User, change: PendingChange, owner: User, in_force_on: date | None
) -> PendingChange:
    """Somebody else follows the change, or the day that it takes effect became known.

    Effects in order: lock the change; the owner and the day; the audit event. Raises NotReady where the day
    has come and another is given: what is in force is settled, not put off.
    """
    locked = _open(change, actor)
    has_come = locked.in_force_on is not None and locked.in_force_on <= timezone.localdate()
    if has_come and in_force_on != locked.in_force_on:
        raise NotReady([_("This change is in force, so its day stays. Settle it, and say how.")])
    _serving(owner, locked.licence_type)
    locked.owner, locked.in_force_on = owner, in_force_on
    locked.save(update_fields=["owner", "in_force_on"])
    data = {"change": locked.pk, "owner": owner.pk, "in_force_on": str(in_force_on or "")}
    record(subject=_subject(locked), kind="pending_change.hand_over", actor=actor, data=data)
    return locked


@transaction.atomic
def settle_change(*, actor: User, change: PendingChange, how: str) -> PendingChange:
    """The books answer the change, or it needs none: who says so says how.

    Effects in order: lock the change; the day and how; the audit event.
    """
    locked = _open(change, actor)
    if not how.strip():
        raise NotReady([_("Say how the change was settled.")])
    locked.settled_on, locked.settled_how = timezone.localdate(), how.strip()
    locked.save(update_fields=["settled_on", "settled_how"])
    kind = "pending_change.settle"
    record(subject=_subject(locked), kind=kind, actor=actor, reason=how.strip(), data={"change": locked.pk})
    return locked


def _open(change: PendingChange, actor: User) -> PendingChange:
    rows = PendingChange.objects.select_for_update(of=("self",)).select_related("licence_type__regulator")
    locked = rows.get(pk=change.pk)
    _allow(actor, locked.licence_type)
    if locked.settled_on is not None:
        raise NotReady([_("This change is settled already.")])
    return locked


def _allow(actor: User, licence_type: LicenceType) -> None:
    words = _("Only an administrator or a lead reviewer of the regulator may do this.")
    allow(actor, licence_type.regulator, ROLES, words)


def _serving(owner: User, licence_type: LicenceType) -> None:
    if not serves(owner, licence_type.regulator_id):
        raise NotReady([_("Whoever follows the change has to serve the regulator today.")])


def _subject(change: PendingChange) -> str:
    return f"licence-type:{change.licence_type.code}"
