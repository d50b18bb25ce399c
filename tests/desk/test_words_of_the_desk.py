"""What the desk shows is in words: no codes of stages and acts, and of the people only those asked about."""

import html
import re

import pytest
from django.urls import reverse

from applications.states import StageState
from kzcustody_site.templatetags.look import proposed_for
from tests.desk.conftest import at, stage_act

LIST = reverse("admin:applications_application_changelist")
PEOPLE = [
    {"name": "Aida", "codes": frozenset({"director"})},
    {"name": "Bolat", "codes": frozenset({"mlro", "compliance"})},
    {"name": "Dana", "codes": frozenset({"auditor"})},
]


@pytest.mark.parametrize(
    ("functions", "names"),
    [
        (("mlro",), ["Bolat"]),
        (("director", "auditor"), ["Aida", "Dana"]),
        (("finance",), []),
        ((), ["Aida", "Bolat", "Dana"]),
    ],
)
def test_only_people_with_a_function_that_is_asked_about_are_listed(functions, names):
    assert [person["name"] for person in proposed_for(PEOPLE, functions)] == names


def test_the_page_of_a_question_lists_its_own_people_and_that_of_the_stage_all(
    case_in_review, afsa_staff, signed_in
):
    case, browser = case_in_review, signed_in(afsa_staff.reviewer)
    posts = case.snapshots.latest("number").content["people"].values()
    asked = {
        r.functions: r for r in case.book.requirements_of("fit_and_proper") if "people" in r.evidence
    }.values()

    def listed(url):
        page = html.unescape(browser.get(url).content.decode())
        return sorted(re.findall(r'<tr><th scope="row">(.*?)</th>', page[page.index('scope="col">Posts') :]))

    for requirement in asked:
        functions = set(requirement.functions)
        wanted = sorted(p["name"] for p in posts if not functions or set(p["posts"]) & functions)
        url = at("question", case, "fit_and_proper", requirement.code)
        assert listed(url) == wanted, requirement.code
    assert len(asked) > 1
    everybody = listed(at("stage", case, "fit_and_proper"))
    assert {p["name"] for p in posts} <= set(everybody)


def test_the_page_of_a_stage_act_names_the_stage_by_its_title(filed, afsa, browsers):
    case = filed(afsa)
    case.stages.filter(code="fit_and_proper").update(state=StageState.IN_REVIEW)
    stage = case.stages.get(code="fit_and_proper")
    page = browsers.reviewer.get(stage_act(stage, "request_changes")).content.decode()
    words = re.sub(r'(?:href|action|src|value|id)="[^"]*"', "", page)
    assert f"{case.reference}, Fit and proper" in words
    assert "fit_and_proper" not in words


def test_the_worklist_is_called_so_in_the_browser(browsers, case):
    assert "<title>Worklist | Desk" in browsers.reviewer.get(LIST).content.decode()


def test_the_pipeline_names_acts_by_their_labels(browsers, case):
    page = browsers.lead_reviewer.get(reverse("pipeline:overview")).content.decode()
    words = re.sub(r'href="[^"]*"', "", page)
    assert re.findall(r"\b(?:application|stage)\.\w+", words) == []


def test_a_page_that_is_not_there_speaks_of_answers_to_firms_alone(browsers, case, english):
    lost = "/no-such-page/"
    firm, staff = english(case.created_by).get(lost), browsers.reviewer.get(lost)
    assert (firm.status_code, staff.status_code) == (404, 404)
    said = ["Everything you saved earlier is kept." in page.content.decode() for page in (firm, staff)]
    assert said == [True, False]
