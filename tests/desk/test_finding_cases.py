"""Whose cases the worklist opens with, what it is narrowed to, its pages, and finding a case by words."""

import threading
import uuid
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.services.firms import correct_firm
from applications.desk.worklist import pages
from applications.models import Application, Consultation, Deadline, Person, Post, SearchText, Stage
from applications.queries.search import found_by, searchable
from applications.services.standing import keep, keep_words, keep_words_of_firm
from tests.plugins.cases import appointed, fresh, new_applicant, new_firm, person_of

LIST = reverse("admin:applications_application_changelist")


def references(browser, address="", **filters):
    response = browser.get(LIST + address, filters)
    assert response.status_code == 200, response.context["form"].errors
    return [row["case"].reference for row in response.context["rows"]]


def test_it_opens_on_ones_own_cases_and_says_which_these_are(filed, afsa, browsers, afsa_staff):
    cases = {name: filed(afsa) for name in ("officer", "stage", "view", "nobodys")}
    cases["decision"] = filed(afsa, state="recommended")
    Application.objects.filter(pk=cases["officer"].pk).update(case_officer=afsa_staff.case_officer)
    examiner = afsa_staff.reviewer
    Stage.objects.filter(pk=cases["stage"].stages.first().pk).update(taken_by=examiner)
    Consultation.objects.create(
        application=cases["view"], body="IT", question="?", asked_by=examiner,
        specialist=afsa_staff.specialist, inside=True,
    )  # fmt: skip
    opened = {
        role: references(getattr(browsers, role))
        for role in ("case_officer", "reviewer", "specialist", "decision_maker", "administrator")
    }
    assert opened == {
        "case_officer": [cases["officer"].reference],
        "reviewer": [cases["stage"].reference],
        "specialist": [cases["view"].reference],
        "decision_maker": [cases["decision"].reference],
        "administrator": [case.reference for case in sorted(cases.values(), key=lambda case: case.pk)],
    }  # fmt: skip
    page = browsers.case_officer.get(LIST).content.decode()
    assert "Yours are the cases: whose case officer you are<" in page


def test_filters_are_chips_in_the_address_and_each_can_be_taken_off(filed, afsa, browsers, afsa_staff):
    case = filed(afsa)
    filed(afsa, state="recommended")
    asked = {"whose": "nobody", "state": "in_review", "stage": case.stage_now, "q": "firm"}
    response = browsers.reviewer.get(LIST, asked)
    assert [row["case"].pk for row in response.context["rows"]] == [case.pk]
    left = [parse_qs(urlsplit(chip["url"]).query) for chip in response.context["form"].chips()]
    whole = {name: [value] for name, value in asked.items()}
    order = ("q", "whose", "state", "stage")
    assert left == [{n: v for n, v in whole.items() if n != name} for name in order]
    alone = browsers.reviewer.get(LIST, {"state": "in_review"}).context["form"].chips()
    assert [chip["url"] for chip in alone] == ["?whose=all"]
    named = browsers.reviewer.get(LIST, {"whose": afsa_staff.case_officer.pk}).context["form"].chips()
    assert [chip["text"] for chip in named] == [f"Whose: {afsa_staff.case_officer.full_name}"]


@pytest.mark.parametrize(
    "query",
    [
        "?firm__name__startswith=A", "?case_officer__email=x", "?_to_field=id", "?o=1", "?state=draft",
        "?state=x", "?whose=0", "?whose=me%27", "?whose=999999999999999999", "?needs=__", "?sort=-pk",
        "?after=x", "?after=2026-01-01~x", "?before=2026-01-01T00:00:00~00000000-0000-0000-0000-000000000000",
        "?stage=%00", "?view=1&state=x",
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused(query, filed, afsa, browsers):
    filed(afsa)
    response = browsers.reviewer.get(LIST + query)
    assert response.status_code == 400
    assert response.context["rows"] == []
    assert "This list does not exist" in response.content.decode()


@pytest.mark.parametrize("sort", ["", "oldest", "newest", "silent"])
def test_the_pages_hold_each_case_once_both_ways(sort, filed, afsa, browsers, monkeypatch):
    monkeypatch.setattr(pages, "SIZE", 2)
    now, cases = timezone.now(), [filed(afsa, questions=0) for _n in range(5)]
    for number, case in enumerate(cases[:3]):  # two of them are due at the same moment, two never
        Deadline.objects.create(
            application=case, code="review", rule="r", starts_on=now.date(), working_days=5,
            due_on=now.date(), due_at=now + timedelta(days=number // 2),
        )  # fmt: skip
    keep([case.pk for case in cases])
    Application.objects.update(active_at=now)
    address, forth = f"?whose=all&sort={sort}", []
    while address:
        response = browsers.reviewer.get(LIST + address)
        forth.append([row["case"].pk for row in response.context["rows"]])
        back, address = response.context["previous_url"], response.context["next_url"]
    assert [len(page) for page in forth] == [2, 2, 1]
    assert {pk for page in forth for pk in page} == {case.pk for case in cases}
    backwards = [forth[-1]]
    while back:
        response = browsers.reviewer.get(LIST + back)
        backwards.append([row["case"].pk for row in response.context["rows"]])
        back = response.context["previous_url"]
    assert backwards == forth[::-1]
    assert response.context["found"] == 5


def test_more_than_a_hundred_are_not_counted(filed, afsa, browsers, monkeypatch):
    monkeypatch.setattr(pages, "SIZE", 1)
    monkeypatch.setattr(pages, "MOST", 2)
    for number, words in ((2, "2 cases"), (1, "More than 2 cases")):
        for _n in range(number):
            filed(afsa, questions=0)
        assert words in browsers.reviewer.get(LIST, {"whose": "all"}).content.decode()


@pytest.fixture
def named(filed, afsa):
    case = filed(afsa, firm=new_firm(new_applicant(), name="Алтын Қазық Custody"))
    firm = case.firm
    correct_firm(
        actor=firm.memberships.first().user, firm_id=firm.pk, name=firm.name, name_kk="«Алтын» ЖШС",
        name_ru="ТОО «Золотой»", legal_form="llp", bin="940140000385", no_bin_reason="", country="KZ",
        address="",
    )  # fmt: skip
    person = person_of(
        firm, family_name="Әлімжанов", given_names="Ғалым", latin_family_name="Alimzhanov",
        latin_given_names="Galym",
    )  # fmt: skip
    Post.objects.create(application=case, person=person, function=case.book.functions[0].code)
    keep_words(fresh(case))
    return fresh(case)


@pytest.mark.parametrize(
    "words",
    ["kzc-test", "АЛТЫН", "қазық cust", "золотой", "940140000385", "0003", "Әлімжанов", "әлімж ғалым",
     "ALIMZHANOV galym", "алтын alimzhanov", "\u0438\u0306".join(["Золото", ""])],
)  # fmt: skip
def test_a_case_is_found_by_reference_firm_bin_and_person_in_either_script(
    words, named, filed, afsa, browsers
):
    filed(afsa)
    assert named.reference in references(browsers.reviewer, q=words)
    assert (len(references(browsers.reviewer, q=words)) == 1) == (words != "kzc-test")


@pytest.mark.parametrize("words", ["Алтын нет", "%", "_лтын", "alim\\", "Alymm"])
def test_a_case_is_not_found_by_other_words(words, named, browsers):
    assert references(browsers.reviewer, q=words) == []


def test_the_other_regulator_finds_nothing_of_it(named, afm_staff, english):
    response = english(afm_staff.reviewer).get(LIST, {"whose": "all", "cases": "all", "q": "Әлімжанов"})
    assert (response.context["rows"], response.context["found"]) == ([], 0)
    assert named.reference not in response.content.decode()


def test_who_came_to_the_firm_after_the_submission_is_not_found_yet(named, browsers):
    other = Person.objects.get(family_name="Әлімжанов")
    other.pk, other.human, other.family_name = None, uuid.uuid4().hex, "Болатов"
    other.save()
    Post.objects.create(application=named, person=other, function=named.book.functions[0].code)
    owner = named.firm.memberships.first().user
    correct_firm(
        actor=owner, firm_id=named.firm_id, name="Новое Имя", name_kk="", name_ru="", legal_form="llp",
        bin="940140000385", no_bin_reason="", country="KZ", address="",
    )  # fmt: skip
    found = {
        words: len(references(browsers.reviewer, q=words)) for words in ("новое", "Әлімжанов", "Болатов")
    }
    assert found == {"новое": 1, "Әлімжанов": 1, "Болатов": 0}


def test_what_is_submitted_is_what_a_case_is_found_by(submitted_case):
    text = SearchText.objects.get(application=submitted_case).text
    people = Person.objects.filter(posts__application=submitted_case).distinct()
    names = [name for person in people for name in (person.family_name, person.latin_family_name)]
    words = [submitted_case.reference, submitted_case.firm.name, *names]
    assert [word for word in words if searchable(word) not in text] == []


@pytest.mark.parametrize("number", [1, 3])
def test_a_search_asks_as_many_queries_whatever_it_finds(number, filed, afsa, browsers):
    for _n in range(number):
        filed(afsa)
    browsers.reviewer.get(LIST, {"q": "firm"})
    with CaptureQueriesContext(connection) as queries:
        assert len(references(browsers.reviewer, q="firm")) == number
    assert len(queries) == (6 if number == 1 else 7)  # a list of one is narrowed to nothing


def test_who_serves_two_regulators_sees_both_and_who_serves_none_sees_nothing(
    filed, afsa, afm, afsa_staff, afm_staff, english
):
    both = [filed(afsa), filed(afm)]
    appointed(afsa_staff.reviewer, afm.regulator, "reviewer")
    found = references(english(afsa_staff.reviewer), whose="all")
    assert sorted(found) == sorted(case.reference for case in both)


@pytest.mark.django_db(transaction=True)
def test_people_submitted_while_the_firm_is_corrected_are_found(filed, afsa):
    case = filed(afsa, questions=0)
    person = person_of(case.firm, family_name="Болатов")
    Post.objects.create(application=case, person=person, function=case.book.functions[0].code)
    written, done = threading.Event(), threading.Event()

    def submit():
        with transaction.atomic():
            keep_words(fresh(case))
            written.set()
            done.wait(0.3)  # the other one reads meanwhile
        connection.close()

    thread = threading.Thread(target=submit)
    thread.start()
    written.wait()
    with transaction.atomic():
        keep_words_of_firm(case.firm)
    done.set()
    thread.join()
    assert found_by(Application.objects.all(), "Болатов").get() == case
