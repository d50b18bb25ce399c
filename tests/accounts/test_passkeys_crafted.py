"""Passkeys that no browser would show: each is refused in words, and none opens more than it may."""

import json
import time

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from tests.accounts.test_sign_in import sign_in
from tests.plugins.passkeys import Key

pytestmark = pytest.mark.django_db
LOGIN, ADD = "mfa_login_webauthn", "mfa_add_webauthn"
DEEP = "[" * 9_000
LONG = json.dumps({"id": "A" * 20_000})


@pytest.fixture(autouse=True)
def _at_localhost(settings):
    settings.BASE_URL = "http://localhost:8000"


def state(browser):
    return browser.session["mfa.webauthn.state"]


def challenge(browser):
    browser.get(reverse(LOGIN), headers={"X-Requested-With": "XMLHttpRequest"})
    return state(browser)["challenge"]


def show(browser, credential):
    """Whether it signed in."""
    text = credential if isinstance(credential, str) else json.dumps(credential)
    answer = browser.post(reverse(LOGIN), {"credential": text})
    assert answer.status_code == 302
    return "_auth_user_id" in browser.session


def at_the_adding(visitor, applicant, password):
    person, browser = applicant(), visitor()
    sign_in(browser, person.email, password)
    browser.post(reverse("account_reauthenticate") + "?next=/", {"password": password})
    browser.get(reverse(ADD))
    return browser


def add(browser, credential):
    """Whether it was added; the page of the account is there in any case."""
    text = credential if isinstance(credential, str) else json.dumps(credential)
    answer = browser.post(reverse(ADD), {"name": "Laptop", "credential": text})
    added = Authenticator.objects.filter(type="webauthn").exists()
    assert answer.status_code == (302 if added else 200)
    assert added or "Nothing came of it" in answer.content.decode()
    assert browser.get(reverse("mfa_index")).status_code == 200
    return added


def test_a_whole_one_signs_in_once(visitor, applicant):
    person, key, browser = applicant(), Key(), visitor()
    key.of(person)
    shown = key.shown(challenge(browser), person)
    assert show(browser, shown)
    browser.post(reverse("account_logout"))
    assert not show(browser, shown)
    challenge(browser)
    assert not show(browser, shown)


def test_a_challenge_of_another_page_does_not_let_a_found_key_in(visitor, applicant, password):
    """That of the step after the password asks for no finger, and stays when the step is over."""
    holder, finder, found, browser = applicant(), applicant(), Key(), visitor()
    found.of(holder)
    Key().of(finder)
    sign_in(browser, finder.email, password)
    browser.get(reverse("mfa_authenticate"))
    session = browser.session
    session["account_login"]["initiated_at"] = time.time() - 24 * 3600
    session.save()
    assert state(browser)["user_verification"] == "preferred"
    assert not show(browser, found.shown(state(browser)["challenge"], holder, verified=False))


def test_one_that_comes_after_the_password_opens_nothing_alone(visitor, applicant):
    person, key, browser = applicant(), Key(), visitor()
    key.of(person, kept=False)
    assert not show(browser, key.shown(challenge(browser), person))


def test_of_another_account_or_of_a_closed_one_it_opens_nothing(visitor, applicant):
    person, other, key, browser = applicant(), applicant(), Key(), visitor()
    key.of(other)
    assert not show(browser, key.shown(challenge(browser), person))
    other.is_active = False
    other.save()
    assert not show(browser, key.shown(challenge(browser), other))


@pytest.mark.parametrize("text", ["", "null", "[]", "5", "{}", '{"id": 1}', "no json", DEEP, LONG])
def test_what_is_no_credential_is_refused_in_words(visitor, applicant, password, text):
    browser = visitor()
    challenge(browser)
    assert not show(browser, text)
    assert "opens no account here" in browser.get(reverse("account_login")).content.decode()
    assert not add(at_the_adding(visitor, applicant, password), text)


@pytest.mark.parametrize("value", ["", "!", None, 5, [], {}, "AAAA", "e30", "bnVsbA", "oA"])
@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
def test_a_part_that_is_wrong_is_refused(visitor, applicant, part, value):
    person, key, browser = applicant(), Key(), visitor()
    key.of(person)
    shown = key.shown(challenge(browser), person)
    shown["response"][part] = value
    assert not show(browser, shown)


@pytest.mark.parametrize("value", ["", "!", None, 5, [], {}, "AAAA", "e30", "bnVsbA", "oA"])
@pytest.mark.parametrize("part", ["clientDataJSON", "attestationObject"])
def test_a_part_that_is_wrong_is_not_added(visitor, applicant, password, part, value):
    browser = at_the_adding(visitor, applicant, password)
    made = Key().made(state(browser)["challenge"])
    made["response"][part] = value
    assert not add(browser, made)


@pytest.mark.parametrize(
    "said", [None, 5, [], "x", {"credProps": None}, {"credProps": 5}, {"credProps": []}, {"x": "\0"}]
)
def test_what_would_break_the_page_of_the_account_is_not_added(visitor, applicant, password, said):
    browser = at_the_adding(visitor, applicant, password)
    made = Key().made(state(browser)["challenge"]) | {"clientExtensionResults": said}
    assert not add(browser, made)


def test_one_without_extensions_is_added_and_comes_after_the_password(visitor, applicant, password):
    browser = at_the_adding(visitor, applicant, password)
    made = Key().made(state(browser)["challenge"])
    del made["clientExtensionResults"]
    assert add(browser, made)
    assert "After the password" in browser.get(reverse("mfa_index")).content.decode()


def test_in_the_step_after_the_password_it_is_refused_in_words_of_the_whole_form(
    visitor, applicant, password
):
    person, browser = applicant(), visitor()
    Key().of(person)
    sign_in(browser, person.email, password)
    page = browser.post(reverse("mfa_authenticate"), {"credential": "{}"}).content.decode()
    assert "This passkey is not one of your account. Use another one, or a code." in page
    assert "Hidden field" not in page
    assert "_auth_user_id" not in browser.session
