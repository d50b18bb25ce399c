"""Where cases stand: what their rows keep of it, what is read beside, and which parts there are to read."""

from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from applications.conditions.opened import OPENINGS
from applications.models import (
    Application,
    ClockEntry,
    Condition,
    Deadline,
    ExtensionRequest,
    InformationRequest,
    PointMessage,
    RefusalNotice,
    RequestPoint,
    Stage,
)
from applications.states import DECIDED, STAGES_WITH_THE_FIRM, StageState
from audit.models import Event
from notifications.queries import notices_of

OF_CASE = {"application": OuterRef("pk")}


def computed() -> dict[str, Any]:
    """What the columns of ``models.standing.Standing`` have to hold, from the records of the case: the
    nearest deadline that is not met, since when the clocks are paused (None while they run), the first
    stage that is not approved, and when a person last did something. A timer is nobody, and to look at a
    file is no work on the case.
    """
    due = Deadline.objects.filter(**OF_CASE, met_at=None).order_by("due_at", "pk")
    latest = ClockEntry.objects.filter(**OF_CASE).exclude(what=ClockEntry.STOP).order_by("-at", "-pk")
    paused = latest.annotate(paused=Case(When(what=ClockEntry.PAUSE, then=F("at"))))
    stages = Stage.objects.filter(**OF_CASE).exclude(state=StageState.APPROVED).order_by("order")
    chain = Concat(Value("application:"), Cast(OuterRef("pk"), CharField()))
    events = Event.objects.filter(subject=chain).exclude(kind__in=OPENINGS).exclude(actor_id="")
    return {
        "next_due": _first(due, "due_at"),
        "due_code": Coalesce(_first(due, "code"), Value("")),
        "due_working_days": _first(due, "working_days"),
        "paused_since": _first(paused, "paused"),
        "stage_now": Coalesce(_first(stages, "code"), Value("")),
        "active_at": _first(events.order_by("-at"), "at"),
    }


def _first(rows: QuerySet[Any], column: str) -> Subquery:
    return Subquery(rows.values(column)[:1])


def with_requests_waiting(cases: QuerySet[Application]) -> QuerySet[Application]:
    """How many requests wait for an answer of the firm; None where none do, or the case is decided."""
    sent = InformationRequest.objects.filter(**OF_CASE, status__in=InformationRequest.WITH_FIRM)
    sent = sent.exclude(application__state__in=DECIDED)
    count = sent.order_by().values("application").annotate(count=Count("pk")).values("count")
    return cases.annotate(requests_waiting=Subquery(count))


def with_turn(cases: QuerySet[Application]) -> QuerySet[Application]:
    """What says whose turn it is, in the query that reads the case: how many requests wait, the
    number and last day of the one due first, the stage that was returned, the last day for representations
    on a notice that was served, and the last day of the next condition that is not met.
    """
    asked = InformationRequest.objects.filter(**OF_CASE, status__in=InformationRequest.WITH_FIRM)
    first = {
        "request_number": asked.order_by("due_on", "number").values("number"),
        "request_due": asked.order_by("due_on", "number").values("due_on"),
        "stage_returned": Stage.objects.filter(**OF_CASE, state__in=STAGES_WITH_THE_FIRM)
        .order_by("order")
        .values("code"),
        "notice_until": RefusalNotice.objects.filter(**OF_CASE)
        .order_by("-proposed_at")
        .values("representations_until"),
        "condition_due": Condition.objects.in_force()
        .filter(**OF_CASE, verified_at=None)
        .order_by("due_on")
        .values("due_on"),
    }
    return with_requests_waiting(cases).annotate(**{name: Subquery(rows[:1]) for name, rows in first.items()})


def with_facts(cases: QuerySet[Application]) -> QuerySet[Application]:
    """What says whom each case of a list waits on, as columns of its row: ``fact_asked`` and
    ``fact_answered``, the numbers of the first requests with the firm and answered; ``fact_returned``,
    whether a stage is with the firm; ``fact_stage_state``, of the stage that the case stands at;
    ``fact_conditions``, how many are to be verified; ``fact_served_on`` and ``fact_until``: last notice.
    """
    requests = InformationRequest.objects.filter(**OF_CASE).order_by("number")
    stages = Stage.objects.filter(**OF_CASE)
    with_firm = stages.filter(state__in=STAGES_WITH_THE_FIRM)
    unmet = Condition.objects.in_force().filter(**OF_CASE, verified_at=None)
    left = unmet.exclude(effect=Condition.CARRY).order_by().values("application")
    notices = RefusalNotice.objects.filter(**OF_CASE).order_by("-proposed_at")
    return cases.annotate(
        fact_asked=_first(requests.filter(status__in=InformationRequest.WITH_FIRM), "number"),
        fact_answered=_first(requests.filter(status=InformationRequest.ANSWERED), "number"),
        fact_returned=Exists(with_firm),
        fact_stage_state=_first(stages.filter(code=OuterRef("stage_now")), "state"),
        fact_conditions=Subquery(left.annotate(count=Count("pk")).values("count")),
        fact_served_on=_first(notices, "served_on"),
        fact_until=_first(notices, "representations_until"),
    )


def with_rounds(cases: QuerySet[Application]) -> QuerySet[Application]:
    """What the firm has asked back about its requests, and nobody answered yet: ``questions_open``, on how
    many points it had the last word (None for none), and ``time_asked``, whether for more time. A question
    waits until the request is closed, also where the firm has sent its answer to the point since.
    """
    here = {"request__application": OuterRef("pk")}
    with_firm = {**here, "request__status__in": InformationRequest.WITH_FIRM}
    last = PointMessage.objects.filter(point=OuterRef("pk")).order_by("-at", "-pk").values("from_firm")[:1]
    points = RequestPoint.objects.filter(**here).exclude(request__status=InformationRequest.CLOSED)
    points = points.annotate(last=Subquery(last))
    count = points.filter(last=True).order_by().values("request__application").annotate(count=Count("pk"))
    wishes = ExtensionRequest.objects.filter(**with_firm, outcome=ExtensionRequest.OPEN)
    return cases.annotate(questions_open=Subquery(count.values("count")), time_asked=Exists(wishes))


def to_answer(cases: QuerySet[Application]) -> QuerySet[Application]:
    """Cases ``with_rounds`` in which the firm waits for a reply, or for more time."""
    return cases.filter(Q(questions_open__gt=0) | Q(time_asked=True)).exclude(state__in=DECIDED)


def with_unread(cases: QuerySet[Application], user: Any) -> QuerySet[Application]:
    """``unread``: how many notices this person has not read, of all cases; None for none."""
    count = notices_of(user).filter(read_at=None).order_by().values("recipient").annotate(count=Count("pk"))
    return cases.annotate(unread=Subquery(count.values("count")))


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
