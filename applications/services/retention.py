"""What is due: found each night, and taken back where it is not due any more."""

import logging
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from applications.models import Application, Destruction
from applications.queries import retention as queries
from applications.rules import RETENTION
from audit.services import record
from regulators.keeping import periods
from regulators.models import KeepingPeriod
from workflow import services as workflow
from workflow.errors import Refused

log = logging.getLogger(__name__)
BATCH = 100


def find_due() -> int:
    """Propose the documents of every case for destruction whose last day is over; of how many cases.

    Each batch in a transaction of its own. Effects in order, for each case: lock it, or leave it for the next
    night where it is locked; the Destruction, or that no document of it is left; the audit event. A case
    whose documents are all in cases that are kept waits for those.
    """
    today, found = timezone.localdate(), 0
    last: Application | None = None
    counted = periods(today)
    while True:
        with transaction.atomic():
            cases = _locked(today, last)
            if not cases:
                return found
            found += _propose(cases, counted)
            last = cases[-1]


def _locked(today: date, last: Application | None) -> list[Application]:
    rows = queries.newly_due(today).select_related("licence_type").order_by("kept_since", "pk")
    if last:
        same_day = Q(kept_since=last.kept_since, pk__gt=last.pk)
        rows = rows.filter(Q(kept_since__gt=last.kept_since) | same_day, kept_since__gte=last.kept_since)
    return list(rows.select_for_update(of=("self",), skip_locked=True)[:BATCH])


def _propose(cases: list[Application], counted: dict[int, KeepingPeriod]) -> int:
    ids = [case.pk for case in cases]
    open_ones = Destruction.objects.filter(application__in=ids).exclude(state=Destruction.OVER)
    waiting = set(open_ones.values_list("application", flat=True))
    documents = queries.documents_of(ids)
    free = queries.free(documents)
    found = 0
    for case in cases:
        if case.pk in waiting:
            continue
        if not documents.get(case.pk):
            clear(case)
            record(subject=case.audit_subject, kind="application.nothing_to_destroy", actor=RETENTION)
        elif free[case.pk]:
            _found(case, counted[case.regulator_id], len(free[case.pk]))
            found += 1
    return found


def _found(case: Application, period: KeepingPeriod, files: int) -> None:
    assert case.kept_since is not None
    made = Destruction.objects.create(application=case, ended_on=case.kept_since, period=period)
    record(
        subject=case.audit_subject,
        kind="destruction.found",
        actor=RETENTION,
        data={"of": made.record_name, "period": period.pk, "years": period.years, "files": files},
    )


def clear(case: Application) -> None:
    """A part of what leaves a case without a document: nobody looks for one there any more."""
    case.cleared_at = timezone.now()
    case.save(update_fields=["cleared_at"])


def drop_what_is_not_due() -> int:
    """Take back what nobody confirmed of cases that went on, or that a longer period keeps; how many."""
    dropped = 0
    for found in queries.not_due_any_more(timezone.localdate()):
        try:
            workflow.perform(Destruction, found.pk, "drop", actor=RETENTION, expected_version=found.version)
        except Refused as refusal:
            log.warning("Destruction %s stays: %s", found.pk, refusal)
        else:
            dropped += 1
    return dropped
