"""Dates of cases after the calendar of working days has changed."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from applications.models import Application, ClockEntry, Deadline
from applications.services import notice_clocks
from applications.services.batched import in_batches
from applications.services.clocks import COMPUTED, Move, compute_again
from applications.states import OPEN
from audit.services import record
from regulators.calendars import kazakhstan
from regulators.models import CalendarVersion
from regulators.services.calendars import Failed, Moved


def on_calendar(pin: CalendarVersion, *, actor: Any) -> Iterator[Moved | Failed]:
    """The calendar on record is the one that days are computed in: see ``compute_days_again``."""
    return compute_days_again(actor=actor)


def compute_days_again(*, actor: Any) -> Iterator[Moved | Failed]:
    """Compute again each open deadline in working days that was counted in another calendar, and each that
    could not be computed.

    Effects in order, for each batch of undecided cases, in a transaction of its own: lock the cases; their
    deadlines, from their start and the ledger of their clocks; the days of consultations and notices that
    follow them; an audit event for each with what moved. Dates that a person set (of requests, of conditions,
    of a return, of a consultation) stand as they were set. What had a day keeps it where the calendar has
    lost the year, and is named. A second run finds what is left, and nothing else.
    """
    due = _counted_elsewhere().order_by("application_id").values_list("application_id", flat=True).distinct()
    return in_batches(list(due), lambda cases: _compute_again(cases, actor))


def _counted_elsewhere() -> QuerySet[Deadline]:
    found = Deadline.objects.filter(met_at=None, application__state__in=sorted(OPEN))
    in_working_days = Q(working_days__isnull=False) & ~Q(calendar=str(kazakhstan()))
    return found.filter(in_working_days | Q(missing_year__isnull=False))


def _compute_again(pks: Sequence[Any], actor: Any) -> list[Moved | Failed]:
    cases = Application.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    locked = {case.pk: case for case in cases}
    ledgers: dict[tuple[Any, str, str], list[ClockEntry]] = {}
    for entry in ClockEntry.objects.filter(application__in=pks):
        ledgers.setdefault((entry.application_id, entry.clock, entry.about), []).append(entry)
    computed: list[Deadline] = []
    changed: list[Deadline] = []
    moved: dict[Application, dict[str, Move]] = {}
    failed: list[Moved | Failed] = []
    for deadline in (
        _counted_elsewhere().filter(application__in=pks).order_by("application_id", "code", "about")
    ):
        case = locked[deadline.application_id]
        move = compute_again(deadline, ledgers.get((case.pk, deadline.code, deadline.about), []))
        if move and move[1] is None:
            failed.append(
                Failed(what=f"{case} {deadline}", why=f"{deadline.missing_year} is not in the calendar")
            )
            continue
        computed.append(deadline)
        if move:
            changed.append(deadline)
            moved.setdefault(case, {})[str(deadline)] = move
    Deadline.objects.bulk_update(computed, COMPUTED)
    notice_clocks.follow(changed)
    for case, found in moved.items():
        _record(case, found, actor)
    return failed + [
        Moved(what=f"{case} {code}", before=before, after=after)
        for case, found in moved.items()
        for code, (before, after) in found.items()
    ]


def _record(case: Application, found: dict[str, Move], actor: Any) -> None:
    record(
        subject=case.audit_subject,
        kind="application.deadlines_moved",
        actor=actor,
        reason="; ".join(
            str(Moved(what=code, before=before, after=after)) for code, (before, after) in found.items()
        ),
        data={
            "calendar": str(kazakhstan()),
            "moved": {
                code: {"from": str(before or ""), "to": str(after)} for code, (before, after) in found.items()
            },
        },
    )
