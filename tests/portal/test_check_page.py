"""Checking the answers: everything that is asked is there, and whoever changes something comes back."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import asked
from applications.addresses import question_url
from applications.portal.back import anchor_of
from applications.queries.drafts import load_draft
from applications.services import drafting
from tests.plugins.cases import fresh
from tests.portal.conftest import questions_of, url_of


@pytest.fixture
def page(draft_case):
    return reverse("portal:check", args=[draft_case.pk])


def anchors(html):
    return re.findall(r'<article class="asked" id="([^"]+)"', html)


def row_of(html, anchor):
    return re.search(rf'<article class="asked" id="{anchor}">(.*?)</article>', html, re.DOTALL)[1]


def save(case, actor, code, **answer):
    drafting.save_answer(actor=actor, case_id=case.pk, requirement=code, **{"value": {}, **answer})


def test_every_question_that_is_asked_appears_once(browser, draft_case, add_person, page):
    add_person()
    html = browser.get(page).content.decode()
    assert sorted(anchors(html)) == sorted(anchor_of(question) for question in questions_of(draft_case))


def test_a_question_that_an_answer_switches_off_and_its_section_are_not_there(
    browser, draft_case, firm_user, page
):
    code = next(r.code for r in draft_case.book.requirements if r.applies_when)
    when = draft_case.book.by_code[code].applies_when
    assert code not in anchors(browser.get(page).content.decode())
    save(draft_case, firm_user, when.requirement, value={"choice": when.choices[0]})
    assert code in anchors(browser.get(page).content.decode())


def test_what_was_not_provided_says_so_optional_or_not(browser, draft_case, firm_user, page):
    empty = browser.get(page).content.decode()
    optional = next(r for r in draft_case.book.requirements if not r.mandatory and not r.per_person)
    assert {"Not provided" in row_of(empty, anchor) for anchor in anchors(empty)} == {True}
    save(draft_case, firm_user, optional.code, declined="Ұсынылмайды", declined_as=asked.NOT_APPLICABLE)
    row = row_of(browser.get(page).content.decode(), optional.code)
    assert "Does not apply: Ұсынылмайды" in row
    assert "Not provided" not in row


def test_one_stage_is_checked_by_itself(browser, draft_case):
    url = reverse("portal:check_stage", args=[draft_case.pk, "capital"])
    html = browser.get(url).content.decode()
    expected = asked.questions(load_draft(draft_case), "capital")
    assert sorted(anchors(html)) == sorted(anchor_of(question) for question in expected)
    assert browser.get(reverse("portal:check_stage", args=[draft_case.pk, "nothing"])).status_code == 404


def test_change_leads_back_to_the_line_that_was_changed(browser, draft_case, page):
    question = url_of(draft_case, "BP-08")
    html = browser.get(page).content.decode()
    link = re.search(r'<a href="([^"]+)">Change<span class="vh"> ([^<]+)', row_of(html, "BP-08"))
    assert link[1] == f"{question}?back=check"
    assert link[2] == draft_case.book.by_code["BP-08"].title["en"]
    shown = browser.get(link[1]).content.decode()
    assert 'name="back" value="check"' in shown
    assert f'href="{page}#BP-08"' in shown
    answer = {"version": "0", "text": "In the AIFC.", "act": "continue", "back": "check"}
    assert browser.post(question, answer).url == f"{page}#BP-08"
    assert "In the AIFC." in row_of(browser.get(page).content.decode(), "BP-08")


def test_of_one_stage_change_leads_back_to_that_stage(browser, draft_case):
    answer = {"version": "0", "text": "In the AIFC.", "act": "later", "back": "check-stage"}
    back = browser.post(url_of(draft_case, "BP-08"), answer).url
    assert back == reverse("portal:check_stage", args=[draft_case.pk, "business_plan"]) + "#BP-08"


def test_an_error_keeps_the_way_back(browser, draft_case):
    wrong = {"version": "0", "number": "many", "act": "continue", "back": "check"}
    response = browser.post(url_of(draft_case, "CUS-19"), wrong)
    assert response.status_code == 422
    assert 'name="back" value="check"' in response.content.decode()


@pytest.mark.parametrize("back", ["https://elsewhere.test/", "//elsewhere.test", "/help/", "declare", ""])
def test_no_other_way_back_is_followed(browser, draft_case, back):
    answer = {"version": "0", "text": "In the AIFC.", "act": "later", "back": back}
    response = browser.post(url_of(draft_case, "BP-08"), answer)
    assert response.url == reverse("portal:stage", args=[draft_case.pk, "business_plan"]) + "#BP-08"
    shown = browser.get(url_of(draft_case, "BP-08"), {"back": back}).content.decode()
    assert 'name="back"' not in shown


def test_people_are_shown_in_full_with_their_numbers_masked(browser, draft_case, add_person, page):
    person = add_person(7)
    html = browser.get(page).content.decode()
    for words in (person.full_name, "25 July 1988", "••••••007", "Senior Executive Officer"):
        assert words in html
    assert person.identifier not in html
    assert "Given on its own page" not in html


def test_a_private_part_shows_its_status_alone(browser, draft_case, firm_user, add_person, page, monkeypatch):
    person = add_person()
    private = next(q for q in questions_of(draft_case) if q.person_id)
    instead = {"declined": "A secret", "declined_as": asked.NOT_KNOWN}
    save(draft_case, firm_user, private.requirement.code, person=person, **instead)
    assert "A secret" in browser.get(page).content.decode()
    for module in ("submission", "paper"):
        hidden = f"applications.portal.views.{module}.hidden_people"
        monkeypatch.setattr(hidden, lambda user, case: frozenset({person.pk}))
    for url in (page, reverse("portal:paper", args=[draft_case.pk])):
        html = browser.get(url).content.decode()
        assert "A secret" not in html
        assert "Given privately by" in html
    assert question_url(draft_case.pk, private) not in browser.get(page).content.decode()


def test_the_page_takes_as_many_queries_for_three_people_as_for_one(browser, draft_case, add_person, page):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page).status_code == 200
        return len(queries)

    add_person(1)
    first = count()
    add_person(2)
    add_person(3)
    assert count() == first
    assert first <= 24


def test_a_stage_that_is_complete_says_where_it_is_opened_again(browser, filled_afm_case):
    html = browser.get(reverse("portal:check", args=[filled_afm_case.pk])).content.decode()
    stages = [stage.code for stage in fresh(filled_afm_case).stages.all()]
    assert html.count("This stage is marked as complete.") == len(stages)
    assert "?back=check" not in re.sub(
        r'<section class="stack" aria-labelledby="people">.*', "", html, flags=re.S
    )
