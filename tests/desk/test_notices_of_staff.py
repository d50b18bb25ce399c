"""The notice centre of staff: the mails that one was sent as such, and nobody else's."""

import re

import pytest
from django.db import transaction
from django.urls import reverse

from applications.models import ConflictOfInterest
from notifications.models import ACCOUNT, Message, Status
from notifications.services import tell
from regulators.models import Staff

LIST = "/desk/notices/"
READ = "/desk/notices/read/"


def body(response):
    assert response.status_code == 200
    return response.content.decode()


def subjects(page):
    return re.findall(r'<li class="task[^>]*><a href="[^"]+" lang="en">([^<]*)</a>', page)


def one(message):
    return reverse("admin:notice", args=[message.uuid])


@pytest.fixture
def told(case_in_review, afsa_staff):
    """A function: what a reviewer was told of a case, as staff. Nothing else was written before."""
    Message.objects.all().delete()

    def write(key, to=None, about=(case_in_review.audit_subject,), **facts):
        facts = {"subject_ref": f"KZC-{key}", "internal": True, **facts}
        with transaction.atomic():
            tell(to=to or afsa_staff.reviewer, template="request_answered", context={}, key=key, **facts)
        Message.objects.filter(key=key).update(about=list(about))
        return Message.objects.get(key=key)

    return write


@pytest.fixture
def desk(english, afsa_staff):
    return english(afsa_staff.reviewer)


def test_newest_first_all_or_what_is_new(desk, told):
    first, second = told("1"), told("2")
    page = body(desk.get(LIST))
    assert subjects(page) == [second.subject, first.subject]
    assert page.count("task--you") == 2
    assert "2 new notices" in page

    opened = body(desk.get(one(second)))
    assert second.body_text.split("\n\n")[0] in opened
    assert second.url.removeprefix("http://localhost:8000") in opened
    assert body(desk.get(LIST)).count("task--you") == 2  # to open a page changes nothing

    assert desk.post(READ, {"notice": second.pk}).url == LIST
    assert subjects(body(desk.get(LIST))) == [second.subject, first.subject]
    assert subjects(body(desk.get(f"{LIST}?new=1"))) == [first.subject]
    assert desk.post(READ, {"notice": "x"}).status_code == 404
    assert desk.post(READ).url == LIST
    assert body(desk.get(LIST)).count("task--you") == 0
    assert Message.objects.filter(read_at=None).count() == 0


def test_what_the_account_was_told_is_there_and_nothing_withheld_of_firms_or_of_others(
    desk, told, afsa_staff
):
    mine = told("1", about=(), subject_ref=ACCOUNT, internal=False)
    withheld, theirs = told("2"), told("3", to=afsa_staff.lead_reviewer)
    as_of_a_firm = told("4", internal=False)
    Message.objects.filter(pk=withheld.pk).update(status=Status.WITHHELD)

    assert subjects(body(desk.get(LIST))) == [mine.subject]
    for message in (withheld, theirs, as_of_a_firm):
        assert desk.get(one(message)).status_code == 404
        assert desk.post(READ, {"notice": message.pk}).url == LIST
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_a_case_in_which_one_has_a_conflict_of_interest_is_not_there(desk, told, case_in_review, afsa_staff):
    message = told("1")
    assert subjects(body(desk.get(LIST))) == [message.subject]
    ConflictOfInterest.objects.create(
        application=case_in_review,
        human=afsa_staff.reviewer.human,
        declared_by_name="Reviewer",
        text="My brother.",
    )
    assert subjects(body(desk.get(LIST))) == []
    assert desk.get(one(message)).status_code == 404


def test_nor_is_what_was_about_cases_of_a_regulator_that_one_left(desk, told, afsa_staff, afm):
    message = told("1")
    kept = told("2", about=())
    Staff.objects.filter(user=afsa_staff.reviewer).update(regulator=afm.regulator)
    assert subjects(body(desk.get(LIST))) == [kept.subject]
    assert desk.get(one(message)).status_code == 404


def test_who_is_no_staff_finds_no_such_page(english, told, firm_user, client):
    message = told("1", to=firm_user)
    for address in (LIST, one(message)):
        assert english(firm_user).get(address).status_code == 404
        assert client.get(address).status_code == 302
    assert english(firm_user).post(READ).status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


def test_other_methods_are_refused(desk, told):
    message = told("1")
    assert [desk.post(LIST).status_code, desk.post(one(message)).status_code] == [405, 405]
    assert desk.get(READ).status_code == 405


def test_the_first_page_says_how_many_are_new_and_each_page_leads_there(desk, told):
    assert f'href="{LIST}">Notices</a>' in body(desk.get("/desk/"))
    told("1")
    assert f'href="{LIST}?new=1">1 new notice</a>' in body(desk.get("/desk/"))
    assert f'href="{LIST}">Notices</a>' in body(desk.get("/desk/applications/application/"))


def test_older_notices_are_reached_from_the_last_one_shown(desk, told):
    for number in range(21):
        told(f"{number:02d}")
    page = body(desk.get(f"{LIST}?new=1"))
    last = Message.objects.get(key="01")
    assert (len(subjects(page)), f"?new=1&amp;before={last.pk}" in page) == (20, True)
    assert len(subjects(body(desk.get(f"{LIST}?before={last.pk}")))) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_however_many_there_are(desk, told, count, django_assert_num_queries):
    for number in range(count):
        told(str(number))
    desk.get(LIST)
    with django_assert_num_queries(5):
        desk.get(LIST)
