"""Who finds a pipeline, and that nobody sees anything of another regulator's, not even a total."""

from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.template import RequestContext, Template

from accounts.actors import System
from audit.services import record
from regulators import services as regulators
from regulators.models import Role
from tests.plugins.cases import SHELL, appointed, fresh, new_applicant

pytestmark = pytest.mark.django_db
STEPS = "/pipeline/steps/?act=stage.approve&period=2026-11"
PAGES = [
    "/pipeline/",
    "/pipeline/cases/",
    "/pipeline/cases.csv",
    "/pipeline/passages/?period=12-months",
    "/pipeline/time/",
    "/pipeline/flow/",
    "/pipeline/forecast/",
    "/pipeline/exports/",
    "/pipeline/friction/",
    "/pipeline/friction/cases/?type=providing-custody&requirement=BP-01&period=12-months",
    STEPS,
]


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_is_asked_to_sign_in(client, page):
    assert client.get(page)["Location"].startswith("/accounts/login/?next=/pipeline/")


@pytest.mark.parametrize(("role", "status"), [
    (Role.LEAD_REVIEWER, 200), (Role.DECISION_MAKER, 200),
    (Role.CASE_OFFICER, 404), (Role.REVIEWER, 404), (Role.SPECIALIST, 404), (Role.ADMINISTRATOR, 404),
])  # fmt: skip
def test_managers_find_the_pages_and_other_staff_do_not(afsa, staff_of, signed_in, role, status):
    browser = signed_in(staff_of(afsa, role))
    assert [browser.get(page).status_code for page in PAGES] == [status] * len(PAGES)


def test_an_applicant_finds_nothing(signed_in, afsa):
    browser = signed_in(new_applicant())
    assert [browser.get(page).status_code for page in PAGES] == [404] * len(PAGES)


def test_an_unconfirmed_decision_maker_and_one_whose_time_is_over_find_nothing(afsa, staff_of, signed_in):
    waiting = staff_of(afsa, Role.SPECIALIST)
    regulators.appoint_staff(actor=SHELL, user=waiting, regulator=afsa.regulator, role=Role.DECISION_MAKER)
    assert signed_in(fresh(waiting)).get("/pipeline/").status_code == 404
    former = staff_of(afsa, Role.LEAD_REVIEWER)
    former.appointments.update(valid_from=date(2026, 1, 1), valid_until=date(2026, 11, 22))
    assert signed_in(fresh(former)).get("/pipeline/").status_code == 404


def test_posting_is_refused(browser):
    """But for a list that leaves: a long one is asked for by a post."""
    pages = [page for page in PAGES if not page.endswith(".csv")]
    assert [browser.post(page).status_code for page in pages] == [405] * len(pages)


@pytest.fixture
def two_houses(afsa: Any, afm: Any, add_case: Any, staff_of: Any) -> Any:
    """A case at each regulator; the other one's has everything that could leak."""
    officer = staff_of(afm, Role.CASE_OFFICER, "Officer of the other house")
    add_case(afsa, name="Firm of this house")
    theirs = add_case(afm, name="Firm of the other house", officer=officer, state="recommended", approved=5)
    add_case(afm, state="granted", decided=date(2026, 11, 9), officer=officer, name="Another of theirs")
    with transaction.atomic():
        record(subject=theirs.audit_subject, kind="stage.approve", actor=System("test"))
    return theirs


def test_nothing_of_another_regulator_not_even_a_total(browser, pages, two_houses):
    html = browser.get("/pipeline/").content.decode()
    counts = dict(pages.figures(html))
    ones = {url.partition("?")[2] for url, count in counts.items() if count}
    assert ones == {
        "state=open", "waiting=us", "stage=business_plan", "stage=business_plan&waiting=us",
        "state=in_review",
        "act=application.submit&period=2026-11",
    }  # fmt: skip
    assert [word for word in ("other house", "theirs", "national-custody") if word in html] == []


@pytest.mark.parametrize("page", ["/pipeline/time/", "/pipeline/flow/"])
def test_charts_count_nothing_of_another_regulator(browser, pages, two_houses, page):
    """One case is here and one there: no number is greater than one."""
    html = browser.get(page).content.decode()
    assert max(count for _url, count in pages.figures(html)) == 1
    assert [word for word in ("other house", "theirs", "national-custody") if word in html] == []


def test_no_list_shows_the_other_regulators_cases(browser, pages, two_houses):
    assert pages.listed(browser, "/pipeline/cases/") == ["KZC-2026-0001"]
    assert pages.listed(browser, "/pipeline/cases/?waiting=decision") == []
    assert pages.listed(browser, STEPS) == []
    assert b"KZC-2026-0002" not in browser.get("/pipeline/cases.csv").content
    assert pages.listed(browser, f"/pipeline/cases/?after={two_houses.pk}") == []
    hidden = browser.get("/pipeline/cases/", {"type": "national-custody"})
    officer = browser.get("/pipeline/cases/", {"officer": two_houses.case_officer_id})
    unknown = browser.get("/pipeline/cases/", {"officer": 10**30})
    steps = browser.get(STEPS + "&type=national-custody")
    assert [page.status_code for page in (hidden, officer, unknown, steps)] == [400] * 4
    assert b"Officer of the other house" not in officer.content


def test_a_lead_here_who_is_a_reviewer_there_sees_this_house_only(lead, afm, signed_in, pages, two_houses):
    appointed(lead, afm.regulator, Role.REVIEWER)
    browser = signed_in(fresh(lead))
    assert dict(pages.figures(browser.get("/pipeline/").content.decode()))["/pipeline/cases/?state=open"] == 1
    assert pages.listed(browser, "/pipeline/cases/") == ["KZC-2026-0001"]


def test_drafts_are_not_seen(browser, pages, afsa, add_case):
    add_case(afsa, state="draft", submitted=None)
    assert pages.listed(browser, "/pipeline/cases/") == []
    assert {count for _url, count in pages.figures(browser.get("/pipeline/").content.decode())} == {0}


@pytest.mark.parametrize(
    ("role", "links"), [(Role.LEAD_REVIEWER, 1), (Role.REVIEWER, 0), (Role.ADMINISTRATOR, 0)]
)
def test_the_rail_of_the_desk_leads_managers_only_to_the_pipeline(afsa, staff_of, rf, role, links):
    request = rf.get("/desk/")
    request.user = staff_of(afsa, role)
    html = Template("{% rail %}").render(RequestContext(request))
    assert html.count('href="/pipeline/"') == links
