"""The clock of the program, put to the moment of what is written again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.utils import timezone


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Whoever asks Django what time it is meanwhile is told this one."""
    module: Any = timezone
    real = module.now
    module.now = lambda: moment
    try:
        yield
    finally:
        module.now = real
