"""What the pipeline counts, beside the same worked out from each case and its record."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils import timezone

from applications.desk.standing import FIRM, waiting
from applications.models import Application, Passage, Tally, TallyChange
from applications.pipeline import tallies
from applications.pipeline.periods import Period, period_from
from applications.queries.passages import ZONE
from applications.states import ENDED, OPEN
from applications.states import ApplicationState as A
from applications.states import StageState as S
from audit.models import Event

SINCE = date(2025, 12, 1)
ENDED_IN = (Period(code="", first=SINCE, last=date(2026, 8, 3)), period_from("2026-09", date(2026, 11, 27)))
NOT_HERE = ("time", "running", "stood", "stay")  # held against the records in tests of their own
MONTH = period_from("2026-11", date(2026, 11, 27))


OF_A_DAY = ("ended", "step")


def counts(regulator: Any) -> list[tallies.Count]:
    what = ("place", *OF_A_DAY)
    today = timezone.localdate()
    return tallies.counted([regulator.pk], what=what, today=today, ended=ENDED_IN, steps=MONTH)


def numbers(regulator: Any) -> dict[Any, int]:
    """What the tallies have, folded or not."""
    found: Counter[Any] = Counter()
    shown = ("licence_type__code", "what", "state", "stage", "turn", "day", "officer")
    for model, number in ((Tally, "cases"), (TallyChange, "by")):
        theirs = model.objects.filter(licence_type__regulator=regulator)
        for *key, by in theirs.exclude(what__in=NOT_HERE).values_list(*shown, number):
            found[tuple(key)] += by
    return {key: number for key, number in found.items() if number and _is_recent(key[1], key[5])}


def shown(regulator: Any) -> dict[Any, int]:
    """What pages are told: of a day no more than what they ask of it."""
    return told(
        ((c.licence_type, c.what, c.state, c.stage, c.turn, c.day, c.officer), c.number)
        for c in counts(regulator)
    ) | told(
        ((c.licence_type, c.what, "", c.stage, "", day, None), number)
        for c in tallies.ages([regulator.pk])
        for day, number in zip(c.days, c.numbers, strict=True)
    )


def told(found: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    """Of cases at their places, of what ended, of steps and of ages, what ``shown`` keeps apart."""
    kept: Counter[Any] = Counter()
    for (licence_type, what, state, stage, turn, day, _officer), number in found:
        if what in ("age", *OF_A_DAY) or turn:
            asked = {
                "age": day,
                "ended": tuple(one.holds(day) for one in ENDED_IN),
                "place": day and day >= timezone.localdate(),
            }
            kept[licence_type, what, state, stage, turn, asked.get(what)] += number
    return dict(kept)


def _is_recent(what: str, day: date | None) -> bool:
    first, last = {"ended": (SINCE, None), "step": (MONTH.first, MONTH.last)}.get(what, (None, None))
    return (first is None or first <= day) and (last is None or day <= last)


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
    if case.state == A.IN_REVIEW:
        yield from _stages(case)
    for event in _acts(case):
        day = timezone.localdate(event.at, ZONE)
        if MONTH.holds(day):
            yield "step", event.kind, event.data.get("stage", ""), "", day, None


def _stages(case: Any) -> Any:
    """Each that somebody has in hand or may take; and the case once for each of them, and for whoever may."""
    kinds = {S.IN_REVIEW: "hand", S.COMPLETE: "take"}
    held = [
        (kinds[stage.state], stage.code, stage.taken_by_id if stage.state == S.IN_REVIEW else None)
        for stage in case.stages.filter(state__in=kinds)
    ]
    for what, code, person in held:
        yield what, "", code, "", None, person
    for what, person in {(what, person) for what, _code, person in held}:
        yield what, "", "", "", None, person


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
