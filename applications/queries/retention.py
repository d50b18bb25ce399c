"""Until when the documents of a case are kept, which of them can go, and which cases are due."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from applications.states import ENDED
from applications.states import ApplicationState as A
from licences.models import RegisterEntry
from licences.states import LicenceState
from regulators.keeping import ended_before, last_day, period_of, periods

if TYPE_CHECKING:
    from applications.models import Application, Destruction

LICENCE_ENDS = (LicenceState.REVOKED, LicenceState.SURRENDERED, LicenceState.EXPIRED)
# Where a document can be given to a case: model, its field of the document, and the way to the case.
PLACES = (
    ("AnswerFile", "document", "answer__application"),
    ("PointFile", "document", "point__request__application"),
    ("Consent", "paper", "application"),
)
Uses = dict[UUID, set[UUID]]


def ended_on(case: "Application") -> date | None:
    """The day that the period counts from: of the decision or withdrawal, of a granted licence the day on
    which it ended. None while the case goes on or its licence lives.
    """
    if case.state not in ENDED:
        return None
    at = case.decided_at
    if case.licence_id:
        ends = RegisterEntry.objects.filter(licence=case.licence_id, to_state__in=LICENCE_ENDS)
        at = ends.order_by("at", "pk").values_list("at", flat=True).first()
    return timezone.localdate(at) if at else None


def _ended() -> Case:
    """When the same was, as an expression."""
    ends = RegisterEntry.objects.filter(licence=OuterRef("licence"), to_state__in=LICENCE_ENDS)
    first = Subquery(ends.order_by("at", "pk").values("at")[:1])
    return Case(
        When(state=A.GRANTED, licence__isnull=False, then=first),
        When(state__in=sorted(ENDED), then=F("decided_at")),
    )


def kept_since() -> Case:
    """The day of ``ended_on`` as a column of the case's row, for whoever looks for what is due; empty also
    where nothing is left to destroy.
    """
    ended = _ended()
    return Case(When(Q(cleared_at=None) | Q(cleared_at__lt=ended), then=TruncDate(ended)))


def kept_until(case: "Application") -> date | None:
    """The last day on which its documents are kept; None where there is none."""
    ended = ended_on(case)
    period = period_of(case.regulator_id, timezone.localdate()) if ended else None
    return last_day(ended, period.years) if ended and period else None


def is_held(case: "Application") -> bool:
    return case.holds.filter(state="standing").exists()


def due(today: date) -> QuerySet["Application"]:
    """Cases with documents whose last day is over; those under a hold too."""
    before = {pk: ended_before(today, period.years) for pk, period in periods(today).items()}
    over = Q(pk__in=[])
    for regulator_id, day in before.items():
        over |= Q(licence_type__regulator=regulator_id, kept_since__lt=day)
    # the latest of all, which the index of the column answers
    return _model("Application").objects.filter(over, kept_since__lt=max(before.values(), default=today))


def newly_due(today: date) -> QuerySet["Application"]:
    """Those of which no destruction waits or goes on."""
    waiting = _model("Destruction").objects.filter(application=OuterRef("pk")).exclude(state="over")
    return due(today).exclude(Exists(waiting))


def not_due_any_more(today: date) -> QuerySet["Destruction"]:
    """What was found and nobody confirmed, of cases that went on or are kept for longer now."""
    found = _model("Destruction").objects.filter(state="due")
    return found.exclude(application__in=due(today).values("pk"))


def documents_of(cases: Collection[UUID]) -> Uses:
    """By case, the documents that were given to it and are there: three queries."""
    found: Uses = defaultdict(set)
    for model, document, way in PLACES:
        rows = _model(model).objects.filter(
            **{f"{way}__in": cases, f"{document}__isnull": False, f"{document}__destroyed_at": None}
        )
        for case, one in rows.order_by().values_list(way, document).distinct():
            found[case].add(one)
    return found


def cases_of(documents: Iterable[UUID]) -> Uses:
    """By document, the cases that it was given to; a draft that was discarded is none. Three queries."""
    ids, found = list(documents), defaultdict(set)
    for model, document, way in PLACES:
        rows = _model(model).objects.filter(**{f"{document}__in": ids})
        rows = rows.exclude(**{f"{way}__state": A.DISCARDED})
        for one, case in rows.order_by().values_list(document, way).distinct():
            found[one].add(case)
    return found


def free(documents: Uses) -> Uses:
    """Of the documents of some cases, those that no other case keeps: one that goes on, whose time is not
    over, or that is under a hold. The paper of an adviser's mandate is kept for the mandate.
    """
    everything = set().union(*documents.values())
    cases = cases_of(everything)
    elsewhere = set().union(*cases.values()) - set(documents)
    elsewhere |= {case for one in cases.values() if len(one) > 1 for case in one}
    let_go = _let_go(elsewhere)
    papers = _model("Authority").objects.filter(document__in=everything)
    kept = set(papers.values_list("document", flat=True))
    return {
        case: {one for one in held - kept if cases[one] - {case} <= let_go}
        for case, held in documents.items()
    }


def free_of(case: "Application") -> set[UUID]:
    """Of the documents of this case, those that no other case keeps."""
    documents = documents_of([case.pk])
    return free(documents)[case.pk] if documents else set()


def _let_go(cases: set[UUID]) -> set[UUID]:
    """Those of these cases whose time is over, exactly, and under no hold."""
    if not cases:
        return set()
    found = _model("Application").objects.filter(pk__in=cases).exclude(holds__state="standing")
    today, counted = timezone.localdate(), periods(timezone.localdate())
    rows = found.annotate(over_on=TruncDate(_ended())).values_list("pk", "licence_type__regulator", "over_on")
    return {
        pk
        for pk, regulator, ended in rows
        if ended and regulator in counted and last_day(ended, counted[regulator].years) < today
    }


def _model(name: str) -> Any:
    return apps.get_model("applications", name)
