"""Staff who lost their device and the recovery codes: one administrator enters it, another confirms."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.security import take_factors_away
from audit.services import record
from regulators.models import Regulator, Reproving
from regulators.models.reproving import OPEN_FOR
from regulators.queries import administered_by, in_their_care
from workflow.errors import NotAllowed, Refused


@transaction.atomic
def enter_reproving(*, actor: User, user: User, reason: str) -> Reproving:
    """An administrator has seen the person and their papers again, and says how.

    Effects in order: lock the account; the entry, which changes nothing yet; the audit event on the person's
    account. Raises NotAllowed or Refused.
    """
    held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    regulator = _regulator_of(actor, held)
    if actor.human == held.human:
        raise NotAllowed(
            [_("Nobody does this for themselves, under any account. Ask another administrator.")]
        )
    if not reason.strip():
        raise Refused([_("Write how you made sure who it is.")])
    since = timezone.now() - OPEN_FOR
    if held.reprovings.filter(confirmed_by=None, entered_at__gte=since).exists():
        raise Refused([_("This is entered already. Another administrator has to confirm it.")])
    made = Reproving.objects.create(
        user=held, human=held.human, regulator=regulator, reason=reason, entered_by=actor,
        entered_human=actor.human,
    )  # fmt: skip
    _note("staff.reprove", actor, made, reason=reason)
    return made


@transaction.atomic
def confirm_reproving(*, actor: User, reproving: Reproving) -> Reproving:
    """Another administrator confirms it.

    Effects in order: lock the account and the entry; who confirmed it; the effects of
    ``accounts.services.security.take_factors_away``; the audit event. Raises NotAllowed or Refused.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=reproving.user_id)
    locked = Reproving.objects.select_for_update(of=("self",)).get(pk=reproving.pk)
    if locked.regulator_id not in administered_by(actor) or not _is_theirs(user, locked.regulator_id):
        raise NotAllowed([_("Only an administrator of the regulator may do this.")])
    if actor.human in (locked.entered_human, locked.human, user.human):
        raise NotAllowed([_("This is confirmed by a third person, under any account.")])
    if not locked.is_open:
        raise Refused([_("This is confirmed already, or was entered too long ago. Enter it anew.")])
    locked.confirmed_by, locked.confirmed_human = actor, actor.human
    locked.confirmed_at = timezone.now()
    locked.save(update_fields=["confirmed_by", "confirmed_human", "confirmed_at"])
    take_factors_away(actor=actor, user=user)
    _note("staff.confirm_reproving", actor, locked)
    return locked


def _regulator_of(actor: User, user: User) -> Regulator:
    """The first one that the actor administers and in whose care the person is."""
    for regulator in Regulator.objects.filter(pk__in=administered_by(actor)).order_by("pk"):
        if actor.human and _is_theirs(user, regulator.pk):
            return regulator
    raise NotAllowed([_("Only an administrator of the regulator may do this.")])


def _is_theirs(user: User, regulator_id: int) -> bool:
    return in_their_care(frozenset({regulator_id})).filter(pk=user.pk).exists()


def _note(kind: str, actor: User, made: Reproving, *, reason: str = "") -> None:
    record(
        subject=f"account:{made.user_id}", kind=kind, actor=actor, reason=reason, data={"reproving": made.pk}
    )
