"""Four eyes: whoever examined a case does not decide it, and the reverse, by human and not by account."""

from typing import Any

from django.utils.translation import gettext as _

from workflow.acts import DECIDE, EXAMINE
from workflow.errors import NotAllowed
from workflow.models import Duty


def side_of(*, case: str, human: str) -> str:
    """``examine``, ``decide``, or "" where this human has no part in the case yet."""
    return Duty.objects.filter(case=case, human=human).values_list("side", flat=True).first() or ""


def check(*, case: str, actor: Any, side: str) -> str:
    """This side where the actor has taken it already, or "".

    Raises NotAllowed where the human behind the actor is unknown, or is on the other side of the case.
    """
    if not actor.human:
        raise NotAllowed([_("This account has no identity on record, so it cannot take part in a case.")])
    taken = side_of(case=case, human=actor.human)
    if taken and taken != side:
        raise NotAllowed([_refusal(taken)])
    return taken


def take(*, case: str, actor: Any, side: str, act: str) -> None:
    """Write the side that this human takes. A row that stands already is enough; one for the other side
    refuses.
    """
    Duty.objects.bulk_create([Duty(case=case, human=actor.human, side=side, act=act)], ignore_conflicts=True)
    taken = side_of(case=case, human=actor.human)
    if taken != side:
        raise NotAllowed([_refusal(taken)])


def _refusal(taken: str) -> str:
    return {
        EXAMINE: _(
            "You examined this case, under this account or another, so someone else has to decide it."
        ),
        DECIDE: _(
            "You decided on this case, under this account or another, so someone else has to examine it."
        ),
    }[taken]
