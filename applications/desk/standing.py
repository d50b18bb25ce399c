"""Where a case stands for the desk: whom it waits on, which stage it is in, how old it is and when it is due.

Reads nothing but the row of the case (``models.standing``).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application
from applications.states import DECIDED
from applications.states import ApplicationState as A
from regulators.calendars import YearNotInCalendarError, is_forecast, working_days_between
from regulators.periods import footing, set_in_the_case
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


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """``on`` is ``firm``, a role of staff, or nothing."""

    on: str
    why: str = ""

    @property
    def who(self) -> str:
        return str(WHO[self.on])


def waiting(case: Any) -> Waiting:
    """Whom the case waits on, and for what."""
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
        if case.conditions_now:
            words = _("Conditions to verify: %(count)s") % {"count": case.conditions_now}
            return Waiting(on="reviewer", why=words)
        is_record = case.book.outcome == READINESS
        return Waiting(on="decision_maker", why=_("Readiness record") if is_record else _("Grant"))
    if not case.stage_now:
        return Waiting(on="lead_reviewer", why=_("Recommendation"))
    return Waiting(on="reviewer", why=_("Assessment"))


def _asked(case: Any) -> Waiting | None:
    if case.asked_now:
        return Waiting(on=FIRM, why=_("Request %(number)s") % {"number": case.asked_now})
    if case.returned_now:
        return Waiting(on=FIRM, why=_("Changes to a stage"))
    if case.answered_now:
        return Waiting(on="reviewer", why=_("Answers to request %(number)s") % {"number": case.answered_now})
    return None


def _refusal(case: Any) -> Waiting:
    if not case.served_now or case.until_now is None:
        return Waiting(on="case_officer", why=_("Service of the notice"))
    if case.until_now >= timezone.localdate():
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
    ``period``: its name; ``footing``: whether it is law or our target.
    """

    day: date
    left: int | None
    total: int
    forecast: bool
    period: str = ""
    footing: str = ""

    @property
    def late(self) -> bool:
        return self.left is not None and self.left < 0


def due(case: Any) -> Due | None:
    if not case.next_due:
        return None
    return due_at(case.next_due, case.due_working_days, case.book.clock(case.due_code))


def due_of_turn(case: Any, found: Waiting) -> Due | None:
    """The date of whoever has the turn: while the firm is asked, the day that it was given, and none where it
    was given none; else the nearest deadline.
    """
    if found.on != FIRM:
        return due(case)
    day, told = _given(case)
    if day is None:
        return None
    left = days_between(timezone.localdate(), day)
    return Due(day=day, left=left, total=0, forecast=False, footing=told)


def _given(case: Any) -> tuple[date | None, str]:
    """The day that the firm has for what it is asked, and on what it rests."""
    if case.state == A.REFUSAL_PROPOSED:
        return case.until_now, footing(case.book.clock("representations"))
    return case.return_by if case.state == A.RETURNED else case.asked_until_now, set_in_the_case()


def due_at(moment: datetime, working_days: int | None, clock: Clock | None = None) -> Due:
    day = timezone.localdate(moment)
    return Due(
        day=day,
        left=days_between(timezone.localdate(), day),
        total=working_days or 0,
        forecast=working_days is not None and is_forecast(day),
        period=say(clock.title) if clock else "",
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
