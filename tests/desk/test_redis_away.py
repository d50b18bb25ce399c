"""What is submitted and decided while Redis is away."""

import time

import pytest
from django.urls import reverse

from notifications.models import Message
from tests.desk.conftest import act, at
from tests.plugins.cases import fresh
from tests.plugins.second_factor import app_of, code_of, shown_ago
from tests.portal.test_journey import sign

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_away")]


@pytest.fixture(autouse=True)
def _standing_clock(time_machine):
    time_machine.move_to(time.time() // 30 * 30 + 1)


def test_a_firm_submits_and_is_told_later(signed_in, firm_user, filled_afm_case):
    browser = signed_in(firm_user)
    began = time.perf_counter()
    done, _data = sign(browser, filled_afm_case)
    assert time.perf_counter() - began < 20
    assert (done.status_code, fresh(filled_afm_case).state) == (302, "submitted")
    assert browser.get(done.url).status_code == 200
    assert Message.objects.filter(recipient=firm_user, status="waiting").exists()


def test_a_decision_is_taken_with_a_factor_that_is_shown_for_it(filed, afsa, afsa_staff, english):
    case, decider = filed(afsa, state="recommended"), afsa_staff.decision_maker
    secret, browser = app_of(decider), shown_ago(english(decider), decider, seconds=3600)
    assert browser.get(at("change", case)).status_code == 200
    data = {"version": 0, "reason": "Look again.", "second_factor": "send", "factor-code": code_of(secret)}

    done = browser.post(act(case, "send_back"), data)
    assert (done.status_code, fresh(case).state) == (302, "in_review")


def test_what_the_desk_shows_first_opens(case, browsers):
    for page in (reverse("admin:index"), at("change", case), at("viewing", case)):
        assert browsers.reviewer.get(page).status_code == 200
