"""How long one stays signed in, and what becomes of a page when it is over."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import sessions
from applications.models import TypedText
from tests.portal.conftest import url_of

ENDED = "/session/ended/"
MINUTE, HOUR = 60, 3600


@pytest.fixture
def clock(monkeypatch):
    """Moves the time of sessions on by so many seconds."""
    passed = [0]
    real = sessions._now
    monkeypatch.setattr(sessions, "_now", lambda: real() + passed[0])

    def move(seconds):
        passed[0] += seconds

    return move


@pytest.fixture
def browser(signed_in, firm_user):
    return signed_in(firm_user)


@pytest.fixture
def at_the_desk(signed_in, afm_staff):
    return signed_in(afm_staff.reviewer)


def is_in(browser, url="/applications/"):
    return browser.get(url).status_code == 200


def body(response):
    return response.content.decode()


def test_doing_nothing_ends_it_after_an_hour(browser, clock):
    assert is_in(browser)
    clock(HOUR - 5)
    assert is_in(browser)
    clock(HOUR)
    assert browser.get("/applications/").url == f"{ENDED}?why=idle&next=/applications/"
    assert browser.get("/applications/").url == "/accounts/login/?next=/applications/"


def test_staff_have_half_an_hour(at_the_desk, clock):
    assert is_in(at_the_desk, "/desk/")
    clock(30 * MINUTE - 5)
    assert is_in(at_the_desk, "/desk/")
    clock(30 * MINUTE)
    assert at_the_desk.get("/desk/").url.startswith(f"{ENDED}?why=idle&next=/desk/")


def test_activity_goes_on_for_twelve_hours_and_no_longer(browser, clock):
    for _ in range(15):
        clock(48 * MINUTE - 10)
        assert is_in(browser)
    clock(10 * MINUTE)
    assert browser.get("/applications/").url == f"{ENDED}?why=day&next=/applications/"


def test_what_a_script_asks_by_itself_is_no_activity(browser, draft_case, clock):
    url = url_of(draft_case, "BP-08")
    page = browser.get(url)
    here = reverse("portal:presence", args=[draft_case.pk])
    for _ in range(2):
        clock(20 * MINUTE)
        assert browser.get(here, {"page": url}).status_code == 200
        sent = {"typed_mark": page.context["typed_page"].mark, "text": "x"}
        assert browser.post("/applications/typed/", sent).status_code == 200
    clock(21 * MINUTE)
    assert browser.get(here, {"page": url}).status_code == 403
    assert browser.post("/applications/typed/", sent).status_code == 401


def test_a_page_that_needs_no_sign_in_is_shown_as_to_a_visitor(browser, clock):
    clock(2 * HOUR)
    page = browser.get("/help/")
    assert page.status_code == 200
    assert not page.wsgi_request.user.is_authenticated


def test_extending_begins_the_idle_time_anew_and_not_the_day(browser, clock):
    is_in(browser)
    clock(HOUR - MINUTE)
    left = browser.post("/session/extend/").json()
    assert left["idle"] == HOUR
    assert 11 * HOUR <= left["day"] <= 11 * HOUR + MINUTE + 5
    clock(HOUR - MINUTE)
    assert is_in(browser)
    clock(2 * HOUR)
    assert browser.post("/session/extend/").status_code == 401


def test_the_page_says_how_much_is_left(browser, clock):
    page = body(browser.get("/applications/"))
    assert f'data-idle="{HOUR}"' in page or f'data-idle="{HOUR - 1}"' in page
    assert 'id="session"' not in body(Client().get("/help/"))
    assert 'id="session"' not in body(browser.get("/no-such-page/"))


def test_a_late_form_is_kept_and_the_way_leads_back(browser, signed_in, firm_user, draft_case, clock):
    url = url_of(draft_case, "BP-08")
    mark = browser.get(url).context["typed_page"].mark
    clock(2 * HOUR)
    answer = browser.post(url, {"typed_mark": mark, "version": "0", "text": "Late."})
    assert answer.url == f"{ENDED}?why=idle&next={url}"
    page = body(browser.get(answer.url))
    assert "Your answers are saved." in page
    assert f'href="/accounts/login/?next={url.replace("/", "%2F")}"' in page
    assert ">\nLate.</textarea>" in body(signed_in(firm_user).get(url))


def test_signing_in_again_in_place_keeps_what_is_typed(browser, signed_in, firm_user, draft_case):
    url = url_of(draft_case, "BP-08")
    mark = browser.get(url).context["typed_page"].mark
    answer = browser.post("/session/again/", {"typed_mark": mark, "text": "Half"})
    assert answer.url == f"/accounts/login/?next={url}"
    assert not is_in(browser)
    assert TypedText.objects.get().fields == {"text": ["Half"]}
    assert ">\nHalf</textarea>" in body(signed_in(firm_user).get(url))


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_no_way_leads_to_another_site(browser, target):
    assert Client().get(ENDED, {"next": target}).context["sign_in"] == "/accounts/login/"
    assert browser.post(f"/session/again/?next={target}").url == "/accounts/login/?next=/"


def test_the_page_of_the_end_says_which_end(client, db):
    assert "Nothing happened for a while" in body(client.get(ENDED, {"why": "idle"}))
    assert "You were signed in for 12 hours." in body(client.get(ENDED, {"why": "day"}))


def test_limits_are_told_before_one_starts_and_on_the_help_page(browser, client):
    assert "when you do nothing for 60 minutes" in body(client.get("/help/"))
    assert "After 12 hours you sign in again" in body(client.get("/help/"))
    assert "when you do nothing for 60 minutes" in body(browser.get("/applications/"))


def test_a_session_of_before_is_taken_as_it_is(browser):
    session = browser.session
    for key in (sessions.BEGAN, sessions.SEEN):
        session.pop(key, None)
    session.save()
    assert is_in(browser)
    assert browser.session[sessions.BEGAN] > 0


def test_activity_is_written_once_a_minute(browser, clock, django_assert_num_queries):
    is_in(browser)
    before = browser.session[sessions.SEEN]
    clock(50)
    is_in(browser)
    assert browser.session[sessions.SEEN] == before
    clock(15)
    is_in(browser)
    assert browser.session[sessions.SEEN] > before


def test_the_cookie_lasts_no_longer_than_the_day():
    assert timedelta(seconds=settings.SESSION_COOKIE_AGE) == timedelta(hours=12)
