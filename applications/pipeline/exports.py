"""The list for a spreadsheet. Codes are the same in every language; days are ISO dates."""

from datetime import date
from typing import Any

from django.utils import timezone

from applications.pipeline.days import working_days
from applications.states import OPEN
from licences.text import cell

COLUMNS = [
    "reference",
    "firm",
    "licence_type",
    "state",
    "stage",
    "waiting_for",
    "case_officer",
    "submitted_on",
    "age_working_days",
    "decided_on",
    "as_at",
    "filter",
    "notice",
]


def as_row(case: Any, *, today: date, filters: str) -> list[str]:
    """One case with its place, as ``queries.placed`` gives it."""
    age = working_days(today).between(case.submitted_on, today) if case.state in OPEN else None
    values = [
        case.reference,
        case.firm.name,
        case.licence_type.code,
        case.state,
        case.place,
        case.waiting,
        case.case_officer.full_name if case.case_officer else "",
        case.submitted_on.isoformat(),
        "" if age is None else age,
        case.decided_on.isoformat() if case.decided_on else "",
        timezone.localtime().isoformat(timespec="minutes"),
        filters,
        case.book.notice["en"] if case.book.notice else "",
    ]
    return [cell(value) for value in values]
