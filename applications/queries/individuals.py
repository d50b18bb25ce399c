"""Who is proposed for which function, and how far their approval is."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from applications.conditions.individual import rests_on
from applications.models import Application, IndividualApproval, Person
from applications.queries.submitted_people import as_submitted
from applications.states import ASSESSABLE, GONE, STANDING, IndividualState
from regulators.rulebook import Function, say


@dataclass(kw_only=True)
class OfFunction:
    """A function with those who are or were proposed for it; ``untold`` are named, and have no record yet."""

    function: Function
    rests_on: str
    approvals: list[IndividualApproval] = field(default_factory=list)
    untold: list[Person] = field(default_factory=list)

    @property
    def title(self) -> str:
        return say(self.function.title)

    @property
    def approved(self) -> bool:
        return any(one.state == "approved" for one in self.approvals)


def by_function(case: Application) -> list[OfFunction]:
    """In the order of the book. One query."""
    found = {
        function.code: OfFunction(function=function, rests_on=rests_on(function))
        for function in case.book.approved_functions
    }
    for approval in approvals_of(case):
        if approval.function in found:
            found[approval.function].approvals.append(approval)
    return list(found.values())


def with_untold(case: Application) -> list[OfFunction]:
    """The same, with those who are named in the submission and have no record yet."""
    found = by_function(case)
    named = untold(case)
    people = Person.objects.in_bulk([pk for pk, _code in named])
    as_submitted(case, people.values())
    for one in found:
        one.untold = [people[pk] for pk, code in named if code == one.function.code]
    return found


def untold(case: Application) -> list[tuple[UUID, str]]:
    """Person and function, of those named in the newest submission for a function whose holders are approved,
    without a record in this case.
    """
    wanted = {function.code for function in case.book.approved_functions}
    known = set(case.individuals.exclude(state__in=GONE).values_list("person", "function"))
    named = [(pk, code) for pk, codes in submitted_posts(case).items() for code in codes if code in wanted]
    return [key for key in named if key not in known]


def submitted_posts(case: Application) -> dict[UUID, list[str]]:
    """The functions of each person as last submitted: what the firm is changing since is not ours to see."""
    newest = case.snapshots.order_by("-number").values_list("content__people", flat=True).first()
    return {UUID(pk): list(facts["posts"]) for pk, facts in (newest or {}).items()}


def approvals_of(case: Application, **which: Any) -> list[IndividualApproval]:
    """One query; each knows its case."""
    found = list(case.individuals.filter(**which).select_related("person"))
    for approval in found:
        approval.application = case
    return found


def replaceable(case: Application, person: Person) -> list[IndividualApproval]:
    """For which functions the firm can propose another than this person now."""
    if case.state not in ASSESSABLE:
        return []
    held = case.posts.filter(person=person).values("function")
    states = {*STANDING, IndividualState.REFUSED}
    return approvals_of(case, person=person, function__in=held, state__in=states)
