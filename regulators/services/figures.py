"""Figures of the law that a rule book lacks: entered by one person, confirmed by another."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from regulators.models import LegalValue, LicenceType
from regulators.queries import ENTER_FIGURES, open_figures
from regulators.services.entered import allow, confirm
from workflow.errors import NotReady

ROLES = ENTER_FIGURES


@transaction.atomic
def enter_figure(
    *,
    actor: User,
    licence_type: LicenceType,
    code: str,
    amount: Decimal,
    valid_from: date,
    act: str,
    provision: str,
    url: str,
) -> LegalValue:
    """An administrator or lead reviewer puts on record what staff read in the law. Nothing is overwritten: a
    newer figure is a newer row.

    Effects in order: the figure in the currency of the book, which does not count yet; the audit event.
    Raises NotReady for a code that no book in force or to come leaves open.
    """
    _allow(actor, licence_type)
    value = open_figures(licence_type).get(code)
    if value is None:
        raise NotReady([_("The rule book has this figure, or does not ask for it.")])
    figure = LegalValue(
        licence_type=licence_type,
        code=code,
        amount=amount,
        currency=value.currency,
        valid_from=valid_from,
        act=act.strip(),
        provision=provision.strip(),
        url=url.strip(),
        entered_by=actor,
        entered_human=actor.human,
    )
    figure.full_clean(exclude=["entered_human"])
    figure.save()
    data = {
        "figure": figure.pk,
        "code": code,
        "amount": str(figure.amount),
        "currency": figure.currency,
        "from": valid_from.isoformat(),
        "act": figure.act,
        "provision": figure.provision,
    }
    record(subject=_subject(licence_type), kind="legal_value.enter", actor=actor, data=data)
    return figure


@transaction.atomic
def confirm_figure(*, actor: User, figure: LegalValue) -> LegalValue:
    """Another person of these roles compared the figure with the published text: from now on it counts.

    Effects in order: lock the figure; who confirmed it; the audit event.
    """
    rows = LegalValue.objects.select_for_update(of=("self",)).select_related("licence_type__regulator")
    locked = rows.get(pk=figure.pk)
    _allow(actor, locked.licence_type)
    data = {"figure": locked.pk, "code": locked.code}
    subject = _subject(locked.licence_type)
    confirm(locked, actor=actor, subject=subject, kind="legal_value.confirm", data=data)
    return locked


def _allow(actor: User, licence_type: LicenceType) -> None:
    words = _("Only an administrator or a lead reviewer of the regulator may do this.")
    allow(actor, licence_type.regulator, ROLES, words)


def _subject(licence_type: LicenceType) -> str:
    return f"licence-type:{licence_type.code}"
