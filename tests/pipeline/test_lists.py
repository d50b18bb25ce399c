"""The lists behind the numbers: filters in the address, pages without a count, and the export."""

import csv
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest

from accounts.actors import System
from applications.models import Application
from audit.models import Event
from audit.services import record
from tests.pipeline.conftest import TODAY, at

pytestmark = pytest.mark.django_db
CASES = "/pipeline/cases/"


@pytest.mark.parametrize("count", [0, 1, 25, 26, 51])
def test_pages_of_25_hold_every_case_once(browser, pages, afsa, add_case, count):
    for number in range(count):
        add_case(afsa, submitted=date(2026, 11, 2) + timedelta(days=number // 30))
    found = pages.listed(browser, CASES)
    assert (len(found), len(set(found))) == (count, count)
    assert (b'rel="next"' in browser.get(CASES).content) is (count > 25)


def test_cases_that_are_chosen_by_their_date_come_in_its_order_over_the_pages(browser, pages, afsa, add_case):
    """Two cases have each date, the last one that was submitted the first."""
    made = [add_case(afsa, submitted=date(2026, 11, 2) + timedelta(days=n // 3)) for n in range(28)]
    for number, case in enumerate(made):
        due = at(TODAY, 1) - timedelta(days=number // 2)
        Application.objects.filter(pk=case.pk).update(next_due=due)
    found = pages.listed(browser, f"{CASES}?due=over")
    html = browser.get(f"{CASES}?due=over").content.decode()
    assert ("The nearest date first." in html, "10 November 2026" in html) == (True, True)
    assert "The oldest first." in browser.get(CASES).content.decode()
    pairs = [{found[n], found[n + 1]} for n in range(0, 28, 2)]
    assert pairs == [{made[n].reference, made[n + 1].reference} for n in range(26, -1, -2)]


def test_filters_are_shown_as_chips_that_lead_to_the_list_without_them(browser, lead, afsa, add_case):
    add_case(afsa, officer=lead)
    response = browser.get(CASES, {"state": "in_review", "officer": lead.pk, "decided": "", "age": "0-20"})
    assert response.context["form"].chips() == [
        {"text": "State: In review", "url": f"/pipeline/cases/?officer={lead.pk}&age=0-20"},
        {"text": f"Case officer: {lead.full_name}", "url": "/pipeline/cases/?state=in_review&age=0-20"},
        {"text": "Age in working days: 0-20", "url": f"/pipeline/cases/?state=in_review&officer={lead.pk}"},
    ]
    html = response.content.decode()
    assert f'<input type="hidden" name="officer" value="{lead.pk}">' in html
    assert re.findall(r'<option value="(\w+)" selected\s*>', html) == ["in_review"]


@pytest.mark.parametrize(("query", "words"), [
    ("state=opne", "Select a valid choice. opne is not one of the available choices."),
    ("state=draft", "Select a valid choice. draft is not one of the available choices."),
    ("stage=nowhere", "Select a valid choice. nowhere is not one of the available choices."),
    ("waiting=them", "Select a valid choice. them is not one of the available choices."),
    ("officer=0", "No case here belongs to this case officer. Choose from the overview."),
    ("officer=x", "No case here belongs to this case officer. Choose from the overview."),
    ("age=20", "Write the age as 21-40, or as 90- for 90 working days and more."),
    ("age=-20", "Write the age as 21-40, or as 90- for 90 working days and more."),
    ("stood=unknown", "Write the days as 21-40, or as 90- for 90 working days and more."),
    ("on=2026-11-08", "Say also where the cases stood: choose a number of the cumulative flow."),
    ("stands=intake&on=2026-11-22&stood=0-5",
     "Days at a place are counted up to today: take one of the two away."),
    ("stands=intake&on=2026-11-24", "This day has not come yet."),
    ("age=٣-٩", "Write the age as 21-40, or as 90- for 90 working days and more."),
    ("decided=20٢٦-W٤٨", "Write a month as 2026-11, a week as 2026-W48, or 90-days, or 12-months."),
    ("decided=2026-13", "Write a month as 2026-11, a week as 2026-W48, or 90-days, or 12-months."),
    ("decided=9999-12", "Write a month as 2026-11, a week as 2026-W48, or 90-days, or 12-months."),
    ("after=7", "Enter a valid UUID."),
    ("stat=open", "There is no filter “stat”. Take it out of the address."),
    ("state=open&state=granted", "“state” stands in the address more than once. Leave one of them."),
])  # fmt: skip
def test_an_unknown_filter_is_refused_in_words_and_shows_nothing(
    browser, pages, afsa, add_case, query, words
):
    add_case(afsa)
    for page in (CASES, "/pipeline/cases.csv"):
        response = browser.get(f"{page}?{query}")
        assert response.status_code == 400
        assert [text for texts in response.context["form"].errors.values() for text in texts] == [words]
        assert words in response.content.decode()
        assert "KZC-2026-0001" not in response.content.decode()


@pytest.mark.parametrize("address", [
    "/pipeline/?period=2026-13", "/pipeline/cases/?state=burnt&age=x", "/pipeline/steps/?period=x",
    "/pipeline/time/?stage=none&type=none", "/pipeline/flow/?regulator=none", "/pipeline/forecast/?seed=x",
    "/pipeline/friction/?by=size", "/pipeline/load/person/?who=x"
])  # fmt: skip
def test_what_is_wrong_in_an_address_leads_to_no_field_that_is_not_there(browser, afsa, add_case, address):
    add_case(afsa)
    response = browser.get(address)
    html = response.content.decode()
    assert (response.status_code, "There is a problem" in html) == (400, True)
    assert [name for name in re.findall(r'<li><a href="#([^"]+)"', html) if f'id="{name}"' not in html] == []


def test_a_field_that_is_there_is_led_to(browser, afsa, add_case):
    add_case(afsa)
    html = browser.get("/pipeline/time/?stage=none").content.decode()
    assert re.findall(r'<li><a href="#([^"]+)"', html) == ["id_stage"]


@pytest.mark.parametrize("query", [
    "", "act=stage.approve", "period=2026-11",
    "act=stage.burn&period=2026-11", "act=stage.approve&period=November",
    "act=stage.approve&period=2026-11&after=x", "act=stage.approve&period=2026-11&who=me",
])  # fmt: skip
def test_a_list_of_steps_needs_an_act_and_a_month(browser, query):
    response = browser.get(f"/pipeline/steps/?{query}")
    assert (response.status_code, "There is a problem" in response.content.decode()) == (400, True)


def test_steps_of_a_month_are_those_of_kazakhstan_time(browser, pages, afsa, add_case):
    case = add_case(afsa)
    record(subject=case.audit_subject, kind="stage.approve", actor=System("test"))
    address = "/pipeline/steps/?act=stage.approve&period=2026-{}"
    assert [pages.listed(browser, address.format(month)) for month in (10, 11, 12)] == [
        [], [case.reference], [],
    ]  # fmt: skip
    html = browser.get(address.format(11)).content.decode()
    assert '<h1 id="found">Approve stage, 11.2026</h1>' in html


def test_more_steps_than_a_page_holds(browser, pages, afsa, add_case):
    case = add_case(afsa)
    for _ in range(26):
        record(subject=case.audit_subject, kind="stage.approve", actor=System("test"))
    assert len(pages.listed(browser, "/pipeline/steps/?act=stage.approve&period=2026-11")) == 26


def test_the_export_is_typed_safe_and_recorded(browser, lead, afsa, add_case):
    lead.full_name = "+Дана"
    lead.save()
    add_case(
        afsa, name='=HYPERLINK("http://example.test")', approved=2, officer=lead, submitted=date(2026, 11, 9)
    )
    add_case(afsa, name="\t@SUM(A1)", state="granted", approved=5, decided=date(2026, 11, 20))
    add_case(afsa, name="«Қазына» ЖШС", state="returned", submitted=date(2026, 11, 3))
    for number in (1, 2):  # the last second of the day in Almaty; the second case has ended
        case = Application.objects.filter(reference=f"KZC-2026-000{number}")
        case.update(next_due=datetime(2026, 12, 1, 18, 59, 59, tzinfo=UTC))
    response = browser.get("/pipeline/cases.csv", {"type": "providing-custody"})
    text = response.content.decode()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="pipeline-2026-11-23.csv"'
    assert text.startswith("\ufeffreference,firm,")
    heads, *rows = csv.reader(text.removeprefix("\ufeff").splitlines())
    stamp = ["2026-11-23T12:00+05:00", "type=providing-custody", ""]
    assert heads == [
        "reference", "firm", "licence_type", "state", "stage", "waiting_for", "case_officer", "submitted_on",
        "age_working_days", "decided_on", "nearest_date", "as_at", "filter", "notice",
    ]  # fmt: skip
    of_type = "providing-custody"
    assert rows == [
        ["KZC-2026-0002", "'@SUM(A1)", of_type, "granted", "", "", "", "2026-11-02", "", "2026-11-20",
         "", *stamp],
        ["KZC-2026-0003", "«Қазына» ЖШС", of_type, "returned", "business_plan", "firm", "", "2026-11-03",
         "14", "", "", *stamp],
        ["KZC-2026-0001", "'=HYPERLINK(\"http://example.test\")", of_type, "in_review", "capital", "us",
         "'+Дана", "2026-11-09", "10", "", "2026-12-01", *stamp],
    ]  # fmt: skip
    event = Event.objects.get(kind="pipeline.export")
    assert (event.subject, event.actor_name, event.data) == (
        f"account:{lead.pk}", lead.audit_name,
        {"list": "cases", "format": "csv", "filters": "type=providing-custody", "rows": 3},
    )  # fmt: skip


def test_only_the_body_of_an_export_can_be_asked_for(browser):
    assert browser.head("/pipeline/cases.csv").status_code == 405
    assert Event.objects.filter(kind="pipeline.export").count() == 0


@pytest.mark.parametrize(
    "page",
    [
        CASES,
        "/pipeline/steps/?act=stage.approve&period=2026-11",
        "/pipeline/passages/?period=12-months",
        "/pipeline/cases.csv",
    ],
)
def test_as_many_queries_for_three_cases_as_for_one(
    browser, lead, afsa, add_case, django_assert_max_num_queries, page
):
    def count():
        with django_assert_max_num_queries(12) as queries:
            assert browser.get(page).status_code == 200
        return len(queries)

    def add():
        case = add_case(afsa, officer=lead)
        add_case(afsa, state="granted", decided=date(2026, 11, 9))
        record(subject=case.audit_subject, kind="stage.approve", actor=System("test"))

    add()
    one = count()
    add()
    add()
    assert count() == one


def test_where_cases_stood_is_taken_away_with_its_day(browser, afsa, add_case):
    add_case(afsa)
    html = browser.get(CASES, {"stands": "intake", "on": "2026-11-08", "type": afsa.code}).content.decode()
    chips = re.findall(r'<a class="chip" href="([^"]*)">(?:Stands at|At the end of)', html)
    assert [unescape(url) for url in chips] == [
        f"/pipeline/cases/?type={afsa.code}", f"/pipeline/cases/?type={afsa.code}&stands=intake",
    ]  # fmt: skip
    assert [browser.get(unescape(url)).status_code for url in chips] == [200, 200]
