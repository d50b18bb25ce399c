"""Who cannot act on a case, and why, for the people who name somebody."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import Identifier, Membership
from applications.models import Application, Person


def cannot_act(case: Application, users: Iterable[Any]) -> dict[Any, str]:
    """Why in words, by the key of the account, of those who have a conflict of interest. The same answer as
    ``rules.is_without_conflict`` for each, in four queries for all.
    """
    users = list(users)
    numbers = {user.human: {user.human} for user in users if user.human}
    for human, number in Identifier.objects.filter(human__in=numbers).values_list("human", "hash"):
        numbers[human].add(number)
    every = {number for held in numbers.values() for number in held}
    declared = set(case.conflicts.filter(human__in=numbers).values_list("human", flat=True))
    members = Membership.objects.filter(firm=case.firm_id, user__human__in=every)
    acted = set(members.values_list("user__human", flat=True))
    people = set(Person.objects.filter(firm=case.firm_id, human__in=every).values_list("human", flat=True))
    found = {}
    for user in users:
        if not user.human:
            found[user.pk] = _("no identity is on record for this account")
        elif user.human in declared:
            found[user.pk] = _("has declared a conflict of interest here")
        elif numbers[user.human] & acted:
            found[user.pk] = _("acts or acted for the firm")
        elif numbers[user.human] & people:
            found[user.pk] = _("is one of the people of the firm")
    return found


def conflicts_of(cases: Collection[Any]) -> set[tuple[Any, str]]:
    """The keys of these cases, each with the humans who have a conflict of interest there. The same answer as
    ``rules.is_without_conflict`` for whoever has an identity on record, in one query for all.
    """
    if not cases:
        return set()
    these = Application.objects.filter(pk__in=cases).order_by()
    of_the_firm = [
        _numbers(these, field) for field in ("firm__memberships__user__human", "firm__people__human")
    ]
    declared = these.filter(conflicts__isnull=False).values_list("pk", "conflicts__human", "conflicts__human")
    rows = declared.union(*of_the_firm)
    return {(pk, human) for pk, *humans in rows for human in humans if human}


def _numbers(cases: QuerySet[Any], field: str) -> QuerySet[Any]:
    """By case, the number in this field, and the human whom it names where that is on record."""
    on_record = Identifier.objects.filter(hash=OuterRef(field)).values("human")
    return cases.values_list("pk", field, Subquery(on_record))


def why_not(case: Application, user: Any) -> str:
    """Why this person cannot act on the case; empty where they can."""
    return cannot_act(case, [user]).get(user.pk, "")


def named(user: Any, why: dict[Any, str]) -> str:
    """A name in a list of people to choose from, saying of whom the choice would be refused."""
    if user.pk not in why:
        return str(user.full_name)
    return _("%(name)s: cannot act here, %(why)s") % {"name": user.full_name, "why": why[user.pk]}
