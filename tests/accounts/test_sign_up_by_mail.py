"""From sign-up to signed in, over a real mail server on loopback."""

import re
import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.urls import clear_url_caches, path, reverse

from accounts import services
from kzcustody_site import urls
from kzcustody_site.caught_mail import page as page_of_mail

pytestmark = pytest.mark.django_db


class Box:
    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):
        self.letters.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 taken"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def mailbox(settings):
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    settings.EMAIL_USE_TLS = False
    yield box
    controller.stop()


def test_the_mail_that_arrives_opens_the_account(mailbox, visitor, email, password):
    browser, address = visitor(), email()
    browser.post(
        reverse("account_signup"), {"full_name": "Әсел Қайрат", "email": address, "password1": password}
    )
    [(recipients, letter)] = mailbox.letters
    assert recipients == [address]
    assert letter["Subject"] == "Confirm your e-mail"
    link = re.search(
        r"http://localhost:8000(/accounts/confirm-email/\S+)", letter.get_body(("plain",)).get_content()
    )[1]
    browser.post(link)
    browser.post(reverse("account_login"), {"login": address, "password": password})
    assert browser.get(reverse("account_change_password")).status_code == 200


def test_who_signs_up_for_an_invitation_comes_back_to_it(mailbox, visitor, applicant, firm, email, password):
    founder, address = applicant(), email()
    token = services.invite_member(actor=founder, firm_id=firm(founder).pk, email=address, roles=["editor"])[
        1
    ]
    page, browser = reverse("accounts:accept_invitation", args=[token]), visitor()
    browser.get(page)
    browser.post(
        reverse("account_signup"), {"full_name": "Әсел Қайрат", "email": address, "password1": password}
    )
    letter = mailbox.letters[-1][1]
    browser.post(
        re.search(
            r"http://localhost:8000(/accounts/confirm-email/\S+)", letter.get_body(("plain",)).get_content()
        )[1]
    )
    signing_in = {"login": address, "password": password}
    assert browser.post(reverse("account_login"), signing_in).url == page
    assert browser.post(page).url == reverse("portal:home")
    browser.post(reverse("account_logout"))
    assert browser.post(reverse("account_login"), signing_in).url == reverse("portal:resume")


def shown_email(browser):
    return browser.get(reverse("account_signup")).context["form"]["email"].value() or ""


def test_sign_up_knows_the_e_mail_of_a_good_invitation_alone(visitor, applicant, firm, email):
    founder, address = applicant(), email()
    mine = firm(founder)
    invitation, token = services.invite_member(
        actor=founder, firm_id=mine.pk, email=address, roles=["editor"]
    )
    page, browser = reverse("accounts:accept_invitation", args=[token]), visitor()
    assert shown_email(browser) == ""
    browser.get(page)
    assert shown_email(browser) == address
    services.withdraw_invitation(actor=founder, firm_id=mine.pk, invitation_id=invitation.pk)
    late = visitor()
    assert late.get(page).status_code == 404
    assert shown_email(late) == ""


def test_the_run_that_sends_no_mail_says_where_it_is_read(visitor, monkeypatch):
    browser, page = visitor(), reverse("account_email_verification_sent")
    assert "look among unwanted mail" in browser.get(page).content.decode()
    monkeypatch.setattr(
        urls, "urlpatterns", [*urls.urlpatterns, path("mail/", page_of_mail, name="caught_mail")]
    )
    clear_url_caches()
    said = browser.get(page).content.decode()
    clear_url_caches()
    assert 'href="/mail/"' in said
    assert "unwanted mail" not in said
