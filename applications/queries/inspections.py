"""Evidence inspected on site: what is confirmed, and who can be the second inspector."""

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from accounts.models import User
from applications.queries.conflicts import cannot_act
from applications.queries.law import requirement_of
from regulators.models import Role
from regulators.queries import people_with_role
from regulators.rulebook import INSPECTED

if TYPE_CHECKING:
    from applications.models import Application

ASSESSORS = (Role.REVIEWER, Role.SPECIALIST, Role.LEAD_REVIEWER)


def lacks_inspection(case: "Application", requirement: str) -> bool:
    """Whether it is inspected on site, and no entry of that stands that two inspectors vouch for."""
    if INSPECTED not in requirement_of(case, requirement).evidence:
        return False
    entries = case.inspections.filter(requirement=requirement, corrections=None)
    return not entries.filter(confirmed__isnull=False).exists()


def other_inspectors(case: "Application", user: Any) -> QuerySet[User]:
    """Who beside this person assesses cases here, and has no conflict of interest in this one."""
    found = people_with_role(case.regulator_id, *ASSESSORS).exclude(human=user.human)
    return found.exclude(pk__in=cannot_act(case, found))
