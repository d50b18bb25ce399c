"""How long cases took, how long open ones stand where they are, and what flowed through: numbers by hand."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import ClockEntry
from applications.pipeline import charts
from applications.services.tallies import fold
from applications.states import ApplicationState as A
from applications.states import StageState as S
from tests.pipeline.conftest import FIRST, STAGES, TODAY, at

pytestmark = pytest.mark.django_db
TIME, FLOW = "/pipeline/time/", "/pipeline/flow/"


@pytest.fixture
def as_at(monkeypatch):
    """Whatever was recorded before, it is ``TODAY`` now."""
    return lambda: monkeypatch.setattr("django.utils.timezone.now", lambda: at(TODAY))


def chart(browser, page, name):
    response = browser.get(page)
    assert response.status_code == 200
    return next(one for one in response.context["charts"] if one.name == name)


def texts(chart):
    return [[cell.text for cell in row] for row in chart.rows]


def wrong(browser, pages, page):
    shown = pages.figures(browser.get(page).content.decode())
    return {url: (count, n) for url, count in shown if (n := len(pages.listed(browser, url))) != count}


def test_ages_by_hand(browser, pages, afsa, add_case):
    # On Monday 23 November: 1, 5, 10 and 16 working days; no holiday lies between.
    for submitted in (date(2026, 11, 20), date(2026, 11, 16), date(2026, 11, 9), date(2026, 10, 30)):
        add_case(afsa, submitted=submitted)
    age = browser.get(TIME).context["ages"]
    assert (age.number.count, age.median, age.high, age.longest) == (4, 5, 16, 16)
    assert pages.listed(browser, "/pipeline/cases/?age=10-16") == ["KZC-2026-0004", "KZC-2026-0003"]
    assert pages.listed(browser, "/pipeline/cases/?age=11-15") == []
    assert pages.listed(browser, "/pipeline/cases/?age=16-") == ["KZC-2026-0004"]


def test_times_of_stages_with_and_without_pauses(browser, pages, afsa, add_case):
    case = add_case(afsa, submitted=date(2026, 11, 2), state="granted", decided=date(2026, 11, 16))
    for what, day in ((ClockEntry.PAUSE, 4), (ClockEntry.RESUME, 6)):
        ClockEntry.objects.create(
            application=case, clock="assessment", what=what, at=case.submitted_at.replace(day=day), cause="t"
        )
    whole, *stages = browser.get(TIME).context["times"]
    assert (whole["n"].count, whole["days"]) == (1, [(10, 10, 10), (8, 8, 8)])
    assert {(row["n"].count, *row["days"]) for row in stages} == {(0, (None,) * 3, (None,) * 3)}
    html = browser.get(whole["n"].url).content.decode()
    assert pages.listed(browser, whole["n"].url) == [case.reference]
    assert re.findall(r'<td class="num">(\d+)</td>', html) == ["10", "8"]

    assert texts(chart(browser, TIME, "cycle")) == [["Last 12 months", "1", "10", "10", "10", "10"]]
    running = chart(browser, f"{TIME}?clock=running", "cycle")
    assert texts(running) == [["Last 12 months", "1", "8", "8", "8", "8"]]
    assert running.title == "How long it took, without pauses: The whole case"


def test_what_ended_is_a_dot_that_opens_its_case(browser, afsa, add_case):
    for days in (1, 2, 4):
        add_case(
            afsa,
            state=A.GRANTED,
            submitted=date(2026, 11, 9),
            decided=date(2026, 11, 9) + timedelta(days=days),
        )
    add_case(afsa, state=A.WITHDRAWN, decided=TODAY)
    fold()
    cycle = chart(browser, TIME, "cycle")
    assert re.findall(r'href="(/desk/applications/application/[^"]+/change/)"', cycle.drawing) != []
    assert re.findall(r"<title>(KZC[^<]+)</title>", cycle.drawing) == [
        "KZC-2026-0003: 4 working days", "KZC-2026-0002: 2 working days"
    ]  # fmt: skip
    assert cycle.summary == (
        "Of 3, half took at most 2 working days, 85 % at most 4 working days and 95 % at most 4 working days."
    )
    empty = chart(browser, f"{TIME}?stage=aml", "cycle")
    assert (empty.drawing, empty.rows, empty.summary) == ("", [], "None ended in the last twelve months.")


def test_of_each_week_and_licence_type_the_last_two_are_dots(browser, afsa, add_case):
    days = (date(2026, 11, 8), *(date(2026, 11, day) for day in (9, 10, 11, 12, 15)), date(2026, 11, 16))
    for day in days:
        add_case(afsa, state=A.GRANTED, submitted=date(2026, 11, 2), decided=day)
    fold()
    cycle = chart(browser, TIME, "cycle")
    drawn = re.findall(r"<title>(KZC-2026-000.)", cycle.drawing)
    # Of Sunday 8, of Monday 9 to Sunday 15 the last two, and of Monday 16.
    assert sorted(drawn) == [f"KZC-2026-000{number}" for number in (1, 5, 6, 7)]
    assert cycle.notes == ["Drawn are the last 2 of each week and licence type; the lines are those of all."]
    assert cycle.rows[0][1].text == "7"


def test_percentiles_that_are_the_same_are_said_once_and_no_axis_has_parts_of_a_day(browser, afsa, add_case):
    day = date(2026, 11, 16)
    for count, labels in ((1, ["50 %, 85 %, 95 %"]), (4, ["50 %", "85 %, 95 %"])):
        for _ in range(count):
            add_case(
                afsa, submitted=day - timedelta(days=7 if count == 1 else 3), state="granted", decided=day
            )
        fold()
        said = re.findall(r"<text[^>]*>([^<]+)<", chart(browser, TIME, "cycle").drawing)
        assert [text for text in said if "%" in text] == labels
        assert [text for text in said if re.fullmatch(r"\d+[.,]\d+", text)] == []


def test_open_cases_stand_against_what_their_stage_took_before(browser, pages, filed, as_at):
    """Three passed the first stage in 1, 3 and 10 working days; two stand in it for 2 and 9."""
    for days in (1, 3, 14):
        case = filed.file()
        filed.act(case, "accept", A.IN_REVIEW, FIRST)
        filed.act(case, STAGES[0], S.APPROVED, FIRST + timedelta(days=days))
        filed.act(case, "withdraw", A.WITHDRAWN, FIRST + timedelta(days=days))
    for since in (date(2026, 11, 19), date(2026, 11, 10)):
        filed.act(filed.file(since), "accept", A.IN_REVIEW, since)
    filed.file(date(2026, 11, 20))
    as_at()
    ageing = chart(browser, TIME, "ageing")
    assert texts(ageing)[:3] == [
        ["Before it was accepted", "1", "–", "–", "–", "–", "1 working day"],
        ["Business plan", "2", "1", "1", "0", "0", "9 working days"],
        ["Fit and proper", "0", "–", "–", "–", "–", "–"],
    ]
    assert ageing.summary == "Of 3 open cases, 0 are at their stage longer than 85 % of those that passed it."
    assert wrong(browser, pages, TIME) == {}
    oldest = ageing.rows[1][-1].url
    assert pages.listed(browser, oldest) == ["KZC-2026-0005"]


def test_flow_week_by_week_by_hand(browser, pages, filed, as_at):
    """Filed on Monday 2 November, accepted on the 11th, refused on the 17th; another is filed on the 13th."""
    one = filed.file(date(2026, 11, 2))
    filed.act(one, "accept", A.IN_REVIEW, date(2026, 11, 11))
    filed.file(date(2026, 11, 13))
    filed.act(one, "refuse", A.REFUSED, date(2026, 11, 17))
    as_at()
    flow = texts(chart(browser, FLOW, "cumulative"))
    assert [row[:3] for row in flow[:5]] == [
        ["23.11–29.11.2026", "1", "0"], ["16.11–22.11.2026", "1", "0"], ["09.11–15.11.2026", "1", "1"],
        ["02.11–08.11.2026", "1", "0"], ["26.10–01.11.2026", "0", "0"],
    ]  # fmt: skip
    assert {number for row in flow for number in row[3:]} == {"0"}
    assert pages.listed(browser, "/pipeline/cases/?stands=business_plan&on=2026-11-15") == ["KZC-2026-0001"]
    assert pages.listed(browser, "/pipeline/cases/?stands=intake&on=2026-11-08") == ["KZC-2026-0001"]
    assert browser.get("/pipeline/cases/?on=2026-11-08").status_code == 400

    ended = texts(chart(browser, FLOW, "throughput"))
    assert [(row[0], "".join(row[1:])) for row in ended[:4]] == [
        ("23.11–29.11.2026", "000000"), ("16.11–22.11.2026", "001000"), ("09.11–15.11.2026", "200000"),
        ("02.11–08.11.2026", "200000"),
    ]  # fmt: skip
    cohort = texts(chart(browser, FLOW, "cohorts"))
    assert cohort == [["11.2026", "1", "0", "1", "11", "11", "11", "11", "11", "11"]]


def test_a_cohort_is_of_the_month_of_the_decision(browser, afsa, add_case):
    for days, state in ((1, "granted"), (2, "refused"), (3, "granted"), (7, "withdrawn")):
        start = date(2026, 11, 9)
        add_case(afsa, state=state, submitted=start, decided=start + timedelta(days=days))
    add_case(afsa, state="granted", submitted=date(2026, 10, 5), decided=date(2026, 10, 9))
    add_case(afsa, state="granted", submitted=date(2025, 10, 6), decided=date(2025, 11, 28))
    found = chart(browser, FLOW, "cohorts")
    assert texts(found) == [
        ["11.2026", "3", "2", "1", "2", "3", "3", "2", "3", "3"],
        ["10.2026", "1", "1", "0", "4", "4", "4", "4", "4", "4"],
    ]
    assert found.summary.startswith("Granted or refused in twelve months: 4.")


@pytest.mark.parametrize("page", [TIME, FLOW])
def test_every_number_equals_its_list(browser, pages, filed, afsa, add_case, as_at, page):
    for number in range(6):
        case = filed.file(FIRST + timedelta(days=7 * number))
        filed.act(case, "accept", A.IN_REVIEW, FIRST + timedelta(days=7 * number + 3))
        for place, stage in enumerate(STAGES[:number]):
            filed.act(case, stage, S.APPROVED, FIRST + timedelta(days=8 * number + place))
    as_at()
    add_case(afsa, state="granted", decided=date(2026, 10, 9), submitted=date(2026, 9, 7))
    add_case(afsa, submitted=date(2023, 12, 29))
    fold()
    assert wrong(browser, pages, page) == {}


@pytest.mark.parametrize("page", [TIME, FLOW])
def test_as_many_queries_for_three_cases_as_for_one(browser, afsa, add_case, page):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page).status_code == 200
        return len(queries)

    browser.get(page)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            add_case(afsa)
            add_case(afsa, state="granted", decided=TODAY)
        fold()
        counts.append(count())
    assert counts == [6, 6]


@pytest.mark.parametrize(
    "query", ["stage=none", "clock=off", "regulator=none", "type=%21", "period=2026-11", "after=1"]
)
def test_times_of_nothing_known_are_refused_in_words(browser, afsa, add_case, query):
    add_case(afsa)
    response = browser.get(f"{TIME}?{query}")
    assert (response.status_code, "There is a problem" in response.content.decode()) == (400, True)


def test_a_count_of_the_table_is_told_from_other_words():
    figures = [charts.counted(0), charts.counted(999, "/"), charts.counted(12_345), charts.Figure("–"),
               charts.Figure(""), charts.Figure("5 working days")]  # fmt: skip
    assert [(one.text, one.is_count) for one in figures] == [
        ("0", True), ("999", True), ("12,345", True), ("–", False), ("", False), ("5 working days", False),
    ]  # fmt: skip


@pytest.mark.parametrize("letter", ["\x0b", "\x1f", "\ufffe", "\u2028", "\ud800"])
def test_a_letter_that_no_drawing_can_hold_is_left_out(letter):
    spec = {
        "data": charts.one(name=f"A{letter}B", says=f"C{letter}D"),
        "mark": "bar",
        "encoding": {"y": {"field": "name", "type": "nominal"}, "description": {"field": "says"}},
    }
    drawing = charts.drawn(spec, label=f"E{letter}F")
    assert [text in drawing for text in (">A B<", "C D", "E F", letter)] == [True, True, True, False]
