"""From sign-up to signed in, over a real mail server on loopback."""

import re
import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.urls import reverse

from accounts import services

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
    link = re.search(r"http://localhost:8000(/accounts/confirm-email/\S+)", letter.get_content())[1]
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
    browser.post(re.search(r"http://localhost:8000(/accounts/confirm-email/\S+)", letter.get_content())[1])
    signing_in = {"login": address, "password": password}
    assert browser.post(reverse("account_login"), signing_in).url == page
    assert browser.post(page).url == reverse("portal:home")
    browser.post(reverse("account_logout"))
    assert browser.post(reverse("account_login"), signing_in).url == reverse("portal:resume")
