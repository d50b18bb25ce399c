"""Dates of cases after the calendar of working days has changed."""

from typing import Any

from django.db import transaction

from applications.models import Application, ClockEntry, Deadline
from applications.services.clocks import Days, compute_again
from applications.states import OPEN
from audit.services import record
from regulators.models import CalendarVersion
from regulators.services.calendars import Moved

BATCH = 500


@transaction.atomic
def on_calendar(pin: CalendarVersion, *, actor: Any) -> list[Moved]:
    """Compute again each open deadline in working days that was counted in another calendar.

    Effects in order, for each undecided case: lock the case; its deadlines, from their start and the ledger
    of their clocks; the audit event with what moved. Dates that a person set (of requests, of conditions, of
    a return) stand as they were set. A second run finds nothing to do.
    """
    due = _open(pin).order_by("application").values_list("application", flat=True).distinct()
    cases = list(due)
    batches = [cases[start : start + BATCH] for start in range(0, len(cases), BATCH)]
    return [moved for batch in batches for moved in _compute_again(pin, batch, actor)]


def _open(pin: CalendarVersion) -> Any:
    found = Deadline.objects.filter(
        met_at=None, working_days__isnull=False, application__state__in=sorted(OPEN)
    )
    return found.exclude(calendar=str(pin))


def _compute_again(pin: CalendarVersion, pks: list[Any], actor: Any) -> list[Moved]:
    cases = Application.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    locked = {case.pk: case for case in cases}
    ledgers: dict[tuple[Any, str], list[ClockEntry]] = {}
    for entry in ClockEntry.objects.filter(application__in=pks):
        ledgers.setdefault((entry.application_id, entry.clock), []).append(entry)
    deadlines = list(_open(pin).filter(application__in=pks).order_by("application", "code"))
    moved: dict[Application, dict[str, Days]] = {}
    for deadline in deadlines:
        days = compute_again(deadline, ledgers.get((deadline.application_id, deadline.code), []))
        if days:
            moved.setdefault(locked[deadline.application_id], {})[deadline.code] = days
    Deadline.objects.bulk_update(deadlines, ["due_at", "calendar"])
    for case, found in moved.items():
        _record(case, found, pin, actor)
    return [
        Moved(what=f"{case} {code}", before=before, after=after)
        for case, found in moved.items()
        for code, (before, after) in found.items()
    ]


def _record(case: Application, found: dict[str, Days], pin: CalendarVersion, actor: Any) -> None:
    record(
        subject=case.audit_subject,
        kind="application.deadlines_moved",
        actor=actor,
        reason="; ".join(f"{code}: {before} -> {after}" for code, (before, after) in found.items()),
        data={
            "calendar": str(pin),
            "moved": {
                code: {"from": str(before), "to": str(after)} for code, (before, after) in found.items()
            },
        },
    )
