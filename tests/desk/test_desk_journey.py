"""A case the whole way through the desk's pages, each step by the person whose step it is."""

from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from applications.conditions.opened import unopened
from applications.models import Finding
from applications.services.assessment import assess
from licences.models import Licence
from regulators.services import confirm_authority_basis, enter_authority_basis
from tests.desk.conftest import act, all_there, at, finding_data, on, question_of, stage_act
from tests.plugins.cases import fresh
from tests.plugins.days import working


def posted(browser, url, data):
    """The POST was taken."""
    response = browser.post(url, data)
    assert response.status_code == 302, response.content.decode()
    return response


def put_basis_on_record(licence_type, staff):
    basis = enter_authority_basis(
        actor=fresh(staff.administrator), licence_type=licence_type, act="Sample act", article="1",
        scope="Custody", valid_from=date(2026, 1, 1),
    )  # fmt: skip
    confirm_authority_basis(actor=fresh(staff.second_administrator), basis=basis)


def settle(case, stage, browser, reviewer):
    """The first question on its page, all others by the service that the page calls."""
    first, *others = Finding.objects.filter(application=case, stage=stage.code).select_related("application")
    posted(browser, question_of(first), finding_data(first))
    for finding in Finding.objects.filter(pk__in=[other.pk for other in others], outcome=""):
        assess(actor=reviewer, finding=finding, expected_version=finding.version, outcome="met", note="Seen.")


def test_from_submission_to_licence(submitted_case, browsers, afsa_staff):
    case = submitted_case
    put_basis_on_record(case.licence_type, afsa_staff)
    officer, reviewer, lead, decider = (
        browsers.case_officer, browsers.reviewer, browsers.lead_reviewer, browsers.decision_maker,
    )  # fmt: skip

    posted(officer, at("completeness", case), all_there(officer, case))
    today = on(timezone.localdate(), "on")
    paid = {"fee": "paid", "reference": "Payment order 1", "version": case.version, **today}
    posted(officer, at("fee", case), paid)
    posted(officer, act(case, "accept"), {"version": fresh(case).version})
    assert fresh(case).state == "in_review"

    for stage in case.stages.all():
        posted(reviewer, stage_act(stage, "take"), {"version": stage.version})
        settle(case, stage, reviewer, afsa_staff.reviewer)
        stage.refresh_from_db()
        posted(reviewer, stage_act(stage, "approve"), {"version": stage.version})
    assert set(case.stages.values_list("state", flat=True)) == {"approved"}
    for approval in case.individuals.all():
        for number, name in enumerate(("assess", "approve")):
            url = reverse("admin:applications_individualapproval_act", args=[approval.pk, name])
            posted(reviewer, url, {"version": number})

    to_grant = {"version": fresh(case).version, "outcome": "grant", "reason": "All is met."}
    unread = unopened(case)
    assert unread
    assert lead.post(act(case, "recommend"), to_grant).status_code == 422
    for document in unread:
        assert reviewer.get(at("document", case, document)).status_code == 200
    posted(lead, act(case, "recommend"), to_grant)
    until = working(timezone.localdate() + timedelta(days=90))
    posted(
        decider,
        act(case, "approve_in_principle"),
        {"version": fresh(case).version, "text_1": "Pay the capital in.", "reason": "The criteria are met.",
         **on(until, "expires_on"), **on(until, "due_on_1")},
    )  # fmt: skip
    condition = case.conditions.get()
    assert (condition.text, condition.due_on, fresh(case).expires_on) == ("Pay the capital in.", until, until)

    refused = decider.post(act(case, "grant"), {"version": fresh(case).version, "reason": "Too early."})
    assert refused.status_code == 422
    assert "Condition 1 is not verified: Pay the capital in." in refused.content.decode()
    posted(reviewer, at("condition", case, 1), {"evidence": "The bank statement was read."})
    posted(decider, act(case, "grant"), {"version": fresh(case).version, "reason": "Every condition is met."})

    assert fresh(case).state == "granted"
    assert fresh(case).licence == Licence.objects.get()
