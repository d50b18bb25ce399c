from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of so many, the last one perhaps shorter."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
