"""Nobody recommends a grant, or grants, on files that no examiner has opened."""

import uuid

import pytest
from django.db import transaction

from applications.models import IndividualApproval, Snapshot
from audit.services import record
from tests.desk.conftest import act, asked, at, new_person
from tests.plugins.cases import fresh
from workflow.duties import take

PLAN, SHEET = (str(uuid.UUID(int=number)) for number in (1, 2))


@pytest.fixture
def given(filed, afsa):
    """A function: a case whose only mandatory question was answered with a plan; another one with a sheet."""

    def make(state):
        case = filed(afsa, state=state)
        code = next(r for r in case.book.requirements if r.mandatory and not r.per_person)
        file = {"name": "plan.pdf", "sha256": "0" * 64, "size": 1}
        questions = [
            {**asked(code), "mandatory": True, "files": [{**file, "document": PLAN}]},
            {**asked(code), "mandatory": False, "files": [{**file, "document": SHEET, "name": "sheet.pdf"}]},
        ]
        snapshot = case.snapshots.get()
        Snapshot.objects.create(
            application=case, number=2, content={**snapshot.content, "questions": questions}, sha256="1" * 64,
            law={}, made_at=snapshot.made_at, made_by_name="Firm",
        )  # fmt: skip
        case.findings.update(outcome="met", snapshot=case.snapshots.get(number=2))
        return fresh(case), code.code

    return make


def opens(case, user, document=PLAN, kind="document.opened"):
    with transaction.atomic():
        record(subject=case.audit_subject, kind=kind, actor=user, data={"document": document})


def reasons(browser, case, name):
    return [(str(r.text), r.url) for r in browser.get(act(case, name)).context["offer"].reasons]


def test_a_grant_is_blocked_with_a_list_until_an_examiner_has_opened_each_mandatory_file(
    given, browsers, afsa_staff
):
    case, code = given("recommended")
    blocked = (f"{code}: nobody has opened “plan.pdf”.", at("document", case, PLAN))
    decider = browsers.decision_maker
    assert blocked in reasons(decider, case, "grant")
    assert blocked in reasons(decider, case, "approve_in_principle")
    assert blocked not in reasons(decider, case, "propose_refusal")
    opens(case, case.created_by)  # the firm
    opens(case, afsa_staff.reviewer, SHEET)
    take(case=case.duty_case, actor=afsa_staff.second_decision_maker, side="decide", act="vote")
    opens(case, afsa_staff.second_decision_maker)
    assert blocked in reasons(decider, case, "grant")
    opens(case, afsa_staff.specialist, kind="document.previewed")
    assert blocked not in reasons(decider, case, "grant")


def test_a_refusal_can_be_recommended_before_everything_was_opened(given, browsers, afsa_staff):
    case, code = given("in_review")
    case.stages.update(state="approved")
    somebody = new_person(case)
    for function in case.book.approved_functions:
        IndividualApproval.objects.create(
            application=case, person=somebody, function=function.code, state="approved"
        )
    ground = next(ground.code for ground in case.book.grounds if ground.quotable)
    told = {"version": 0, "reason": "It does not hold."}
    url = act(case, "recommend")
    page = browsers.lead_reviewer.get(url)
    words = f"{code}: nobody has opened “plan.pdf”."
    assert [str(reason.text) for reason in page.context["to_grant"]] == [words]
    refused = browsers.lead_reviewer.post(url, {**told, "outcome": "grant"})
    assert [str(reason.text) for reason in refused.context["offer"].reasons] == [words]
    opens(case, afsa_staff.lead_reviewer)  # whoever recommends may be the one
    assert browsers.lead_reviewer.get(url).context["to_grant"] == []
    refusal = {**told, "outcome": "refuse", "grounds": [ground]}
    assert browsers.lead_reviewer.post(url, refusal).status_code == 302
