"""What fails holds nothing else up."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction

from applications.due.found import Due

logger = logging.getLogger(__name__)


@contextmanager
def spared(subject: str) -> Iterator[None]:
    """A fault in what is done about this subject is logged, and tried again by the next run."""
    try:
        yield
    except Exception:
        logger.exception("Nobody could be reminded of %s", subject)


@contextmanager
def alone(subject: str) -> Iterator[None]:
    """The same with a transaction of its own: a fault undoes nothing else."""
    with spared(subject), transaction.atomic():
        yield


def made(subject: str, make: Callable[[], Due]) -> Iterator[Due]:
    """What the book of the case is read for: where that cannot be done the other dates are found all the
    same.
    """
    found = None
    with spared(subject):
        found = make()
    if found:
        yield found
