"""The reviewer's work on stages and findings."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import (
    Application,
    ChangeNotice,
    Finding,
    Note,
    Stage,
)
from applications.presses import same_press
from applications.queries.inspections import lacks_inspection
from applications.services import tell
from applications.services.guard import insist, locked_case, same_version, take_side
from applications.states import ASSESSABLE, StageState
from audit.services import record
from regulators.rulebook import SUBMISSION
from workflow import services as workflow
from workflow.acts import EXAMINE

NEEDS_NOTE = (Finding.SUBJECT, Finding.WAIVED, Finding.NOT_APPLICABLE, Finding.QUERY, Finding.DEFICIENT)


def take_stage(*, actor: Any, stage: Stage, expected_version: int) -> Stage:
    return workflow.perform(Stage, stage.pk, "take", actor=actor, expected_version=expected_version)


def approve_stage(*, actor: Any, stage: Stage, expected_version: int) -> Stage:
    return workflow.perform(Stage, stage.pk, "approve", actor=actor, expected_version=expected_version)


def request_changes(
    *, actor: Any, stage: Stage, expected_version: int, reason: str, items: Collection[str] = ()
) -> Stage:
    """Return a stage to the firm; ``items`` are the requirements that it may change, none for all of them."""
    return workflow.perform(
        Stage, stage.pk, "request_changes", actor=actor, expected_version=expected_version, reason=reason,
        items=sorted(items),
    )  # fmt: skip


def reopen_stage(*, actor: Any, stage: Stage, expected_version: int, reason: str) -> Stage:
    return workflow.perform(
        Stage, stage.pk, "reopen", actor=actor, expected_version=expected_version, reason=reason
    )


def why_closed(case: Application, stage: Stage, finding: Finding) -> str:
    """Why nobody may change the finding now; empty where it is open."""
    if case.state not in ASSESSABLE:
        return _("Findings are recorded while the application is in review.")
    if stage.state == StageState.APPROVED and finding.due == SUBMISSION:
        return _("The stage is approved: reopen it first.")
    return ""


def assess(
    *, actor: Any, finding: Finding, expected_version: int, outcome: str, note: str = "", condition: str = ""
) -> Finding:
    """Record what was found on one requirement.

    Every outcome but “met” needs a note, and “met” too where no inspection on site is confirmed that the
    evidence calls for; “met subject to condition” needs the condition. Effects in order: take the examining
    side of the case; write the finding with its next version; audit event. Raises NotAllowed, NotReady or
    Conflict.
    """
    with transaction.atomic():
        case = locked_case(finding.application_id, actor=actor, permission="applications.assess_stage")
        finding = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
        same_version(finding, expected_version)
        closed = why_closed(case, case.stages.get(code=finding.stage), finding)
        insist(not closed, closed)
        insist(outcome in dict(Finding.OUTCOMES) and outcome, _("Choose an outcome."))
        insist(outcome not in NEEDS_NOTE or note.strip(), _("Write a note that gives the reason."))
        insist(
            note.strip() or not lacks_inspection(case, finding.requirement),
            _(
                "No inspection on site is confirmed for this. Enter one and have it confirmed, or write in "
                "the reason how you were satisfied without it."
            ),
        )
        insist(outcome != Finding.SUBJECT or condition.strip(), _("Write the condition."))
        take_side(case, actor=actor, side=EXAMINE, act="assess")
        finding.outcome, finding.note, finding.condition = outcome, note, condition
        finding.affected = False
        finding.assessed_by, finding.assessed_at = actor, timezone.now()
        finding.version += 1
        finding.save()
        record(
            subject=case.audit_subject,
            kind="application.finding",
            actor=actor,
            reason=note,
            data={
                "requirement": finding.requirement,
                "outcome": outcome,
                "person": str(finding.person_id or ""),
            },
        )
    return finding


def write_note(*, actor: Any, case: Application, text: str, seen: int | None = None) -> Note:
    """An internal note, never visible to the firm. ``seen`` is the newest note of when the page was made: a
    second press writes none again. Effects: the note; audit event without its text.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.write_note")
        insist(text.strip(), _("Write the note."))
        if before := same_press(case.notes.all(), seen=seen, author=actor, text=text):
            return before
        note = Note.objects.create(application=case, text=text, author=actor)
        record(subject=case.audit_subject, kind="application.note", actor=actor, data={"note": note.pk})
    return note


def resolve_change(*, actor: Any, notice: ChangeNotice, resolution: str, affected: list[str]) -> ChangeNotice:
    """Say what a reported change means: no effect, or the requirements whose findings it affects.

    Effects in order: take the examining side; mark those findings as affected; close the notice; mails to the
    firm, which reads the resolution; audit event.
    """
    with transaction.atomic():
        case = locked_case(notice.application_id, actor=actor, permission="applications.resolve_change")
        notice = ChangeNotice.objects.get(pk=notice.pk)
        insist(notice.resolved_at is None, _("This change is resolved already."))
        insist(resolution.strip(), _("Say what the change means for the case."))
        unknown = set(affected) - set(case.book.by_code)
        insist(not unknown, _("Unknown requirement: %(codes)s.") % {"codes": ", ".join(sorted(unknown))})
        take_side(case, actor=actor, side=EXAMINE, act="resolve_change")
        case.findings.filter(requirement__in=affected).update(affected=True, version=F("version") + 1)
        notice.resolution, notice.resolved_by, notice.resolved_at = resolution, actor, timezone.now()
        notice.save(update_fields=["resolution", "resolved_by", "resolved_at"])
        tell.firm(case, "change_resolved", key=f"change:{notice.pk}")
        record(
            subject=case.audit_subject,
            kind="application.change_resolved",
            actor=actor,
            reason=resolution,
            data={"affected": sorted(affected)},
        )
    return notice
