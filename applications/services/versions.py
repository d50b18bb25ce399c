"""A case goes over to a newer version of its rule book: a draft by the firm, one in review by the desk."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Finding, Stage
from applications.queries import law
from applications.queries.versions import to_assess_anew
from applications.services.drafting import note_saved
from applications.services.guard import insist, locked_case, take_side
from applications.services.snapshots import retake_snapshot
from applications.states import STAGES_WITH_THE_FIRM, WITH_THE_FIRM
from applications.states import ApplicationState as A
from applications.states import StageState as S
from audit.services import record
from regulators.differences import codes_to_check
from regulators.models import RuleBookVersion
from regulators.rulebook import Book, say
from workflow import services as workflow
from workflow.acts import EXAMINE
from workflow.errors import Conflict, NotReady
from workflow.services import conflict


def move_draft(*, actor: Any, case: Application, to_version: str, expected_version: int) -> Application:
    """An editor or owner of the firm moves a draft, or a returned case, to the version whose differences
    were shown.

    Effects in order: lock the case; pin it to the version, and note which one it came from; open the stages
    that were returned as a whole; open again each complete stage that has new or changed questions; note who
    saved; audit event. Answers are not touched: one to a question that is not asked any more stays, and
    counts again where a later version asks.

    Raises NotAllowed, Conflict (a stale page, or a newer version than the one shown) or NotReady.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.move_application")
        _same(case, expected_version)
        insist(case.state in WITH_THE_FIRM, _("Only a draft, or a case that was returned, can be moved."))
        before, book = case.book, _shown(case, to_version)
        touched = codes_to_check(before, book) | (book.by_code.keys() - before.by_code.keys())
        stages = {book.by_code[code].stage for code in touched}
        _refuse_stages_with_the_regulator(case, stages)
        _pin(case, book)
        case.stages.exclude(returned_items=[]).update(returned_items=[])  # the new version asks anew
        opened = _open_again(case, stages, actor)
        note_saved(case, actor)
        _record(case, "move", actor, before, stages=opened)
    return case


def apply_version(
    *, actor: Any, case: Application, to_version: str, expected_version: int, reason: str
) -> Application:
    """A lead reviewer applies a version by which cases in review are assessed anew.

    Effects in order: lock the case; take the examining side; pin the case to the version, and note which one
    it came from; put findings where the version asks their question now; take a snapshot, which opens a
    finding for each new question and settles those of questions that are not asked any more; mark the
    findings that the version lists, or whose question has changed, as affected; reopen approved stages that
    hold a finding that is open or affected, and those that the book approves after them; audit event.

    Raises NotAllowed, Conflict (a stale page, or a newer version than the one shown) or NotReady.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.apply_version")
        _same(case, expected_version)
        insist(case.state == A.IN_REVIEW, _("A version is applied while the application is in review."))
        insist(law.has_to_be_assessed_anew(case), _("No newer version asks to assess this case anew."))
        insist(reason.strip(), _("Write the reason."))
        _refuse_stages_with_the_firm(case)
        before, book = case.book, _shown(case, to_version)
        anew = to_assess_anew(case, law.newer(case))
        take_side(case, actor=actor, side=EXAMINE, act="apply_version")
        _pin(case, book)
        _put_findings(case, before)
        snapshot = retake_snapshot(case, actor=actor)
        settled = case.findings.filter(requirement__in=anew).exclude(outcome=Finding.OPEN)
        settled.update(affected=True, version=F("version") + 1)
        reopened = _reopen(case, actor, reason)
        _record(case, "apply_version", actor, before, reason=reason, reopened=reopened,
                snapshot=snapshot.number, anew=sorted(anew))  # fmt: skip
    return case


def _same(case: Application, expected_version: int) -> None:
    if case.version != expected_version:
        raise conflict(case)


def _shown(case: Application, version: str) -> Book:
    """The newest version in effect, which has to be the one that was shown."""
    later = law.newer(case)
    insist(later, _("The application is under the newest version already."))
    if later[-1].version != version:
        words = _("Version %(version)s is in effect now. Read what it changes, then go on.")
        raise Conflict([words % {"version": later[-1].version}], current=case)
    return later[-1]


def _pin(case: Application, book: Book) -> None:
    pin = RuleBookVersion.objects.filter(code=book.code, version=book.version).first()
    insist(pin, _("Version %(version)s is not published yet.") % {"version": book.version})
    assert pin is not None
    case.moved_from, case.rulebook, case.moved_at = case.rulebook, pin, timezone.now()
    case.version += 1
    case.save(update_fields=["moved_from", "rulebook", "moved_at", "version"])


def _open_again(case: Application, codes: Collection[str], actor: Any) -> list[str]:
    opened = []
    reason = _("Version %(version)s asks something new here.") % {"version": case.book.version}
    for stage in case.stages.filter(code__in=codes, state=S.COMPLETE):
        workflow.perform(
            Stage, stage.pk, "ask_again", actor=actor, expected_version=stage.version, reason=reason
        )
        opened.append(stage.code)
    return opened


def _refuse_stages_with_the_regulator(case: Application, codes: Collection[str]) -> None:
    words = _("The stage “%(stage)s” is with the regulator, so what is new in it cannot be asked now.")
    _refuse_stages(case, words, code__in=codes, state__in=(S.IN_REVIEW, S.APPROVED))


def _refuse_stages_with_the_firm(case: Application) -> None:
    words = _("The stage “%(stage)s” is with the firm: apply the version when it is complete again.")
    _refuse_stages(case, words, state__in=STAGES_WITH_THE_FIRM)


def _refuse_stages(case: Application, words: str, **which: Any) -> None:
    found = case.stages.filter(**which)
    reasons = [words % {"stage": say(case.book.stage(stage.code).title)} for stage in found]
    if reasons:
        raise NotReady(reasons)


def _put_findings(case: Application, before: Book) -> None:
    """A question may have gone to another stage, or be due at another time."""
    for code, now in case.book.by_code.items():
        was = before.by_code.get(code)
        if was and (was.stage, was.due) != (now.stage, now.due):
            case.findings.filter(requirement=code).update(stage=now.stage, due=now.due)


def _reopen(case: Application, actor: Any, reason: str) -> list[str]:
    """One by one, since reopening a stage reopens those that wait for it."""
    left = case.findings.filter(outcome=Finding.OPEN) | case.findings.filter(affected=True)
    codes = set(left.order_by().values_list("stage", flat=True))
    reopened: list[str] = []
    while stage := case.stages.filter(code__in=codes, state=S.APPROVED).first():
        workflow.perform(
            Stage, stage.pk, "reopen", actor=actor, expected_version=stage.version, reason=reason
        )
        reopened.append(stage.code)
    return reopened


def _record(case: Application, act: str, actor: Any, before: Book, *, reason: str = "", **noted: Any) -> None:
    book = case.book
    record(
        subject=case.audit_subject,
        kind=f"application.{act}",
        actor=actor,
        reason=reason,
        data={
            "from": f"{before.code} {before.version}",
            "book": f"{book.code} {book.version}",
            "sha256": book.sha256,
            "version": case.version,
            "of": case.record_name,
            **noted,
        },
    )
