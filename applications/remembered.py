"""What a page asks again and again of one object, and reads once. An act locks a fresh
object, which remembers nothing.
"""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def remembered(obj: Any, name: str, read: Callable[[], T]) -> T:
    held: dict[str, T] = vars(obj).setdefault("_remembered", {})
    if name not in held:
        held[name] = read()
    return held[name]
