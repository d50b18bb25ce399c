"""Walking a sample case through its acts, by the same services that people use."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Firm
from applications.conditions import opened
from applications.models import AnswerFile, Application, Finding, InformationRequest, Stage
from applications.queries.inspections import lacks_inspection
from applications.queries.letters import standing_of, to_word
from applications.samples.build import build_application, complete_stages
from applications.samples.staff import Desk
from applications.services import (
    assessment,
    decisions,
    drafting,
    individuals,
    intake,
    requests,
    submission,
    verdicts,
)
from applications.services.evidence import open_evidence
from applications.services.letters import issue_letter
from documents.models import Document
from documents.services import scan
from regulators.models import LicenceType

DECLARATION = "I declare that the answers and documents of this application are complete and correct to the best of my knowledge."
IN_WORDS = {
    "en": "The file is complete, and what it shows was found in order.",
    "ru": "Досье полное, и изложенное в нём признано соответствующим.",
    "kk": "Құжаттама толық, онда көрсетілгендер сәйкес деп танылды.",
}
SEEN = "The minutes of the last key ceremony were read in the key room; nothing was copied."
STEPS = ("fill", "submit", "accept", "review", "approve", "recommend", "in_principle", "grant")


# Where a case stands that has the step before it; of one that stands elsewhere it was taken already.
TAKEN_FROM = {
    "submit": ("draft",),
    "accept": ("submitted",),
    "review": ("in_review",),
    "approve": ("in_review",),
    "recommend": ("in_review",),
    "in_principle": ("recommended",),
    "grant": ("recommended", "approved_in_principle"),
}


def walk(
    *, actor: Any, firm: Firm, licence_type: LicenceType, upto: str, desk: Desk | None, serial: int = 1000
) -> Application:
    """Build a complete application and take it as far as ``upto`` (one of STEPS).

    ``desk`` is needed from “accept” on. “review” leaves the first stage approved and the second in review.
    Where an earlier walk of the firm broke off it goes on: a draft is discarded and made anew, and what was
    filed is taken further from where it stands.
    """
    if upto not in STEPS:
        raise ValueError(f"{upto!r} is no step. Steps: {', '.join(STEPS)}.")
    case = _filed(actor, firm, licence_type)
    if case is None:
        case = build_application(
            actor=actor, firm=firm, licence_type=licence_type, serial=serial, complete=False, together=True
        )
        check_files(case)
        complete_stages(case, actor)
    for step in STEPS[1 : STEPS.index(upto) + 1]:
        _take(step, fresh(case), actor, desk)
    return fresh(case)


def _filed(actor: Any, firm: Firm, licence_type: LicenceType) -> Application | None:
    """What an earlier walk filed, or None: then a draft that it left is discarded."""
    left = Application.objects.filter(firm=firm, licence_type=licence_type).exclude(state="discarded").first()
    if left is None or left.state != "draft":
        return left
    drafting.discard_application(actor=actor, case=left, expected_version=left.version)
    return None


def fresh(case: Application) -> Application:
    return Application.objects.with_case().get(pk=case.pk)


def check_files(case: Application) -> None:
    """Have the waiting files of a case scanned now, as the worker would."""
    waiting = Document.objects.filter(status="waiting", pk__in=_documents(case))
    for pk in list(waiting.values_list("pk", flat=True)):
        scan(document_id=pk)


def _documents(case: Application) -> Any:
    return AnswerFile.objects.filter(answer__application=case).values("document")


def _take(step: str, case: Application, actor: Any, desk: Desk | None) -> None:
    if case.state not in TAKEN_FROM[step]:
        return
    if step == "submit":
        submission.submit_application(
            actor=actor, case=case, expected_version=case.version, declaration=DECLARATION, role="Director"
        )
        return
    if desk is None:
        raise ValueError(f"The step {step!r} needs the regulator's desk.")
    _DESK_STEPS[step](case, actor, desk)


def _accept(case: Application, actor: Any, desk: Desk) -> None:
    if not case.completeness_checks.exists():
        intake.check_completeness(actor=desk.officer, case=case, gaps={})
    case = fresh(case)
    if case.fee != "paid":
        case = intake.record_fee(
            actor=desk.officer,
            case=case,
            fee="paid",
            reference="Payment order 1",
            expected_version=case.version,
        )
    intake.accept(actor=desk.officer, case=fresh(case), expected_version=case.version)


def _review(case: Application, actor: Any, desk: Desk) -> None:
    first, second = list(case.stages.select_related("application"))[:2]
    _settle_and_approve(first, desk)
    _take_stage(second, desk)
    sent = case.requests.exclude(status=InformationRequest.DRAFT).order_by("number").first()
    request = sent or ask_for_one_more(case, desk)
    if request.status in InformationRequest.WITH_FIRM:
        _answer(request, actor)
    request = InformationRequest.objects.get(pk=request.pk)
    for point in request.points.select_related("request").filter(verdict=""):
        verdicts.judge_point(
            actor=desk.reviewer, point=point, expected_version=point.version, verdict=point.SATISFACTORY
        )
    if request.status != InformationRequest.CLOSED:
        requests.close_request(actor=desk.reviewer, request=request, expected_version=request.version)


def _approve_rest(case: Application, actor: Any, desk: Desk) -> None:
    for stage in Stage.objects.select_related("application").filter(application=case):
        _settle_and_approve(stage, desk)
    approve_people(case, desk)


def _recommend(case: Application, actor: Any, desk: Desk) -> None:
    open_files(case, desk)
    decisions.recommend(
        actor=desk.lead,
        case=case,
        expected_version=case.version,
        outcome="grant",
        reason="All requirements are met or met subject to conditions; the file supports a grant.",
    )


def open_files(case: Application, desk: Desk) -> None:
    """Have the reviewer open each file of a mandatory requirement that nobody has opened yet."""
    for document in opened.unopened(case):
        _document, file = open_evidence(actor=desk.reviewer, document_id=document)
        file.close()


def _in_principle(case: Application, actor: Any, desk: Desk) -> None:
    if not case.book.in_principle:
        return
    decisions.approve_in_principle(
        actor=desk.decider,
        case=case,
        expected_version=case.version,
        conditions=[{"text": "Show that the share capital is paid in.", "due_on": None}],
        expires_on=timezone.localdate() + timedelta(days=120),
        reason="The criteria are met; the conditions are set out.",
    )


def _grant(case: Application, actor: Any, desk: Desk) -> None:
    for condition in case.conditions.filter(verified_at=None):
        decisions.verify_condition(
            actor=desk.reviewer,
            condition=condition,
            evidence="Bank statement of the paid-in capital was read.",
        )
    has_conditions = case.conditions.exists()
    decisions.grant(
        actor=desk.decider,
        case=case,
        expected_version=case.version,
        reason="Every condition is verified as met." if has_conditions else "The file is complete.",
    )


_DESK_STEPS = {
    "accept": _accept,
    "review": _review,
    "approve": _approve_rest,
    "recommend": _recommend,
    "in_principle": _in_principle,
    "grant": _grant,
}


def write_letter(case: Application, desk: Desk, code: str) -> None:
    """The letter of the decision, in each language that it has to be in."""
    letter = case.book.letter(code)
    assert letter is not None
    facts = standing_of(case, letter, desk.decider).facts
    assert facts is not None
    words = {
        language: dict.fromkeys(to_word(letter, facts), IN_WORDS[language]) for language in letter.languages
    }
    issue_letter(actor=desk.decider, case=case, code=code, about=facts.about, wording=words)


def settle(case: Application, desk: Desk, stage: str) -> None:
    """Find every requirement of a stage met that is not settled yet."""
    open_findings = Finding.objects.filter(application=case, stage=stage).exclude(outcome__in=Finding.SETTLED)
    for finding in open_findings:
        assessment.assess(
            actor=desk.reviewer, finding=finding, expected_version=finding.version, outcome="met",
            note=SEEN if lacks_inspection(case, finding.requirement) else "",
        )  # fmt: skip


def approve_people(case: Application, desk: Desk) -> None:
    """Everybody who is proposed for a function whose holders are approved one by one."""
    for approval in case.individuals.filter(state__in=("proposed", "assessing")):
        for act in ("assess", "approve") if approval.state == "proposed" else ("approve",):
            approval = individuals.act_on(
                actor=desk.reviewer, approval=approval, act=act, expected_version=approval.version
            )


def _settle_and_approve(stage: Stage, desk: Desk) -> None:
    stage = _take_stage(stage, desk)
    if stage.state != "in_review":
        return
    settle(stage.application, desk, stage.code)
    stage = Stage.objects.select_related("application").get(pk=stage.pk)
    assessment.approve_stage(actor=desk.reviewer, stage=stage, expected_version=stage.version)


def _take_stage(stage: Stage, desk: Desk) -> Stage:
    if stage.state != "complete":
        return stage
    return assessment.take_stage(actor=desk.reviewer, stage=stage, expected_version=stage.version)


def ask_for_one_more(case: Application, desk: Desk) -> InformationRequest:
    """A request that is with the firm."""
    stage = case.stages.all()[1].code
    requirement = next(r.code for r in case.book.requirements_of(stage))
    question = "Please add the board minute of this appointment."
    drafted = case.requests.filter(status=InformationRequest.DRAFT).first()
    request = drafted or requests.write_request(
        actor=desk.reviewer,
        case=case,
        due_on=timezone.localdate() + timedelta(days=14),
        points=[{"requirement": requirement, "question": question}],
    )
    return requests.send_request(actor=desk.reviewer, request=request, expected_version=request.version)


def _answer(request: InformationRequest, actor: Any) -> None:
    for point in request.points.select_related("request").filter(sent_at=None):
        requests.answer_point(
            actor=actor,
            point=point,
            expected_version=point.version,
            text="The minute of 12 October 2026 records the appointment.",
        )
    requests.send_answers(actor=actor, request=request, expected_version=request.version)
