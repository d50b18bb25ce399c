"""How long one stays signed in, and what counts as activity of a person."""

from collections.abc import Callable
from typing import TypeVar

V = TypeVar("V", bound=Callable[..., object])


def passive(view: V) -> V:
    """A page of a script (polling, keeping of text): it does not make a session last longer."""
    view.passive = True  # type: ignore[attr-defined]
    return view
