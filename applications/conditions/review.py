"""What is left of the review, for whoever recommends, decides or approves a stage."""

from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.conditions import Data, Reasons
from applications.queries import law
from applications.states import StageState as S
from regulators.rulebook import say
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Application


def stages_with_the_firm(case: "Application") -> Reasons:
    codes = case.stages.filter(state__in=(S.IN_PROGRESS, S.CHANGES_REQUESTED)).values_list("code", flat=True)
    return [
        Reason(
            _("The stage “%(stage)s” is with the firm.") % {"stage": say(case.book.stage(code).title)},
            reverse("admin:applications_application_stage", args=[case.pk, code]),
        )
        for code in codes
    ]


def findings_left(case: "Application", due: tuple[str, ...], *, without: list[str] | None = None) -> Reasons:
    """Findings not settled, or whose answer has changed since; ``without`` leaves out whole stages."""
    found = case.findings.filter(due__in=due).exclude(stage__in=without or [])
    left = found.filter(~Q(outcome__in=settled(case)) | Q(affected=True)).order_by()
    return [
        not_settled(case, stage, code)
        for stage, code in sorted(set(left.values_list("stage", "requirement")))
    ]


def not_settled(case: "Application", stage: str, code: str) -> Reason:
    """One question whose finding stands in the way, with the page where it is made."""
    words = {"code": code, "title": say(law.requirement_of(case, code).title)}
    url = reverse("admin:applications_application_question", args=[case.pk, stage, code])
    return Reason(_("%(code)s is not settled: %(title)s.") % words, url)


def settled(case: "Application") -> tuple[str, ...]:
    settled: tuple[str, ...] = case.findings.model.SETTLED
    return settled


def asked_is_back(case: "Application") -> Reasons:
    requests = case.requests.exclude(status="closed")
    consultations = case.consultations.filter(outcome="")
    page = "admin:applications_application_{}".format
    return [
        *[
            Reason(
                _("Request %(number)s is not closed.") % {"number": r.number},
                reverse(page("request"), args=[case.pk, r.number]),
            )
            for r in requests
        ],
        *[
            Reason(
                _("The consultation of %(body)s is not finished.") % {"body": c.body},
                reverse(page("consultation"), args=[case.pk, c.pk]),
            )
            for c in consultations
        ],
    ]


def law_is_settled(case: "Application", data: Data) -> Reasons:
    return law.unsettled(case)


def changes_resolved(case: "Application", data: Data) -> Reasons:
    if case.change_notices.filter(resolved_at=None).exists():
        return [Reason(_("The firm has reported a change that is not resolved."))]
    return []
