"""A firm's user who reads Russian or Kazakh meets no English word of ours."""

import pytest
from django.conf import settings
from django.urls import reverse

from applications.services import drafting
from tests.plugins.words_left import English, stops_twice

from .conftest import url_of


@pytest.fixture(params=["ru", "kk"])
def language(request, browser):
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = request.param
    return request.param


@pytest.fixture
def pages(language, browser, draft_case, firm_user, add_person, custody_firm):
    """The pages of an application with a person, an answer and a holding, by name."""
    person = add_person()
    drafting.save_answer(
        actor=firm_user, case_id=draft_case.pk, requirement="BP-03", value={"text": "Жоспар бар"}
    )
    held = {"owner": "new", "owned": str(draft_case.entities.get(is_applicant=True).pk), "kind": "own"}
    browser.post(
        reverse("portal:ownership", args=[draft_case.pk]),
        {**held, "name": "Дала", "economic": "60", "voting": "60"},
    )
    stage = draft_case.book.stages[0]
    of_case = (
        *("case", "people", "ownership", "groups", "capital", "accounts_rate"),
        *("check", "declare", "discard", "paper"),
    )
    of_person = ("person", "person_questions", "person_invite", "person_consent", "person_remove")
    of_firm = ("portal:firm_correct", "portal:firm_history", "accounts:firm")
    return {
        **{name: reverse(f"portal:{name}", args=[draft_case.pk]) for name in of_case},
        **{name: reverse(f"portal:{name}", args=[draft_case.pk, person.pk]) for name in of_person},
        **{name: reverse(name, args=[custody_firm.pk]) for name in of_firm},
        "home": reverse("portal:home"),
        "meetings": reverse("portal:meetings"),
        "stage": reverse("portal:stage", args=[draft_case.pk, stage.code]),
        "inside": reverse("portal:inside", args=[draft_case.pk, stage.code]),
        "section": reverse("portal:checklist", args=[draft_case.pk, stage.code, "safekeeping"]),
        "question": url_of(draft_case, "BP-03"),
        "help": reverse("help"),
        "front": reverse("home"),
        "law": reverse("law:law"),
        "glossary": reverse("law:glossary"),
        "register": reverse("register:list"),
        "choose": reverse("before:choose"),
        "specimen": reverse("before:specimen", args=[draft_case.book.code]),
    }


def test_no_english_is_left_on_the_pages_of_a_firm(language, browser, pages):
    english = English(language)
    left = {}
    for name, url in pages.items():
        response = browser.get(url)
        assert (name, response.status_code) == (name, 200)
        page = response.content.decode()
        assert f'lang="{language}"' in page
        left[name] = english.left_on(page) + stops_twice(page)
    assert {name: texts for name, texts in left.items() if texts} == {}
