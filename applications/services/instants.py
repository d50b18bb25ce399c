"""Instants of deadlines after the rules of the time zone have changed: a day that is due ends elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from applications.models import Application, Deadline
from applications.runs import end_of
from applications.services.batched import in_batches
from applications.states import OPEN
from audit.services import record
from regulators.services.calendars import Failed


@dataclass(frozen=True, kw_only=True)
class MovedInstant:
    what: str
    before: datetime
    after: datetime

    def __str__(self) -> str:
        return f"{self.what}: {self.before.isoformat()} -> {self.after.isoformat()}"


def set_instants(*, actor: Any) -> Iterator[MovedInstant | Failed]:
    """Set the last second of each day that is still due, of undecided cases, as the zone is known now. The
    days stay as they are.

    Effects in order, for each batch of cases with an instant that differs, in a transaction of its own: lock
    the cases; their instants; an audit event for each with what moved. A second run finds what is left, and
    nothing else.
    """
    running = Deadline.objects.filter(met_at=None, due_on__isnull=False, application__state__in=sorted(OPEN))
    days = running.order_by().values_list("due_on", flat=True).distinct()
    ends = {day: end_of(day) for day in days if day}
    late = {
        pk
        for day, end in ends.items()
        for pk in running.filter(due_on=day).exclude(due_at=end).values_list("application", flat=True)
    }
    return in_batches(sorted(late), lambda cases: _set_all(cases, actor))


def _set_all(pks: Sequence[Any], actor: Any) -> list[MovedInstant]:
    cases = Application.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    return [moved for case in cases for moved in _set(case, actor)]


def _set(case: Application, actor: Any) -> list[MovedInstant]:
    moved = []
    for deadline in case.deadlines.filter(met_at=None, due_on__isnull=False).order_by("code", "about"):
        assert deadline.due_on is not None
        assert deadline.due_at is not None
        before, after = deadline.due_at, end_of(deadline.due_on)
        if before != after:
            deadline.due_at = after
            deadline.save(update_fields=["due_at"])
            moved.append(MovedInstant(what=str(deadline), before=before, after=after))
    if moved:
        told = {one.what: {"from": one.before.isoformat(), "to": one.after.isoformat()} for one in moved}
        record(
            subject=case.audit_subject, kind="application.instants_moved", actor=actor,
            reason="; ".join(map(str, moved)), data={"moved": told},
        )  # fmt: skip
    return [MovedInstant(what=f"{case} {one.what}", before=one.before, after=one.after) for one in moved]
