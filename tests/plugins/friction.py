"""What requirements cost firms: histories as rows, and what they come to, worked out case by case."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actors import System
from applications.models import Application, Finding, InformationRequest, RequestPoint, Snapshot
from applications.pipeline.friction.report import Report
from applications.queries.passages import ZONE
from audit.models import Event
from audit.services import record
from regulators.calendars import is_working_day

BEGINS = ("application.return_incomplete", "stage.request_changes")


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=ZONE)


def on(monkeypatch: Any, day: date, case: Application, kind: str, **data: Any) -> None:
    """An act in the record of the case, on that day."""
    with monkeypatch.context() as patch, transaction.atomic():
        patch.setattr(timezone, "now", lambda: noon(day))
        record(subject=case.audit_subject, kind=kind, actor=System("test"), data=data)


def stand(case: Application, *requirements: str) -> None:
    """The requirements were asked when the case was submitted."""
    snapshot, _made = Snapshot.objects.get_or_create(
        application=case, number=1,
        defaults={"content": {}, "sha256": "", "law": {}, "made_at": case.submitted_at, "made_by_name": ""},
    )  # fmt: skip
    for code in requirements:
        Finding.objects.get_or_create(
            application=case,
            requirement=code,
            person=None,
            defaults={"snapshot": snapshot, "due": "submission"},
        )


def ask(case: Application, day: date | None, *requirements: str) -> InformationRequest:
    """A request that was sent that day, or is being written where it is None."""
    request = InformationRequest.objects.create(
        application=case, number=case.requests.count() + 1, due_on=date(2027, 1, 1),
        written_by=case.created_by, status="sent" if day else "draft", sent_at=day and noon(day),
    )  # fmt: skip
    RequestPoint.objects.bulk_create(
        RequestPoint(request=request, number=number, requirement=code, question="?")
        for number, code in enumerate(requirements, start=1)
    )
    return request


def told(report: Report) -> dict[str, dict[str, int]]:
    return {row.code: row.counts.figures for row in report.rows}


def worked_out(licence_type: Any, first: date, last: date) -> dict[str, dict[str, int]]:
    """As ``told``, from each case and its record."""
    found: dict[str, dict[str, int]] = {}
    names = ("cases", "requested", "returned", "deficient", "troubled", "waited", "days")
    for case in cases_of(licence_type, first, last):
        for code, one in in_case(case).items():
            marks = [one[name] for name in ("requested", "returned", "deficient")]
            facts = (1, *marks, any(marks), one["days"] > 0, one["days"])
            sums = found.setdefault(code, dict.fromkeys(names, 0))
            for name, fact in zip(names, facts, strict=True):
                sums[name] += int(fact)
    return found


def cases_of(licence_type: Any, first: date, last: date) -> list[Application]:
    filed = Application.objects.filter(licence_type=licence_type, submitted_at__isnull=False)
    return [case for case in filed if first <= _day(case.submitted_at) <= last]


def in_case(case: Application) -> dict[str, dict[str, int]]:
    """By requirement: whether it was asked about, returned, deficient; and the days lost."""
    found: dict[str, dict[str, Any]] = defaultdict(
        lambda: {"requested": 0, "returned": 0, "deficient": 0, "lost": set()}
    )
    for finding in case.findings.all():
        found[finding.requirement]["days"] = 0
    for request in case.requests.exclude(sent_at=None):
        for point in request.points.all():
            withdrawn = point.verdict_at if point.verdict == "withdrawn" else None
            ends = (point.sent_at, withdrawn, request.closed_at, case.decided_at)
            found[point.requirement]["requested"] = 1
            found[point.requirement]["lost"] |= _lost(request.sent_at, ends)
    events = list(Event.objects.filter(subject=case.audit_subject).order_by("number"))
    for place, event in enumerate(events):
        if event.kind in BEGINS:
            back = next((later.at for later in events[place + 1 :] if _ends(event, later)), None)
            for code in event.data.get("gaps", event.data.get("items", [])):
                found[code]["returned"] = 1
                found[code]["lost"] |= _lost(event.at, (back, case.decided_at))
        elif event.kind == "application.completeness":
            for code in event.data["gaps"]:
                found[code]["returned"] = 1
        elif event.kind == "application.finding" and event.data["outcome"] in ("deficient", "met_subject"):
            found[event.data["requirement"]]["deficient"] = 1
    for one in found.values():
        one["days"] = len(one.pop("lost"))
    return found


def _ends(event: Event, later: Event) -> bool:
    of_stage = event.kind == "stage.request_changes" and later.kind == "stage.complete"
    same_stage = of_stage and later.data["stage"] == event.data["stage"]
    return later.kind == "application.submit" or same_stage


def _lost(since: datetime, ends: Any) -> set[date]:
    """The working days after the first day, up to and with the last."""
    known = [_day(end) for end in ends if end]
    last = min(known) if known else timezone.localdate()
    first = _day(since)
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return {day for day in days if is_working_day(day)}


def _day(moment: Any) -> date:
    return timezone.localdate(moment, ZONE)
