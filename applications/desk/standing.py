"""Where a case stands for the desk: whom it waits on, which stage it is in, how old it is and when it is due.

Reads only what ``read_standing`` has fetched for a case, or ``with_facts`` with each row of a list.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application, InformationRequest
from applications.states import DECIDED, STAGES_WITH_THE_FIRM
from applications.states import ApplicationState as A
from applications.states import StageState as S
from regulators.calendars import YearNotInCalendarError, is_forecast, working_days_between
from regulators.periods import footing
from regulators.queries import staff_roles
from regulators.rulebook import READINESS, Clock, say

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


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a case waits on, beside its state: the first request that is with the firm and the first that is
    answered, by number; whether a stage is with the firm and whether all are approved; how many conditions
    are not verified; whether a notice is served, and the last day for representations on it.
    """

    asked: int | None
    answered: int | None
    returned: bool
    approved: bool
    conditions: int
    served: bool
    until: date | None


def facts_of(case: Any) -> Facts:
    """From the records of the case. Needs ``read_standing``."""
    requests = sorted(case.requests.all(), key=lambda request: request.number)
    stages = list(case.stages.all())
    in_principle, proposed = case.state == A.APPROVED_IN_PRINCIPLE, case.state == A.REFUSAL_PROPOSED
    notices = list(case.refusal_notices.all()) if proposed else []
    conditions = case.conditions.all() if in_principle else ()
    return Facts(
        asked=next((r.number for r in requests if r.status in InformationRequest.WITH_FIRM), None),
        answered=next((r.number for r in requests if r.status == InformationRequest.ANSWERED), None),
        returned=any(stage.state in STAGES_WITH_THE_FIRM for stage in stages),
        approved=all(stage.state == S.APPROVED for stage in stages),
        conditions=sum(condition.holds_up for condition in conditions),
        served=bool(notices and notices[-1].served_on),
        until=notices[-1].representations_until if notices else None,
    )


def facts_in_row(case: Any) -> Facts:
    """The same of a case that was read ``with_facts``: nothing more is read."""
    return Facts(
        asked=case.fact_asked,
        answered=case.fact_answered,
        returned=case.fact_returned,
        approved=not case.stage_now,
        conditions=case.fact_conditions or 0,
        served=case.fact_served_on is not None,
        until=case.fact_until,
    )


def waiting(case: Any, facts: Facts | None = None) -> Waiting:
    """Whom the case waits on, and for what."""
    if case.state in DECIDED:
        return Waiting(on=NOBODY)
    if case.state == A.RETURNED:
        return Waiting(on=FIRM, why=_("Returned as incomplete"))
    if case.state == A.SUBMITTED:
        return Waiting(on="case_officer", why=_("Completeness check"))
    if case.state == A.RECOMMENDED:
        return Waiting(on="decision_maker", why=_("Decision"))
    facts = facts or facts_of(case)
    if case.state == A.REFUSAL_PROPOSED:
        return _refusal(facts)
    asked = _asked(facts)
    if asked:
        return asked
    if case.state == A.APPROVED_IN_PRINCIPLE:
        if facts.conditions:
            words = _("Conditions to verify: %(count)s") % {"count": facts.conditions}
            return Waiting(on="reviewer", why=words)
        is_record = case.book.outcome == READINESS
        return Waiting(on="decision_maker", why=_("Readiness record") if is_record else _("Grant"))
    if facts.approved:
        return Waiting(on="lead_reviewer", why=_("Recommendation"))
    return Waiting(on="reviewer", why=_("Assessment"))


def _asked(facts: Facts) -> Waiting | None:
    if facts.asked:
        return Waiting(on=FIRM, why=_("Request %(number)s") % {"number": facts.asked})
    if facts.returned:
        return Waiting(on=FIRM, why=_("Changes to a stage"))
    if facts.answered:
        return Waiting(on="reviewer", why=_("Answers to request %(number)s") % {"number": facts.answered})
    return None


def _refusal(facts: Facts) -> Waiting:
    if not facts.served or facts.until is None:
        return Waiting(on="case_officer", why=_("Service of the notice"))
    if facts.until >= timezone.localdate():
        return Waiting(on=FIRM, why=_("Representations"))
    return Waiting(on="decision_maker", why=_("Decision on the proposed refusal"))


def is_mine(case: Application, found: Waiting, user: Any) -> bool:
    """The case waits on a role that this person holds; where a case officer is named, on that one."""
    on = found.on
    if on == "case_officer" and case.case_officer_id:
        return bool(case.case_officer_id == user.pk)
    return on in staff_roles(user, case.regulator_id)


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
