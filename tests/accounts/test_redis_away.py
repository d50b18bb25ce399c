"""Whoever comes while Redis is away signs in as ever, and guesses are counted as ever."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from tests.accounts.test_sign_in import sign_in, signed_in
from tests.plugins.second_factor import app_of, code_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_away")]


@pytest.fixture(autouse=True)
def _standing_clock(time_machine):
    """At the beginning of a code, so that it does not run out between its making and its check."""
    time_machine.move_to(time.time() // 30 * 30 + 1)


def test_staff_sign_in_with_both_factors_and_a_code_counts_once(visitor, staff, password):
    person = staff()
    code = code_of(app_of(person))
    first, second = visitor(), visitor()
    for browser in (first, second):
        assert sign_in(browser, person.email, password).url == reverse("mfa_authenticate")

    assert first.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert second.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert (signed_in(first), signed_in(second)) == (True, False)
    assert first.get("/desk/").status_code == 200


def test_a_password_is_asked_to_be_set_anew(visitor, applicant):
    page = visitor().post(reverse("account_reset_password"), {"email": applicant().email})
    assert (page.status_code, page.url) == (302, reverse("account_reset_password_done"))


def test_attempts_are_counted(visitor, staff, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/key"}
    browser, person = visitor(), staff()
    said = [sign_in(browser, person.email, "guessed").content.decode() for _ in range(3)]
    assert ["Too many" in page for page in said] == [False, False, True]


def test_the_service_is_ready(db):
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": True})
