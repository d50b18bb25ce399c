"""Guidance tasks: asked for by a manager, answered by whoever keeps the rule book.

No role owns a rule book. Administrators and lead reviewers of the regulator put its figures on record and
follow announced changes, so a manager names one of them.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Case, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import GuidanceTask
from applications.pipeline import queries
from applications.pipeline.friction.report import Counts
from applications.pipeline.periods import Period
from audit.services import record
from regulators.models import LicenceType
from regulators.queries import ENTER_FIGURES, people_with_role, serving_as
from workflow.errors import Gone, NotAllowed, NotReady

CLOSED_SHOWN = 25


def seen_by(user: Any) -> QuerySet[GuidanceTask]:
    """Those of the regulators that the person manages, or whose rule books they may keep."""
    regulators = looked_after(user)
    tasks = GuidanceTask.objects.filter(licence_type__regulator__in=regulators)
    return tasks.select_related("licence_type", "owner", "asked_by", "closed_by")


def looked_after(user: Any) -> frozenset[int]:
    return queries.managed_by(user) | serving_as(user, ENTER_FIGURES)


def open_of(user: Any) -> QuerySet[GuidanceTask]:
    """Those that wait for this person; none at a regulator whose books are not theirs to keep any more."""
    return GuidanceTask.objects.filter(
        owner=user.pk,
        outcome=GuidanceTask.OPEN,
        licence_type__regulator__in=serving_as(user, ENTER_FIGURES),
    )


def may_own(user: Any) -> bool:
    return bool(serving_as(user, ENTER_FIGURES))


def shown_to(user: Any) -> list[GuidanceTask]:
    """The open ones, their own first; then the last that were closed. One query."""
    mine_first = Case(When(owner=user.pk, then=0), default=1)
    open_ones = seen_by(user).filter(outcome=GuidanceTask.OPEN).order_by(mine_first, "-asked_at", "-pk")
    closed = seen_by(user).exclude(outcome=GuidanceTask.OPEN).order_by("-closed_at", "-pk")
    return [*open_ones, *closed[:CLOSED_SHOWN]]


def possible_owners(regulator_id: int) -> QuerySet[Any]:
    return people_with_role(regulator_id, *ENTER_FIGURES)


@transaction.atomic
def ask_for_guidance(
    *, actor: Any, licence_type: LicenceType, owner: Any, period: Period, worst: Sequence[Counts]
) -> list[GuidanceTask]:
    """Make a task of each of these requirements that has no open one, with its figures as they stand.

    Effects in order: lock the licence type; the tasks; audit event. Raises NotAllowed for who does not manage
    the regulator, and NotReady where the owner may not keep its books, nothing is ranked, or every
    requirement has an open task.
    """
    if licence_type.regulator_id not in queries.managed_by(actor):
        raise NotAllowed([_("Only a lead reviewer or decision maker of the regulator asks for guidance.")])
    _insist_on_owner(owner, licence_type.regulator_id)
    if not worst:
        raise NotReady([_("Nothing is to be ranked in this time.")])
    locked = LicenceType.objects.select_for_update(no_key=True).get(pk=licence_type.pk)
    asked_for = locked.guidance_tasks.filter(outcome=GuidanceTask.OPEN).values_list("requirement", flat=True)
    taken, now = set(asked_for), timezone.now()
    made = GuidanceTask.objects.bulk_create(
        GuidanceTask(
            licence_type=locked, requirement=one.requirement, period=period.code, first=period.first,
            last=period.last, figures=one.figures, owner=owner, asked_by=actor, asked_at=now,
        )
        for one in worst
        if one.requirement not in taken
    )  # fmt: skip
    if not made:
        raise NotReady([_("Each of these requirements has an open task already.")])
    data = {
        "tasks": [task.pk for task in made],
        "requirements": [task.requirement for task in made],
        "owner": owner.pk,
        "period": [period.first.isoformat(), period.last.isoformat()],
    }
    record(subject=_subject(locked), kind="guidance.ask", actor=actor, data=data)
    return made


@transaction.atomic
def close_task(*, actor: Any, task_id: int, outcome: str, answer: str) -> GuidanceTask:
    """Its owner says that it is done and what was changed, or declines it and says why.

    Effects in order: lock the task; its outcome and answer; audit event. Raises Gone, NotAllowed or NotReady.
    """
    task = _open_task(actor, task_id)
    if task.owner_id != actor.pk or not open_of(actor).filter(pk=task.pk).exists():
        raise NotAllowed([_("Only whoever the task was given to answers it.")])
    if outcome not in (GuidanceTask.DONE, GuidanceTask.DECLINED):
        raise NotReady([_("Choose what came of it.")])
    if not answer.strip():
        raise NotReady([_("Say what was changed, or why nothing is.")])
    task.outcome, task.answer = outcome, answer.strip()
    task.closed_by, task.closed_at = actor, timezone.now()
    task.save(update_fields=["outcome", "answer", "closed_by", "closed_at"])
    data = {"task": task.pk, "requirement": task.requirement, "outcome": outcome}
    record(
        subject=_subject(task.licence_type), kind="guidance.close", actor=actor, reason=task.answer, data=data
    )
    return task


@transaction.atomic
def hand_over(*, actor: Any, task_id: int, owner: Any) -> GuidanceTask:
    """A manager, or its owner, gives the task to another who may keep the books.

    Effects in order: lock the task; its owner; audit event. Raises Gone, NotAllowed or NotReady.
    """
    task = _open_task(actor, task_id)
    regulator_id = task.licence_type.regulator_id
    if regulator_id not in queries.managed_by(actor) and task.owner_id != actor.pk:
        raise NotAllowed([_("Only a manager of the regulator, or its owner, hands the task over.")])
    if owner == task.owner:
        raise NotReady([_("This person has the task already.")])
    _insist_on_owner(owner, regulator_id)
    task.owner = owner
    task.save(update_fields=["owner"])
    data = {"task": task.pk, "requirement": task.requirement, "owner": owner.pk}
    record(subject=_subject(task.licence_type), kind="guidance.hand_over", actor=actor, data=data)
    return task


def _open_task(actor: Any, task_id: int) -> GuidanceTask:
    rows = GuidanceTask.objects.select_for_update(of=("self",)).select_related("licence_type")
    task = rows.filter(pk=task_id, licence_type__regulator__in=looked_after(actor)).first()
    if task is None:
        raise Gone
    if task.outcome != GuidanceTask.OPEN:
        raise NotReady([_("This task is closed already.")])
    return task


def _insist_on_owner(owner: Any, regulator_id: int) -> None:
    if regulator_id not in serving_as(owner, ENTER_FIGURES):
        raise NotReady([_("Give it to an administrator or a lead reviewer who serves the regulator today.")])


def _subject(licence_type: LicenceType) -> str:
    return f"licence-type:{licence_type.code}"
