"""Where cases stand: what their rows keep of it, what is read beside, and which parts there are to read."""

from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, JSONObject

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
from applications.queries.retention import kept_since
from applications.states import DECIDED, STAGES_WITH_THE_FIRM, IndividualState, StageState
from applications.subjects import subject_in_sql
from audit.models import Event
from notifications.queries import notices_of

OF_CASE = {"application": OuterRef("pk")}


def computed() -> dict[str, Any]:
    """What the columns of ``models.standing.Standing`` have to hold, from the records of the case. A timer is
    nobody, and to look at a file is no work on the case. Dates and clocks are those of the whole case.
    """
    due = Deadline.objects.filter(**OF_CASE, about="", met_at=None).order_by("due_at", "pk")
    latest = (
        ClockEntry.objects.filter(**OF_CASE, about="").exclude(what=ClockEntry.STOP).order_by("-at", "-pk")
    )
    paused = latest.annotate(paused=Case(When(what=ClockEntry.PAUSE, then=F("at"))))
    stages = Stage.objects.filter(**OF_CASE).exclude(state=StageState.APPROVED).order_by("order")
    chain = subject_in_sql(OuterRef("pk"))
    events = Event.objects.filter(subject=chain).exclude(kind__in=OPENINGS).exclude(actor_id="")
    return {
        "next_due": _first(due, "due_at"),
        "due_code": Coalesce(_first(due, "code"), Value("")),
        "due_working_days": _first(due, "working_days"),
        "paused_since": _first(paused, "paused"),
        "stage_now": Coalesce(_first(stages, "code"), Value("")),
        "stage_state_now": Coalesce(_first(stages, "state"), Value("")),
        "active_at": _first(events.order_by("-at"), "at"),
        "kept_since": kept_since(),
        **_waited_on(),
        **_asked_back(),
    }


def _waited_on() -> dict[str, Any]:
    """What, beside the state, says whom the case waits on."""
    requests = InformationRequest.objects.filter(**OF_CASE)
    asked = requests.filter(status__in=InformationRequest.WITH_FIRM).order_by("due_on", "number")
    answered = requests.filter(status=InformationRequest.ANSWERED).order_by("number")
    with_firm = Stage.objects.filter(**OF_CASE, state__in=STAGES_WITH_THE_FIRM).order_by("order")
    unmet = Condition.objects.in_force().filter(**OF_CASE, verified_at=None)
    notices = RefusalNotice.objects.filter(**OF_CASE).order_by("-proposed_at")
    return {
        "requests_now": _count(asked, "application"),
        "asked_now": _first(asked, "number"),
        "asked_until_now": _first(asked, "due_on"),
        "answered_now": _first(answered, "number"),
        "returned_now": Coalesce(_first(with_firm, "code"), Value("")),
        "conditions_now": _count(unmet.exclude(effect=Condition.CARRY), "application"),
        "condition_until_now": _first(unmet.filter(owner=Condition.FIRM).order_by("due_on"), "due_on"),
        "served_now": _first(notices, "served_on"),
        "until_now": _first(notices, "representations_until"),
        "people_noticed_now": _people_noticed(),
    }


def _people_noticed() -> Coalesce:
    """The notices about people, the one that ends first before the others."""
    noticed = IndividualApproval.objects.filter(**OF_CASE, state=IndividualState.REFUSAL_PROPOSED)
    noticed = noticed.exclude(represent_until=None).order_by()
    told = JSONObject(person="person_id", function="function", until="represent_until")
    in_order = JSONBAgg(told, order_by=("represent_until", "pk"))
    found = noticed.values("application").annotate(told=in_order).values("told")
    return Coalesce(Subquery(found), Value([], JSONField()))


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
