"""Where cases stood, worked out from the audit record: for rows that were copied past the acts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from applications.models import Application, Stage, Stay
from applications.models.standing import APPROVED, INTAKE
from applications.queries.passages import ZONE
from applications.states import OPEN
from applications.states import StageState as S
from audit.models import Event

ACCEPT = "application.accept"
OF_CASE = Q(kind__startswith="application.") | Q(kind__startswith="stage.")


class Did(NamedTuple):
    """An act of the audit record, on a stage where it names one. ``to_state``: empty where none changed."""

    kind: str
    stage: str
    to_state: str
    day: date


class Stood(NamedTuple):
    place: str
    began_on: date
    ended_on: date | None


def stays(acts: Iterable[Did], stages: Sequence[str]) -> list[Stood]:
    """The stays of one case, from its acts in order; ``stages`` are its own, in order."""
    found: list[Stood] = []
    place, since, state, accepted, approved = "", date.min, "", False, set()
    for act in acts:
        accepted |= act.kind == ACCEPT
        if not act.stage:
            state = act.to_state or state
        elif act.to_state == S.APPROVED:
            approved.add(act.stage)
        elif act.to_state:
            approved.discard(act.stage)
        left = next((stage for stage in stages if stage not in approved), APPROVED)
        here = "" if state not in OPEN else left if accepted else INTAKE
        if here != place:
            if place:
                found.append(Stood(place, since, act.day))
            place, since = here, act.day
    return [*found, Stood(place, since, None)] if place else found


@transaction.atomic
def replay(cases: Collection[Application]) -> None:
    """Write the stays of these cases anew. Three queries."""
    stages: dict[Any, list[str]] = defaultdict(list)
    for case, code in (
        Stage.objects.filter(application__in=cases).order_by("order").values_list("application", "code")
    ):
        stages[case].append(code)
    acts: dict[str, list[Did]] = defaultdict(list)
    events = Event.objects.filter(OF_CASE, subject__in=[case.audit_subject for case in cases])
    columns = ("subject", "kind", "data__stage", "to_state", "at")
    for subject, kind, stage, to_state, at in events.order_by("number").values_list(*columns):
        acts[subject].append(Did(kind, stage or "", to_state, timezone.localdate(at, ZONE)))
    Stay.objects.filter(application__in=cases).delete()
    Stay.objects.bulk_create(
        Stay(application=case, licence_type_id=case.licence_type_id, **stood._asdict())
        for case in cases
        for stood in stays(acts[case.audit_subject], stages[case.pk])
    )
