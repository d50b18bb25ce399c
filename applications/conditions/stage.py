"""What the acts of a stage need."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from applications.conditions import FIRM, THE_FIRM, THE_REGULATOR, Data, Reasons, page, review, submission
from applications.queries import copying, drafts
from applications.states import ASSESSABLE, DECIDED, WITH_THE_FIRM
from applications.states import ApplicationState as A
from applications.states import StageState as S
from regulators import rulebook as rb
from regulators.rulebook import say
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Stage


def stage_is_with_the_firm(stage: "Stage", data: Data) -> Reasons:
    state = stage.application.state
    if state == A.DRAFT or (stage.state == S.CHANGES_REQUESTED and state not in DECIDED):
        return []
    return [Reason(_("The stage is with the regulator."), by=THE_REGULATOR)]


def case_is_undecided(stage: "Stage", data: Data) -> Reasons:
    return [Reason(_("The case is decided."), by=THE_REGULATOR)] if stage.application.state in DECIDED else []


def stage_is_answered(stage: "Stage", data: Data) -> Reasons:
    draft = drafts.load_draft(stage.application, stages=[stage.code], reader=FIRM)
    return submission.unanswered(stage.application, draft, stage.code)


def stage_files_usable(stage: "Stage", data: Data) -> Reasons:
    draft = drafts.load_draft(stage.application, stages=[stage.code], reader=FIRM)
    return submission.unusable(stage.application, draft, stage.code)


def copied_is_checked(stage: "Stage", data: Data) -> Reasons:
    words = _("It was copied. Check it and save it again: %(title)s.")
    waiting = copying.waiting_in(stage.application, stage.code)
    return [Reason(words % {"title": one.title}, one.url, by=THE_FIRM) for one in waiting]


def case_is_a_draft(stage: "Stage", data: Data) -> Reasons:
    if stage.application.state == A.DRAFT:
        return []
    return [Reason(_("The application has been submitted."), by=THE_REGULATOR)]


def case_is_with_the_firm(stage: "Stage", data: Data) -> Reasons:
    if stage.application.state in WITH_THE_FIRM:
        return []
    return [Reason(_("The application is with the regulator."), by=THE_REGULATOR)]


def case_was_moved_since(stage: "Stage", data: Data) -> Reasons:
    """The stage was completed under the version before."""
    moved = stage.application.moved_at
    if moved and (stage.changed_at is None or stage.changed_at < moved):
        return []
    return [Reason(_("The stage was completed under this version of the rule book."), by=THE_REGULATOR)]


def case_is_in_review(stage: "Stage", data: Data) -> Reasons:
    case = stage.application
    if case.state == A.IN_REVIEW:
        return []
    return [Reason(_("The application is not in review."), page(case, "change"), by=THE_REGULATOR)]


def case_is_assessed(stage: "Stage", data: Data) -> Reasons:
    if stage.application.state in ASSESSABLE:
        return []
    return [Reason(_("The application is not in review."), by=THE_REGULATOR)]


def case_lets_change(stage: "Stage", data: Data) -> Reasons:
    """Changes are requested while a case is assessed, or with its return as incomplete."""
    case = stage.application
    if case.state in ASSESSABLE or case.state == A.RETURNED:
        return []
    words = _("The application is neither in review nor returned.")
    return [Reason(words, page(case, "change"), by=THE_REGULATOR)]


def findings_settled(stage: "Stage", data: Data) -> Reasons:
    case = stage.application
    return review.unsettled(case, lambda row: row.stage == stage.code and row.due == rb.SUBMISSION)


def stages_before_approved(stage: "Stage", data: Data) -> Reasons:
    case, before = stage.application, stage.rule.after
    if not before:
        return []
    words = _("“%(stage)s” has to be approved first.")
    waiting = case.stages.filter(code__in=before).exclude(state=S.APPROVED).order_by("order")
    return [
        Reason(
            words % {"stage": say(case.book.stage(other.code).title)},
            page(case, "stage", other.code),
            by="review_stage",
        )
        for other in waiting
    ]
