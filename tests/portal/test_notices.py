"""The notice centre: the mails of a person, word for word, and nobody else's."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.models import Message, Status
from notifications.services import tell
from tests.plugins.cases import new_applicant, new_firm

LIST = "/applications/notices/"


def body(response):
    return response.content.decode()


@pytest.fixture
def told(firm_user):
    def write(key, reference="KZC-1", to=None, **facts):
        with transaction.atomic():
            tell(to=to or firm_user, template="decision", context={}, subject_ref=reference, key=key, **facts)
        return Message.objects.get(key=key)

    return write


def subjects(page):
    return re.findall(r'<a href="[^"]+" lang="en">([^<]*decision available)</a>', page)


def test_newest_first_the_unread_marked_and_one_case_at_a_time(browser, custody_firm, told):
    told("a", "KZC-1")
    second = told("b", "KZC-2")
    page = body(browser.get(LIST))
    assert subjects(page) == ["KZC-2 decision available", "KZC-1 decision available"]
    assert page.count("task--you") == 2
    assert "2 new notices" in page
    page = body(browser.get(f"{LIST}?case=KZC-1"))
    assert subjects(page) == ["KZC-1 decision available"]
    opened = body(browser.get(reverse("portal:notice", args=[second.uuid])))
    for line in second.body_text.split("\n\n")[:2]:
        assert line.splitlines()[0] in opened
    assert body(browser.get(LIST)).count("task--you") == 2  # to open a page changes nothing
    assert browser.post(f"{LIST}read/", {"notice": second.pk}).url == LIST
    assert browser.post(f"{LIST}read/", {"notice": "x"}).status_code == 404
    assert body(browser.get(LIST)).count("task--you") == 1
    assert browser.post(f"{LIST}read/", {"case": "KZC-2"}).url == LIST
    assert body(browser.get(LIST)).count("task--you") == 1
    browser.post(f"{LIST}read/")
    assert body(browser.get(LIST)).count("task--you") == 0


def test_nothing_internal_withheld_or_of_others(browser, custody_firm, told, signed_in, afsa_staff):
    internal = told("a", internal=True)
    withheld = told("b")
    Message.objects.filter(pk=withheld.pk).update(status=Status.WITHHELD)
    other = new_applicant("Another")
    new_firm(other, "Another Ltd")
    theirs = told("c", to=other)
    assert "There is no notice." in body(browser.get(LIST))
    for message in (internal, withheld, theirs):
        assert browser.get(reverse("portal:notice", args=[message.uuid])).status_code == 404
    assert Message.objects.filter(read_at=None).count() == 3
    assert signed_in(afsa_staff.reviewer).get(LIST).status_code == 404


def test_older_notices_are_reached_from_the_last_one_shown(browser, custody_firm, told):
    for number in range(21):
        told(f"{number:02d}", f"KZC-{number:02d}")
    page = body(browser.get(LIST))
    assert len(subjects(page)) == 20
    last = Message.objects.get(key="01")
    assert f"before={last.pk}" in page
    assert subjects(body(browser.get(f"{LIST}?before={last.pk}"))) == ["KZC-00 decision available"]
    assert browser.get(f"{LIST}?before=x").status_code == 200


def test_a_mail_that_could_not_be_delivered_is_read_here(browser, custody_firm, told):
    message = told("a")
    Message.objects.filter(pk=message.pk).update(status=Status.FAILED)
    assert "The e-mail could not be delivered." in body(browser.get(LIST))
    assert "could not be delivered" in body(browser.get(reverse("portal:notice", args=[message.uuid])))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_however_many_there_are(
    browser, custody_firm, told, count, django_assert_max_num_queries
):
    for number in range(count):
        told(str(number), f"KZC-{number}")
    with django_assert_max_num_queries(8):
        browser.get(LIST)


def test_the_pages_of_a_case_say_how_many_are_new(browser, asked_case, told):
    url = reverse("portal:change", args=[asked_case.pk])
    assert ">Notices</a>" in body(browser.get(url))
    told("a")
    assert "1 new notice<" in body(browser.get(url))


@pytest.mark.parametrize(
    "url", ["/applications/", "/applications/meetings/", LIST, "/register/", "/account/2fa/", "/not/there/"]
)
def test_every_other_page_says_it_too_and_counts_once(url, browser, firm_user, told):
    url = reverse("mfa_index") if "2fa" in url else url
    assert ">Notices</a>" in body(browser.get(url))
    for number in (1, 3):
        for key in range(number):
            told(f"{number}-{key}", f"KZC-{key}")
        with CaptureQueriesContext(connection) as queries:
            page = body(browser.get(url))
        assert len(counts_of_notices(queries)) == 1
    assert "4 new notices</a>" in page


def counts_of_notices(queries):
    return [one for one in queries if re.match(r'SELECT COUNT.* FROM "notifications_message"', one["sql"])]


def test_a_list_with_cases_brings_the_number_along(browser, asked_case, told):
    told("a")
    with CaptureQueriesContext(connection) as queries:
        page = body(browser.get("/applications/"))
    assert counts_of_notices(queries) == []
    assert "1 new notice</a>" in page


def test_neither_staff_nor_a_visitor_is_counted_for(client, signed_in, afsa_staff):
    for visitor in (client, signed_in(afsa_staff.reviewer)):
        with CaptureQueriesContext(connection) as queries:
            visitor.get("/register/")
        assert not [one for one in queries if "notifications_message" in one["sql"]]


def test_what_no_case_is_called_is_no_fault(browser, custody_firm, told):
    notice = told("a")
    assert browser.get(LIST, {"case": "\0", "before": "9" * 30}).status_code == 200
    assert browser.post(LIST + "read/", {"case": "KZC-\0none"}).status_code == 302
    notice.refresh_from_db()
    assert notice.read_at is None
