"""Who may be given a case, and how much each person has already."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from accounts.models import User
from applications.models import Application
from applications.rules import in_conflict
from applications.states import OPEN
from regulators.models import Role
from regulators.queries import people_with_role, staff_roles


@dataclass(frozen=True, kw_only=True)
class Officer:
    """A case officer, how many open cases they have, and in which of the cases in question they have a
    conflict of interest.
    """

    user: User
    load: int
    conflicts: frozenset[Any] = field(default_factory=frozenset)


def assigns_at(user: Any, regulators: Iterable[int]) -> list[int]:
    """Those of the regulators at which this person names case officers."""
    named = {Role.CASE_OFFICER, Role.LEAD_REVIEWER}
    return [pk for pk in regulators if staff_roles(user, pk) & named]


def officers_for(cases: list[Application], regulators: Iterable[int]) -> list[Officer]:
    """The case officers of these regulators, by name. Two queries, one for the officers of each regulator,
    and one for each officer.
    """
    keys = [case.pk for case in cases]
    people = {user.pk: user for pk in regulators for user in people_with_role(pk, Role.CASE_OFFICER)}
    loads = _loads(people)
    found = []
    for user in sorted(people.values(), key=lambda user: user.full_name):
        asked = Application.objects.filter(pk__in=keys).order_by()
        barred = in_conflict(asked, user.human).values_list("pk", flat=True) if keys and user.human else []
        found.append(Officer(user=user, load=loads[user.pk], conflicts=frozenset(barred)))
    return found


def _loads(people: dict[int, User]) -> Counter[int]:
    rows = Application.objects.filter(case_officer__in=people.keys(), state__in=sorted(OPEN)).order_by()
    return Counter(dict(rows.values_list("case_officer").annotate(count=Count("pk"))))


def spread(cases: list[Application], officers: list[Officer]) -> dict[Application, Officer | None]:
    """For each case, in this order, who has the least of those without a conflict in it; None where all have
    one.
    """
    given: defaultdict[int, int] = defaultdict(int)
    plan: dict[Application, Officer | None] = {}
    for case in cases:
        free = [one for one in officers if case.pk not in one.conflicts]
        one = min(free, key=lambda one: (one.load + given[one.user.pk], one.user.full_name), default=None)
        plan[case] = one
        if one:
            given[one.user.pk] += 1
    return plan
