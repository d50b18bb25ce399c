"""Conflicts of interest: what is declared blocks the human, and what they had in hand goes back."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.queries import is_account_of
from applications.models import Application, ConflictOfInterest, Stage
from applications.services import tell
from applications.services.guard import insist, locked_case
from applications.states import DECIDED, StageState
from audit.services import record
from workflow import services as workflow


def declare_conflict(*, actor: Any, case: Application, text: str) -> ConflictOfInterest:
    """Staff say that they must not work on this case. From then on it is closed to them, under any account.

    Effects in order: what this human had in hand goes back (the case has no case officer, stages in review
    can be taken, consultations can be given to another); the conflict; a mail to the lead reviewers, who name
    others; audit event. Findings, notes and answers of before stay. A second press declares nothing again.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.declare_conflict")
        insist(text.strip(), _("Say what the conflict is."))
        if before := case.conflicts.filter(human=actor.human, text=text).first():
            return before
        returned = {} if case.state in DECIDED else _given_back(case, actor)
        conflict = ConflictOfInterest.objects.create(
            application=case, human=actor.human, declared_by_name=actor.audit_name, text=text
        )
        tell.role(case, "lead_reviewer", "internal_assigned", key=f"conflict:{conflict.pk}")
        record(subject=case.audit_subject, kind="application.conflict", actor=actor, data=returned)
    return conflict


def _given_back(case: Application, actor: Any) -> dict[str, Any]:
    """What this human had in hand under any account: whether as case officer, which stages, how many
    consultations.
    """
    is_officer = is_account_of(case.case_officer, actor.human)
    if is_officer:
        case.case_officer = None
        case.version += 1
        case.save(update_fields=["case_officer", "version"])
    stages = []
    for stage in case.stages.filter(state=StageState.IN_REVIEW).select_related("taken_by"):
        if is_account_of(stage.taken_by, actor.human):
            workflow.perform(Stage, stage.pk, "release", actor=actor, expected_version=stage.version)
            stages.append(stage.code)
    asked = case.consultations.filter(outcome="", specialist__isnull=False).select_related("specialist")
    theirs = [one.pk for one in asked if is_account_of(one.specialist, actor.human)]
    case.consultations.filter(pk__in=theirs).update(specialist=None)
    return {"officer": is_officer, "stages": stages, "consultations": len(theirs)}
