"""Checks of what the rule books cite: recorded by one person, confirmed by another."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from regulators.models import CitationCheck, Regulator, Role
from regulators.reference.provisions import is_cited
from regulators.services.entered import allow, confirm
from workflow.errors import NotReady

ROLES = frozenset({Role.REVIEWER, Role.SPECIALIST, Role.LEAD_REVIEWER})


@transaction.atomic
def record_check(
    *,
    actor: User,
    regulator: Regulator,
    act: str,
    provision: str,
    result: str,
    read_in_full: bool,
    applies: bool,
    url: str,
    note: str,
    checked_on: date,
    look_again_on: date,
) -> CitationCheck:
    """A reviewer compared a provision that the regulator's books cite with the published text.

    Effects in order: the check, which does not count yet; the audit event.
    Raises NotReady for a provision that is cited nowhere, ValidationError for days that cannot be.
    """
    _allow(actor, regulator)
    if not is_cited(regulator.code, act, provision):
        raise NotReady([_("No rule book of the regulator cites this provision.")])
    if checked_on > timezone.localdate():
        raise ValidationError({"checked_on": _("The check cannot have been made in the future.")})
    if look_again_on <= checked_on:
        raise ValidationError({"look_again_on": _("Look again on a day after the check.")})
    check = CitationCheck(
        regulator=regulator,
        act=act,
        provision=provision,
        result=result,
        read_in_full=read_in_full,
        applies=applies,
        url=url.strip(),
        note=note.strip(),
        checked_on=checked_on,
        look_again_on=look_again_on,
        entered_by=actor,
        entered_human=actor.human,
    )
    check.full_clean(exclude=["entered_human"])
    check.save()
    data = {
        "check": check.pk,
        "act": act,
        "provision": provision,
        "result": result,
        "read_in_full": read_in_full,
        "applies": applies,
        "look_again_on": look_again_on.isoformat(),
    }
    record(subject=_subject(regulator), kind="citation_check.record", actor=actor, data=data)
    return check


@transaction.atomic
def confirm_check(*, actor: User, check: CitationCheck) -> CitationCheck:
    """Another reviewer found the same: from now on letters and the coverage page stand on it.

    Effects in order: lock the check; who confirmed it; the audit event.
    """
    rows = CitationCheck.objects.select_for_update(of=("self",)).select_related("regulator")
    locked = rows.get(pk=check.pk)
    _allow(actor, locked.regulator)
    subject = _subject(locked.regulator)
    confirm(locked, actor=actor, subject=subject, kind="citation_check.confirm", data={"check": locked.pk})
    return locked


def _allow(actor: User, regulator: Regulator) -> None:
    allow(actor, regulator, ROLES, _("Only a reviewer or specialist of the regulator may do this."))


def _subject(regulator: Regulator) -> str:
    return f"regulator:{regulator.code}"
