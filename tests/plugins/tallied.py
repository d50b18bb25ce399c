"""What the pipeline counts, beside the same worked out from each case and its record."""

from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils import timezone

from applications.desk.standing import FIRM, waiting
from applications.models import Application, Passage
from applications.pipeline import tallies
from applications.pipeline.periods import period_from
from applications.queries.passages import ZONE
from applications.states import ENDED, OPEN
from applications.states import ApplicationState as A
from applications.states import StageState as S
from audit.models import Event

SINCE = date(2025, 12, 1)
MONTH = period_from("2026-11", date(2026, 11, 27))


def counts(regulator: Any) -> list[tallies.Count]:
    return tallies.counted([regulator.pk], since=SINCE, period=MONTH)


def numbers(regulator: Any) -> dict[Any, int]:
    """What the tallies say, but for the passages that wait to be counted."""
    return {
        (c.licence_type, c.what, c.state, c.stage, c.turn, c.day, c.officer): c.number
        for c in counts(regulator)
        if c.what != "passage"
    }


def worked_out(regulator: Any) -> dict[Any, int]:
    found: Counter[Any] = Counter()
    filed = Application.objects.filter(licence_type__regulator=regulator, submitted_at__isnull=False)
    for case in filed.with_case():
        for one in _facts(case):
            found[case.licence_type.code, *one] += 1
    return dict(found)


def _facts(case: Any) -> Any:
    is_open = case.state in OPEN
    left = case.stages.exclude(state=S.APPROVED).order_by("order").first()
    place = left.code if left else "approved"
    turn, until = _turn(case) if is_open else ("", None)
    yield (
        "place",
        case.state,
        place if is_open else "",
        turn,
        until,
        case.case_officer_id if is_open else None,
    )
    if is_open:
        yield "age", "", "", "", timezone.localdate(case.submitted_at, ZONE), None
    if case.state in ENDED and (day := timezone.localdate(case.decided_at, ZONE)) >= SINCE:
        yield "ended", case.state, place if case.accepted_at else "intake", "", day, None
    for event in _acts(case):
        day = timezone.localdate(event.at, ZONE)
        if MONTH.holds(day):
            yield "step", event.kind, event.data.get("stage", ""), "", day, None


def _acts(case: Any) -> list[Event]:
    """From the first submission on."""
    events = list(Event.objects.filter(subject=case.audit_subject).order_by("number"))
    first = next(event.number for event in events if event.kind == "application.submit")
    acts = [e for e in events if e.kind.count(".") == 1 and e.kind.startswith(("application.", "stage."))]
    return [event for event in acts if event.number >= first]


def _turn(case: Any) -> tuple[str, date | None]:
    if case.state == A.REFUSAL_PROPOSED and case.served_now and case.until_now:
        return "heard", case.until_now
    return {FIRM: "firm", "decision_maker": "decision"}.get(waiting(case).on, "us"), None


def passages() -> list[Any]:
    return sorted(Passage.objects.values_list("application", "stage", "outcome", "began_on", "ended_on"))


def passages_worked_out() -> list[Any]:
    found = []
    for case in Application.objects.filter(submitted_at__isnull=False):
        if case.state in (A.GRANTED, A.REFUSED):
            days = (timezone.localdate(at, ZONE) for at in (case.submitted_at, case.decided_at))
            found.append((case.pk, "", case.state, *days))
        turns = [e for e in _acts(case) if e.kind in ("application.accept", "stage.approve")]
        for before, event in pairwise(turns):
            if event.kind == "stage.approve":
                days = (timezone.localdate(at, ZONE) for at in (before.at, event.at))
                found.append((case.pk, event.data["stage"], "approved", *days))
    return sorted(found)
