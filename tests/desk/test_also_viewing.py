"""Who else of the staff has a case open: told to them alone, at the cost of no query."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.desk import viewing
from applications.portal import presence
from applications.services.conflicts import declare_conflict
from tests.desk.conftest import act, at, question_of, sitting

WORDS = "Also viewing"


@pytest.fixture(autouse=True)
def _empty_cache():
    caches["quick"].clear()


@pytest.fixture
def after(monkeypatch):
    """Goes on so many seconds from the first time it is asked."""
    began = timezone.now()

    def go(seconds):
        monkeypatch.setattr(presence.timezone, "now", lambda: began + timezone.timedelta(seconds=seconds))

    return go


def named(response):
    return [one.name for one in response.context["viewing"]]


def test_every_page_of_work_on_the_case_names_the_others(case, browsers, afsa_staff):
    other = afsa_staff.reviewer.full_name
    urls = [
        at("change", case), question_of(case.findings.first()), at("stage", case, case.book.stage_codes[0]),
        at("note_new", case), act(case, "recommend"),
    ]  # fmt: skip
    assert named(browsers.reviewer.get(urls[0])) == []
    now = f"{timezone.localtime():%H:%M}"

    for url in urls:
        page = browsers.lead_reviewer.get(url)
        assert named(page) == [other], url
        assert f"{other}, since {now}" in page.content.decode()
    assert named(browsers.reviewer.get(urls[1])) == [afsa_staff.lead_reviewer.full_name]
    refused = browsers.lead_reviewer.post(at("note_new", case), {"text": ""})
    assert (refused.status_code, named(refused)) == (422, [other])


def test_it_lasts_two_minutes_and_while_the_page_asks(case, browsers, after):
    url, poll = at("change", case), at("viewing", case)
    for opens, last in ((url, 119), (poll, 74)):
        caches["quick"].clear()
        after(0)
        browsers.lead_reviewer.get(opens)
        after(last)
        assert WORDS in browsers.reviewer.get(poll).content.decode()
        after(last + 2)
        assert browsers.reviewer.get(poll).content.decode().strip() == ""


def test_nobody_is_told_who_may_not_see_the_case(case, filed, afsa, afm_staff, browsers, english, afsa_staff):
    declare_conflict(actor=afsa_staff.specialist, case=case, text="My brother.")
    browsers.reviewer.get(at("change", case))
    other = filed(afsa)

    assert named(browsers.lead_reviewer.get(at("change", other))) == []
    for browser, status in ((browsers.specialist, 403), (english(afm_staff.reviewer), 404)):
        for url in (at("change", case), at("viewing", case), act(case, "recommend")):
            answer = browser.get(url)
            assert (answer.status_code, WORDS in answer.content.decode()) == (status, False), url
    declare = browsers.specialist.get(at("conflict_new", case))
    assert (declare.status_code, WORDS in declare.content.decode()) == (200, False)
    firm = english(case.created_by)
    for name in ("case", "people"):
        shown = firm.get(reverse(f"portal:{name}", args=[case.pk])).content.decode()
        assert afsa_staff.reviewer.full_name not in shown
    assert named(browsers.reviewer.get(at("change", case))) == []  # none of them counts as there


def test_it_costs_no_query_and_asking_by_itself_is_no_activity(case, browsers, monkeypatch):
    url = at("change", case)

    def count():
        browsers.reviewer.get(url)
        with CaptureQueriesContext(connection) as queries:
            shown = named(browsers.reviewer.get(url))
        return len(queries), len(shown)

    alone = count()
    browsers.lead_reviewer.get(url)
    together = count()
    monkeypatch.setattr(viewing, "others", lambda *_who, **_how: [])
    without = count()
    assert (alone[1], together[1]) == (0, 1)
    assert alone[0] == together[0] == without[0]
    with CaptureQueriesContext(connection) as queries:
        assert browsers.reviewer.get(at("viewing", case)).status_code == 200
    assert not [one["sql"] for one in queries if not one["sql"].startswith("SELECT")]

    session = browsers.reviewer.session
    session["seen_at"] = long_ago = session["seen_at"] - 120
    session.save()
    browsers.reviewer.get(at("viewing", case))
    assert browsers.reviewer.session["seen_at"] == long_ago
    browsers.reviewer.get(url)
    assert browsers.reviewer.session["seen_at"] > long_ago


def test_a_cache_that_is_away_harms_nothing(case, browsers, settings):
    away = {**settings.CACHES["quick"], "LOCATION": "unix:///nowhere/valkey.sock"}
    settings.CACHES = {**settings.CACHES, "quick": away}
    for name in ("change", "viewing"):
        browsers.lead_reviewer.get(at(name, case))
        page = browsers.reviewer.get(at(name, case))
        assert (page.status_code, WORDS in page.content.decode()) == (200, False)


def test_whoever_declares_a_conflict_is_not_there_any_more(case, browsers, afsa_staff):
    panel = sitting(case, afsa_staff.decision_maker, afsa_staff.lead_reviewer)
    others = (afsa_staff.specialist.full_name, afsa_staff.lead_reviewer.full_name)
    browsers.specialist.get(at("change", case))
    browsers.specialist.get(at("conflict_new", case))
    browsers.lead_reviewer.get(at("panel_recuse", case, panel.number))
    assert named(browsers.reviewer.get(at("change", case))) == list(others)

    declared = browsers.specialist.post(at("conflict_new", case), {"text": "My brother."})
    assert (declared.status_code, named(browsers.reviewer.get(at("change", case)))) == (302, [others[1]])
    aside = {"reason": "My sister.", "is_conflict": "on"}
    aside = browsers.lead_reviewer.post(at("panel_recuse", case, panel.number), aside, follow=True)
    assert (aside.status_code, named(browsers.reviewer.get(at("change", case)))) == (403, [])
