"""What each list has as a file: its columns, their types and what they mean. Codes and names of columns are
the same in every language; CSV and XLSX have the same columns but for those of ``ABOUT``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.pipeline.days import working_days
from applications.queries.passages import ZONE
from applications.states import OPEN

Value = str | int | date | datetime | None
# Each line of a CSV file says what an XLSX file says once, on its second sheet.
ABOUT = ("as_at", "filter")


@dataclass(frozen=True)
class Column:
    """``value`` takes the row as its list gives it. A text is a text whatever stands in it; a moment is that
    of the clocks in Almaty.
    """

    name: str
    meaning: str | Promise
    value: Callable[[Any], Value]


def _age(case: Any) -> int | None:
    today = timezone.localdate()
    return working_days(today).between(case.submitted_on, today) if case.state in OPEN else None


def _due(case: Any) -> date | None:
    is_open = case.state in OPEN and case.next_due
    return timezone.localdate(case.next_due, ZONE) if is_open else None


def _notice(case: Any) -> str:
    return case.book.notice["en"] if case.book.notice else ""


REFERENCE = _("the reference of the case")
FIRM = _("the firm, as it is called today")
NOTICE = _("what the rule book of the case says of itself, for example that it is not in force")
CASES = (
    Column("reference", REFERENCE, lambda case: case.reference),
    Column("firm", FIRM, lambda case: case.firm.name),
    Column("licence_type", _("the code of the licence type"), lambda case: case.licence_type.code),
    Column("state", _("the state of the case, as a code"), lambda case: case.state),
    Column("stage", _("the stage at which an open case stands, as a code"), lambda case: case.place),
    Column(
        "waiting_for",
        _("whom an open case waits for: us, firm, or decision, which is ours too"),
        lambda case: case.waiting,
    ),
    Column(
        "case_officer",
        _("the case officer"),
        lambda case: case.case_officer.full_name if case.case_officer else "",
    ),
    Column("submitted_on", _("the day on which it was last submitted"), lambda case: case.submitted_on),
    Column(
        "age_working_days",
        _("working days of an open case after that day; empty where the calendar lacks a year"),
        _age,
    ),
    Column("decided_on", _("the day on which it came to its end"), lambda case: case.decided_on),
    Column("nearest_date", _("of an open case, the first date of the whole case that is not met yet"), _due),
    Column("notice", NOTICE, _notice),
)
PASSAGES = (
    Column("reference", REFERENCE, lambda one: one.application.reference),
    Column("firm", FIRM, lambda one: one.application.firm.name),
    Column("stage", _("the stage, as a code; empty for the whole case"), lambda one: one.stage),
    Column("outcome", _("how it ended, as a code"), lambda one: one.outcome),
    Column("began_on", _("the day on which it began"), lambda one: one.began_on),
    Column("ended_on", _("the day on which it ended"), lambda one: one.ended_on),
    Column(
        "working_days",
        _("working days after the first day; empty where the calendar lacks a year"),
        lambda one: one.days,
    ),
    Column(
        "without_pauses",
        _("of these, the days on which no clock of the case stood still"),
        lambda one: one.running,
    ),
    Column("notice", NOTICE, lambda one: _notice(one.application)),
)
STEPS = (
    Column("reference", REFERENCE, lambda step: step.case.reference),
    Column("firm", FIRM, lambda step: step.case.firm.name),
    Column("step", _("what was done, as a code"), lambda step: step.event.kind),
    Column(
        "stage", _("the stage that it was done on, as a code"), lambda step: step.event.data.get("stage", "")
    ),
    Column("at", _("when, by the clocks of Almaty"), lambda step: _on_the_clock(step.event.at)),
    Column("notice", NOTICE, lambda step: _notice(step.case)),
)


def _on_the_clock(at: datetime) -> datetime:
    """A spreadsheet knows no zones."""
    return timezone.localtime(at, ZONE).replace(tzinfo=None, microsecond=0)
