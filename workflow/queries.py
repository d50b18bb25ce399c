"""Reads about acts: what one may do now, and what stands in the way."""

from dataclasses import dataclass
from typing import Any

import rules

from audit.models import Event
from workflow import duties
from workflow.acts import Act, acts_of
from workflow.errors import NotAllowed, Reason


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An act as a page shows it: open, or visible with the reasons why not yet."""

    act: Act
    reasons: list[Reason]

    @property
    def open(self) -> bool:
        return not self.reasons


def last_change(subject: str) -> Event | None:
    return Event.objects.filter(subject=subject).order_by("-number").first()


def offers(instance: Any, actor: Any) -> list[Offer]:
    """The acts that this actor could take from the present state, each with what is still unmet.

    An act that the actor has no right to is not offered at all.
    """
    found = []
    for act in acts_of(type(instance)).values():
        if instance.state in act.sources and rules.has_perm(act.permission, actor, instance):
            found.append(Offer(act=act, reasons=_standing_in_the_way(instance, act, actor)))
    return found


def _standing_in_the_way(instance: Any, act: Act, actor: Any) -> list[Reason]:
    if act.duty:
        try:
            duties.check(case=instance.duty_case, actor=actor, side=act.duty)
        except NotAllowed as refusal:
            return refusal.reasons
    return [reason for requirement in act.requires for reason in requirement(instance, {})]
