"""To which address a passkey belongs; the ceremonies themselves are in tests/browser/test_passkeys.py."""

import pytest
from allauth.mfa.webauthn.internal import auth
from django.test import Client
from django.urls import reverse

from tests.plugins.passkeys import passkey_of

HOST = "licensing.example"


@pytest.mark.parametrize(
    ("origin", "taken"),
    [
        (f"https://{HOST}", True),
        (f"http://{HOST}", False),
        ("https://evil.example", False),
        (f"https://{HOST}.evil.example", False),
    ],
)
def test_in_production_a_passkey_of_another_address_is_none(settings, origin, taken):
    settings.BASE_URL, settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = f"https://{HOST}", False
    assert bool(auth.get_server()._verify(origin)) is taken


@pytest.mark.django_db
def test_a_passkey_belongs_to_our_address_whatever_host_was_named(settings):
    settings.ALLOWED_HOSTS, settings.BASE_URL = ["*"], f"https://{HOST}"
    answer = Client().get(
        reverse("mfa_login_webauthn"), HTTP_HOST="evil.example", HTTP_ACCEPT="application/json"
    )
    assert answer.json()["request_options"]["publicKey"]["rpId"] == HOST


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_however_many_there_are(
    visitor, applicant, count, django_assert_max_num_queries
):
    person = applicant()
    for number in range(count):
        passkey_of(person, f"Key {number}")
    browser = visitor(person)
    with django_assert_max_num_queries(6):
        page = browser.get(reverse("mfa_list_webauthn")).content.decode()
    assert page.count("Rename") == count
