"""How a model declares an act: a django-fsm transition with all that ``perform`` must know about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django_fsm import RETURN_VALUE, transition

from workflow.errors import Reason

Requirement = Callable[[Any, dict[str, Any]], list[Reason]]

EXAMINE = "examine"  # assess, query, approve a stage, recommend, verify a condition
DECIDE = "decide"
STAYS: tuple[str, ...] = ()  # an act that changes the record, and not its state


@dataclass(frozen=True, kw_only=True)
class Act:
    """What ``perform`` and the pages know of a transition.

    ``permission`` is the name of a rule; ``requires`` are asked for what is missing, ``confirmed_when`` of
    the second of two people only; ``needs`` names the data that must come with the act; ``duty`` is the side
    of the case that the actor takes; ``two_people`` acts are proposed by one human and confirmed by another.
    """

    name: str
    label: str | Promise
    permission: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    requires: tuple[Requirement, ...] = ()
    confirmed_when: tuple[Requirement, ...] = ()
    needs: tuple[str, ...] = ()
    duty: str = ""
    two_people: bool = False
    events: dict[str, Any] = field(default_factory=dict)


def act(
    *,
    field: Any,
    sources: Sequence[str],
    to: str | Sequence[str],
    permission: str,
    label: str | Promise,
    requires: Sequence[Requirement] = (),
    confirmed_when: Sequence[Requirement] = (),
    needs: Sequence[str] = (),
    duty: str = "",
    two_people: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a transition. With several targets the method returns the one it chose; else it returns
    nothing. With none (``STAYS``) the state remains what it is.
    """
    targets = (to,) if isinstance(to, str) else tuple(to)

    def declare(method: Callable[..., Any]) -> Callable[..., Any]:
        declared = Act(
            name=method.__name__,
            label=label,
            permission=permission,
            sources=tuple(sources),
            targets=targets,
            requires=tuple(requires),
            confirmed_when=tuple(confirmed_when),
            needs=tuple(needs),
            duty=duty,
            two_people=two_people,
        )
        target = RETURN_VALUE(*targets) if len(targets) > 1 else next(iter(targets), None)
        return transition(
            field=field, source=list(sources), target=target, permission=permission, custom={"act": declared}
        )(method)

    return declare


def acts_of(model: type) -> dict[str, Act]:
    """Every act that a model declares, by name, in the order of declaration. Looked up once a class."""
    if model not in _declared:
        _declared[model] = _read(model)
    return _declared[model]


_declared: dict[type, dict[str, Act]] = {}


def _read(model: type) -> dict[str, Act]:
    found: dict[str, Act] = {}
    for klass in reversed(model.__mro__):
        for name, member in vars(klass).items():
            if hasattr(member, "_django_fsm"):
                found[name] = next(iter(member._django_fsm.transitions.values())).custom["act"]
    return found
