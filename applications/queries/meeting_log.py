"""Meetings and interviews on a case, as the desk shows them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from applications.models import Application, Meeting, Person
from applications.queries.individuals import submitted_posts
from applications.queries.submitted_people import as_submitted


@dataclass(frozen=True, kw_only=True)
class Entry:
    """``corrected_by`` is the number of the entry that corrects this one; 0 for none."""

    meeting: Meeting
    took_part: list[str]
    corrected_by: int


def people_on(case: Application) -> QuerySet[Person]:
    """Who is named in the newest submission, or was in one that was assessed."""
    submitted = Q(pk__in=list(submitted_posts(case)))
    found = submitted | Q(findings__application=case) | Q(approvals__application=case)
    return Person.objects.filter(found, firm=case.firm_id).distinct()


def log_of(case: Application, *, person: Person | None = None) -> list[Entry]:
    """Newest first, in two queries; of one person those about them and those in which they took part."""
    found = case.meetings.select_related("person", "written_by", "corrects")
    if person is not None:
        found = found.filter(Q(person=person) | Q(people__contains=[str(person.pk)]))
    rows = list(found)
    keys = {key for row in rows for key in row.people}
    people = list(Person.objects.filter(pk__in=keys))
    as_submitted(case, [*people, *(row.person for row in rows)])
    names = {str(one.pk): one.called for one in people}
    corrected = {row.corrects.number: row.number for row in sorted(rows, key=_number) if row.corrects}
    return [
        Entry(
            meeting=row,
            took_part=[*row.staff, *(names.get(key, "") for key in row.people), *row.others.splitlines()],
            corrected_by=corrected.get(row.number, 0),
        )
        for row in rows
    ]


def _number(row: Any) -> int:
    return int(row.number)
