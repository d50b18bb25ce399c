"""Work over many cases that may be stopped at any moment: what was committed stays, and a second run ends as
an undisturbed one would have.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.db import transaction

from applications.due.batches import batches
from regulators.services.calendars import Failed

BATCH = 500  # cases that are locked at a time
T = TypeVar("T")
logger = logging.getLogger(__name__)


def in_batches(cases: Iterable[Any], work: Callable[[Sequence[Any]], list[T]]) -> Iterator[T | Failed]:
    """What ``work`` returns of these keys of cases, each batch in a transaction of its own. Where one fails,
    each of its cases by itself; one that fails again is logged, and named.
    """
    for batch in batches(cases, BATCH):
        try:
            with transaction.atomic():
                done = work(batch)
        except Exception:
            logger.warning("A batch of %s cases failed: each by itself", len(batch), exc_info=True)
            for case in batch:
                yield from _alone(case, work)
        else:
            yield from done


def _alone(case: Any, work: Callable[[Sequence[Any]], list[T]]) -> Iterator[T | Failed]:
    try:
        with transaction.atomic():
            done = work([case])
    except Exception as error:
        logger.exception("Case %s failed", case)
        yield Failed(what=str(case), why=str(error))
    else:
        yield from done
