"""What must hold for every page that asks about a person, whoever writes it."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from applications import asked
from applications.addresses import question_url
from applications.queries.drafts import load_draft
from tests.plugins.own_part import a_person

PORTAL = Path(__file__).parents[2] / "applications" / "portal"
CALL = re.compile(r"load_draft\((?:[^()]|\([^()]*\))*\)")


def test_every_page_of_the_firm_reads_the_draft_for_its_reader():
    """Without a reader the draft is whole: then the page leaves out the hidden people by itself."""
    for path in PORTAL.rglob("*.py"):
        if path.name in {"own.py", "own_places.py"}:
            continue  # shows people their own part alone
        text = path.read_text()
        for call in CALL.findall(text):
            assert "reader=" in call or "hidden_people(" in text, (path.name, call)


@pytest.mark.parametrize("track", ["draft_case", "afm_draft_case"])
def test_every_question_about_a_person_says_why_it_is_asked_and_who_sees_it(track, request, browser):
    case = request.getfixturevalue(track)
    user = case.created_by
    functions = [function.code for function in case.book.functions]
    person = a_person(case, user, "Дана", functions)
    of_person = [q for q in asked.questions(load_draft(case)) if q.person_id == person.pk]
    assert of_person
    for question in of_person:
        page = browser.get(question_url(case.pk, question)).content.decode()
        assert page.count('data-why="person"') == 1, question.title
        assert "Why we ask this, and who sees it" in page
    for name, about in (("person", "identity"), ("person_invite", "contact"), ("person_consent", "consent")):
        page = browser.get(reverse(f"portal:{name}", args=[case.pk, person.pk])).content.decode()
        assert page.count(f'data-why="{about}"') == 1, name
