"""``perform``: lock, compare, ask, change, record. Nothing else writes a state."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeVar

import rules
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from audit.services import record
from workflow import duties
from workflow.acts import Act, acts_of
from workflow.errors import Conflict, Gone, NotAllowed, NotReady, Reason, WrongState
from workflow.models import Proposal, Stateful
from workflow.queries import last_change, waiting_proposals

Model = TypeVar("Model", bound=Stateful)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What the handlers in ``settings.WORKFLOW_AFTER`` are told, inside the transaction of the act."""

    instance: Any
    act: Act
    from_state: str
    to_state: str
    actor: Any
    data: dict[str, Any]


def perform(
    model: type[Model], pk: Any, transition: str, *, actor: Any, expected_version: int, **data: Any
) -> Model:
    """Run one act on one record, and return the record as it then stands.

    Effects in order: lock the row (after those its model names in ``lock_first``); refuse who may not, a
    stale version, a wrong state, a missing second person, and whatever is unmet; run the transition; save
    the changed fields with the next version; write the duty; call the model's handler (clocks, outbox);
    append the audit event.

    Raises Gone, NotAllowed, Conflict, WrongState or NotReady (all Refused) with reasons in words; then
    nothing was changed.
    """
    act = _act(model, transition)
    with transaction.atomic():
        instance = lock(model, pk)
        side = _check_actor(instance, act, actor)
        _check_version(instance, expected_version)
        _check_state(instance, act)
        proposal = _second_person(instance, act, actor) if act.two_people else None
        if proposal:
            data = {**data, **proposal.data}
        reasons = unmet(instance, act, data)
        if proposal:
            reasons += [reason for asked in act.confirmed_when for reason in asked(instance, data)]
        if reasons:
            raise NotReady(reasons)
        change = _run(instance, act, actor, data)
        if side != act.duty:
            duties.take(case=instance.duty_case, actor=actor, side=act.duty, act=act.name)
        noted = _tell_handler(change)
        if proposal:
            _close(proposal, actor)
            noted = {**noted, "proposed_by": proposal.proposed_by.audit_name}
        record(
            subject=instance.audit_subject,
            kind=f"{instance._meta.model_name}.{act.name}",
            actor=actor,
            from_state=change.from_state,
            to_state=change.to_state,
            reason=str(data.get("reason", "")),
            data={**noted, "version": instance.version, "of": instance.record_name},
        )
    return instance


def propose(
    model: type[Model], pk: Any, transition: str, *, actor: Any, expected_version: int, **data: Any
) -> Proposal:
    """The first half of an act of two people: say what should be done. Another human then performs it, or
    nobody does.

    Effects in order: lock; the same refusals as ``perform``; set aside a proposal that the case has
    outgrown; write the proposal; append the audit event ``….propose``.
    """
    act = _act(model, transition)
    if not act.two_people:
        raise WrongState([_("“%(act)s” needs no second person: do it.") % {"act": act.label}])
    with transaction.atomic():
        instance = lock(model, pk)
        _check_actor(instance, act, actor)
        _check_version(instance, expected_version)
        _check_state(instance, act)
        reasons = unmet(instance, act, data)
        if reasons:
            raise NotReady(reasons)
        if not actor.human:
            raise NotAllowed(
                [_("This account has no identity on record, so it cannot be one of two people.")]
            )
        waiting = _open_proposal(instance, act)
        if waiting and waiting.object_version != instance.version:
            _set_aside(waiting)
        elif waiting:
            raise NotReady(
                [_("%(name)s has proposed this already.") % {"name": waiting.proposed_by.audit_name}]
            )
        proposal = Proposal.objects.create(
            model=instance._meta.label_lower,
            object_pk=str(instance.pk),
            transition=act.name,
            object_version=instance.version,
            data=json.loads(json.dumps(data, cls=DjangoJSONEncoder)),
            proposed_by=actor,
            proposed_human=actor.human,
        )
        record(
            subject=instance.audit_subject,
            kind=f"{instance._meta.model_name}.{act.name}.propose",
            actor=actor,
            from_state=instance.state,  # type: ignore[attr-defined]
            reason=str(data.get("reason", "")),
            data={"of": instance.record_name},
        )
    return proposal


def withdraw_proposal(model: type[Model], pk: Any, transition: str, *, actor: Any) -> None:
    """Take back a proposal that nobody has confirmed, so that another can be made.

    Effects in order: lock; refuse who may not take the act; set the proposal aside; save the next version, so
    that a page which showed this proposal confirms no other; append the audit event ``….withdraw``.
    """
    act = _act(model, transition)
    with transaction.atomic():
        instance = lock(model, pk)
        _check_actor(instance, act, actor)
        waiting = _open_proposal(instance, act)
        if waiting is None:
            raise NotReady([_("There is no open proposal to take back.")])
        _set_aside(waiting)
        instance.version += 1
        instance.save(update_fields=["version"])
        record(
            subject=instance.audit_subject,
            kind=f"{instance._meta.model_name}.{act.name}.withdraw",
            actor=actor,
            data={
                "of": instance.record_name,
                "proposed_by": waiting.proposed_by.audit_name,
                "version": instance.version,
            },
        )


def lock(model: type[Model], pk: Any) -> Model:
    """The row, locked, after the rows that its model names in ``lock_first``. Raises Gone where there is
    none.
    """
    parents = {}
    for name in model.lock_first:
        found = model._default_manager.filter(pk=pk).order_by().values(f"{name}_id")
        parents[name] = _lock_one(model._meta.get_field(name).related_model, pk__in=found)
    instance: Model = _lock_one(model, pk=pk)
    for name, parent in parents.items():
        setattr(instance, name, parent)
    return instance


def _lock_one(model: Any, **which: Any) -> Any:
    rows = model._default_manager.select_for_update(of=("self",)).order_by()
    read_with = getattr(model, "read_with", ())
    asked = (rows.select_related(*read_with) if read_with else rows).filter(**which)
    # Where another act changed what the row is read with while this one waited (the rule book of a case),
    # PostgreSQL drops the row from the join; asked again, it is there, and locked already.
    found = asked.first() or (asked.first() if read_with else None)
    if found is None:
        raise Gone
    return found


def unmet(instance: Stateful, act: Act, data: dict[str, Any]) -> list[Reason]:
    """Everything that still stands in the way of the act, in words."""
    reasons = [
        Reason(_("“%(name)s” is missing.") % {"name": name.replace("_", " ")})
        for name in act.needs
        if not data.get(name)
    ]
    for requirement in act.requires:
        reasons += requirement(instance, data)
    return reasons


def _act(model: type[Stateful], transition: str) -> Act:
    acts = acts_of(model)
    if transition not in acts:
        raise WrongState([_("There is no act called “%(name)s”.") % {"name": transition}])
    return acts[transition]


def _check_actor(instance: Stateful, act: Act, actor: Any) -> str:
    """The side of the case that the actor has taken already, where the act takes one."""
    if not getattr(actor, "is_active", False) or not rules.has_perm(act.permission, actor, instance):
        raise NotAllowed([_("You may not do this: “%(act)s”.") % {"act": act.label}])
    return duties.check(case=instance.duty_case, actor=actor, side=act.duty) if act.duty else ""


def _check_version(instance: Stateful, expected_version: int) -> None:
    if instance.version != expected_version:
        raise conflict(instance)


def conflict(instance: Stateful) -> Conflict:
    """The refusal of a stale page: who changed the record, when, and what it is now."""
    state = instance.get_state_display()  # type: ignore[attr-defined]
    event = last_change(instance)
    if event is None:
        words = _("This was changed while your page was open. It is now: %(state)s.")
        return Conflict([words % {"state": state}], current=instance)
    local = timezone.localtime(event.at).strftime("%d.%m.%Y %H:%M")
    words = _("This was changed by %(name)s on %(time)s, while your page was open. It is now: %(state)s.")
    return Conflict([words % {"name": event.actor_name, "time": local, "state": state}], current=instance)


def _check_state(instance: Stateful, act: Act) -> None:
    if instance.state not in act.sources:  # type: ignore[attr-defined]
        state = instance.get_state_display()  # type: ignore[attr-defined]
        words = _("“%(act)s” is not possible while this is: %(state)s.")
        raise WrongState([words % {"act": act.label, "state": state}])


def _run(instance: Any, act: Act, actor: Any, data: dict[str, Any]) -> Change:
    fields = [field for field in instance._meta.concrete_fields if not field.primary_key]
    before = {field.attname: _kept(getattr(instance, field.attname)) for field in fields}
    from_state = instance.state
    getattr(instance, act.name)(actor=actor, **data)
    instance.version += 1
    changed = [field.name for field in fields if getattr(instance, field.attname) != before[field.attname]]
    instance.save(update_fields=changed)
    return Change(
        instance=instance, act=act, from_state=from_state, to_state=instance.state, actor=actor, data=data
    )


def _kept(value: Any) -> Any:
    """A copy of what a transition could change in place."""
    return deepcopy(value) if isinstance(value, dict | list) else value


def _tell_handler(change: Change) -> dict[str, Any]:
    path = settings.WORKFLOW_AFTER.get(change.instance._meta.label_lower)
    if not path:
        return {}
    handler: Callable[[Change], dict[str, Any] | None] = import_string(path)
    return handler(change) or {}


def _open_proposal(instance: Stateful, act: Act) -> Proposal | None:
    waiting = waiting_proposals(instance).filter(transition=act.name)
    return waiting.select_for_update(of=("self",)).first()


def _set_aside(proposal: Proposal) -> None:
    proposal.withdrawn_at = timezone.now()
    proposal.save(update_fields=["withdrawn_at"])


def _second_person(instance: Stateful, act: Act, actor: Any) -> Proposal:
    proposal = _open_proposal(instance, act)
    if proposal is None:
        raise NotReady(
            [_("This needs two people: one proposes it, another confirms it. Nobody has proposed it yet.")]
        )
    if not actor.human or proposal.proposed_human == actor.human:
        raise NotAllowed([_("You proposed this; another person has to confirm it.")])
    proposer = proposal.proposed_by
    if not proposer.is_active or not rules.has_perm(act.permission, proposer, instance):
        raise NotReady(
            [
                _("%(name)s, who proposed this, may not do so any more. Propose it again.")
                % {"name": proposer.audit_name}
            ]
        )
    if proposal.object_version != instance.version:
        raise Conflict(
            [_("The case has changed since this was proposed. Propose it again.")], current=instance
        )
    return proposal


def _close(proposal: Proposal, actor: Any) -> None:
    proposal.confirmed_human = actor.human
    proposal.confirmed_at = timezone.now()
    proposal.save(update_fields=["confirmed_human", "confirmed_at"])
