"""What a recommendation needs."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from applications.conditions import FORM, Data, Reasons, decision, individual, page, review
from applications.states import StageState as S
from regulators import rulebook as rb
from regulators.rulebook import say
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Application


def recommendation_is_ready(case: "Application", data: Data) -> Reasons:
    outcome = data.get("outcome", "grant")
    if outcome == "refuse":
        return decision.grounds_from_book(case, data)
    if outcome != "grant":
        return [Reason(_("Recommend either to grant or to refuse."), by=FORM)]
    waiting = [stage.code for stage in case.stages.all() if stage.state != S.APPROVED]
    return [
        *_stages_to_approve(case, waiting),
        *review.findings_left(case, (rb.SUBMISSION, rb.RECOMMENDATION), without=waiting),
        *review.asked_is_back(case),
        *individual.people_settled(case),
    ]


def _stages_to_approve(case: "Application", waiting: list[str]) -> Reasons:
    return [
        Reason(
            _("The stage “%(stage)s” is not approved.") % {"stage": say(case.book.stage(code).title)},
            page(case, "stage", code),
            by="review_stage",
            about=_("Stages"),
        )
        for code in waiting
    ]
