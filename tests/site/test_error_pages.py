"""What a page says when something goes wrong, and that what was typed is not lost."""

import re

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from tests.portal.conftest import url_of

FROM_US = {"HTTP_ORIGIN": "http://testserver"}
HEADINGS = ["Your answers", "What to do"]


@pytest.fixture
def browser(signed_in, firm_user):
    made = signed_in(firm_user)
    made.raise_request_exception = False
    return made


def body(response):
    return response.content.decode()


def headings(response):
    return re.findall(r"<h2[^>]*>(.*?)</h2>", body(response))


def test_more_than_is_taken_in_one_go(browser, draft_case, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2000
    url = url_of(draft_case, "BP-08")
    form = "application/x-www-form-urlencoded"
    assert browser.post(url, "version=0&text=" + "a" * 1900, content_type=form).status_code == 302
    page = browser.post(url, "version=1&text=" + "a" * 2100, content_type=form)
    assert page.status_code == 413
    assert "<h1>What you sent is too large</h1>" in body(page)
    assert headings(page) == HEADINGS


def test_more_fields_than_are_taken(browser, draft_case, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    page = browser.post(url_of(draft_case, "BP-08"), {f"f{n}": "" for n in range(11)})
    assert page.status_code == 413


def test_a_request_that_cannot_be_read(db):
    page = Client(raise_request_exception=False).get("/help/", HTTP_HOST="elsewhere.example")
    assert page.status_code == 400
    assert headings(page) == HEADINGS


def test_too_many_attempts(db, settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    sent = {"email": "somebody@example.test"}
    visitor = Client()
    assert visitor.post("/accounts/password/reset/", sent).status_code == 302
    page = visitor.post("/accounts/password/reset/", sent, **FROM_US)
    assert page.status_code == 429
    assert page["Retry-After"] == "300"
    assert "<h1>Too many attempts</h1>" in body(page)
    assert headings(page) == ["What you typed", *HEADINGS]


def test_a_database_that_is_away_is_a_service_that_is_closed(browser):
    def away(*_args):
        raise OperationalError("server closed the connection: secret-host")

    with connection.execute_wrapper(away):
        page = browser.get("/applications/")
    assert (page.status_code, page["Retry-After"]) == (503, "300")
    assert "The service is closed for a short time" in body(page)
    assert headings(page) == HEADINGS
    assert "secret-host" not in body(page)


def test_what_was_typed_is_shown_though_the_database_is_away(browser, draft_case):
    url = url_of(draft_case, "BP-08")
    mark = browser.get(url).context["typed_page"].mark

    def away(*_args):
        raise OperationalError

    sent = {"typed_mark": mark, "version": "0", "text": "In Astana."}
    with connection.execute_wrapper(away):
        page = browser.post(url, sent, **FROM_US)
    assert page.status_code == 503
    assert "<p>In Astana.</p>" in body(page)
    assert headings(page) == ["What you typed", *HEADINGS]


@pytest.mark.parametrize("url", ["/", "/help/", "/applications/", "/desk/", "/no-such-page/"])
def test_closed_for_maintenance(db, settings, url):
    settings.MAINTENANCE = True
    page = Client(HTTP_ACCEPT_LANGUAGE="ru").get(url)
    assert (page.status_code, page["Retry-After"]) == (503, "300")
    assert '<html lang="ru">' in body(page)
    assert len(headings(page)) == 2


def test_the_probes_answer_during_maintenance(db, settings):
    settings.MAINTENANCE = True
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/readyz").status_code == 200
    assert "database" in Client().get("/health").json()


def test_a_form_that_comes_during_maintenance_can_be_sent_once_more(firm_user, draft_case, settings):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(firm_user, backend="allauth.account.auth_backends.AuthenticationBackend")
    url = url_of(draft_case, "BP-08")
    settings.MAINTENANCE = True
    page = strict.post(url, {"version": "0", "text": "In Astana."}, **FROM_US)
    assert (page.status_code, "<p>In Astana.</p>" in body(page)) == (503, True)
    settings.MAINTENANCE = False
    token = body(page).split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    again = {"version": "0", "text": "In Astana.", "csrfmiddlewaretoken": token}
    assert strict.post(url, again).status_code == 302


def test_who_may_not_any_more_can_copy_what_they_typed(browser, firm_user, draft_case):
    url = reverse("portal:start")
    Membership.objects.filter(user=firm_user, role="editor").delete()
    sent = {"firm": "x", "licence_type": "y", "text": "My words"}
    page = browser.post(url, sent, **FROM_US)
    assert page.status_code == 404
    assert "<p>My words</p>" in body(page)
    assert "Send it once more" not in body(page)
    assert "My words" not in body(browser.post(url, sent))


def test_a_fault_names_no_inside(browser, monkeypatch):
    def fails(*_args, **_more):
        raise ZeroDivisionError("inside words")

    monkeypatch.setattr("kzcustody_site.views.render", fails)
    page = browser.get("/help/")
    assert page.status_code == 500
    assert headings(page) == HEADINGS
    assert "inside words" not in body(page)
    assert 'href="/help/#contact"' in body(page)


def test_the_contact_is_named_where_it_is_on_record(browser, settings):
    settings.CONTACT_EMAIL = "help@example.test"
    assert 'href="mailto:help@example.test"' in body(browser.get("/no-such-page/"))
