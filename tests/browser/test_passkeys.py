"""A passkey from end to end, with Chromium's own virtual device. WebAuthn works on ``localhost``, not on an
IP address: the live server of the tests is there.
"""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import CDPSession, Page, expect

from accounts.models import User
from applications.models import Application
from audit.models import Event
from tests.plugins.cases import PASSWORD, new_applicant
from tests.plugins.watching import Watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def person() -> User:
    return new_applicant("Aigerim")


class Device:
    """An authenticator of the browser, with the passkeys that were made on it."""

    def __init__(self, page: Page) -> None:
        self.wire: CDPSession = page.context.new_cdp_session(page)
        self.wire.send("WebAuthn.enable")
        self.id = self.wire.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def passkeys(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.wire.send("WebAuthn.getCredentials", {"authenticatorId": self.id})[
            "credentials"
        ]
        return found

    def knows_its_owner(self, verified: bool) -> None:
        self.wire.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": verified})


def by_password(page: Page, person: User) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: "/accounts/login/" not in address)


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)


def add_passkey(page: Page, *, alone: bool = True, asked: bool = True) -> None:
    """Staff on their way to the desk are not ``asked`` for the password again."""
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    if asked:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name of the passkey").fill("Laptop at work")
    page.get_by_label("Sign in with it alone").set_checked(alone)
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def with_passkey(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()


def test_a_passkey_is_made_and_signs_in_alone(page: Page, person: User, live_server: Any) -> None:
    watch, device = Watch(live_server.url), Device(page)
    watch.follow(page)
    by_password(page, person)
    add_passkey(page)
    assert len(device.passkeys()) == 1
    assert device.passkeys()[0]["rpId"] == "localhost"
    page.goto("/accounts/2fa/")
    expect(page.get_by_role("link", name="Rename Laptop at work")).to_be_visible()
    sign_out(page)
    with_passkey(page)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert (watch.faults, watch.refused) == ([], [])


def test_after_the_password_a_passkey_is_asked_for(page: Page, person: User) -> None:
    Device(page)
    by_password(page, person)
    add_passkey(page, alone=False)
    sign_out(page)
    by_password(page, person)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_a_removed_passkey_is_refused_in_words(page: Page, person: User) -> None:
    Device(page)
    by_password(page, person)
    add_passkey(page)
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Remove Laptop at work").click()
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("You have no passkey yet.")).to_be_visible()
    assert not Authenticator.objects.exists()  # the recovery codes went with it
    sign_out(page)
    with_passkey(page)
    expect(page.get_by_text("This passkey opens no account here")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)


def test_a_device_that_does_not_know_its_owner_is_refused_in_words(page: Page, person: User) -> None:
    device = Device(page)
    by_password(page, person)
    add_passkey(page)
    sign_out(page)
    device.knows_its_owner(False)
    with_passkey(page)
    expect(page.get_by_role("alert")).to_contain_text("Nothing came of it")


@pytest.mark.parametrize("of_staff", [False, True])
def test_a_closed_account_stays_closed(afsa_staff: Any, page: Page, person: User, of_staff: bool) -> None:
    user = afsa_staff.reviewer if of_staff else person
    Device(page)
    by_password(page, user)
    add_passkey(page, asked=not of_staff)
    sign_out(page)
    with_passkey(page)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    sign_out(page)
    User.objects.filter(pk=user.pk).update(is_active=False)
    with_passkey(page)
    expect(page.get_by_role("heading", name="This account is closed")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)


def test_the_code_is_one_box_that_takes_it_pasted(page: Page, person: User) -> None:
    Device(page)
    by_password(page, person)
    add_passkey(page, alone=False)
    code = page.locator("li code").first.inner_text()
    sign_out(page)
    by_password(page, person)
    box = page.get_by_label("Code", exact=True)
    assert box.get_attribute("autocomplete") == "one-time-code"
    box.focus()
    page.keyboard.insert_text(f" {code[:4]} {code[4:]} ")  # as a paste does
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_without_scripts_the_sign_in_says_nothing_of_passkeys_and_the_page_says_why(
    open_page: Any, sign_in: Any, person: User
) -> None:
    page = open_page(scripts=False)
    page.goto("/accounts/login/")
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    by_password(page, person)
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Passkeys need a browser that has them")).to_be_visible()
    expect(page.get_by_role("button", name="Add the passkey")).to_have_count(0)


def test_staff_set_one_up_and_show_it_again_before_a_decision(
    page: Page, case_in_review: Any, afsa_staff: Any, settings: Any, axe: Any
) -> None:
    Application.objects.filter(pk=case_in_review.pk).update(state="recommended", recommended="grant")
    Device(page)
    by_password(page, afsa_staff.decision_maker)
    expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
    fits(page, axe)
    add_passkey(page, asked=False)
    page.get_by_role("link", name="Go on to the desk").click()
    page.goto(reverse("admin:applications_application_act", args=[case_in_review.pk, "send_back"]))
    page.get_by_label("Reason").fill("Look again at “page 3”.")

    settings.FRESH_FACTOR_MINUTES = 0  # the time is over
    page.get_by_role("button", name="Send back").click()
    expect(page.get_by_role("heading", name="Show that it is you")).to_be_visible()
    for words in ("Send back", case_in_review.reference, case_in_review.firm.name):
        expect(page.get_by_role("definition").filter(has_text=words)).to_have_count(1)
    fits(page, axe)

    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Done: Send back.")).to_be_visible()
    case_in_review.refresh_from_db()
    assert case_in_review.state == "in_review"
    assert Event.objects.filter(subject=case_in_review.audit_subject).latest("number").reason == (
        "Look again at “page 3”."
    )


def fits(page: Page, axe: Any) -> None:
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert (page.locator("h1").count(), axe(page), page.evaluate(WIDER)) == (1, [], 0), width


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_each_page_can_be_used_by_everybody(
    page: Page, person: User, live_server: Any, axe: Any, language: str
) -> None:
    """Those pages that a password opens; the others are among all pages."""
    watch = Watch(live_server.url)
    watch.follow(page)
    Device(page)
    by_password(page, person)
    add_passkey(page)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    key = Authenticator.objects.get(type="webauthn").pk
    pages = [
        "", "webauthn/", "webauthn/add/", f"webauthn/keys/{key}/edit/", f"webauthn/keys/{key}/remove/",
        "webauthn/reauthenticate/", "reauthenticate/", "totp/activate/", "recovery-codes/",
        "recovery-codes/generate/",
    ]  # fmt: skip
    page.set_viewport_size({"width": 320, "height": 900})
    for one in pages:
        page.goto("/accounts/2fa/" + one)
        assert (page.locator("h1").count(), axe(page), page.evaluate(WIDER)) == (1, [], 0), one
    with page.expect_navigation():
        page.locator("header .who button").click()
    page.goto("/accounts/login/")
    assert (axe(page), page.evaluate(WIDER)) == ([], 0)
    assert (watch.faults, watch.refused) == ([], [])
