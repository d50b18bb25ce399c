"""What is left of the review, for whoever recommends, decides or approves a stage."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from applications.conditions import THE_FIRM, Data, Reasons, page
from applications.queries import law
from applications.queries.findings import Standing, standing_of_findings
from applications.states import STAGES_WITH_THE_FIRM
from regulators.rulebook import say
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Application

_CHANGED = "changed"


def stages_with_the_firm(case: "Application") -> Reasons:
    return [
        Reason(
            _("The stage “%(stage)s” is with the firm.") % {"stage": say(case.book.stage(stage.code).title)},
            page(case, "stage", stage.code),
            by=THE_FIRM,
            about=_("Stages"),
        )
        for stage in case.stages.all()
        if stage.state in STAGES_WITH_THE_FIRM
    ]


def findings_left(case: "Application", due: tuple[str, ...], *, without: list[str] | None = None) -> Reasons:
    """Findings not settled, or whose answer has changed since; ``without`` leaves out whole stages."""
    left_out = set(without or [])
    return unsettled(case, lambda row: row.due in due and row.stage not in left_out)


def unsettled(case: "Application", counts: Callable[[Standing], bool]) -> Reasons:
    """One reason for each requirement whose findings count here and are not settled, in the order of the
    book, with what was found of it.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for row in standing_of_findings(case):
        if counts(row) and (row.affected or row.outcome not in settled(case)):
            found.setdefault((row.stage, row.requirement), set()).add(
                _CHANGED if row.affected else row.outcome
            )
    order = {requirement.code: number for number, requirement in enumerate(case.book.requirements)}
    words = dict(case.findings.model.OUTCOMES) | {_CHANGED: _("Changed since")}
    return [
        Reason(
            _("%(code)s %(title)s is not settled: %(found)s.")
            % {
                "code": code,
                "title": say(law.requirement_of(case, code).title),
                "found": ", ".join(str(words[outcome]) for outcome in words if outcome in found[stage, code]),
            },
            page(case, "question", stage, code),
            by="assess_stage",
            about=say(case.book.stage(stage).title),
        )
        for stage, code in sorted(found, key=lambda key: (order.get(key[1], len(order)), key))
    ]


def settled(case: "Application") -> tuple[str, ...]:
    settled: tuple[str, ...] = case.findings.model.SETTLED
    return settled


def asked_is_back(case: "Application") -> Reasons:
    asked = _("Requests and consultations")
    return [
        *[
            Reason(
                _("Request %(number)s is not closed: %(state)s.")
                % {"number": request.number, "state": request.get_status_display()},
                page(case, "request", request.number),
                by=THE_FIRM if request.status in request.WITH_FIRM else "write_request",
                about=asked,
            )
            for request in case.requests.all()
            if request.status != request.CLOSED
        ],
        *[
            Reason(
                _("The consultation of %(body)s is not finished.") % {"body": consultation.body},
                page(case, "consultation", consultation.pk),
                by="consult",
                about=asked,
            )
            for consultation in case.consultations.all()
            if consultation.outcome == ""
        ],
    ]


def law_is_settled(case: "Application", data: Data) -> Reasons:
    return law.unsettled(case)


def changes_resolved(case: "Application", data: Data) -> Reasons:
    words = _("The firm has reported a change that is not resolved: %(text)s")
    return [
        Reason(
            words % {"text": notice.text},
            page(case, "change_notice", notice.pk),
            by="resolve_change",
            about=_("Changes that the firm reported"),
        )
        for notice in case.change_notices.all()
        if notice.resolved_at is None
    ]
