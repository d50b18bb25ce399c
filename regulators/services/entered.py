"""What is entered by one person and confirmed by another: the second half, the same for each of them."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from regulators.models import Regulator, Role
from regulators.queries import staff_roles
from workflow.errors import NotAllowed, Refused


def allow(actor: User, regulator: Regulator, roles: frozenset[Role], words: str) -> None:
    """Raises NotAllowed for whoever is unknown as a human, or holds none of the roles there."""
    if not actor.human or roles.isdisjoint(staff_roles(actor, regulator.pk)):
        raise NotAllowed([words])


def confirm(
    row: Any,
    *,
    actor: User,
    subject: str,
    kind: str,
    data: dict[str, Any],
    again: str = "",
    own: str = "",
) -> None:
    """A locked row gets its second person: who confirmed it, and the audit event.

    Raises Refused where it has one (in the words ``again``), NotAllowed for the human who entered it, from
    whatever account (``own``).
    """
    if row.confirmed_by_id is not None:
        raise Refused([again or _("This is confirmed already.")])
    if actor.human == row.entered_human:
        raise NotAllowed([own or _("You entered this, so someone else has to confirm it.")])
    row.confirmed_by, row.confirmed_human = actor, actor.human
    row.save(update_fields=["confirmed_by", "confirmed_human"])
    record(subject=subject, kind=kind, actor=actor, data=data)
