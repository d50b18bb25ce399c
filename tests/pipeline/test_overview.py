"""The overview: numbers worked out by hand, and every number equal to its list."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actors import System
from applications.models import Application, Condition, RefusalNotice
from applications.services.standing import keep
from audit.services import record
from tests.pipeline.conftest import TODAY, at

pytestmark = pytest.mark.django_db
OVERVIEW = "/pipeline/"


def numbers(browser: Any, pages: Any, page: str = OVERVIEW) -> dict[str, int]:
    return dict(pages.figures(browser.get(page).content.decode()))


def test_kpis_and_funnel_of_a_small_set(browser, pages, afsa, add_case, add_request):
    add_case(afsa, state="submitted")
    add_case(afsa, approved=1)
    add_request(add_case(afsa, approved=1))
    add_case(afsa, approved=5, state="recommended")
    add_case(afsa, state="returned")
    add_case(afsa, state="granted", approved=5, decided=date(2026, 11, 9))
    add_case(afsa, state="draft", submitted=None)
    found = numbers(browser, pages)
    assert {key: found[f"/pipeline/cases/?{key}"] for key in (
        "state=open", "waiting=us", "waiting=firm", "waiting=decision", "decided=90-days",
        "stage=business_plan", "stage=fit_and_proper", "stage=capital", "stage=approved",
        "stage=business_plan&waiting=us", "stage=business_plan&waiting=firm",
        "stage=fit_and_proper&waiting=us", "stage=fit_and_proper&waiting=firm",
        "state=submitted", "state=in_review", "state=granted", "state=refused",
    )} == {
        "state=open": 5, "waiting=us": 3, "waiting=firm": 2, "waiting=decision": 1, "decided=90-days": 1,
        "stage=business_plan": 2, "stage=fit_and_proper": 2, "stage=capital": 0, "stage=approved": 1,
        "stage=business_plan&waiting=us": 1, "stage=business_plan&waiting=firm": 1,
        "stage=fit_and_proper&waiting=us": 1, "stage=fit_and_proper&waiting=firm": 1,
        "state=submitted": 1, "state=in_review": 2, "state=granted": 1, "state=refused": 0,
    }  # fmt: skip


def test_every_number_equals_its_list(browser, pages, lead, afsa, afm, add_case, add_request):
    for number in range(28):
        add_case(afsa, submitted=date(2026, 11, 20) - timedelta(days=9 * number), approved=number % 6)
    add_request(add_case(afsa, state="recommended", approved=5, officer=lead))
    add_case(afsa, state="returned", officer=lead)
    add_case(afsa, state="withdrawn")
    add_case(afsa, submitted=date(2023, 12, 29))
    for day in ("2026-11-02", "2026-08-25", "2026-08-24", "2025-12-01", "2025-11-30"):
        add_case(afsa, state="refused", submitted=date(2025, 11, 3), decided=date.fromisoformat(day))
    mine = add_case(afsa)
    with transaction.atomic():
        for kind in ("stage.approve", "stage.approve"):
            record(subject=mine.audit_subject, kind=kind, actor=System("test"))
    shown = pages.figures(browser.get(OVERVIEW).content.decode())
    wrong = {url: (count, n) for url, count in shown if (n := len(pages.listed(browser, url))) != count}
    assert wrong == {}
    found = dict(shown)
    assert (found["/pipeline/cases/?state=open"], found["/pipeline/cases/?decided=90-days"]) == (32, 2)


@pytest.mark.parametrize(("until", "waiting"), [
    (None, "us"), (date(2026, 11, 23), "firm"), (date(2026, 11, 22), "decision"),
])  # fmt: skip
def test_a_proposed_refusal_waits_for_service_then_for_the_firm_then_for_the_decision(
    browser, pages, afsa, add_case, until, waiting
):
    case = add_case(afsa, state="refusal_proposed", approved=5)
    RefusalNotice.objects.create(
        application=case, grounds=[], evidence="e", text="t", proposed_by=case.created_by,
        proposed_at=case.submitted_at, served_on=until, representations_until=until,
    )  # fmt: skip
    keep([case.pk])
    found = numbers(browser, pages)
    turns = {turn: found[f"/pipeline/cases/?waiting={turn}"] for turn in ("us", "firm", "decision")}
    assert turns == {
        "us": int(waiting != "firm"),
        "firm": int(waiting == "firm"),
        "decision": int(waiting == "decision"),
    }


def test_in_principle_awaits_a_decision_once_every_condition_is_verified(
    browser, pages, lead, afsa, add_case
):
    case = add_case(afsa, state="approved_in_principle", approved=5)
    condition = Condition.objects.create(application=case, number=1, text="Open an account")
    keep([case.pk])
    assert numbers(browser, pages)["/pipeline/cases/?waiting=decision"] == 0
    condition.verified_at, condition.verified_by = case.submitted_at, lead
    condition.save()
    keep([case.pk])
    assert numbers(browser, pages)["/pipeline/cases/?waiting=decision"] == 1


def test_the_chosen_licence_type_narrows_every_number(signed_in, pages, afsa, afm, add_case, lead, staff_of):
    from tests.plugins.cases import appointed, fresh

    appointed(lead, afm.regulator, "lead_reviewer")
    browser = signed_in(fresh(lead))
    for licence_type in (afsa, afsa, afm):
        add_case(licence_type, state="recommended", approved=5)
    assert numbers(browser, pages)["/pipeline/cases/?state=open"] == 3
    shown = pages.figures(browser.get(OVERVIEW, {"type": "national-custody"}).content.decode())
    assert dict(shown)["/pipeline/cases/?type=national-custody&state=open"] == 1
    assert {url for url, _count in shown if "type=national-custody" not in url} == set()
    assert [url for url, count in shown if len(pages.listed(browser, url)) != count] == []

    html = browser.get(OVERVIEW, {"regulator": "AFSA"}).content.decode()
    shown = pages.figures(html)
    assert dict(shown)["/pipeline/cases/?regulator=AFSA&state=open"] == 2
    assert [url for url, count in shown if len(pages.listed(browser, url)) != count] == []
    chips = re.findall(r'<a class="chip" href="\?([^"#]*)"( aria-current="true")?>', html)
    assert [query for query, _chosen in chips][:5] == [
        "", "regulator=AFM", "regulator=AFSA", "type=national-custody", "type=providing-custody",
    ]  # fmt: skip
    assert next(query for query, chosen in chips if chosen) == "regulator=AFSA"
    other = browser.get(OVERVIEW, {"type": "exchange-operator"})
    assert (other.status_code, "There is no such licence type." in other.content.decode()) == (400, True)
    mine = (
        signed_in(staff_of(afsa, "lead_reviewer", "Another lead"))
        .get(OVERVIEW, {"regulator": "AFSA"})
        .content.decode()
    )
    assert "There is no case of what is chosen here." not in mine


def test_as_many_queries_for_three_cases_as_for_one(browser, afsa, add_case, lead, add_request):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(OVERVIEW).status_code == 200
        return len(queries)

    browser.get(OVERVIEW)
    add_case(afsa, state="recommended", approved=5, officer=lead)
    one = count()
    for _ in range(2):
        add_request(add_case(afsa, officer=lead))
    add_case(afsa, state="recommended", approved=5)
    assert (one, count()) == (6, 6)


def test_what_went_through_by_stage_and_period(browser, pages, afsa, add_case):
    """Each number equals its list; the period and the licence type stay in every address."""
    passed = add_case(afsa)
    acts = [
        ("application.accept", {}), ("stage.approve", {"stage": "business_plan"}),
        *[("stage.request_changes", {"stage": "fit_and_proper"})] * 2,
    ]  # fmt: skip
    for kind, data in acts:
        record(subject=passed.audit_subject, kind=kind, actor=System("test"), data=data)
    add_case(afsa, state="withdrawn", approved=2, decided=date(2026, 11, 9))
    add_case(afsa, state="not_accepted", decided=date(2026, 11, 9))
    add_case(afsa, state="refused", approved=5, decided=date(2026, 10, 9))
    add_case(afsa, state="granted", approved=5, decided=date(2026, 11, 9))
    Application.objects.exclude(state="not_accepted").update(accepted_at=passed.submitted_at)

    found = pages.figures(browser.get(OVERVIEW, {"period": "2026-11"}).content.decode())
    rows = browser.get(OVERVIEW).context["figures"].flow()
    assert [[figure.count for figure in row["figures"]] for row in rows] == [
        [5, 1, 0, 0, 1, 0], [1, 1, 0, 0, 0, 0], [1, 0, 2, 0, 0, 0], [0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0],
    ]  # fmt: skip
    assert {url for row in rows for figure in row["figures"] for url in [figure.url]} <= dict(found).keys()
    assert {url: n for url, count in found if (n := len(pages.listed(browser, url))) != count} == {}
    year = browser.get(OVERVIEW, {"period": "12-months", "type": "providing-custody"})
    last = year.context["figures"].flow()[-1]["figures"][4]
    assert (last.count, last.url) == (
        1, "/pipeline/cases/?type=providing-custody&state=refused&ended=12-months&at=approved",
    )  # fmt: skip
    assert len(pages.listed(browser, last.url)) == 1


@pytest.mark.parametrize(
    "query",
    [
        "period=2026-13",
        "period=week",
        "periods=2026-11",
        "type=%21",
        "type=nonsense",
        "regulator=none",
        "regulator=AFM",
        "type=national-custody",
        "regulator=AFSA&type=national-custody",
        "regulator=AFM&type=providing-custody",
    ],
)
def test_an_overview_of_nothing_known_is_refused_in_words(browser, afsa, add_case, query):
    add_case(afsa)
    response = browser.get(f"{OVERVIEW}?{query}")
    assert (response.status_code, "There is a problem" in response.content.decode()) == (400, True)


def test_dates_that_are_near_come_first_and_are_counted(browser, pages, afsa, add_case):
    """On Monday 23 November at noon; the tenth working day from then is Monday 7 December."""
    for days, hour in ((-3, 9), (0, 11), (0, 13), (14, 23), (15, 0)):
        case = add_case(afsa)
        Application.objects.filter(pk=case.pk).update(next_due=at(TODAY + timedelta(days=days), hour))
    ended = add_case(afsa, state="granted", decided=TODAY)
    Application.objects.filter(pk=ended.pk).update(next_due=at(TODAY, 1))
    html = browser.get(OVERVIEW).content.decode()
    found = dict(pages.figures(html))
    lists = {due: sorted(pages.listed(browser, f"/pipeline/cases/?due={due}")) for due in ("over", "soon")}
    assert lists == {"over": ["KZC-2026-0001", "KZC-2026-0002"], "soon": ["KZC-2026-0003", "KZC-2026-0004"]}
    assert {due: found[f"/pipeline/cases/?due={due}"] for due in lists} == {"over": 2, "soon": 2}
    Application.objects.filter(reference="KZC-2026-0003").update(submitted_at=at(TODAY))
    for due, order in (("over", (1, 2)), ("soon", (3, 4))):
        assert pages.listed(browser, f"/pipeline/cases/?due={due}") == [f"KZC-2026-000{n}" for n in order]
    shown = html[html.index('id="due"') : html.index('id="flow"')]
    assert re.findall(r'class="ref"[^>]*>([^<]+)<', shown) == [f"KZC-2026-000{n}" for n in (1, 2, 3, 4)]
