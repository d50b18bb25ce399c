"""Pages about the people of a case: by function, and all about one of them."""

from typing import Any

import rules
from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk import acts
from applications.desk.pages.base import Page, page_url, posted_version
from applications.desk.stage_list import Narrow, question_url
from applications.desk.words import FINDING_TAGS
from applications.models import IndividualApproval, Person
from applications.queries.consents import history_of
from applications.queries.individuals import approvals_of, submitted_posts, with_untold
from applications.queries.law import requirement_of
from applications.queries.meeting_log import log_of, people_on
from applications.queries.submitted_people import as_submitted, facts_of_people
from applications.services import individuals
from applications.states import DECIDED
from look.fields import long_text
from regulators.rulebook import say
from workflow.queries import offers

WITH_THE_CASE = frozenset({"close"})  # done by what decides the case


class IndividualsPage(Page):
    """Reading is for all staff of the case; taking up who has no record yet, for assessors."""

    name, path = "individuals", "people/"
    title, permission = gettext_lazy("People for functions"), "work_on_case"
    template = "admin/applications/individuals.html"
    done = gettext_lazy("Those who are named are proposed.")

    def run(self, data: dict[str, Any]) -> Any:
        return individuals.take_up(actor=self.user, case=self.case)

    def done_url(self, result: Any) -> str:
        return page_url(self.case, "individuals")

    def context(self) -> dict[str, Any]:
        functions = with_untold(self.case)
        return {
            "functions": functions,
            "untold": any(one.untold for one in functions),
            "may_take_up": rules.has_perm("applications.assess_individual", self.user, self.case),
        }


class PersonPage(Page):
    """One person: approvals with their acts, findings about them, interviews, consents."""

    name, path = "person", "people/<uuid:person>/"
    methods = ("GET", "HEAD")
    title, permission = gettext_lazy("Person"), "work_on_case"
    template = "admin/applications/person.html"

    def load(self) -> None:
        found = people_on(self.case).filter(pk=self.ids["person"]).first()
        if found is None:
            raise Http404
        as_submitted(self.case, [found])
        self.person: Person = found

    def heading(self) -> str:
        return self.person.called

    def context(self) -> dict[str, Any]:
        case, person = self.case, self.person
        titles = {function.code: say(function.title) for function in case.book.functions}
        held = submitted_posts(case).get(person.pk, [])
        return {
            "person": person,
            "other_name": facts_of_people(case).get(str(person.pk), {}).get("other_name", ""),
            "posts": [titles.get(code, code) for code in held],
            "approvals": [self._approval(one) for one in approvals_of(case, person=person)],
            "findings": self._findings(),
            "meetings": log_of(case, person=person),
            "consents": history_of(case, person),
            "may": {"log_meeting": rules.has_perm("applications.log_meeting", self.user, case)},
        }

    def _approval(self, approval: IndividualApproval) -> dict[str, Any]:
        found = offers(
            approval, self.user, hidden=frozenset() if self.case.state in DECIDED else WITH_THE_CASE
        )
        return {
            "approval": approval,
            "acts": acts.links(
                approval,
                found,
                lambda act: reverse(
                    "admin:applications_individualapproval_act", args=[approval.pk, act.name]
                ),
            ),
        }

    def _findings(self) -> list[dict[str, Any]]:
        rows = self.case.findings.filter(person=self.person).order_by("stage", "requirement")
        return [
            {
                "finding": row,
                "kind": FINDING_TAGS[row.outcome],
                "title": say(requirement_of(self.case, row.requirement).title),
                "url": question_url(
                    self.case, row.stage, row.requirement, Narrow(), person=str(self.person.pk)
                ),
            }
            for row in rows
        ]


class AnswerForm(forms.Form):
    text = long_text(gettext_lazy("What the firm said, as it came in"), rows=8)


class IndividualAnswerPage(Page):
    name, path = "individual_answer", "people/answers/<int:pk_of>/"
    title, permission = gettext_lazy("Record what the firm said"), "work_on_case"
    button, done = gettext_lazy("Record"), gettext_lazy("Recorded.")

    def load(self) -> None:
        found = approvals_of(self.case, pk=self.ids["pk_of"], state="refusal_proposed")
        if not found:
            raise Http404
        self.approval = found[0]

    def form(self, data: Any = None) -> AnswerForm:
        return AnswerForm(data)

    def as_it_stands(self) -> AnswerForm:
        return AnswerForm(initial={"text": self.approval.representation})

    def version(self) -> int:
        return self.approval.version

    def run(self, data: dict[str, Any]) -> IndividualApproval:
        version = posted_version(self.request.POST)
        return individuals.record_answer(
            actor=self.user, approval=self.approval, expected_version=version, **data
        )

    def done_url(self, result: Any) -> str:
        return page_url(self.case, "person", self.approval.person_id)

    def context(self) -> dict[str, Any]:
        approval = self.approval
        said = approval.representation
        return {
            "facts": [
                (str(approval), approval.get_state_display()),
                (_("Notice"), approval.notice),
                *([(_("What the firm said"), said)] if said else []),
            ]
        }
