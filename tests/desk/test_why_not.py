"""Why not yet: all that the next act lacks, each in words, with a page that mends it or who has to act."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.conditions import TIME
from applications.conditions.individual import people_settled
from applications.desk.why_not import MENDERS, next_acts
from applications.models import (
    Application,
    ChangeNotice,
    Condition,
    Consultation,
    RefusalNotice,
    Representation,
    RequestPoint,
    Stage,
)
from regulators.models import PendingChange
from tests.desk.conftest import act, at
from tests.plugins.cases import fresh
from workflow.acts import acts_of
from workflow.queries import unmet

STATES = ("submitted", "in_review", "recommended", "approved_in_principle", "refusal_proposed")


@pytest.fixture
def lacking(filed, afsa, afsa_staff, firm_user):
    """A function: a case in this state in which everything is missing that can be."""
    today = timezone.localdate()
    PendingChange.objects.create(
        licence_type=afsa, title="A new act", source="Gazette 1", owner=afsa_staff.lead_reviewer,
        announced_on=today, in_force_on=today,
    )  # fmt: skip

    def make(state):
        case = filed(afsa, state=state)
        for number, status in enumerate(("draft", "sent", "answered"), start=1):
            asked = case.requests.create(
                number=number, status=status, due_on=today, written_by=afsa_staff.reviewer
            )
            RequestPoint.objects.create(request=asked, number=1, requirement="BP-01", question="Which?")
        Consultation.objects.create(application=case, body="National Bank", question="?", asked_by=firm_user)
        ChangeNotice.objects.create(application=case, text="A new seat.", notified_by=firm_user)
        if state == "approved_in_principle":
            Condition.objects.create(application=case, number=1, text="Pay the capital in.")
        if state == "refusal_proposed":
            notice = RefusalNotice.objects.create(
                application=case, grounds=["x"], evidence="e", text="n", proposed_at=timezone.now(),
                proposed_by=afsa_staff.decision_maker,
            )  # fmt: skip
            Representation.objects.create(notice=notice, text="Not so.", made_by=firm_user)
        case.stages.filter(order=4).update(state="changes_requested")
        return fresh(case)

    return make


def some_who_mend_open(browsers, url):
    roles = ("case_officer", "reviewer", "lead_reviewer", "decision_maker", "administrator")
    return any(getattr(browsers, role).get(url).status_code == 200 for role in roles)


@pytest.mark.parametrize("state", STATES)
def test_each_reason_has_a_page_that_mends_it_or_says_who_has_to_act(lacking, browsers, state):
    case = lacking(state)
    acts = [one for one in acts_of(Application).values() if state in one.sources and one.requires]
    reasons = {reason for one in acts for reason in unmet(case, one)}
    of_stages = {
        reason
        for stage in case.stages.all()
        for one in acts_of(Stage).values()
        for reason in unmet(stage, one)
    }

    assert reasons
    assert {r.text for r in reasons | of_stages if not r.by} == set()
    assert {r.by for r in reasons | of_stages} <= {*MENDERS, "form"}
    without = {r.text for r in reasons if not r.url and r.by not in (TIME, "book", "form")}
    assert without == set()
    assert [url for url in {r.url for r in reasons if r.url} if not some_who_mend_open(browsers, url)] == []


def texts(page):
    return [lack.text for one in page.context["why_not"] for group in one.groups.values() for lack in group]


def test_the_panel_names_everything_for_whoever_reads(lacking, browsers):
    case = lacking("in_review")
    finding = case.findings.first()
    case.stages.filter(code=finding.stage).update(state="approved")
    case.findings.update(outcome="query")
    case.findings.filter(pk=finding.pk).update(outcome="met", affected=True)

    lead, reviewer, officer = (
        getattr(browsers, role).get(at("change", case))
        for role in ("lead_reviewer", "reviewer", "case_officer")
    )

    stages = case.book.stage_codes
    titles = [case.book.by_code[f.requirement].title["en"] for f in case.findings.order_by("pk")]
    codes = list(case.findings.order_by("pk").values_list("requirement", flat=True))
    assert texts(lead) == [
        *(f"The stage “{case.book.stage(code).title['en']}” is not approved." for code in stages[1:]),
        f"{codes[0]} {titles[0]} is not settled: Changed since.",
        f"{codes[1]} {titles[1]} is not settled: Query.",
        "Request 1 is not closed: Being written.",
        "Request 2 is not closed: Sent.",
        "Request 3 is not closed: Answered.",
        "The consultation of National Bank is not finished.",
        *(reason.text for reason in people_settled(case)),
        "“A new act” (Gazette 1) is in force and not settled. AFSA lead reviewer follows it.",
        "The firm has reported a change that is not resolved: A new seat.",
    ]
    assert texts(reviewer) == texts(lead) == texts(officer)
    consulted = at("consultation", case, case.consultations.get().pk)
    page = officer.content.decode()
    assert (
        f'href="{consulted}"' not in page.split('aria-labelledby="lacks-recommend"')[1].split("</section>")[0]
    )
    by_text = {
        lack.text: lack for one in officer.context["why_not"] for g in one.groups.values() for lack in g
    }
    assert by_text["The consultation of National Bank is not finished."].who == "Reviewers"
    assert by_text["Request 2 is not closed: Sent."].who == "The firm"
    mine = {lack.text: lack for one in reviewer.context["why_not"] for g in one.groups.values() for lack in g}
    assert mine["The consultation of National Bank is not finished."].url == consulted
    assert mine["The consultation of National Bank is not finished."].who == ""
    question = at("question", case, finding.stage, codes[0])
    assert mine[f"{codes[0]} {titles[0]} is not settled: Changed since."].url == question


def test_intake_lacks_the_check_then_the_fee_then_nothing(filed, afsa, browsers, afsa_staff):
    case = filed(afsa, state="submitted")
    officer = browsers.case_officer
    first = officer.get(at("change", case))
    assert texts(first) == [
        "Record the completeness check of this submission.",
        "The fee is a condition of filing: record it as paid or waived.",
    ]
    case.completeness_checks.create(
        snapshot=case.snapshots.get(), passed=False, checked_by=afsa_staff.case_officer
    )
    with_gaps = officer.get(at("change", case))
    assert texts(with_gaps)[0] == "The completeness check found gaps: return the application."
    assert act(case, "return_incomplete") in with_gaps.content.decode()
    case.completeness_checks.create(
        snapshot=case.snapshots.get(), passed=True, checked_by=afsa_staff.case_officer
    )
    Application.objects.filter(pk=case.pk).update(fee="waived")
    page = browsers.reviewer.get(at("change", case)).content.decode()
    assert "Nothing stands in the way of “Accept for review”" in page
    assert "Next: Case officer" in page


@pytest.mark.parametrize(
    ("state", "recommended", "acts"),
    [
        ("returned", "", ()),
        ("recommended", "grant", ("approve_in_principle", "grant")),
        ("recommended", "refuse", ("propose_refusal",)),
        ("granted", "", ()),
    ],
)
def test_the_next_acts_follow_the_state_and_the_book(filed, afsa, state, recommended, acts):
    case = filed(afsa, state=state)
    case.recommended = recommended
    assert next_acts(case) == acts


@pytest.mark.parametrize(("state", "count"), [("in_review", [16, 17, 16]), ("submitted", [13, 13, 16])])
def test_the_panel_reads_little_that_the_page_does_not(lacking, filed, afsa, browsers, state, count):
    """Eleven of the page and one for each part that is there; the check; the duties."""
    counted = []
    for role in ("reviewer", "lead_reviewer", "case_officer"):
        case = lacking(state) if state == "in_review" else filed(afsa, state=state)
        browser = getattr(browsers, role)
        browser.get(at("change", case))
        with CaptureQueriesContext(connection) as queries:
            browser.get(at("change", case))
        counted.append(len(queries))

    assert counted == count
