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
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject
from django.utils import timezone

from applications.conditions.opened import OPENINGS
from applications.models import (
    Application,
    ClockEntry,
    Condition,
    Deadline,
    ExtensionRequest,
    IndividualApproval,
    InformationRequest,
    PointMessage,
    RefusalNotice,
    RequestPoint,
    Stage,
)
from applications.states import DECIDED, STAGES_WITH_THE_FIRM, IndividualState, StageState
from audit.models import Event
from notifications.queries import notices_of

OF_CASE = {"application": OuterRef("pk")}


def computed() -> dict[str, Any]:
    """What the columns of ``models.standing.Standing`` have to hold, from the records of the case. A timer is
    nobody, and to look at a file is no work on the case.
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
        "stage_state_now": Coalesce(_first(stages, "state"), Value("")),
        "active_at": _first(events.order_by("-at"), "at"),
        **_waited_on(),
        **_asked_back(),
    }


def _waited_on() -> dict[str, Any]:
    """What, beside the state, says whom the case waits on."""
    requests = InformationRequest.objects.filter(**OF_CASE).order_by("number")
    with_firm = Stage.objects.filter(**OF_CASE, state__in=STAGES_WITH_THE_FIRM)
    unmet = Condition.objects.in_force().filter(**OF_CASE, verified_at=None)
    notices = RefusalNotice.objects.filter(**OF_CASE).order_by("-proposed_at")
    return {
        "asked_now": _first(requests.filter(status__in=InformationRequest.WITH_FIRM), "number"),
        "answered_now": _first(requests.filter(status=InformationRequest.ANSWERED), "number"),
        "returned_now": Exists(with_firm),
        "conditions_now": _count(unmet.exclude(effect=Condition.CARRY), "application"),
        "served_now": _first(notices, "served_on"),
        "until_now": _first(notices, "representations_until"),
    }


def _asked_back() -> dict[str, Any]:
    """A question waits until its request is closed, also where the firm has sent its answer since."""
    here = {"request__application": OuterRef("pk")}
    with_firm = {**here, "request__status__in": InformationRequest.WITH_FIRM}
    last = PointMessage.objects.filter(point=OuterRef("pk")).order_by("-at", "-pk").values("from_firm")[:1]
    points = RequestPoint.objects.filter(**here).exclude(request__status=InformationRequest.CLOSED)
    points = points.annotate(last=Subquery(last)).filter(last=True)
    wishes = ExtensionRequest.objects.filter(**with_firm, outcome=ExtensionRequest.OPEN)
    return {"questions_now": _count(points, "request__application"), "time_asked_now": Exists(wishes)}


def _count(rows: QuerySet[Any], of: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(of).annotate(count=Count("pk")).values("count")), 0)


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
    on a notice that was served, the notice about a person that may be answered and ends first, as
    ``person``, ``function`` and ``until``, and the last day of the next condition that is not met.
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
        "notice_of_person": IndividualApproval.objects.filter(
            **OF_CASE, state=IndividualState.REFUSAL_PROPOSED, represent_until__gte=timezone.localdate()
        )
        .order_by("represent_until", "pk")
        .values(told=JSONObject(person="person_id", function="function", until="represent_until")),
        "condition_due": Condition.objects.in_force()
        .filter(**OF_CASE, verified_at=None)
        .order_by("due_on")
        .values("due_on"),
    }
    return with_requests_waiting(cases).annotate(**{name: Subquery(rows[:1]) for name, rows in first.items()})


def to_answer(cases: QuerySet[Application]) -> QuerySet[Application]:
    """Those in which the firm waits for a reply, or for more time."""
    return cases.filter(Q(questions_now__gt=0) | Q(time_asked_now=True)).exclude(state__in=DECIDED)


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
