"""The page of the forecast: what it says, and of whom."""

import pickle
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.models import Application, Deadline, Passage
from applications.pipeline.forecast.kept import forecast_of
from applications.pipeline.forecast.outlook import LEAST, outlook
from applications.runs import end_of
from applications.services.standing import keep
from applications.services.tallies import fold
from regulators.calendars import add_working_days
from tests.pipeline.conftest import STAGES, TODAY, at

pytestmark = pytest.mark.django_db
FORECAST = "/pipeline/forecast/"


@pytest.fixture(autouse=True)
def anew() -> Any:
    """``anew()``: nothing is kept of what was worked out before."""
    caches["quick"].clear()
    return caches["quick"].clear


@pytest.fixture
def past(add_case: Any) -> Any:
    """``past(afsa, 30, days=2)``: so many cases that stood so many working days at each of seven places."""

    def make(licence_type: Any, number: int, *, days: int = 2, submitted: date = date(2026, 8, 31)) -> None:
        marks = [submitted]
        for _ in range(7):
            marks.append(add_working_days(marks[-1], days))
        for _ in range(number):
            case = add_case(licence_type, state="granted", approved=5, submitted=submitted, decided=marks[7])
            Application.objects.filter(pk=case.pk).update(accepted_at=at(marks[1]))
            Passage.objects.bulk_create(
                Passage(
                    application=case, licence_type=licence_type, stage=stage, outcome="approved",
                    began_on=marks[i + 1], ended_on=marks[i + 2],
                )
                for i, stage in enumerate(STAGES)
            )  # fmt: skip
        fold()

    return make


@pytest.fixture
def open_case(add_case: Any) -> Any:
    """``open_case(afsa, due=…, since=…)``: in its first stage since a day, its decision due on a day."""

    def make(licence_type: Any, *, due: date | None, since: date = TODAY, **changes: Any) -> Application:
        case = add_case(licence_type, submitted=since, **changes)
        Application.objects.filter(pk=case.pk).update(accepted_at=at(since))
        Deadline.objects.create(
            application=case, code="decision", rule="r", starts_on=since, working_days=60,
            due_on=due, due_at=due and end_of(due), missing_year=None if due else 2028,
        )  # fmt: skip
        keep([case.pk])
        return case

    return make


def shown(browser: Any, query: str = "") -> list[tuple[str, str, str]]:
    response = browser.get(FORECAST + query)
    assert response.status_code == 200
    return [(row["case"].reference, row["chance"], row["low"]) for row in response.context["rows"]]


def of(licence_type: Any, *, seed: int = 1, today: date = TODAY) -> Any:
    return outlook([licence_type.regulator_id], chosen=None, seed=seed, today=today)


def test_all_took_twelve_days_from_the_acceptance(browser, afsa, past, open_case):
    past(afsa, LEAST)
    late = open_case(afsa, due=add_working_days(TODAY, 11))
    kept = open_case(afsa, due=add_working_days(TODAY, 12))
    assert [row[:2] for row in shown(browser)] == [(late.reference, "100 %"), (kept.reference, "0 %")]
    html = browser.get(FORECAST).content.decode()
    assert f'href="/desk/applications/application/{late.pk}/change/"' in html
    assert "Advice only" in html
    assert "manage.py forecast_backtest" in html


def test_under_thirty_decided_cases_it_refuses_in_words(browser, afsa, past, open_case):
    open_case(afsa, due=add_working_days(TODAY, 11))
    past(afsa, LEAST - 1)
    response = browser.get(FORECAST)
    html = response.content.decode()
    assert "29 of its cases were decided since 1 December 2024, and it takes 30." in html
    assert (response.context["rows"], response.context["chart"], "Last day" in html) == ([], None, False)
    past(afsa, 1)
    assert "No forecast" not in browser.get(FORECAST).content.decode()
    assert len(shown(browser)) == 1


def test_it_says_its_history_its_draws_and_its_seed(browser, afsa, past):
    past(afsa, 31)
    html = browser.get(FORECAST).content.decode()
    cells = re.findall(r'<td class="(?:num|nowrap)">([^<]*)</td>', html.split('id="basis"')[1])
    assert cells[:5] == ["31", "31", "0", "18 September 2026", "18 September 2026"]
    assert "<code>20261123</code>" in html
    assert "2,000 from each place" in html
    assert f'href="{FORECAST}?seed=20261124"' in html


def test_the_history_of_another_regulator_is_not_used(browser, afsa, afm, past, open_case):
    past(afm, LEAST)
    open_case(afsa, due=add_working_days(TODAY, 11))
    html = browser.get(FORECAST).content.decode()
    assert re.findall(r"(\d+) of its cases were decided", html) == ["0"]
    past(afsa, LEAST, days=9, submitted=date(2026, 6, 1))
    assert [one.used for one in of(afsa).bases] == [LEAST]
    assert of(afsa).risks[0].chance.cases == LEAST


def test_the_same_seed_says_the_same_and_the_day_is_the_seed(browser, afsa, past, open_case):
    for days in (1, 3, 8):
        past(afsa, 10, days=days)
    open_case(afsa, due=add_working_days(TODAY, 25))
    first, again, other = of(afsa, seed=5), of(afsa, seed=5), of(afsa, seed=6)
    assert first == again
    assert first.risks != other.risks
    assert shown(browser) == shown(browser) == shown(browser, f"?seed={TODAY:%Y%m%d}")


def test_who_is_not_in_the_list_is_counted(afsa, past, open_case, add_case):
    past(afsa, LEAST)
    open_case(afsa, due=TODAY - timedelta(days=1))
    open_case(afsa, due=None)
    add_case(afsa, state="submitted")
    open_case(afsa, due=add_working_days(TODAY, 5), state="returned")
    open_case(afsa, due=add_working_days(TODAY, 5), since=date(2026, 11, 2))
    today = open_case(afsa, due=TODAY)
    found = of(afsa)
    assert ([risk.spot.case for risk in found.risks], found.over, found.undated, found.beyond) == (
        [today.pk], 1, 3, 1,
    )  # fmt: skip


def test_a_clock_that_runs_has_the_day_that_it_has(afsa, past, open_case):
    past(afsa, LEAST)
    case = open_case(afsa, due=add_working_days(TODAY, 11))
    Deadline.objects.filter(application=case).update(starts_on=date(2026, 11, 2))
    [risk] = of(afsa).risks
    assert (risk.spot.due, risk.spot.left, risk.chance.value) == (add_working_days(TODAY, 11), 11, 1)


def test_a_clock_that_is_paused_has_the_day_that_it_would_have_if_it_ran_on(afsa, past, open_case):
    past(afsa, LEAST)
    case = open_case(afsa, due=add_working_days(TODAY, 10))
    Application.objects.filter(pk=case.pk).update(paused_since=at(date(2026, 11, 19)))
    Deadline.objects.filter(application=case).update(starts_on=date(2026, 11, 2))
    [risk] = of(afsa).risks
    assert (risk.spot.left, risk.chance.value) == (12, 0)
    Deadline.objects.filter(application=case).update(
        spent_on=date(2026, 11, 20), spent_due_on=add_working_days(TODAY, 11)
    )
    [risk] = of(afsa).risks
    assert (risk.spot.left, risk.chance.value) == (11, 1)


def test_how_many_decisions_next_month_brings(browser, afsa, past, open_case):
    """All took fourteen days: those at hand come in December, and two of each past month's were new in it."""
    past(afsa, LEAST)
    for since in (TODAY, TODAY, date(2026, 11, 20)):
        open_case(afsa, due=add_working_days(TODAY, 40), since=since)
    found = of(afsa).decisions
    # 30 decided in September had come on 31 August: within the week that is left of a month before the next.
    assert sorted(set(found.draws)) == [3, 33]
    chart = browser.get(FORECAST).context["chart"]
    assert (chart.title, chart.rows[0][0].text) == ("Decisions in 12.2026", "3–4")


def test_a_month_that_the_calendar_lacks_has_no_number(afsa, past, open_case):
    past(afsa, LEAST, submitted=date(2027, 9, 1))
    open_case(afsa, due=date(2027, 12, 20), since=date(2027, 12, 13))
    found = of(afsa, today=date(2027, 12, 15))
    assert (found.decisions, len(found.risks)) == (None, 1)
    assert found.month == date(2028, 1, 1)


def test_cases_whose_days_cannot_be_counted_are_left_out(afsa, past, open_case):
    past(afsa, LEAST)
    open_case(afsa, due=add_working_days(TODAY, 11), since=date(2023, 12, 1))
    found = of(afsa)
    assert (found.risks, found.beyond, found.undated) == ([], 0, 0)


def test_the_chosen_licence_type_alone(browser, afsa, afm, staff_of, signed_in, past, open_case):
    past(afsa, LEAST)
    open_case(afsa, due=add_working_days(TODAY, 11))
    assert len(shown(browser, "?type=providing-custody")) == 1
    of_others = browser.get(f"{FORECAST}?type=national-custody")
    assert of_others.status_code == 400
    assert "There is no such licence type." in of_others.content.decode()
    theirs = signed_in(staff_of(afm, "lead_reviewer")).get("/pipeline/?type=national-custody")
    assert "There is no case of what is chosen here. Choose another above." in theirs.content.decode()
    assert len(shown(browser, "?regulator=AFSA")) == 1
    assert browser.get(f"{FORECAST}?regulator=AFM").status_code == 400


@pytest.mark.parametrize(
    "query", ["seed=-1", "seed=x", f"seed={2**31}", "type=%21", "seeds=1", "regulator=XX"]
)
def test_what_is_not_known_is_refused(browser, afsa, query):
    response = browser.get(f"{FORECAST}?{query}")
    assert (response.status_code, "There is a problem" in response.content.decode()) == (400, True)


def test_as_many_queries_for_three_cases_as_for_one(browser, afsa, past, open_case, anew):
    def count() -> int:
        anew()
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(FORECAST).status_code == 200
        return len(queries)

    past(afsa, LEAST)
    browser.get(FORECAST)
    open_case(afsa, due=add_working_days(TODAY, 11))
    one = count()
    for _ in range(2):
        open_case(afsa, due=add_working_days(TODAY, 11))
    assert (one, count()) == (6, 6)


def test_it_is_worked_out_anew_after_ten_minutes(browser, afsa, past, open_case):
    past(afsa, LEAST)
    first = open_case(afsa, due=add_working_days(TODAY, 11))
    before = browser.get(FORECAST)
    open_case(afsa, due=add_working_days(TODAY, 11))
    with CaptureQueriesContext(connection) as queries:
        again = browser.get(FORECAST)
    assert [row["case"].pk for row in again.context["rows"]] == [first.pk]
    assert (again.context["ahead"], again.context["now"], len(queries)) == (1, before.context["now"], 4)
    client = caches["quick"]._cache.get_client(None, write=True)
    [key] = client.keys("*forecast:*")
    assert 590 < client.ttl(key) <= 600
    client.delete(key)
    assert browser.get(FORECAST).context["ahead"] == 2


def test_what_is_kept_is_of_one_scope_one_seed_and_one_day(afsa, afm, past, open_case):
    past(afsa, LEAST)
    open_case(afsa, due=add_working_days(TODAY, 11))
    assert forecast_of([afsa.regulator_id], chosen=None, seed=1, today=TODAY).ahead == 1
    open_case(afsa, due=add_working_days(TODAY, 11))
    both = [afm.regulator_id, afsa.regulator_id]
    asked = {
        "again": ([afsa.regulator_id], None, 1, TODAY),
        "both": (both, None, 1, TODAY),
        "type": ([afsa.regulator_id], [afsa.code], 1, TODAY),
        "seed": ([afsa.regulator_id], None, 2, TODAY),
        "day": ([afsa.regulator_id], None, 1, TODAY - timedelta(days=1)),
    }
    found = {
        name: forecast_of(of, chosen=chosen, seed=seed, today=today).ahead
        for name, (of, chosen, seed, today) in asked.items()
    }
    assert found == {"again": 1, "both": 2, "type": 2, "seed": 2, "day": 2}
    assert forecast_of(both[::-1], chosen=None, seed=1, today=TODAY).ahead == 2


def test_a_cache_that_is_away_or_holds_something_else_harms_nothing(browser, afsa, past, open_case, settings):
    past(afsa, LEAST)
    open_case(afsa, due=add_working_days(TODAY, 11))
    assert len(shown(browser)) == 1
    client = caches["quick"]._cache.get_client(None, write=True)
    [key] = client.keys("*forecast:*")
    for broken in (b"no pickle", pickle.dumps({"ahead": 7})):
        client.set(key, broken)
        assert browser.get(FORECAST).context["ahead"] == 1
    quick = settings.CACHES["quick"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {"quick": quick}
    assert browser.get(FORECAST).context["ahead"] == 1


def test_the_first_25_are_listed(browser, afsa, past, open_case):
    past(afsa, LEAST)
    for _ in range(26):
        open_case(afsa, due=add_working_days(TODAY, 11))
    assert len(shown(browser)) == 25
    assert timezone.localdate() == TODAY
    assert "26 open cases have a last day for their decision ahead." in browser.get(FORECAST).content.decode()
