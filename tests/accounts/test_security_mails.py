"""What happens to an account is written down and told, in one transaction, and from where."""

import json
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core import mail
from django.db import DatabaseError
from django.urls import reverse

from accounts.security import browser_of, roughly
from audit.models import Event
from notifications.models import Message
from tests.accounts.test_sign_in import LINK, ask_for_reset, sign_in, signed_in
from tests.plugins.passkeys import passkey_of

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
EDGE = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0 Safari/537.36 Edg/130.0"
)
NEW = "a-quiet-lake-in-autumn"


def told(person):
    """The kinds of mails to this person, and to addresses that nobody here signs in with."""
    return list(Message.objects.order_by("pk").values_list("template", "email"))


def events(person):
    found = Event.objects.filter(subject=f"account:{person.pk}").order_by("number")
    return [(event.kind, event.data) for event in found if event.kind != "account.create"]


def test_a_browser_is_known_after_the_first_sign_in_and_another_one_is_told_of(visitor, applicant, password):
    person, browser = applicant(language="ru"), visitor()
    for _time in range(2):
        sign_in(browser, person.email, password)
        browser.post(reverse("account_logout"))
    assert told(person) == []
    other = visitor()
    other.defaults["HTTP_USER_AGENT"] = FIREFOX
    other.defaults["REMOTE_ADDR"] = "91.185.12.13"
    sign_in(other, person.email, password)
    assert told(person) == [("security_sign_in", person.email)]
    message = Message.objects.get()
    assert (message.language, message.recipient, message.internal) == ("ru", person, False)
    assert (message.context["network"], message.context["browser"]) == ("91.185.x.x", "Firefox, Windows")
    assert "91.185.12" not in message.body_text + message.body_html
    assert [data["new_browser"] for _kind, data in events(person)] == [False, False, True]


def test_a_mark_of_another_person_or_a_made_up_one_is_no_known_browser(visitor, applicant, password):
    first, second, browser = applicant(), applicant(), visitor()
    sign_in(visitor(), second.email, password)
    sign_in(browser, first.email, password)
    browser.post(reverse("account_logout"))
    sign_in(browser, second.email, password)
    assert told(second) == [("security_sign_in", second.email)]
    browser.post(reverse("account_logout"))
    for person in (first, second):  # both are known in it now
        sign_in(browser, person.email, password)
        browser.post(reverse("account_logout"))
    assert len(told(second)) == 1
    browser.cookies["known"] = f"{second.pk}." + "0" * 64
    sign_in(browser, second.email, password)
    assert len(told(second)) == 2


def test_the_cookie_is_for_a_year_and_not_for_scripts(visitor, applicant, password):
    browser = visitor()
    sign_in(browser, applicant().email, password)
    cookie = browser.cookies["known"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (365 * 24 * 3600, True, "Lax")


def test_a_wrong_password_tells_nobody(visitor, applicant):
    person, browser = applicant(), visitor()
    sign_in(browser, person.email, "not-the-password")
    assert (signed_in(browser), told(person)) == (False, [])


@pytest.mark.parametrize("forgotten", [False, True])
def test_another_password_is_told(visitor, applicant, password, forgotten):
    person, browser = applicant(), visitor()
    if forgotten:
        ask_for_reset(browser, person.email)
        form = browser.get(LINK.search(mail.outbox[0].body)[1], follow=True)
        browser.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    else:
        browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        fields = {"oldpassword": password, "password1": NEW, "password2": NEW}
        browser.post(reverse("account_change_password"), fields)
    assert told(person) == [("security_password", person.email)]
    assert [kind for kind, _data in events(person)] == ["account.set_password"]


def test_another_email_is_told_at_the_old_and_the_new_one(visitor, applicant, email, password):
    person, new, browser = applicant(language="kk"), email(), visitor()
    old = person.email
    sign_in(browser, old, password)
    browser.post(reverse("account_email"), {"email": new, "action_add": ""})
    browser.post(LINK.search(next(m for m in mail.outbox if m.to == [new]).body)[1])
    browser.post(reverse("account_email"), {"email": new, "action_primary": ""})
    assert told(person) == [("security_email", new), ("security_email", old)]
    assert list(Message.objects.values_list("language", flat=True)) == ["kk", "kk"]
    texts = {message.email: message.body_text for message in Message.objects.all()}
    assert (new in texts[old], texts[old] == texts[new]) == (False, False)
    assert Message.objects.get(email=old).recipient is None


def with_the_password_again(visitor, person, password):
    browser = visitor()
    sign_in(browser, person.email, password)
    browser.post(reverse("account_reauthenticate"), {"password": password})
    return browser


def test_a_removed_passkey_is_told_and_its_codes_with_it(visitor, applicant, password):
    person = applicant()
    browser = with_the_password_again(visitor, person, password)
    key = passkey_of(person)
    assert told(person) == [("security_factor_added", person.email)]
    browser.post(reverse("mfa_generate_recovery_codes"))
    browser.post(reverse("mfa_generate_recovery_codes"))
    assert browser.post(reverse("mfa_remove_webauthn", args=[key.pk])).status_code == 302
    assert told(person)[1:] == [
        ("security_codes", person.email),
        ("security_factor_removed", person.email),
    ]
    assert [(kind, data.get("factor")) for kind, data in events(person)][1:] == [
        ("account.add_factor", "webauthn"),
        ("account.add_factor", "recovery_codes"),
        ("account.remove_factor", "recovery_codes"),
        ("account.add_factor", "recovery_codes"),
        ("account.remove_factor", "webauthn"),
        ("account.remove_factor", "recovery_codes"),
    ]
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("works", [True, False])
def test_a_passkey_its_event_and_its_mail_are_there_together_or_not_at_all(
    visitor, applicant, password, monkeypatch, works
):
    person, made = applicant(), passkey_of(applicant()).data["credential"]
    browser = with_the_password_again(visitor, person, password)
    monkeypatch.setattr(auth, "complete_registration", lambda _made: SimpleNamespace(is_user_verified=bool))
    if not works:
        monkeypatch.setattr("notifications.security.tell", no_mail)
        browser.raise_request_exception = False
    data = {"name": "Laptop", "credential": json.dumps(made)}
    answer = browser.post(reverse("mfa_add_webauthn"), data)
    assert answer.status_code == (302 if works else 500)
    found = Authenticator.objects.filter(user=person, type="webauthn").count()
    told_of = Message.objects.filter(email=person.email, template="security_factor_added").count()
    assert (found, told_of, events(person)[1:]) == (
        (1, 1, [("account.add_factor", {"factor": name}) for name in ("webauthn", "recovery_codes")])
        if works
        else (0, 0, [])
    )


def no_mail(**_facts):
    raise DatabaseError


def test_a_passkey_of_another_person_is_not_there(visitor, applicant, password):
    key = passkey_of(applicant())
    browser = with_the_password_again(visitor, applicant(), password)
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        for method in (browser.get, browser.post):
            assert method(reverse(name, args=[key.pk])).status_code == 404


def test_a_passkey_that_is_none_is_refused_in_words_on_the_same_page(visitor, applicant, password):
    person = applicant()
    browser = with_the_password_again(visitor, person, password)
    passkey_of(person)
    page = reverse("mfa_reauthenticate_webauthn")
    answer = browser.post(page + "?next=/help/", {"credential": "{}"}, follow=True)
    assert answer.redirect_chain == [(page + "?next=/help/", 302)]
    assert "This passkey is not one of your account." in answer.content.decode()
    answer = visitor().post(reverse("mfa_login_webauthn"), {"credential": "{}"}, follow=True)
    assert "This passkey opens no account here" in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("91.185.12.13", "91.185.x.x"),
        ("2a02:09b0:0:4::1", "2a02:9b0:0:x"),
        ("::ffff:91.185.12.13", "91.185.x.x"),
        ("", ""),
        ("no address", ""),
    ],
)
def test_an_address_is_shown_roughly(address, shown):
    assert roughly(address) == shown


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        (EDGE, "Edge, macOS"),
        ("curl/8", ""),
        ("", ""),
        ("x Safari/1", "Safari"),
    ],
)
def test_a_browser_has_a_name(agent, name):
    assert browser_of(agent) == name
