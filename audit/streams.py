"""Walking long sorted things side by side without holding them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

Left = TypeVar("Left")
Right = TypeVar("Right")


def paired(
    left: Iterable[Left],
    right: Iterable[Right],
    *,
    left_key: Callable[[Left], Any],
    right_key: Callable[[Right], Any],
) -> Iterator[tuple[Left | None, Right | None]]:
    """Both streams, each sorted by its key, joined where the keys are equal; None where one side has no
    partner.
    """
    lefts, rights = iter(left), iter(right)
    one, other = next(lefts, None), next(rights, None)
    while one is not None or other is not None:
        if other is None or (one is not None and left_key(one) < right_key(other)):
            yield one, None
            one = next(lefts, None)
        elif one is None or right_key(other) < left_key(one):
            yield None, other
            other = next(rights, None)
        else:
            yield one, other
            one, other = next(lefts, None), next(rights, None)
