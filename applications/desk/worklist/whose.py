"""Whose a case is. Said on the page in the same words."""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from applications.models import Application, Consultation, InformationRequest, Stage
from applications.states import ApplicationState as A
from regulators.models import LicenceType, Role
from regulators.queries import regulators_of, staff_roles

ASSESSORS = {Role.REVIEWER, Role.SPECIALIST, Role.LEAD_REVIEWER}
TO_DECIDE = (A.RECOMMENDED, A.REFUSAL_PROPOSED)


def roles_of(user: Any) -> frozenset[str]:
    return frozenset[str]().union(*(staff_roles(user, pk) for pk in regulators_of(user)))


def types_of(user: Any) -> list[LicenceType]:
    """The licence types of the regulators that this person serves."""
    served = LicenceType.objects.filter(regulator__in=regulators_of(user))
    return list(served.select_related("regulator").order_by("pk"))


def filed(types: list[LicenceType]) -> QuerySet[Application]:
    """Filed cases of these types; by their keys, so that an index gives them in the order of the list."""
    return Application.objects.filter(licence_type__in=types, submitted_at__isnull=False)


def mine(user: Any) -> Q | None:
    """Of a case officer, the cases that are theirs; of who assesses, those in which they took a stage, wrote
    a request or are asked for their view; of a decision maker, those that wait for a decision. None for who
    does none of this.
    """
    roles, found = roles_of(user), []
    if Role.CASE_OFFICER in roles:
        found.append(Q(case_officer=user.pk))
    if roles & ASSESSORS:
        asked = Consultation.objects.filter(specialist=user, outcome=Consultation.OPEN)
        for rows in (
            Stage.objects.filter(taken_by=user),
            InformationRequest.objects.filter(written_by=user),
            asked,
        ):
            found.append(Q(pk__in=rows.order_by().values("application")))
    if Role.DECISION_MAKER in roles:
        found.append(Q(state__in=TO_DECIDE))
    return reduce(or_, found) if found else None


def mine_in_words(user: Any) -> list[str]:
    roles, found = roles_of(user), []
    if Role.CASE_OFFICER in roles:
        found.append(_("whose case officer you are"))
    if roles & ASSESSORS:
        found.append(_("in which you took a stage, wrote a request, or are asked for your view"))
    if Role.DECISION_MAKER in roles:
        found.append(_("that wait for a decision"))
    return found
