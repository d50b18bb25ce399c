"""One case from its first page to wherever the last day finds it, through the acts that the models declare.

An act that is gone, renamed, or leads elsewhere stops the run at once: nothing is written that no act allows.
"""

from datetime import date, datetime, time, timedelta
from functools import cache
from math import exp
from typing import Any

from applications.models import Application, Stage
from applications.samples.scale import chances
from applications.samples.scale.chances import Spread
from applications.samples.scale.desks import Who
from applications.samples.scale.plan import Arrival, Plan
from applications.samples.scale.steps import Step
from applications.services.clocks import ALMATY
from applications.states import ApplicationState as A
from regulators import books
from regulators.rulebook import Book, Requirement
from workflow.acts import Act, acts_of


class OverError(Exception):
    """The last day of the plan has come, or the case is at an end of its own."""


class Road:
    """Where the case stands, what time it is, and what was done so far."""

    def __init__(self, plan: Plan, arrival: Arrival, founder: Who) -> None:
        self.plan, self.arrival, self.founder = plan, arrival, founder
        self.rng, self.days, self.way = plan.rng(arrival.number, "road"), plan.days, arrival.way
        self.end = datetime.combine(plan.until, time(23, 59), tzinfo=ALMATY)
        self.steps: list[Step] = []
        self.standing = str(A.DRAFT)
        self.stages: dict[str, str] = {}
        self.now = self._begun()
        self.book: Book = arrival.desk.book_on(self.now.date())
        self.asked = asked_of(self.book)
        self.requests, self.conditions = 0, 0  # so many of each have a number
        self.officer, self.reviewer, self.lead, self.decider = (
            self.one_of(role) for role in ("case_officer", "reviewer", "lead_reviewer", "decision_maker")
        )

    def _begun(self) -> datetime:
        if not self.arrival.reference:
            return self.arrival.at
        drafted = self.days.between(self.plan.first_day, self.arrival.at.date()) - 1
        back = min(drafted, 1 + int(self.drawn(chances.DRAFTING)))
        day = self.arrival.at.date() - timedelta(days=1 + int(back * 1.4))
        return self.days.at_desk(max(day, self.plan.first_day), self.rng)

    # --- chance

    def one_of(self, role: str) -> Who:
        """The first ones of a desk have more cases than the last ones."""
        people = self.arrival.desk.staff[role]
        return people[int(len(people) * self.rng.random() ** 1.4)]

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def drawn(self, spread: Spread) -> float:
        median, sigma = spread
        return median * exp(sigma * self.rng.gauss(0, 1))

    def day_after(self, working_days: int) -> date:
        return self.days.add(self.now.date(), working_days)

    # --- time

    def wait(self, spread: Spread) -> None:
        """Time passes. Meanwhile the firm may withdraw."""
        days = self.drawn(spread)
        may_withdraw = self.standing in acts_of(Application)["withdraw"].sources
        if may_withdraw and self.chance(chances.WITHDRAWS):
            self.pass_time(days / 2)
            self.act("withdraw", self.founder, reason="The firm has put its plans off.")
            raise OverError
        self.pass_time(days)

    def pass_time(self, days: float) -> None:
        self.now = self.days.later(self.now, min(days, 250), self.rng)
        if self.now > self.end:
            raise OverError

    def wait_until_after(self, day: date) -> None:
        """Until a working day after this one."""
        if day >= self.plan.until:
            raise OverError
        self.now = max(
            self.now, self.days.at_desk(self.days.add(day, 1 + int(self.drawn((2, 0.6)))), self.rng)
        )
        if self.now > self.end:
            raise OverError

    # --- what is done

    def act(self, name: str, who: Who, **data: Any) -> None:
        act = _declared(Application, name, self.standing, data)
        if act.two_people:
            second = next(one for one in self.arrival.desk.staff["decision_maker"] if one != who)
            self._add(f"application.{name}.propose", second, data, act)
            self.pass_time(0.5)
        after = str(act.targets[0])
        self._add(f"application.{name}", who, data, act, self.standing, after)
        self.standing = after

    def on_stage(self, name: str, code: str, who: Who, **data: Any) -> None:
        act = _declared(Stage, name, self.stages[code], data)
        after = str(act.targets[0])
        self._add(f"stage.{name}", who, {"stage": code, **data}, act, self.stages[code], after)
        self.stages[code] = after

    def note(self, kind: str, who: Who, **data: Any) -> None:
        self._add(kind, who, data)

    def _add(
        self,
        kind: str,
        who: Who,
        data: dict[str, Any],
        act: Act | None = None,
        before: str = "",
        after: str = "",
    ) -> None:
        self.steps.append(
            Step(kind=kind, at=self.now, who=who, data=data, act=act, before=before, after=after)
        )


def _declared(model: type, name: str, state: str, data: dict[str, Any]) -> Act:
    act = acts_of(model).get(name)
    if act is None:
        raise LookupError(f"{model.__name__} has no act {name} any more: walk another one.")
    if state not in act.sources or len(act.targets) != 1:
        raise LookupError(f"{model.__name__}.{name} does not lead on from {state} any more.")
    if act.needs and (lacking := [need for need in act.needs if not data.get(need)]):
        raise LookupError(f"{model.__name__}.{name} needs {', '.join(lacking)} now: say it.")
    return act


def asked_of(book: Book) -> dict[str, Requirement]:
    """By stage, the one question that a sample case answers and is assessed on."""
    return _asked(book.code, book.version)


def asked_in(book: Book) -> list[str]:
    """The codes of these questions, in the order of the book."""
    return [requirement.code for requirement in asked_of(book).values()]


@cache
def _asked(code: str, version: str) -> dict[str, Requirement]:
    book = books.get(code, version)
    found: dict[str, Requirement] = {}
    for requirement in book.requirements:
        plain = not (requirement.per_person or requirement.applies_when or requirement.functions)
        if plain and requirement.due == "submission":
            found.setdefault(requirement.stage, requirement)
    lacking = set(book.stage_codes) - set(found)
    if lacking:
        raise LookupError(f"{book.code} {book.version} asks nothing of the firm itself in {sorted(lacking)}.")
    return found
