"""What follows from an act on a case or a stage, in the transaction of the act: records, clocks, messages."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.functional import lazy

from applications.conditions.days import as_date
from applications.models import Application, Condition, Decision, Recommendation, RefusalNotice, Stage
from applications.queries.law import as_at_today
from applications.services import clocks, notice_clocks, tell
from applications.services.individuals import close_with, propose_named
from applications.services.snapshots import retake_snapshot, take_snapshot
from applications.services.typed import forget_typed_of
from applications.states import DECIDED
from applications.states import ApplicationState as A
from applications.states import StageState as S
from licences.services import issue, record_readiness
from notifications import reasons
from notifications.services import withhold
from regulators.periods import footing
from regulators.queries import confirmed_basis
from regulators.rulebook import READINESS, say
from workflow import services as workflow
from workflow.services import Change

Effect = Callable[[Change], dict[str, Any] | None]


def after_application(change: Change) -> dict[str, Any]:
    """Runs the effect of the act; when the case is decided or withdrawn all its clocks stop, its reminders
    that wait are taken back, and what is not decided about its people ends.
    """
    effect = APPLICATION.get(change.act.name)
    noted = (effect(change) if effect else None) or {}
    if change.to_state in DECIDED:
        clocks.stop(change.instance, cause=change.act.name)
        withdrawn = change.to_state == A.WITHDRAWN
        because = reasons.WITHDRAWN if withdrawn else reasons.OVER
        withhold(about=change.instance.audit_subject, reason=because)
        if change.instance.submitted_at:  # nobody is approved in a draft
            close_with(change.instance, actor=change.actor)
    return noted


def after_stage(change: Change) -> dict[str, Any]:
    stage: Stage = change.instance
    effect = STAGE.get(change.act.name)
    return {"stage": stage.code, **((effect(change) if effect else None) or {})}


# --- the case


def _submitted(change: Change) -> dict[str, Any]:
    case: Application = change.instance
    declaration = change.data["declaration"]
    signed_hash = declaration.get("content_sha256", "")
    snapshot = take_snapshot(case, actor=change.actor, declaration=declaration, signed_hash=signed_hash)
    propose_named(case, actor=change.actor)
    clocks.start(case, "receipt")
    clocks.stop(case, cause="submit", codes=("registration",))  # the reference number is given in this moment
    tell.firm(
        case, "submitted", key=f"submitted:{snapshot.number}",
        received_on=case.submitted_at, **_target(case, "completeness"),
    )  # fmt: skip
    tell.role(case, "case_officer", "internal_submitted", key=f"submitted:{snapshot.number}")
    return {"snapshot": snapshot.number, "sha256": snapshot.sha256}


def _accepted(change: Change) -> None:
    case: Application = change.instance
    clocks.start(case, "acceptance")
    clocks.stop(case, cause="accept", codes=("completeness",))
    started_on = timezone.localdate()
    tell.firm(case, "accepted", key="accepted", clock_started_on=started_on, **_target(case, "decision"))
    for lead in ("reviewer", "lead_reviewer"):
        tell.role(case, lead, "internal_assigned", key="accepted")


def _target(case: Application, code: str) -> dict[str, Any]:
    """The day by which this clock of the regulator runs out, and what that day rests on; nothing where the
    book has no length, or the calendar not the year.
    """
    due = case.deadlines.filter(code=code, about="", met_at=None).first()
    if due is None or due.due_on is None:
        return {}
    basis = lazy(footing, str)(case.book.clock(code))  # each reader has it in their language
    return {"reply_by": due.due_on, "basis": basis}


def _returned(change: Change) -> dict[str, Any]:
    """Opens the stages with gaps to the firm, each with what is missing there."""
    case: Application = change.instance
    check = case.completeness_checks.order_by("-checked_at").first()
    assert check is not None
    gaps = list(check.gaps.all())
    clocks.stop(case, cause="return", codes=("completeness",))
    by_stage: dict[str, list[str]] = {}
    for gap in gaps:
        by_stage.setdefault(case.book.by_code[gap.requirement].stage, []).append(
            f"{gap.requirement}: {gap.text}"
        )
    for stage in case.stages.filter(code__in=by_stage, state=S.COMPLETE):
        workflow.perform(
            Stage,
            stage.pk,
            "request_changes",
            actor=change.actor,
            expected_version=stage.version,
            reason="\n".join(by_stage[stage.code]),
            items=[gap.requirement for gap in gaps],
        )
    tell.firm(case, "returned", key=f"returned:{case.version}", items=len(gaps), due=case.return_by)
    return {"gaps": [gap.requirement for gap in gaps]}


def _not_accepted(change: Change) -> None:
    tell.firm(change.instance, "not_accepted", key="not_accepted")


def _discarded(change: Change) -> None:
    forget_typed_of(case=change.instance)


def _withdrawn(change: Change) -> None:
    case: Application = change.instance
    tell.firm(case, "withdrawn", key="withdrawn", withdrawn_on=timezone.localdate())
    if case.case_officer:
        tell.person(case, case.case_officer, "internal_assigned", key="withdrawn")


def _recommended(change: Change) -> dict[str, Any]:
    case: Application = change.instance
    law = as_at_today(case)
    Recommendation.objects.create(
        application=case,
        snapshot=case.snapshots.latest("number"),
        outcome=change.data["outcome"],
        grounds=change.data.get("grounds", []),
        reason=change.data["reason"],
        law=law,
        by=change.actor,
        at=timezone.now(),
    )
    tell.role(case, "decision_maker", "internal_assigned", key=f"recommended:{case.version}")
    return {"outcome": change.data["outcome"], "law": law}


def _decide(change: Change, *, reason: str = "") -> Decision:
    case: Application = change.instance
    return Decision.objects.create(
        application=case,
        snapshot=case.snapshots.latest("number"),
        kind=change.act.name,
        grounds=change.data.get("grounds", []),
        reason=reason or change.data.get("reason", ""),
        departs=change.data.get("departs", ""),
        law=as_at_today(case),
        by=change.actor,
        at=timezone.now(),
    )


def _sent_back(change: Change) -> None:
    if notice := change.instance.refusal_notices.last():
        notice_clocks.stop(change.instance, notice_clocks.REFUSAL, notice.pk, cause="send_back")
    _undo_approval(change.instance)
    clocks.assess_again(change.instance, cause="send_back")
    tell.role(change.instance, "lead_reviewer", "internal_assigned", key=f"back:{change.instance.version}")


def _undo_approval(case: Application) -> int:
    """The conditions of an approval in principle end with it; how many."""
    return case.conditions.in_force().update(undone_at=timezone.now())


def _approved_in_principle(change: Change) -> dict[str, Any]:
    case: Application = change.instance
    decision = _decide(change)
    clocks.stop(case, cause="approve_in_principle", codes=clocks.ASSESSMENT)
    for number, condition in enumerate(change.data["conditions"], start=case.conditions.count() + 1):
        Condition.objects.create(
            application=case, number=number, **{**condition, "due_on": as_date(condition.get("due_on"))}
        )
    tell.firm(case, "approved_in_principle", key=f"decision:{decision.pk}")
    return {
        "law": decision.law,
        "conditions": len(change.data["conditions"]),
        "expires_on": str(case.expires_on),
    }


def _granted(change: Change) -> dict[str, Any]:
    """A licence or, where the book can grant none, a readiness record: the rule book says which."""
    case: Application = change.instance
    decision = _decide(change)
    noted: dict[str, Any] = {"law": decision.law}
    if case.book.outcome == READINESS:
        case.readiness = record_readiness(
            actor=change.actor,
            firm=case.firm,
            licence_type=case.licence_type,
            rulebook_version=str(case.rulebook),
            case_reference=str(case.reference),
            content_hash=decision.snapshot.sha256,
        )
        noted["readiness"] = case.readiness.reference
    else:
        case.licence = issue(
            actor=change.actor,
            firm=case.firm,
            licence_type=case.licence_type,
            authority_basis=confirmed_basis(case.licence_type_id, timezone.localdate()),
            rulebook_version=str(case.rulebook),
            conditions=carried_over(case),
            case_reference=str(case.reference),
            granted_at=case.decided_at or timezone.now(),
        )
        noted["licence"] = case.licence.number
    case.save(update_fields=["licence", "readiness"])
    tell.firm(case, "decision", key=f"decision:{decision.pk}")
    return noted


def carried_over(case: Application) -> list[str]:
    """Conditions that stand on the licence: findings met subject to a condition, and those of the approval in
    principle that were not met and are meant to be carried over.
    """
    found = case.findings.exclude(condition="").filter(outcome="met_subject")
    kept = case.conditions.in_force().filter(verified_at=None, effect=Condition.CARRY)
    return [*found.values_list("condition", flat=True), *kept.values_list("text", flat=True)]


def _refusal_proposed(change: Change) -> dict[str, Any]:
    case: Application = change.instance
    decision = _decide(change)
    notice = RefusalNotice.objects.create(
        application=case,
        grounds=change.data["grounds"],
        evidence=change.data["evidence"],
        text=change.data["notice"],
        proposed_by=change.actor,
        proposed_at=timezone.now(),
    )
    if case.case_officer:
        tell.person(case, case.case_officer, "internal_assigned", key=f"notice:{notice.pk}")
    return {"law": decision.law, "grounds": notice.grounds, "notice": notice.pk}


def _refused(change: Change) -> dict[str, Any]:
    decision = _decide(change)
    tell.firm(change.instance, "decision", key=f"decision:{decision.pk}")
    return {"law": decision.law, "grounds": decision.grounds}


def _decided(change: Change) -> dict[str, Any]:
    decision = _decide(change)
    tell.firm(change.instance, "decision", key=f"decision:{decision.pk}")
    return {"law": decision.law}


def _reopened_case(change: Change) -> dict[str, Any]:
    clocks.assess_again(change.instance, cause="reopen")
    return {**_decided(change), "conditions_undone": _undo_approval(change.instance)}


def _remitted(change: Change) -> dict[str, Any]:
    """The refusal stays to be read; the appeal and the reason stand beside it as a decision of their own."""
    appeal = str(change.data["appeal"])
    _undo_approval(change.instance)
    _decide(change, reason=f"{appeal}\n\n{change.data['reason']}")
    clocks.assess_again(change.instance, cause="remit")
    notice_clocks.ask_again(change.instance, cause="remit")
    return {"appeal": appeal}


# --- stages


def _completed(change: Change) -> None:
    case = change.instance.application
    if case.submitted_at and case.state not in ("returned", *DECIDED):
        retake_snapshot(case, actor=change.actor)
        propose_named(case, actor=change.actor)


def _approved(change: Change) -> None:
    stage: Stage = change.instance
    title = lazy(say, str)(stage.rule.title)  # each reader has it in their language
    tell.firm(stage.application, "stage_approved", key=f"stage:{stage.code}:{stage.version}", stage=title)


def _changes_requested(change: Change) -> dict[str, Any]:
    return {"items": change.instance.returned_items}


def _reopened(change: Change) -> dict[str, Any]:
    """Stages that the book approves after this one reopen too, by the same person and for the same reason."""
    stage: Stage = change.instance
    after = [rule.code for rule in stage.application.book.stages if stage.code in rule.after]
    reopened = []
    for dependent in Stage.objects.filter(application=stage.application_id, code__in=after, state=S.APPROVED):
        reason = change.data["reason"]
        workflow.perform(
            Stage,
            dependent.pk,
            "reopen",
            actor=change.actor,
            expected_version=dependent.version,
            reason=reason,
        )
        reopened.append(dependent.code)
    return {"reopened_with_it": reopened}


APPLICATION: dict[str, Effect] = {
    "submit": _submitted,
    "discard": _discarded,
    "accept": _accepted,
    "return_incomplete": _returned,
    "refuse_to_consider": _not_accepted,
    "withdraw": _withdrawn,
    "recommend": _recommended,
    "send_back": _sent_back,
    "approve_in_principle": _approved_in_principle,
    "grant": _granted,
    "record_deemed_issue": _granted,
    "reopen": _reopened_case,
    "extend": _decided,
    "propose_refusal": _refusal_proposed,
    "refuse": _refused,
    "lapse": _decided,
    "remit": _remitted,
}
STAGE: dict[str, Effect] = {
    "complete": _completed,
    "approve": _approved,
    "reopen": _reopened,
    "request_changes": _changes_requested,
}
