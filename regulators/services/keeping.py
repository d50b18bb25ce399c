"""How long documents are kept: entered by one person, confirmed by another."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from regulators.models import KeepingPeriod, Regulator
from regulators.services.entered import allow, confirm
from regulators.services.figures import ROLES


@transaction.atomic
def enter_keeping_period(
    *,
    actor: User,
    regulator: Regulator,
    years: int,
    valid_from: date,
    act: str,
    provision: str,
    url: str = "",
) -> KeepingPeriod:
    """An administrator or lead reviewer puts on record how long the regulator keeps the documents of a case
    that has ended. Nothing is overwritten: a newer period is a newer row.

    Effects in order: the period, which does not count yet; the audit event. Raises NotAllowed, or
    ValidationError.
    """
    _allow(actor, regulator)
    period = KeepingPeriod(
        regulator=regulator,
        years=years,
        valid_from=valid_from,
        act=act.strip(),
        provision=provision.strip(),
        url=url.strip(),
        entered_by=actor,
        entered_human=actor.human,
    )
    period.full_clean(exclude=["entered_human"])
    period.save()
    data = {
        "period": period.pk,
        "years": years,
        "from": valid_from.isoformat(),
        "act": period.act,
        "provision": period.provision,
    }
    record(subject=_subject(regulator), kind="keeping_period.enter", actor=actor, data=data)
    return period


@transaction.atomic
def confirm_keeping_period(*, actor: User, period: KeepingPeriod) -> KeepingPeriod:
    """Another person of these roles compared it with what it rests on: from now on it counts.

    Effects in order: lock the period; who confirmed it; the audit event.
    """
    rows = KeepingPeriod.objects.select_for_update(of=("self",)).select_related("regulator")
    locked = rows.get(pk=period.pk)
    _allow(actor, locked.regulator)
    data = {"period": locked.pk, "years": locked.years}
    subject = _subject(locked.regulator)
    confirm(locked, actor=actor, subject=subject, kind="keeping_period.confirm", data=data)
    return locked


def _allow(actor: User, regulator: Regulator) -> None:
    words = _("Only an administrator or a lead reviewer of the regulator may do this.")
    allow(actor, regulator, ROLES, words)


def _subject(regulator: Regulator) -> str:
    return f"regulator:{regulator.code}"
