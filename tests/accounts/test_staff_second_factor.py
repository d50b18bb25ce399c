"""How staff come in: each path is as strong as the others, and nobody comes past the second factor."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from tests.accounts.test_sign_in import LINK, ask_for_reset, sign_in, signed_in
from tests.plugins.passkeys import Key, passkey_of
from tests.plugins.second_factor import app_of, asks, code_of, shown_ago, signed_in_without, words

pytestmark = pytest.mark.django_db
DESK, SET_UP, NOW = "/desk/", "/accounts/second-factor/", "2026-11-22 09:00:05+00:00"
KEY = re.compile(r"<code>([A-Z2-7]{32})</code>")


@pytest.fixture(autouse=True)
def _standing_clock(time_machine):
    """A code must not run out between its making and its check."""
    time_machine.move_to(NOW, tick=False)


def test_after_the_password_one_is_led_to_an_app_and_then_into_the_desk(visitor, staff, password):
    browser, person = visitor(), staff()
    assert sign_in(browser, person.email, password).url == DESK
    assert browser.get(DESK).url == SET_UP
    page = browser.get(SET_UP)
    assert {reverse("mfa_activate_totp"), reverse("mfa_add_webauthn")} <= set(
        re.findall(r'href="([^"]+)"', page.content.decode())
    )

    # The password was typed a moment ago, and is not asked for again.
    secret = KEY.search(browser.get(reverse("mfa_activate_totp")).content.decode())[1]
    wrong = browser.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert (wrong.status_code, browser.get(DESK).url) == (200, SET_UP)
    done = browser.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})

    assert done.url == reverse("mfa_view_recovery_codes")
    assert f'href="{DESK}"' in browser.get(done.url).content.decode()
    assert browser.get(DESK).status_code == 200
    assert browser.get(SET_UP).url == reverse("mfa_index")


def test_a_passkey_does_as_well(visitor, staff, password, settings):
    settings.BASE_URL = "http://localhost:8000"
    browser, key = visitor(), Key()
    sign_in(browser, staff().email, password)
    browser.get(reverse("mfa_add_webauthn"))
    made = key.made(browser.session["mfa.webauthn.state"]["challenge"])
    browser.post(reverse("mfa_add_webauthn"), {"name": "Laptop", "credential": json.dumps(made)})
    assert browser.get(DESK).status_code == 200


def test_later_than_five_minutes_after_the_password_it_is_asked_for_again(
    visitor, staff, password, time_machine
):
    browser = visitor()
    sign_in(browser, staff().email, password)
    time_machine.shift(299)
    assert browser.get(reverse("mfa_activate_totp")).status_code == 200
    time_machine.shift(1)
    again = f"{reverse('account_reauthenticate')}?next=/accounts/2fa/totp/activate/"
    assert browser.get(reverse("mfa_activate_totp")).url.replace("%2F", "/") == again
    browser.post(again, {"password": password, "next": reverse("mfa_activate_totp")})
    assert browser.get(reverse("mfa_activate_totp")).status_code == 200


def test_who_has_an_app_is_asked_for_its_code_before_being_signed_in(visitor, staff, password):
    browser, person = visitor(), staff()
    secret = app_of(person)
    assert sign_in(browser, person.email, password).url == reverse("mfa_authenticate")
    assert (signed_in(browser), browser.get(DESK).status_code) == (False, 302)
    browser.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert (signed_in(browser), browser.get(DESK).status_code) == (True, 200)


@pytest.mark.parametrize(("later", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_right_one_period_to_each_side(visitor, staff, password, later, taken):
    browser, person = visitor(), staff()
    secret = app_of(person)
    sign_in(browser, person.email, password)
    browser.post(reverse("mfa_authenticate"), {"code": code_of(secret, later=later)})
    assert signed_in(browser) is taken


@pytest.mark.parametrize("after", [0, 31, 60])
def test_a_code_is_taken_once_for_as_long_as_it_is_right(visitor, staff, password, time_machine, after):
    first, second, person = visitor(), visitor(), staff()
    secret = app_of(person)
    code = code_of(secret, later=1)
    sign_in(first, person.email, password)
    first.post(reverse("mfa_authenticate"), {"code": code})
    assert signed_in(first) is True

    time_machine.shift(after)
    sign_in(second, person.email, password)
    spaced = f"{code[:3]} {code[3:]}"
    answers = [second.post(reverse("mfa_authenticate"), {"code": text}) for text in (code, spaced)]
    assert ["was used before" in words(one) for one in answers] == [True, True]
    assert signed_in(second) is False
    second.post(reverse("mfa_authenticate"), {"code": code_of(secret, later=1)})
    assert signed_in(second) is (after > 0)


def test_a_passkey_alone_is_two_factors(visitor, staff, settings):
    settings.BASE_URL = "http://localhost:8000"
    browser, person, key = visitor(), staff(), Key()
    key.of(person)
    browser.get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})
    shown = key.shown(browser.session["mfa.webauthn.state"]["challenge"], person)
    browser.post(reverse("mfa_login_webauthn"), {"credential": json.dumps(shown)})
    assert browser.get(DESK).status_code == 200


@pytest.mark.parametrize("has_app", [True, False])
def test_a_reset_link_leads_past_nothing(visitor, staff, has_app):
    browser, person, new = visitor(), staff(), "a-quiet-lake-in-autumn"
    if has_app:
        app_of(person)
    ask_for_reset(browser, person.email)
    form = browser.get(LINK.search(mail.outbox[0].body)[1], follow=True)
    browser.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert signed_in(browser) is False
    sign_in(browser, person.email, new)
    assert signed_in(browser) is not has_app
    assert browser.get(DESK).url == ("/desk/login/?next=/desk/" if has_app else SET_UP)


def test_a_session_that_was_opened_without_one_is_asked_and_goes_on_where_it_was(staff):
    person = staff()
    secret, browser = app_of(person), signed_in_without(person)
    assert asks(browser.get("/desk/?a=1"))

    wrong = browser.post("/desk/?a=1", {"second_factor": "enter", "factor-code": "000000"})
    assert (wrong.status_code, "This code is not right" in words(wrong)) == (422, True)
    right = browser.post("/desk/?a=1", {"second_factor": "enter", "factor-code": code_of(secret)})
    assert (right.status_code, right.url) == (302, "/desk/?a=1")

    assert browser.get(DESK).status_code == 200
    # Sent twice, as by a double click: to the page again, and not into it.
    assert browser.post(DESK, {"second_factor": "enter", "factor-code": "1"}).url == DESK
    another = signed_in_without(person)
    used = another.post(DESK, {"second_factor": "enter", "factor-code": code_of(secret)})
    assert (used.status_code, asks(another.get(DESK))) == (422, True)


def test_what_was_sent_meanwhile_is_kept_but_no_password(staff):
    person = staff()
    secret, browser = app_of(person), signed_in_without(person)
    page = reverse("notifications:mails")

    asked = browser.post(page, {"text": '"So"', "many": ["1", "2"]})
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', asked.content.decode())
    assert [one for one in hidden if one[0] not in ("csrfmiddlewaretoken", "next")] == [
        ("second_factor", "send"), ("text", "&quot;So&quot;"), ("many", "1"), ("many", "2")
    ]  # fmt: skip
    asked = browser.post(reverse("account_change_password"), {"oldpassword": "o", "text": "t"})
    assert (b'name="second_factor" value="enter"' in asked.content, b'name="text"' in asked.content) == (
        True,
        False,
    )

    sent = browser.post(page, {"second_factor": "send", "factor-code": code_of(secret), "zone": "UTC"})
    assert (sent.status_code, sent.url) == (302, page)  # by the page itself, which saves


def test_what_another_person_showed_in_this_browser_counts_for_nobody_else(staff):
    holder, other = staff(), staff(passport="N7654321")
    app_of(holder), app_of(other)
    browser = shown_ago(signed_in_without(other), holder, seconds=0)
    assert asks(browser.get(DESK))


def test_the_password_is_no_second_factor(visitor, staff, password):
    person = staff()
    app_of(person)
    browser = signed_in_without(person)
    assert asks(browser.post(reverse("account_reauthenticate"), {"password": password}))
    browser = visitor(person)
    assert browser.get(reverse("account_reauthenticate")).url == reverse("mfa_reauthenticate")


def test_staff_keep_the_last_one(visitor, staff):
    person = staff()
    secret, key = app_of(person), passkey_of(person)
    browser = visitor(person)
    browser.post(reverse("mfa_reauthenticate"), {"code": code_of(secret)})

    browser.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert [one.type for one in Authenticator.objects.filter(user=person)] == ["totp"]
    Authenticator.objects.create(user=person, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    refused = browser.post(reverse("mfa_deactivate_totp"))
    assert (refused.status_code, "staff need one" in words(refused)) == (200, True)

    last = passkey_of(person)
    assert browser.post(reverse("mfa_deactivate_totp")).status_code == 302
    refused = browser.post(reverse("mfa_remove_webauthn", args=[last.pk]), follow=True)
    assert "staff need one" in words(refused)
    assert Authenticator.objects.filter(user=person).exclude(type="recovery_codes").get() == last


def test_recovery_codes_alone_are_none(staff):
    person = staff()
    Authenticator.objects.create(user=person, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    assert signed_in_without(person).get(DESK).url == SET_UP


def test_applicants_have_no_such_page_and_may_remove_theirs(visitor, applicant, password):
    person = applicant()
    key, browser = passkey_of(person), visitor(person)
    assert browser.get(SET_UP).status_code == 404
    browser.post(reverse("account_reauthenticate"), {"password": password})
    browser.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert not Authenticator.objects.filter(user=person).exists()
