"""Where cases stand: their dates, read with the cases themselves, and which parts there are to read."""

from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, QuerySet, Subquery, When

from applications.models import (
    Application,
    ClockEntry,
    Deadline,
    InformationRequest,
)

OF_CASE = {"application": OuterRef("pk")}


def with_dates(cases: QuerySet[Application]) -> QuerySet[Application]:
    """``next_due`` with its ``due_code`` and ``due_working_days``: the nearest open deadline.
    ``paused_since``: None while the clocks run.
    """
    due = Deadline.objects.filter(**OF_CASE, met_at=None).order_by("due_at")
    latest = ClockEntry.objects.filter(**OF_CASE).exclude(what=ClockEntry.STOP).order_by("-at", "-pk")
    paused = latest.annotate(paused=Case(When(what=ClockEntry.PAUSE, then=F("at"))))
    return cases.annotate(
        next_due=Subquery(due.values("due_at")[:1]),
        due_code=Subquery(due.values("code")[:1]),
        due_working_days=Subquery(due.values("working_days")[:1]),
        paused_since=Subquery(paused.values("paused")[:1]),
    )


def with_requests_waiting(cases: QuerySet[Application]) -> QuerySet[Application]:
    """How many requests wait for an answer of the firm; None where none do."""
    sent = InformationRequest.objects.filter(**OF_CASE, status__in=InformationRequest.WITH_FIRM)
    count = sent.order_by().values("application").annotate(count=Count("pk")).values("count")
    return cases.annotate(requests_waiting=Subquery(count))


def parts_held(case: Application, names: tuple[str, ...], **beside: QuerySet[Any]) -> frozenset[str]:
    """Which of these parts the case has any of, and which rows beside it there are. Most cases have none of
    most, so one query asks of all.
    """
    rows = {name: _part(name).objects.filter(**OF_CASE) for name in names} | beside
    flags = {f"has_{name}": Exists(found) for name, found in rows.items()}
    answer: Any = Application.objects.filter(pk=case.pk).order_by().values(**flags).get()
    return frozenset(name for name in rows if answer[f"has_{name}"])


def _part(name: str) -> Any:
    return Application._meta.get_field(name).related_model
