"""What the pipeline reads: the cases one manages, where each stands, and how many of each there are."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from applications.models import Application, ApplicationQuerySet, Passage
from applications.models import Stage as StageModel
from applications.models.standing import DECISION, HEARD
from applications.pipeline.periods import ONE_DAY, Period
from applications.pipeline.tallies import waiting_now
from applications.queries.passages import ZONE
from applications.states import OPEN
from applications.states import ApplicationState as A
from applications.subjects import case_in, subject_in_sql
from audit.models import Event
from regulators.models import LicenceType, Regulator, Role
from regulators.queries import codes_of, regulators_of, staff_roles
from workflow.acts import acts_of

# Administrators manage people, not cases.
MANAGERS = frozenset({Role.LEAD_REVIEWER, Role.DECISION_MAKER})
DECIDED = (A.GRANTED, A.REFUSED)  # on the merits
STEPS = {
    f"{model._meta.model_name}.{act.name}": act.label
    for model in (Application, StageModel)
    for act in acts_of(model).values()
    if act.name != "discard"  # a draft that is thrown away was never with the regulator
}


def managed_by(user: Any) -> frozenset[int]:
    """The regulators that the person serves as lead reviewer or decision maker."""
    return frozenset(r for r in regulators_of(user) if not MANAGERS.isdisjoint(staff_roles(user, r)))


def codes_managed_by(user: Any) -> frozenset[str]:
    return codes_of(user, managed_by(user))


def cases_of(user: Any) -> ApplicationQuerySet:
    """Submitted cases of the regulators that the person manages."""
    return Application.objects.filed_with(user).filter(licence_type__regulator__in=managed_by(user))


def placed(cases: ApplicationQuerySet, today: date) -> ApplicationQuerySet:
    """Adds to each case its place and whom it waits for (both empty once it is closed), and its days."""
    return cases.annotate(
        place=F("place_now"),
        waiting=waiting_now(today),
        submitted_on=TruncDate("submitted_at", tzinfo=ZONE),
        decided_on=TruncDate("decided_at", tzinfo=ZONE),
    )


def awaiting_decision(cases: ApplicationQuerySet, today: date, most: int) -> list[Application]:
    """Those that wait for a decision maker, the oldest first."""
    over = Q(turn_now=HEARD, heard_until_now__lt=today)
    # The first condition is the one of the index that has them in their order.
    theirs = cases.filter(Q(turn_now__in=[DECISION, HEARD]), Q(turn_now=DECISION) | over)
    return list(_first(theirs, most, "submitted_at", today))


class NearlyDue(NamedTuple):
    """The first of them, and how many of all are over their date, and are coming to it."""

    cases: list[Application]
    over: int
    coming: int


def nearly_due(cases: ApplicationQuerySet, today: date, *, until: datetime, most: int) -> NearlyDue:
    """Open cases whose nearest date is before then, that one first. One query."""
    now = timezone.now()
    due = cases.filter(state__in=sorted(OPEN), due_order__lt=until)
    found: list[Any] = list(
        _first(due, most, "due_order", today).annotate(
            over=_number(due.filter(due_order__lt=now)), coming=_number(due.filter(due_order__gte=now))
        )
    )
    return NearlyDue(found, found[0].over, found[0].coming) if found else NearlyDue([], 0, 0)


def _first(cases: ApplicationQuerySet, most: int, order: str, today: date) -> ApplicationQuerySet:
    """The first of many, each with its place: chosen before anything is joined to them."""
    chosen = cases.order_by(order, "pk").values("pk")[:most]
    here = placed(Application.objects.filter(pk__in=chosen), today)
    return here.select_related("firm", "case_officer", "rulebook").order_by(order, "pk")


class Due(NamedTuple):
    """Of a regulator: how many open cases are over their nearest date, and come to it before a moment."""

    regulator: str
    over: int
    coming: int


def due_counted(regulators: Collection[int], *, until: datetime) -> list[Due]:
    """One query."""
    theirs = Application.objects.filter(
        licence_type__regulator=OuterRef("pk"), state__in=sorted(OPEN), due_order__lt=until
    )
    now = timezone.now()
    rows = Regulator.objects.filter(pk__in=regulators).values_list(
        "code", _number(theirs.filter(due_order__lt=now)), _number(theirs.filter(due_order__gte=now))
    )
    return [Due(*row) for row in rows.order_by("code")]


def _number(of: ApplicationQuerySet) -> Coalesce:
    """How many there are, as a column."""
    counted = of.order_by().annotate(all=Value(1)).values("all").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)


def steps(cases: ApplicationQuerySet, period: Period, *, act: str, stage: str) -> QuerySet[Event]:
    """The acts of a kind on these cases, or on a stage of them, as the audit record has them, from their
    first submission on, the oldest first.
    """
    subjects = cases.annotate(chain=subject_in_sql("pk"))
    first = Event.objects.filter(subject=OuterRef("subject"), kind="application.submit")
    found = Event.objects.filter(
        Exists(first.filter(number__lte=OuterRef("number"))),
        kind=act, at__gte=midnight(period.first), at__lt=midnight(period.last + ONE_DAY),
        subject__in=subjects.order_by().values("chain"),
    )  # fmt: skip
    return (found.filter(data__stage=stage) if stage else found).order_by("pk")


def passages(user: Any, *, types: list[str] | None, stage: str, period: Period) -> QuerySet[Passage]:
    """Of the cases that the person manages, of these licence types (None: all), or of a stage of them: those
    that ended in the period, the newest first.
    """
    kinds = LicenceType.objects.filter(regulator__in=managed_by(user))
    if types is not None:
        kinds = kinds.filter(code__in=types)
    within = Passage.objects.filter(stage=stage, ended_on__range=(period.first, period.last))
    found = within.filter(licence_type__in=kinds.order_by().values("pk"))
    return found.select_related("application__firm", "application__rulebook").order_by("-ended_on", "-pk")


def cases_behind(events: Iterable[Event], cases: ApplicationQuerySet) -> dict[str, Application]:
    """The cases of these events by the subject of their chain."""
    keys = {case_in(event.subject) for event in events}
    return {case.audit_subject: case for case in cases.filter(pk__in=keys).select_related("firm", "rulebook")}


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)
