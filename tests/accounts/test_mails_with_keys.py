"""Mails with a link that is a key: in the reader's language, as text and HTML, with nobody's name."""

import pytest
from django.core import mail
from django.urls import reverse

from accounts import mails, services
from accounts.models import User
from notifications.models import Message
from tests.accounts.test_sign_in import ask_for_reset

pytestmark = pytest.mark.django_db
SUBJECTS = {
    "en": "Finish setting up access to the licensing service",
    "ru": "Завершите настройку доступа к сервису лицензирования",
    "kk": "Лицензиялау сервисіне кіруді баптап бітіріңіз",
}


def languages():
    """Of each mail that was sent, the language of its HTML."""
    return [letter.alternatives[0].content.partition('<html lang="')[2][:2] for letter in mail.outbox]


@pytest.mark.parametrize(("known", "expected"), [(True, "kk"), (False, "ru")])
def test_a_new_password_is_told_in_the_language_of_the_account_or_of_the_page(
    visitor, applicant, email, known, expected
):
    address = applicant(language="kk").email if known else email()
    browser = visitor()
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "ru"
    ask_for_reset(browser, address)
    assert languages() == [expected]


def test_it_is_text_and_html_says_that_a_machine_wrote_it_and_is_kept_nowhere(visitor, applicant):
    ask_for_reset(visitor(), applicant().email)
    [letter] = mail.outbox
    [html] = letter.alternatives
    assert (html.mimetype, letter.extra_headers) == ("text/html", {"Auto-Submitted": "auto-generated"})
    assert Message.objects.count() == 0


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_an_invitation_is_in_the_language_that_the_inviter_chose(applicant, firm, email, language):
    founder = applicant(language="en", name="Aigul Founder")
    invited = {"firm_id": firm(founder).pk, "email": email(), "roles": ["editor"], "language": language}
    invitation, token = services.invite_member(actor=founder, **invited)
    assert mails.send_firm_invitation(invitation, token)
    [letter] = mail.outbox
    assert (letter.subject, languages()) == (SUBJECTS[language], [language])
    assert "Aigul" not in letter.body + letter.alternatives[0].content


def test_who_has_an_account_is_invited_in_its_language_and_zone(applicant, firm):
    founder, guest = applicant(), applicant(language="kk")
    services.choose_zone(user=guest, zone="Asia/Tokyo")
    invited = {
        "firm_id": firm(founder).pk,
        "email": guest.email.upper(),
        "roles": ["editor"],
        "language": "ru",
    }
    invitation, token = services.invite_member(actor=founder, **invited)
    assert mails.send_firm_invitation(invitation, token)
    assert (languages(), "(UTC+9)" in mail.outbox[0].body) == (["kk"], True)


def test_sent_again_it_is_in_the_same_language(visitor, applicant, firm, email):
    founder = applicant(language="en")
    altyn = firm(founder)
    fields = {"email": email(), "roles": ["viewer"], "language": "ru"}
    browser = visitor(founder)
    browser.post(reverse("accounts:invite_member", args=[altyn.pk]), fields)
    again = reverse("accounts:invite_again", args=[altyn.pk, altyn.invitations.get().pk])
    assert browser.post(again).status_code == 302
    assert languages() == ["ru", "ru"]


def test_the_inviter_is_asked_for_the_language_and_a_made_up_one_is_refused(visitor, applicant, firm):
    founder = applicant()
    altyn = firm(founder)
    browser = visitor(founder)
    page = browser.get(reverse("accounts:firm", args=[altyn.pk])).content.decode()
    assert 'value="en" selected' in page
    for language in ("", "xx"):
        fields = {"email": "new@example.test", "roles": ["viewer"], "language": language}
        assert browser.post(reverse("accounts:invite_member", args=[altyn.pk]), fields).status_code == 422
    assert (mail.outbox, User.objects.filter(email="new@example.test").exists()) == ([], False)


def test_a_mail_that_is_not_listed_is_refused():
    with pytest.raises(ValueError, match="There is no mail 'account/email/login_code' of sign-in"):
        mails.of_sign_in("account/email/login_code", context={}, language="en")
