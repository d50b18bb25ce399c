"""A sample case taken again: the same steps at the same moments by ``workflow.perform`` and the services, in a
transaction that is undone, and what came of it held against the rows that were copied.

Not as on a real day: the rule book is cut to the questions that a sample case answers, in words, and to posts that
nobody is approved for; its first version is in effect from the first day; the firm, its people and their consents are written without services.
"""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from accounts.models import Firm, Membership, User
from accounts.services.firms import FOUNDER_ROLES
from applications.models import Application, Consent, Person, Post, Stage
from applications.samples.scale import comparing
from applications.samples.scale.applicants import Applicant
from applications.samples.scale.desks import Who
from applications.samples.scale.loading import steps_of
from applications.samples.scale.moments import at
from applications.samples.scale.plan import Arrival, Plan
from applications.samples.scale.road import asked_of
from applications.samples.scale.steps import Step
from applications.services import (
    assessment,
    assigning,
    decisions,
    drafting,
    intake,
    requests,
    rounds,
    submission,
)
from regulators import books
from regulators import rulebook as rb
from regulators.models import LicenceType
from workflow import services as workflow


def differences(plan: Plan, arrival: Arrival) -> list[str]:
    """In words, one line each; nothing where the case came out as it was written. Raises Refused where a step is
    refused that was written.
    """
    case = Application.objects.with_case().get(pk=plan.case_id(arrival.number))
    written = comparing.standing_of(case)
    with transaction.atomic(), _cut_books(plan):
        again = _taken_again(plan, arrival)
        found = comparing.standing_of(again)
        transaction.set_rollback(True)
    where = case.reference or f"case {arrival.number}"
    return [f"{where}: {line}" for line in comparing.compared(written, found)]


@contextmanager
def _cut_books(plan: Plan) -> Iterator[None]:
    """The books of the tracks ask one question a stage, in words; the first of each is in effect from the start."""
    shelf: Any = books  # what every reader of the books asks
    whole = books.all_books
    pins = {
        (pin.code, pin.version): n == 0
        for desk in plan.desks.values()
        for n, (_day, pin) in enumerate(desk.pins)
    }
    cut = tuple(
        _cut(book, plan if pins[book.code, book.version] else None)
        if (book.code, book.version) in pins
        else book
        for book in whole()
    )
    shelf.all_books = lambda: cut
    books.get.cache_clear()
    try:
        yield
    finally:
        shelf.all_books = whole
        books.get.cache_clear()


def _cut(book: rb.Book, plan: Plan | None) -> rb.Book:
    kept = tuple(dataclasses.replace(one, evidence=(rb.TEXT,)) for one in asked_of(book).values())
    posts = tuple(dataclasses.replace(one, required=False, citations=()) for one in book.functions)
    start = plan.first_day if plan else book.effective_from
    return dataclasses.replace(book, requirements=kept, functions=posts, effective_from=start)


def _taken_again(plan: Plan, arrival: Arrival) -> Application:
    applicant, steps = steps_of(plan, arrival)
    with at(steps[0].at):
        again = Again(applicant, arrival)
    for step in steps:
        with at(step.at):
            again.take(step)
    return again.case


class Again:
    """The case as it stands after the steps taken so far. The actors are the same; firm and case are others."""

    def __init__(self, applicant: Applicant, arrival: Arrival) -> None:
        self.applicant = applicant
        self.licence_type = LicenceType.objects.select_related("regulator").get(
            pk=arrival.desk.licence_type.pk
        )
        founder = User.objects.get(pk=applicant.founder.pk)
        self.firm = _firm_again(applicant, founder)
        self._actors: dict[int, Any] = {founder.pk: founder}
        self._pk: Any = None  # until it is started

    @property
    def case(self) -> Application:
        return Application.objects.with_case().get(pk=self._pk)

    def take(self, step: Step) -> None:
        model, _dot, name = step.kind.partition(".")
        if step.act and not step.after:
            self._propose(step)
        elif step.act and model == "stage":
            self._stage_act(step, name)
        elif step.act:
            self._case_act(step, name)
        else:
            call: Callable[[Step, Any], None] = getattr(self, f"_{step.kind.replace('.', '_')}")
            call(step, self._actor(step.who))

    def _actor(self, who: Who) -> Any:
        if who.pk not in self._actors:
            self._actors[who.pk] = User.objects.get(pk=who.pk)
        return self._actors[who.pk]

    # --- acts: nothing but workflow.perform

    def _case_act(self, step: Step, name: str) -> None:
        case, data = self.case, dict(step.data)
        if name == "submit":
            data["reference"] = f"{data['reference']}-AGAIN"
        if step.act and step.act.two_people:
            data = {}  # what was proposed is what is done
        workflow.perform(
            Application, case.pk, name, actor=self._actor(step.who), expected_version=case.version, now=step.at, **data
        )  # fmt: skip

    def _stage_act(self, step: Step, name: str) -> None:
        data = dict(step.data)
        stage = Stage.objects.get(application=self._pk, code=data.pop("stage"))
        workflow.perform(
            Stage, stage.pk, name, actor=self._actor(step.who), expected_version=stage.version, **data
        )

    def _propose(self, step: Step) -> None:
        assert step.act is not None
        case = self.case
        workflow.propose(
            Application, case.pk, step.act.name, actor=self._actor(step.who), expected_version=case.version,
            **step.data,
        )  # fmt: skip

    # --- what is no act: the services

    def _application_start(self, step: Step, actor: Any) -> None:
        case = drafting.start_application(actor=actor, firm=self.firm, licence_type=self.licence_type)
        self._pk = case.pk
        _people_again(self.applicant, self.firm, case)

    def _answer(self, step: Step, actor: Any) -> None:
        drafting.save_answer(actor=actor, case_id=self._pk, **step.data)

    def _application_assign(self, step: Step, actor: Any) -> None:
        case, officer = self.case, self._actor(step.data["officer"])
        assigning.assign_case_officer(actor=actor, case=case, officer=officer, expected_version=case.version)

    def _application_completeness(self, step: Step, actor: Any) -> None:
        intake.check_completeness(actor=actor, case=self.case, gaps=step.data["gaps"])

    def _application_fee(self, step: Step, actor: Any) -> None:
        case = self.case
        intake.record_fee(actor=actor, case=case, expected_version=case.version, **step.data)

    def _application_note(self, step: Step, actor: Any) -> None:
        assessment.write_note(actor=actor, case=self.case, text=step.data["text"])

    def _application_finding(self, step: Step, actor: Any) -> None:
        data = dict(step.data)
        finding = self.case.findings.get(requirement=data.pop("requirement"))
        assessment.assess(actor=actor, finding=finding, expected_version=finding.version, **data)

    def _application_condition(self, step: Step, actor: Any) -> None:
        condition = self.case.conditions.get(number=step.data["number"])
        decisions.verify_condition(actor=actor, condition=condition, evidence=step.data["evidence"])

    def _application_notice_served(self, step: Step, actor: Any) -> None:
        decisions.record_service(actor=actor, notice=self.case.refusal_notices.last(), **step.data)  # type: ignore[arg-type]

    def _application_representation(self, step: Step, actor: Any) -> None:
        submission.make_representation(actor=actor, case=self.case, text=step.data["text"])

    def _application_representation_answered(self, step: Step, actor: Any) -> None:
        made = self.case.refusal_notices.last().representations.last()  # type: ignore[union-attr]
        decisions.answer_representation(actor=actor, representation=made, **step.data)  # type: ignore[arg-type]

    def _request_write(self, step: Step, actor: Any) -> None:
        data = step.data
        points = [{"requirement": data["requirement"], "question": text} for text in data["questions"]]
        requests.write_request(actor=actor, case=self.case, due_on=data["due_on"], points=points)

    def _request_send(self, step: Step, actor: Any) -> None:
        requests.send_request(actor=actor, **self._request(step))

    def _request_answer(self, step: Step, actor: Any) -> None:
        requests.send_answers(actor=actor, **self._request(step))

    def _request_close(self, step: Step, actor: Any) -> None:
        requests.close_request(actor=actor, note=step.data["note"], **self._request(step))

    def _point_answer(self, step: Step, actor: Any) -> None:
        point = self._point(step)
        requests.answer_point(
            actor=actor, point=point, expected_version=point.version, text=step.data["text"]
        )

    def _request_question(self, step: Step, actor: Any) -> None:
        rounds.ask_about_point(actor=actor, point=self._point(step), text=step.data["text"])

    def _request_reply(self, step: Step, actor: Any) -> None:
        rounds.reply_about_point(actor=actor, point=self._point(step), text=step.data["text"])

    def _request_extension_asked(self, step: Step, actor: Any) -> None:
        data = step.data
        request = self.case.requests.get(number=data["number"])
        rounds.ask_for_time(actor=actor, request=request, until=data["until"], reason=data["reason"])

    def _request_extension_granted(self, step: Step, actor: Any) -> None:
        data = step.data
        wish = self.case.requests.get(number=data["number"]).extensions.get(outcome="")
        rounds.grant_time(actor=actor, extension=wish, until=data["until"], answer=data["answer"])

    def _request_extension_declined(self, step: Step, actor: Any) -> None:
        wish = self.case.requests.get(number=step.data["number"]).extensions.get(outcome="")
        rounds.decline_time(actor=actor, extension=wish, answer=step.data["answer"])

    def _request(self, step: Step) -> dict[str, Any]:
        request = self.case.requests.get(number=step.data["number"])
        return {"request": request, "expected_version": request.version}

    def _point(self, step: Step) -> Any:
        request = self.case.requests.get(number=step.data["number"])
        return request.points.select_related("request").get(number=step.data["point"])


def _firm_again(applicant: Applicant, founder: User) -> Firm:
    """Under the same name, without the number that one firm alone may have: see ``comparing``."""
    row = {**applicant.firm, "bin": None, "no_bin_reason": "not_yet"}
    row.pop("id")
    firm = Firm.objects.create(**row)
    Membership.objects.bulk_create(Membership(user=founder, firm=firm, role=role) for role in FOUNDER_ROLES)
    return firm


def _people_again(applicant: Applicant, firm: Firm, case: Application) -> None:
    for row, function in zip(applicant.people, applicant.posts, strict=True):
        facts = {name: value for name, value in row.items() if name not in ("id", "firm_id")}
        person = Person.objects.create(firm=firm, **facts)
        Post.objects.create(application=case, person=person, function=function)
        Consent.objects.create(
            application=case, person=person, given=True, text_version="1", language="en", text="Agreed.",
            operator=firm.name, term="", third_parties=[], cross_border=False, data=[], how=Consent.SELF,
            by_id=applicant.founder.pk, by_name=applicant.founder.name,
        )  # fmt: skip
