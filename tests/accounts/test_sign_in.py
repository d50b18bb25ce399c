import re

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import User
from accounts.queries import email_in_use
from audit.models import Event

pytestmark = pytest.mark.django_db
LINK = re.compile(r"http://localhost:8000(/accounts/\S+)")


def portal_home():
    return reverse("portal:resume")


def sign_up(client, email, password, **extra):
    fields = {"full_name": "Aigerim Testova", "email": email, "password1": password, **extra}
    return client.post(reverse("account_signup"), fields)


def sign_in(client, email, password, **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password, **extra})


def signed_in(client):
    return "_auth_user_id" in client.session


def test_sign_up_then_confirm_then_sign_in(visitor, email, password):
    browser, address = visitor(), email()
    assert sign_up(browser, address, password).url == reverse("account_email_verification_sent")
    assert sign_in(browser, address, password).url == reverse("account_email_verification_sent")
    assert signed_in(browser) is False
    assert [m.to for m in mail.outbox] == [[address]]
    page = LINK.search(mail.outbox[0].body)[1]
    assert browser.get(page).status_code == 200
    assert browser.post(page).url == reverse("account_login")
    assert sign_in(browser, address.upper(), password).url == portal_home()
    assert signed_in(browser) is True
    user = User.objects.get(email=address)
    assert (user.full_name, user.is_staff, user.human) == ("Aigerim Testova", False, "")
    kinds = Event.objects.filter(subject=f"account:{user.pk}").order_by("number")
    assert list(kinds.values_list("kind", flat=True)) == [
        "account.sign_up",
        "account.confirm_email",
        "account.sign_in",
    ]


def test_nobody_signs_up_as_staff(visitor, email, password):
    address = email()
    sign_up(visitor(), address, password, is_staff="on", is_superuser="on", human="x" * 64)
    user = User.objects.get(email=address)
    assert (user.is_staff, user.is_superuser, user.human) == (False, False, "")


def test_sign_up_remembers_the_language_of_the_page(visitor, email, password):
    browser, address = visitor(), email()
    browser.cookies["django_language"] = "kk"
    sign_up(browser, address, password)
    assert User.objects.get(email=address).language == "kk"


def test_sign_up_answers_the_same_for_a_known_account(visitor, email, password, applicant):
    known, unknown = applicant(), email()
    answers = [sign_up(visitor(), address, password) for address in (known.email, unknown)]
    assert {(a.status_code, a.url) for a in answers} == {(302, reverse("account_email_verification_sent"))}
    assert [m.to for m in mail.outbox] == [[known.email], [unknown]]
    assert User.objects.filter(email=known.email).count() == 1


def ask_for_reset(browser, address):
    return browser.post(reverse("account_reset_password"), {"email": address}, follow=True)


def without_tokens(page):
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", page.content)


def test_reset_answers_the_same_for_a_known_account(visitor, email, applicant):
    known, unknown = applicant().email, email()
    answers = [ask_for_reset(visitor(), address) for address in (known, unknown)]
    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert without_tokens(answers[0]) == without_tokens(answers[1])
    assert [m.to for m in mail.outbox] == [[known], [unknown]]


def test_a_wrong_password_answers_the_same_for_a_known_account(visitor, email, applicant):
    pages = [sign_in(visitor(), a, "not-the-password") for a in (applicant().email, email())]
    errors = [page.context["form"].errors.as_json() for page in pages]
    assert [page.status_code for page in pages] == [200, 200]
    assert errors[0] == errors[1]


def test_a_reset_link_sets_the_password_once(visitor, applicant, password):
    person, browser, new = applicant(), visitor(), "a-quiet-lake-in-autumn"
    ask_for_reset(browser, person.email)
    link = LINK.search(mail.outbox[0].body)[1]
    form = browser.get(link, follow=True)
    action = form.redirect_chain[-1][0]
    answer = browser.post(action, {"password1": new, "password2": new})
    assert answer.url == reverse("account_reset_password_from_key_done")
    person.refresh_from_db()
    assert [person.check_password(word) for word in (password, new)] == [False, True]
    again = visitor().get(link, follow=True)
    assert again.context["token_fail"] is True
    assert Event.objects.filter(subject=f"account:{person.pk}").last().kind == "account.set_password"


@pytest.mark.parametrize(("seconds", "works"), [(3600, True), (3601, False)])
def test_a_reset_link_works_for_an_hour(visitor, applicant, time_machine, seconds, works):
    time_machine.move_to("2026-11-22 09:00:00+00:00", tick=False)
    browser = visitor()
    ask_for_reset(browser, applicant().email)
    time_machine.shift(seconds)
    page = browser.get(LINK.search(mail.outbox[0].body)[1], follow=True)
    assert page.context.get("token_fail", False) is not works


def test_links_in_mails_lead_to_our_address_whatever_host_was_named(visitor, applicant, settings):
    settings.ALLOWED_HOSTS = ["*"]
    visitor().post(reverse("account_reset_password"), {"email": applicant().email}, HTTP_HOST="evil.example")
    assert "evil.example" not in mail.outbox[0].body + mail.outbox[0].subject
    assert LINK.search(mail.outbox[0].body) is not None


def test_a_closed_account_does_not_sign_in(visitor, applicant, password):
    person, browser = applicant(), visitor()
    User.objects.filter(pk=person.pk).update(is_active=False)
    sign_in(browser, person.email, password)
    assert signed_in(browser) is False


def test_each_kind_of_person_lands_in_their_wing(visitor, applicant, staff, password):
    assert sign_in(visitor(), applicant().email, password).url == portal_home()
    assert sign_in(visitor(), staff().email, password).url == reverse("admin:index")


def test_a_next_page_elsewhere_is_not_followed(visitor, applicant, password):
    person = applicant()
    assert sign_in(visitor(), person.email, password, next="https://evil.example/").url == portal_home()
    assert sign_in(visitor(), person.email, password, next="/healthz").url == "/healthz"


def test_changing_the_password_signs_out(visitor, applicant, password):
    person, new = applicant(), "a-quiet-lake-in-autumn"
    browser = visitor(person)
    fields = {"oldpassword": password, "password1": new, "password2": new}
    browser.post(reverse("account_change_password"), fields)
    assert signed_in(browser) is False
    person.refresh_from_db()
    assert person.check_password(new) is True


def test_a_changed_email_is_recorded_and_taken(visitor, applicant, email, password):
    person, new = applicant(), email()
    browser = visitor()
    sign_in(browser, person.email, password)
    browser.post(reverse("account_email"), {"email": new, "action_add": ""})
    letter = next(m for m in mail.outbox if m.to == [new])
    browser.post(LINK.search(letter.body)[1])
    browser.post(reverse("account_email"), {"email": new, "action_primary": ""})
    person.refresh_from_db()
    assert person.email == new
    last = Event.objects.filter(subject=f"account:{person.pk}").order_by("number").last()
    assert last.kind == "account.change_email"


def test_an_email_that_somebody_proved_is_in_use(applicant, email):
    person, second = applicant(), email()
    assert email_in_use(second) is False
    address = person.emailaddress_set.create(email=second, verified=False)
    assert email_in_use(second) is False
    address.verified = True
    address.save()
    assert email_in_use(second.upper()) is True


def test_signing_out_takes_a_post(visitor, applicant):
    browser = visitor(applicant())
    assert browser.get(reverse("account_logout")).status_code == 200
    assert signed_in(browser) is True
    browser.post(reverse("account_logout"))
    assert signed_in(browser) is False


def test_a_mail_server_that_is_down_gives_a_notice_and_the_same_page(visitor, email, applicant, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    known, unknown = (ask_for_reset(visitor(), address) for address in (applicant().email, email()))
    assert without_tokens(known) == without_tokens(unknown)
    assert "could not be sent" in known.content.decode()


@pytest.mark.parametrize("is_staff", [True, False])
def test_a_session_ends_with_the_browser_even_where_remembering_is_asked_for(
    visitor, staff, applicant, password, is_staff
):
    browser, user = visitor(), staff() if is_staff else applicant()
    assert "remember" not in browser.get(reverse("account_login")).context["form"].fields
    sign_in(browser, user.email, password, remember="on")
    assert signed_in(browser) is True
    cookie = browser.cookies["session"]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert browser.session.get_expire_at_browser_close() is True
