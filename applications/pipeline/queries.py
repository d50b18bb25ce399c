"""What the pipeline reads: the cases one manages, where each stands, and how many of each there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, TruncDate
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils import timezone

from applications.models import Application, ApplicationQuerySet, Condition, InformationRequest, RefusalNotice
from applications.models import Stage as StageModel
from applications.states import OPEN, STAGES_WITH_THE_FIRM
from applications.states import ApplicationState as A
from applications.states import StageState as S
from audit.models import Event
from regulators.models import Role
from regulators.queries import regulators_of, staff_roles
from workflow.acts import acts_of

# Administrators manage people, not cases.
MANAGERS = frozenset({Role.LEAD_REVIEWER, Role.DECISION_MAKER})
DECIDED = (A.GRANTED, A.REFUSED)  # on the merits
DECIDABLE = (A.RECOMMENDED, A.REFUSAL_PROPOSED, A.APPROVED_IN_PRINCIPLE)
RECENT = timedelta(days=90)
MONTHS = 12
APPROVED = "approved"  # the place of a case whose stages are all approved
FIRM, US, DECISION = "firm", "us", "decision"
STEPS = {
    f"{model._meta.model_name}.{act.name}": act.label
    for model in (Application, StageModel)
    for act in acts_of(model).values()
    if act.name != "discard"  # a draft that is thrown away was never with the regulator
}


@dataclass(frozen=True, kw_only=True)
class Group:
    """So many cases that are alike in everything the overview counts."""

    licence_type: str
    state: str
    stage: str
    waiting: str
    officer: int | None
    officer_name: str | None
    submitted_on: date | None
    decided_on: date | None
    cases: int


def managed_by(user: Any) -> frozenset[int]:
    """The regulators that the person serves as lead reviewer or decision maker."""
    return frozenset(r for r in regulators_of(user) if not MANAGERS.isdisjoint(staff_roles(user, r)))


def cases_of(user: Any) -> ApplicationQuerySet:
    """Submitted cases of the regulators that the person manages."""
    return Application.objects.filed_with(user).filter(licence_type__regulator__in=managed_by(user))


def placed(cases: ApplicationQuerySet, today: date) -> ApplicationQuerySet:
    """Adds to each case its place and whom it waits for (both empty once it is closed), and its days."""
    return cases.annotate(
        place=Case(When(state__in=OPEN, then=_first_stage_left()), default=Value("")),
        waiting=_waiting(today),
        submitted_on=TruncDate("submitted_at"),
        decided_on=TruncDate("decided_at"),
    )


def tally(cases: ApplicationQuerySet, today: date) -> list[Group]:
    """One query for every count of the overview. Days and people are kept for open and recently decided cases
    only, so that the groups stay few while closed cases pile up.
    """
    is_open, is_recent = Q(state__in=OPEN), Q(state__in=DECIDED, decided_on__gte=first_month(today))
    rows = (
        placed(cases, today)
        .annotate(
            officer=Case(When(is_open, then=F("case_officer"))),
            officer_name=Case(When(is_open, then=F("case_officer__full_name"))),
            since=Case(When(is_open | is_recent, then=F("submitted_on"))),
            until=Case(When(is_recent, then=F("decided_on"))),
        )
        .order_by()
        .values(
            "licence_type__code", "state", "place", "waiting", "officer", "officer_name", "since", "until"
        )
        .annotate(cases=Count("pk"))
    )
    return [
        Group(
            licence_type=row["licence_type__code"],
            state=row["state"],
            stage=row["place"],
            waiting=row["waiting"],
            officer=row["officer"],
            officer_name=row["officer_name"],
            submitted_on=row["since"],
            decided_on=row["until"],
            cases=row["cases"],
        )
        for row in rows
    ]


def awaiting_decision(cases: ApplicationQuerySet, today: date, most: int) -> list[Application]:
    """Those that wait for a decision maker, the oldest first."""
    found = (
        placed(cases.filter(state__in=DECIDABLE), today)
        .filter(Q(waiting=DECISION))
        .select_related("firm", "case_officer", "rulebook")
    )
    return list(found.order_by("submitted_at", "pk")[:most])


def steps(cases: ApplicationQuerySet, start: datetime, end: datetime) -> QuerySet[Event]:
    """The acts on these cases, as the audit record has them."""
    subjects = cases.annotate(chain=Concat(Value("application:"), Cast("pk", CharField())))
    return Event.objects.filter(
        kind__in=list(STEPS), at__gte=start, at__lt=end, subject__in=subjects.order_by().values("chain")
    )


def count_steps(cases: ApplicationQuerySet, start: datetime, end: datetime) -> dict[str, int]:
    rows = steps(cases, start, end).order_by().values_list("kind").annotate(Count("pk"))
    return dict(rows)


def cases_behind(events: Iterable[Event], cases: ApplicationQuerySet) -> dict[str, Application]:
    """The cases of these events by the subject of their chain."""
    keys = {event.subject.removeprefix("application:") for event in events}
    return {case.audit_subject: case for case in cases.filter(pk__in=keys).select_related("firm", "rulebook")}


def month_of(day: date) -> tuple[datetime, datetime]:
    """The first instant of the day's month, and of the next one."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return _midnight(first), _midnight(after)


def first_month(today: date) -> date:
    """The first day of the months that the overview looks back on, the present one included."""
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))


def _first_stage_left() -> Any:
    left = StageModel.objects.filter(application=OuterRef("pk")).exclude(state=S.APPROVED).order_by("order")
    return Coalesce(Subquery(left.values("code")[:1]), Value(APPROVED))


def _waiting(today: date) -> Case:
    """The firm's turn is what its own page tells it; a decision is awaited where nothing but one is left."""
    mine = {"application": OuterRef("pk")}
    notices = RefusalNotice.objects.filter(**mine).order_by("-proposed_at")
    asked = InformationRequest.objects.filter(**mine, status__in=InformationRequest.WITH_FIRM)
    returned = StageModel.objects.filter(**mine, state__in=STAGES_WITH_THE_FIRM)
    unmet = Condition.objects.in_force().filter(**mine, verified_at=None)
    proposed = Q(state=A.REFUSAL_PROPOSED)
    heard_until = Subquery(notices.values("representations_until")[:1])  # empty until the notice is served
    return Case(
        When(~Q(state__in=OPEN), then=Value("")),
        When(state=A.RETURNED, then=Value(FIRM)),
        When(proposed & GreaterThanOrEqual(heard_until, today), then=Value(FIRM)),
        When(Exists(asked), then=Value(FIRM)),
        When(Exists(returned), then=Value(FIRM)),
        When(state=A.RECOMMENDED, then=Value(DECISION)),
        When(proposed & LessThan(heard_until, today), then=Value(DECISION)),
        When(Q(state=A.APPROVED_IN_PRINCIPLE) & ~Exists(unmet), then=Value(DECISION)),
        default=Value(US),
        output_field=CharField(),
    )
