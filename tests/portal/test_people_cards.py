"""The list of people: what each lacks, one or sixty, found by name; and what is asked before one goes."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import asked
from applications.models import Answer
from applications.portal import cards
from applications.queries.drafts import load_draft
from applications.samples.answers import value_of
from applications.samples.build import describe_as_asked
from applications.services import consents, drafting
from applications.services.people import save_entity
from documents.models import Document
from tests.plugins import files
from tests.plugins.cases import fresh


def body(response):
    return response.content.decode()


def people_url(case):
    return reverse("portal:people", args=[case.pk])


def questions_of(case, person):
    return [q for q in asked.questions(load_draft(case)) if q.person_id == person.pk]


def test_a_card_tells_answers_documents_and_consent_apart(browser, draft_case, firm_user, add_person):
    person = add_person(1)

    def card():
        [found] = cards.cards_of(draft_case, load_draft(draft_case))
        return found

    due = [q for q in questions_of(draft_case, person) if q.requirement.due == "submission"]
    with_files = [q for q in due if "documents" in q.requirement.evidence]
    others = [q for q in due if set(q.requirement.evidence) - {"documents"}]
    assert (card().answers, card().documents) == (len(others), len(with_files))
    question = with_files[0]
    code = question.requirement.code
    drafting.save_answer(
        actor=firm_user,
        case_id=draft_case.pk,
        requirement=code,
        person=person,
        value=value_of(question.requirement),
    )
    drafting.attach(
        actor=firm_user, case_id=draft_case.pk, requirement=code, person=person,
        upload=files.upload("a.pdf", files.pdf()), name="a.pdf",
    )  # fmt: skip
    assert card().documents == len(with_files) - 1
    page = body(browser.get(people_url(draft_case)))
    assert f"{len(with_files) - 1} documents missing" in page
    assert "answers missing" in page
    assert "Consent missing" in page
    consents.record_consent(
        actor=firm_user, case_id=draft_case.pk, person=person, language="en", reference="Safe"
    )
    assert "Consent missing" not in body(browser.get(people_url(draft_case)))


def queries(browser, url):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert browser.get(url).status_code == 200
    return len(caught)


def test_a_card_lacks_what_the_page_of_the_person_lacks(browser, draft_case, firm_user, add_person):
    """A file that is not ready is missing on both; a question that is needed later on neither."""
    person = add_person(1)
    question = next(q for q in questions_of(draft_case, person) if q.requirement.evidence == ("documents",))
    place = {"actor": firm_user, "case_id": draft_case.pk, "requirement": question.requirement.code}
    document = drafting.attach(
        **place, person=person, upload=files.upload("a.pdf", files.pdf()), name="a.pdf"
    ).document

    def missing():
        [found] = cards.cards_of(draft_case, load_draft(draft_case))
        titles = [title for title, _url in found.missing]
        page = browser.get(reverse("portal:person_questions", args=[draft_case.pk, person.pk]))
        assert len(titles) == page.context["counted"] - page.context["done"]
        return len(titles), found.documents

    Document.objects.update(status="clean")
    ready = missing()
    Document.objects.update(status="infected")
    assert (document.pk, missing()) == (document.pk, (ready[0] + 1, ready[1] + 1))


def test_the_number_of_queries_does_not_grow_with_the_people(browser, draft_case, add_person):
    person = add_person(1)
    pages = [
        people_url(draft_case),
        reverse("portal:person_questions", args=[draft_case.pk, person.pk]),
        reverse("portal:stage", args=[draft_case.pk, "fit_and_proper"]),
    ]
    browser.get(pages[0])
    at_one = [queries(browser, url) for url in pages]
    for number in (2, 3):
        add_person(number)
    assert [queries(browser, url) for url in pages] == at_one
    assert at_one[0] <= 12


def test_sixty_people_come_in_pages_and_are_found_by_name(browser, draft_case, add_person):
    for number in range(1, 61):
        add_person(number)
    page = body(browser.get(people_url(draft_case)))
    assert page.count('class="person person--you"') == cards.ON_A_PAGE
    assert "60 people in the application." in page
    third = body(browser.get(people_url(draft_case), {"page": 3}))
    assert third.count('class="person person--you"') == 60 - 2 * cards.ON_A_PAGE
    for words, count in (("қожахметова 7", 6), ("ҚОЖАХМЕТОВА дана 60", 1), ("nobody", 0)):
        found = body(browser.get(people_url(draft_case), {"q": words}))
        assert found.count('class="person person--you"') == count, words
    assert browser.get(people_url(draft_case), {"page": "x", "q": "Д" * 500}).status_code == 200


def test_only_those_with_something_missing(browser, draft_case, firm_user, add_person):
    every = [add_person(number) for number in range(1, 9)]
    done = every[0]
    consents.record_consent(
        actor=firm_user, case_id=draft_case.pk, person=done, language="en", reference="Safe"
    )
    for question in questions_of(draft_case, done):
        requirement = question.requirement
        drafting.save_answer(
            actor=firm_user, case_id=draft_case.pk, requirement=requirement.code, person=done,
            value=value_of(requirement),
        )  # fmt: skip
        if "documents" in requirement.evidence:
            place = {
                "actor": firm_user, "case_id": draft_case.pk, "requirement": requirement.code, "person": done,
            }  # fmt: skip
            given = drafting.attach(**place, upload=files.upload("a.pdf", files.pdf()), name="a.pdf")
            describe_as_asked(given.document, requirement, place)
    page = body(browser.get(people_url(draft_case), {"missing": "1"}))
    names = re.findall(r'<h2><a href="[^"]*">([^<]*)</a></h2>', page)
    assert done.full_name not in names
    assert len(names) == 7
    assert "Something is missing for 7 of them." in page


def test_a_person_has_a_page_with_their_questions_by_section(browser, draft_case, add_person):
    person, other = add_person(1), add_person(2)
    page = body(browser.get(reverse("portal:person_questions", args=[draft_case.pk, person.pk])))
    asked_now = questions_of(draft_case, person)
    assert page.count('<li class="task">') == len(asked_now)
    assert str(other.pk) not in page
    due = sum(q.requirement.due == "submission" for q in asked_now)
    assert f"0 of {due} questions completed" in page


def test_taking_out_tells_what_is_deleted(browser, draft_case, firm_user, add_person):
    person = add_person(1)
    question = next(q for q in questions_of(draft_case, person) if "documents" in q.requirement.evidence)
    drafting.attach(
        actor=firm_user, case_id=draft_case.pk, requirement=question.requirement.code, person=person,
        upload=files.upload("a.pdf", files.pdf()), name="a.pdf",
    )  # fmt: skip
    save_entity(actor=firm_user, case_id=draft_case.pk, name="", person=person)
    url = reverse("portal:person_remove", args=[draft_case.pk, person.pk])
    page = body(browser.get(url))
    for words in (
        person.full_name, "1 answer about this person", "1 document of these answers",
        "The place of this person in the chart of ownership stays.",
    ):  # fmt: skip
        assert words in page, words
    browser.post(url)
    assert not Answer.objects.exists()
    assert not Document.objects.exists()
    assert fresh(draft_case).entities.filter(person=person).count() == 1
