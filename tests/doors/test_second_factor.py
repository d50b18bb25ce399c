"""Staff without a second factor, at every address that the resolver has, those of tomorrow too."""

import re
import uuid
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.urls import resolve

from accounts import second_factor, show_factor
from accounts.second_factor import OPEN, SETTING_UP, SecondFactor
from tests.doors.doors import every_door
from tests.plugins.cases import new_applicant, new_staff
from tests.plugins.second_factor import app_of, asks, signed_in_without

pytestmark = pytest.mark.django_db
KINDS = {"uuid": str(uuid.UUID(int=1)), "int": "1"}
CHOICES = {"app_label": "accounts"}
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>(?:\[[^]]*\]|[^()[])*\)")
SET_UP = "/accounts/second-factor/"
SOME = ("/", "/desk/", "/desk/applications/application/", "/desk/no-such-page/", "/pipeline/",
        "/pipeline/cases.csv", "/register/", "/accounts/2fa/", "/accounts/password/change/")  # fmt: skip


def url(door):
    filled = PARAMETER.sub(lambda found: KINDS.get(found[1]) or CHOICES.get(found[3], "1"), door.address)
    return "/" + filled.replace("^", "").replace("$", "")


@pytest.fixture
def stopped(monkeypatch):
    """A function: what the guard answers to this person at every address, by name and method, where it stops
    them. It stands before all views, so none is run.
    """
    monkeypatch.setattr(show_factor, "ask", lambda request: "asked")

    def knock(user, *, holds_one=False):
        monkeypatch.setattr(
            second_factor, "factors_of", lambda _user: SimpleNamespace(exists=lambda: holds_one)
        )
        guard, found = SecondFactor(None), {}
        for door in every_door():
            for method in ("GET", "POST"):
                request = RequestFactory().generic(method, url(door))
                request.user, request.session = user, {}
                request.COOKIES[settings.SESSION_COOKIE_NAME] = "any"
                request.resolver_match = resolve(request.path)
                found[door.name, method] = guard.process_view(request, None, (), {})
        return {key: getattr(answer, "url", answer) for key, answer in found.items() if answer}

    return knock


def everywhere_but(names):
    return {
        (door.name, method) for door in every_door() if door.name not in names for method in ("GET", "POST")
    }


def test_without_one_every_address_leads_to_setting_it_up(stopped):
    led = everywhere_but(OPEN | SETTING_UP)

    assert len(led) > 500
    assert stopped(new_staff("Dana")) == dict.fromkeys(led, SET_UP)


def test_one_that_was_not_shown_in_this_session_is_asked_for_at_every_address(stopped):
    assert stopped(new_staff("Dana"), holds_one=True) == dict.fromkeys(everywhere_but(OPEN), "asked")


def test_applicants_are_stopped_nowhere(stopped):
    assert stopped(new_applicant()) == {}


def test_what_stays_open_is_named_one_by_one():
    """A page that is added to these lists is reviewed here."""
    assert {
        "account_logout", "admin:logout", "set_language", "help", "healthz", "readyz", "health",
        "session_extend", "session_again", "session_ended", "caught_mail", "sample_codes",
    } == OPEN  # fmt: skip
    assert {
        "accounts:second_factor", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"
    } == SETTING_UP  # fmt: skip


def test_the_guard_stands_before_the_pages():
    without, holder = new_staff("Dana"), new_staff("Erlan")
    app_of(holder)
    browser, browser_of_holder = signed_in_without(without), signed_in_without(holder)

    led = {browser.get(page).get("Location") for page in SOME}
    asked = {asks(browser_of_holder.get(page)) for page in SOME}

    assert (led, asked) == ({SET_UP}, {True})
