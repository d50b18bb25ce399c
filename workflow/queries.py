"""Reads about acts: what one may do now, and what stands in the way."""

from dataclasses import dataclass
from typing import Any

import rules
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.models import Event
from workflow import duties
from workflow.acts import Act, acts_of
from workflow.errors import NotAllowed, Reason
from workflow.models import Proposal, Stateful


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An act as a page shows it: open, or visible with the reasons why not yet.

    ``proposal`` is what another person proposed, where this actor would be the second of two; ``personal``
    says that the reasons are about this actor, and nobody asked yet about the record.
    """

    act: Act
    reasons: list[Reason]
    proposal: Proposal | None = None
    personal: bool = False

    @property
    def open(self) -> bool:
        return not self.reasons


def last_change(instance: Stateful) -> Event | None:
    """The event that brought the record to its present version; None where that was no act (an answer
    saved, say).
    """
    return (
        Event.objects.filter(
            subject=instance.audit_subject, data__of=instance.record_name, data__version=instance.version
        )
        .order_by("-number")
        .first()
    )


def waiting_proposals(instance: Stateful) -> QuerySet[Proposal]:
    """Those that nobody has confirmed or withdrawn: of each act one at most."""
    return Proposal.objects.select_related("proposed_by").filter(
        model=instance._meta.label_lower, object_pk=str(instance.pk), confirmed_at=None, withdrawn_at=None
    )


def offers(instance: Any, actor: Any, *, hidden: frozenset[str] = frozenset()) -> list[Offer]:
    """The acts that this actor could take from the present state, each with what is still unmet.

    An act that the actor has no right to is not offered at all; ``hidden`` ones are not even asked about.
    """
    shown = [act for act in acts_of(type(instance)).values() if act.name not in hidden]
    return [offer(instance, act, actor) for act in shown if is_offered(instance, act, actor)]


def is_offered(instance: Any, act: Act, actor: Any) -> bool:
    """The actor has the right to this act, and the present state is one of those it starts from."""
    if not getattr(actor, "is_active", False) or instance.state not in act.sources:
        return False
    return bool(rules.has_perm(act.permission, actor, instance))


def offer(instance: Any, act: Act, actor: Any) -> Offer:
    """One act with what is still unmet, whether or not it is offered."""
    proposal = proposal_of(instance, act)
    if personal := _about_the_actor(instance, act, actor, proposal):
        return Offer(act=act, reasons=personal, proposal=proposal, personal=True)
    return Offer(act=act, reasons=unmet(instance, act, proposal), proposal=proposal)


def unmet(instance: Any, act: Act, proposal: Proposal | None = None) -> list[Reason]:
    """What the record still lacks for the act, whoever takes it."""
    data = proposal.data if proposal else {}
    asked = (*act.requires, *(act.confirmed_when if proposal else ()))
    return [reason for requirement in asked for reason in requirement(instance, data)]


def proposal_of(instance: Any, act: Act) -> Proposal | None:
    """What another person proposed about the record as it is now."""
    if not act.two_people:
        return None
    proposal = waiting_proposals(instance).filter(transition=act.name).first()
    return proposal if proposal and proposal.object_version == instance.version else None


def _about_the_actor(instance: Any, act: Act, actor: Any, proposal: Proposal | None) -> list[Reason]:
    if act.duty:
        try:
            duties.check(case=instance.duty_case, actor=actor, side=act.duty)
        except NotAllowed as refusal:
            return refusal.reasons
    if act.two_people and not actor.human:
        return [Reason(_("This account has no identity on record, so it cannot be one of two people."))]
    if proposal and proposal.proposed_human == actor.human:
        return [Reason(_("You proposed this; another person has to confirm it."))]
    return []
