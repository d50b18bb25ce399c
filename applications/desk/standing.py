"""Where a case stands for the desk: whom it waits on, which stage it is in, how old it is and when it is due.

Reads only what ``read_standing`` has fetched, so a list of cases costs a fixed number of queries.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application, InformationRequest, Stage
from applications.states import DECIDED
from applications.states import ApplicationState as A
from applications.states import StageState as S
from regulators.calendars import YearNotInCalendarError, is_forecast, working_days_between
from regulators.periods import footing
from regulators.queries import staff_roles
from regulators.rulebook import Clock, say

FIRM, NOBODY = "firm", ""
WHO: dict[str, str | Promise] = {
    FIRM: gettext_lazy("The firm"),
    "case_officer": gettext_lazy("Case officer"),
    "reviewer": gettext_lazy("Reviewers"),
    "lead_reviewer": gettext_lazy("Lead reviewer"),
    "decision_maker": gettext_lazy("Decision maker"),
    NOBODY: gettext_lazy("Nobody: decided"),
}


def read_standing(cases: list[Any], *more: str) -> None:
    """What says whom cases with their dates wait on: two queries, and one more for each of the two states in
    which the conditions or the notices count. ``more`` names what a page reads beside it.
    """
    prefetch_related_objects(cases, "stages", "requests", *more)
    approved = [case for case in cases if case.state == A.APPROVED_IN_PRINCIPLE]
    prefetch_related_objects(approved, "conditions")
    proposed = [case for case in cases if case.state == A.REFUSAL_PROPOSED]
    prefetch_related_objects(proposed, "refusal_notices")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """``on`` is ``firm``, a role of staff, or nothing."""

    on: str
    why: str = ""

    @property
    def who(self) -> str:
        return str(WHO[self.on])


def waiting(case: Any) -> Waiting:
    """Whom the case waits on, and for what. Needs ``read_standing``."""
    if case.state in DECIDED:
        return Waiting(on=NOBODY)
    if case.state == A.RETURNED:
        return Waiting(on=FIRM, why=_("Returned as incomplete"))
    if case.state == A.SUBMITTED:
        return Waiting(on="case_officer", why=_("Completeness check"))
    if case.state == A.RECOMMENDED:
        return Waiting(on="decision_maker", why=_("Decision"))
    if case.state == A.REFUSAL_PROPOSED:
        return _refusal(case)
    asked = _asked(case)
    if asked:
        return asked
    if case.state == A.APPROVED_IN_PRINCIPLE:
        left = [c for c in case.conditions.all() if c.verified_at is None]
        if left:
            return Waiting(on="reviewer", why=_("Conditions to verify: %(count)s") % {"count": len(left)})
        return Waiting(on="decision_maker", why=_("Grant"))
    if all(stage.state == S.APPROVED for stage in case.stages.all()):
        return Waiting(on="lead_reviewer", why=_("Recommendation"))
    return Waiting(on="reviewer", why=_("Assessment"))


def _asked(case: Any) -> Waiting | None:
    requests = sorted(case.requests.all(), key=lambda request: request.number)
    with_firm = [r for r in requests if r.status in InformationRequest.WITH_FIRM]
    if with_firm:
        return Waiting(on=FIRM, why=_("Request %(number)s") % {"number": with_firm[0].number})
    if any(s.state in (S.CHANGES_REQUESTED, S.IN_PROGRESS) for s in case.stages.all()):
        return Waiting(on=FIRM, why=_("Changes to a stage"))
    answered = [r for r in requests if r.status == InformationRequest.ANSWERED]
    if answered:
        return Waiting(on="reviewer", why=_("Answers to request %(number)s") % {"number": answered[0].number})
    return None


def _refusal(case: Any) -> Waiting:
    notices = list(case.refusal_notices.all())
    if not notices or notices[-1].served_on is None:
        return Waiting(on="case_officer", why=_("Service of the notice"))
    if notices[-1].representations_until >= timezone.localdate():
        return Waiting(on=FIRM, why=_("Representations"))
    return Waiting(on="decision_maker", why=_("Decision on the proposed refusal"))


def is_mine(case: Application, found: Waiting, user: Any) -> bool:
    """The case waits on a role that this person holds; where a case officer is named, on that one."""
    on = found.on
    if on == "case_officer" and case.case_officer_id:
        return bool(case.case_officer_id == user.pk)
    return on in staff_roles(user, case.regulator_id)


def stage_now(case: Application) -> Stage | None:
    """The first stage that is not approved: the place of the case in the pipeline."""
    stages = sorted(case.stages.all(), key=lambda stage: stage.order)
    return next((stage for stage in stages if stage.state != S.APPROVED), None)


def stage_title(case: Application, code: str) -> str:
    return say(case.book.stage(code).title)


@dataclass(frozen=True, kw_only=True)
class Due:
    """The nearest open deadline. ``left`` is in working days, below zero where it has passed; ``total`` is 0
    for a period that is not in working days; ``forecast``: counted in a calendar that may still change;
    ``footing``: whether it is law or our target.
    """

    day: date
    left: int | None
    total: int
    forecast: bool
    footing: str = ""

    @property
    def late(self) -> bool:
        return self.left is not None and self.left < 0


def due(case: Any) -> Due | None:
    if not case.next_due:
        return None
    return due_at(case.next_due, case.due_working_days, case.book.clock(case.due_code))


def due_at(moment: datetime, working_days: int | None, clock: Clock | None = None) -> Due:
    day = timezone.localdate(moment)
    return Due(
        day=day,
        left=days_between(timezone.localdate(), day),
        total=working_days or 0,
        forecast=working_days is not None and is_forecast(day),
        footing=footing(clock),
    )


def age(case: Application) -> int | None:
    """Working days since the submission, up to the decision where there is one."""
    if case.submitted_at is None:
        return None
    end = timezone.localdate(case.decided_at) if case.decided_at else timezone.localdate()
    return days_between(timezone.localdate(case.submitted_at), end)


def days_between(start: date, end: date) -> int | None:
    try:
        return working_days_between(start, end)
    except YearNotInCalendarError:
        return None
