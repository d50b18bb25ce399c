"""What requirements cost firms: numbers by hand, equal to their lists, and to a count case by case."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.models import Application, FrictionChange, RequestPoint
from applications.pipeline import queries
from applications.pipeline.friction import fold, lists, sql
from applications.pipeline.friction.filters import WHAT
from applications.pipeline.friction.report import BY, DAYS, report
from applications.pipeline.periods import period_from
from tests.pipeline.conftest import STAGES, TODAY, at
from tests.plugins.friction import ask, in_case, noon, on, stand, told, worked_out

pytestmark = pytest.mark.django_db
REPORT = "/pipeline/friction/"
YEAR = period_from("12-months", TODAY)
CODES = ("BP-01", "BP-02", "CUS-01")
DAYS_OF_YEAR = st.dates(date(2026, 9, 1), TODAY)
SOME = st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True)
OUTCOMES = st.sampled_from(["deficient", "met_subject", "met", "query"])
STAGE = st.sampled_from(STAGES[:2])
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.one_of(
            st.tuples(st.just("stand"), SOME, DAYS_OF_YEAR),
            st.tuples(st.just("ask"), SOME, st.one_of(st.none(), DAYS_OF_YEAR)),
            st.tuples(st.just("answer"), SOME, DAYS_OF_YEAR),
            st.tuples(st.just("withdraw"), SOME, DAYS_OF_YEAR),
            st.tuples(st.just("send"), st.none(), DAYS_OF_YEAR),
            st.tuples(st.just("close"), st.none(), DAYS_OF_YEAR),
            st.tuples(st.just("check"), SOME, DAYS_OF_YEAR),
            st.tuples(st.just("return"), SOME, DAYS_OF_YEAR),
            st.tuples(st.just("submit"), st.none(), DAYS_OF_YEAR),
            st.tuples(st.just("changes"), st.tuples(STAGE, SOME), DAYS_OF_YEAR),
            st.tuples(st.just("complete"), STAGE, DAYS_OF_YEAR),
            st.tuples(st.just("find"), OUTCOMES, DAYS_OF_YEAR),
            st.tuples(st.just("decide"), st.none(), DAYS_OF_YEAR),
            st.tuples(st.just("forget"), st.none(), DAYS_OF_YEAR),
            st.tuples(st.just("fold"), st.none(), DAYS_OF_YEAR),
        ),
    ),
    max_size=25,
)  # fmt: skip


def reported(licence_type, period=YEAR, by=DAYS):
    return report(licence_type, period=period, by=by, today=timezone.localdate())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES)
def test_any_history_comes_to_what_is_worked_out_case_by_case(afsa, add_case, monkeypatch, changes):
    with transaction.atomic():
        cases = [add_case(afsa, submitted=date(2026, 10, 1)) for _ in range(2)]
        for which, (what, value, day) in changes:
            _change(cases[which], what, value, day, monkeypatch)
        expected = worked_out(afsa, YEAR.first, YEAR.last)
        assert told(reported(afsa)) == expected
        fold.fold()
        assert told(reported(afsa)) == expected
        assert not FrictionChange.objects.exists()
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda: noon(TODAY + timedelta(days=3)))
            assert told(reported(afsa)) == worked_out(afsa, YEAR.first, YEAR.last)
            _lists_hold_what_is_counted(afsa)
        transaction.set_rollback(True)


def _change(case, what, value, day, monkeypatch):
    points = RequestPoint.objects.filter(request__application=case)
    if what == "stand":
        stand(case, *value)
    elif what == "ask":
        ask(case, day, *value)
    elif what == "answer":
        points.filter(requirement__in=value).update(sent_at=noon(day))
    elif what == "withdraw":
        points.filter(requirement__in=value).update(verdict="withdrawn", verdict_at=noon(day))
    elif what in ("send", "close"):
        field = "sent_at" if what == "send" else "closed_at"
        case.requests.filter(**{field: None}).update(**{field: noon(day)})
    elif what == "check":
        on(monkeypatch, day, case, "application.completeness", gaps=value)
    elif what == "return":
        on(monkeypatch, day, case, "application.return_incomplete", gaps=value)
    elif what == "changes":
        on(monkeypatch, day, case, "stage.request_changes", stage=value[0], items=value[1])
    elif what == "complete":
        on(monkeypatch, day, case, "stage.complete", stage=value)
    elif what == "find":
        on(monkeypatch, day, case, "application.finding", requirement=CODES[0], outcome=value)
    elif what == "submit":
        on(monkeypatch, day, case, "application.submit")
        Application.objects.filter(pk=case.pk).update(submitted_at=noon(day))
    elif what == "decide":
        Application.objects.filter(pk=case.pk).update(decided_at=noon(day))
    elif what == "forget":
        case.findings.all().delete()
    else:
        fold.fold()


def _lists_hold_what_is_counted(licence_type):
    asked = {"licence_type": licence_type, "period": YEAR, "today": timezone.localdate(), "after": None}
    filed = Application.objects.filter(licence_type=licence_type)
    facts = {case.pk: in_case(case) for case in filed}
    for code in CODES:
        for what in WHAT:
            found = lists.listed(filed, requirement=code, what=what, most=99, **asked)
            name = "days" if what == "waited" else what
            expected = {pk for pk, one in facts.items() if code in one and (not name or one[code][name])}
            assert {row.case.pk for row in found} == expected
            assert len(found) == len(expected)
            assert all(row.days == facts[row.case.pk][code]["days"] for row in found)


def test_days_by_hand(afsa, add_case, monkeypatch):
    case = add_case(afsa, submitted=date(2026, 11, 2))
    stand(case, *CODES)
    # Monday 2 to Thursday 5: three days, in full for both; Wednesday 4 to Friday 6 adds Friday alone.
    request = ask(case, date(2026, 11, 2), "BP-01", "BP-02")
    request.points.update(sent_at=noon(date(2026, 11, 5)))
    again = ask(case, date(2026, 11, 4), "BP-01")
    again.points.update(sent_at=noon(date(2026, 11, 6)))
    # Returned on a Friday and back on the Monday: one day. Still out since Thursday 19: two until TODAY.
    on(monkeypatch, date(2026, 11, 13), case, "stage.request_changes", stage="capital", items=["CUS-01"])
    on(monkeypatch, date(2026, 11, 16), case, "stage.complete", stage="capital")
    ask(case, date(2026, 11, 19), "CUS-01")
    assert {code: one["days"] for code, one in told(reported(afsa)).items()} == {
        "BP-01": 4, "BP-02": 3, "CUS-01": 3,
    }  # fmt: skip


def test_a_few_cases_are_not_ranked_and_the_worst_come_first(browser, afsa, add_case):
    for number in range(5):
        case = add_case(afsa)
        stand(case, "BP-01", "BP-02", *(["CUS-01"] if number < 4 else []))
        if number < 4:
            ask(case, date(2026, 11, 9), "CUS-01", *(["BP-02"] if number < 2 else []))
    found = browser.get(REPORT).context["report"]
    assert [(row.code, row.is_ranked) for row in found.rows] == [
        ("BP-02", True), ("BP-01", True), ("CUS-01", False),
    ]  # fmt: skip
    assert [row.code for row in found.worst] == ["BP-02"]
    html = browser.get(f"{REPORT}?by=requested").content.decode()
    assert re.findall(r">(\d+ %)</", html)[0] == "40 %"
    assert html.count("· not ranked") == 1


def test_every_number_equals_its_list(browser, pages, afsa, afm, add_case, monkeypatch):
    for number in range(28):
        case = add_case(afsa, submitted=date(2026, 11, 2) + timedelta(days=number // 3))
        stand(case, "BP-01", *(["BP-02"] if number % 2 else []))
        if number % 3 == 0:
            ask(case, date(2026, 11, 16), "BP-01")
        if number % 4 == 0:
            on(monkeypatch, TODAY, case, "application.completeness", gaps=["BP-01", "CUS-01"])
        if number % 5 == 0:
            on(monkeypatch, TODAY, case, "application.finding", requirement="BP-02", outcome="deficient")
    stand(add_case(afm), "N-BP-01")
    stand(add_case(afsa, submitted=date(2025, 11, 30)), "BP-01")
    for folded in (False, True):
        if folded:
            fold.fold()
        counts = dict(pages.figures(browser.get(REPORT).content.decode()))
        assert len(counts) == 3 * 5
        assert {url: len(set(pages.listed(browser, url))) for url in counts} == counts
        assert sorted(counts.values()) == sorted([28, 10, 7, 0, 10, 17, 0, 0, 6, 0, 7, 0, 7, 0, 0])


@pytest.mark.parametrize("page", ["", "?by=returned&period=2026-11"])
def test_what_the_page_asks_does_not_grow(browser, afsa, add_case, page):
    counts = []
    for number in range(3):
        stand(add_case(afsa), *CODES)
        ask(Application.objects.latest("created_at"), date(2026, 11, 9), CODES[number])
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert browser.get(REPORT + page).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[2] <= 6


def test_what_the_list_asks_does_not_grow(browser, afsa, add_case):
    address = f"{REPORT}cases/?type={afsa.code}&requirement=BP-01&period=12-months&what=requested"
    counts = []
    for _number in range(3):
        case = add_case(afsa)
        ask(case, date(2026, 11, 9), "BP-01")
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).content.count(b'class="ref"') == len(counts) + 1
        counts.append(len(asked))
    assert counts[0] == counts[2] <= 6


def test_days_that_many_wait_for_are_said_and_counted_later(browser, afsa, add_case, monkeypatch):
    monkeypatch.setattr(sql, "LIVE", 0)
    stand(add_case(afsa), "BP-01")
    words = "The cases of 1 day of submission are being counted anew"
    html = browser.get(REPORT).content.decode()
    assert (words in html, browser.get(REPORT).context["report"].rows) == (True, [])
    fold.fold()
    html = browser.get(REPORT).content.decode()
    assert (words in html, len(browser.get(REPORT).context["report"].rows)) == (False, 1)


def test_a_new_calendar_has_the_days_counted_anew(afsa, add_case):
    case = add_case(afsa)
    ask(case, date(2026, 11, 9), "BP-01")
    fold.fold()
    assert not FrictionChange.objects.exists()
    fold.on_calendar(None, actor=None)
    assert list(FrictionChange.objects.values_list("licence_type", "day")) == [(afsa.pk, date(2026, 11, 2))]


@pytest.mark.parametrize(("query", "words"), [
    ("type=national-custody", "Select a valid choice. national-custody is not one of the available choices."),
    ("period=November", "Write a month as 2026-11, a week as 2026-W48, or 90-days, or 12-months."),
    ("by=size", "Select a valid choice. size is not one of the available choices."),
    ("who=me", "There is no filter “who”. Take it out of the address."),
])  # fmt: skip
def test_an_unknown_filter_is_refused_in_words(browser, afm, query, words):
    response = browser.get(f"{REPORT}?{query}")
    assert (response.status_code, words in unescape(response.content.decode())) == (400, True)
    assert response.context["report"] is None


@pytest.mark.parametrize("query", [
    "requirement=BP-01&period=2026-11", "type={type}&period=2026-11", "type={type}&requirement=BP-01",
    "type={type}&requirement=ZZ-99&period=2026-11", "type={type}&requirement=BP-01&period=2026-11&what=all",
    "type={type}&requirement=BP-01&period=2026-11&after=7",
    "type=national-custody&requirement=N-BP-01&period=2026-11",
])  # fmt: skip
def test_a_list_needs_a_type_a_requirement_and_a_period(browser, afsa, afm, query):
    response = browser.get(f"{REPORT}cases/?{query.format(type=afsa.code)}")
    assert (response.status_code, "There is a problem" in response.content.decode()) == (400, True)


def test_every_order_has_its_ten(browser, afsa, add_case):
    for _number in range(5):
        case = add_case(afsa)
        codes = [f"BP-{n:02d}" for n in range(1, 13)]
        stand(case, *codes)
        ask(case, date(2026, 11, 9), *codes)
    found = {by: browser.get(f"{REPORT}?by={by}") for by in BY}
    assert {by: len(one.context["report"].worst) for by, one in found.items()} == {
        "days": 10, "requested": 10, "returned": 0, "deficient": 0,
    }  # fmt: skip
    assert found["days"].content.count(b'class="chart drawn"') == 1
    assert b"Nothing is to be ranked in this time." in found["returned"].content


def test_nothing_of_another_regulator(browser, afsa, afm, add_case, lead):
    theirs = add_case(afm, name="Firm of the other house")
    stand(theirs, "N-BP-01")
    html = browser.get(REPORT).content.decode()
    assert [word for word in ("N-BP-01", "national-custody", "other house") if word in html] == []
    assert queries.cases_of(lead).count() == 0
    assert at(TODAY).date() == TODAY
