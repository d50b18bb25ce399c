"""People as a case has them submitted. The firm's record of a person is shared by its cases and goes on
changing; what the desk reads of them is what was submitted.
"""

from collections.abc import Iterable
from typing import Any

from applications.models import Application, Person
from applications.remembered import remembered

Known = dict[str, dict[str, Any]]


def facts_of_people(case: Application) -> Known:
    """What each person's newest submission in this case says of them, by key; also of who was taken out
    since. One query, remembered for a page.
    """
    return remembered(case, "facts_of_people", lambda: read_facts(case))


def read_facts(case: Application) -> Known:
    """The same, read anew: what an act needs."""
    found: Known = {}
    for people in case.snapshots.order_by("number").values_list("content__people", flat=True):
        found |= people or {}
    return found


def as_submitted(case: Application, people: Iterable[Person | None]) -> None:
    """Let these records be called as the case has them submitted, where it has."""
    known: Known | None = None
    for person in people:
        if person is not None:
            known = facts_of_people(case) if known is None else known
            person.submitted_name = known.get(str(person.pk), {}).get("name", "")
