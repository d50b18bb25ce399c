"""After a save the firm reads what the answer still lacks, and so it does on the page of the question."""

import pytest
from django.urls import reverse

from applications.portal import outline
from applications.queries.drafts import load_draft
from tests.plugins.cases import fresh
from tests.portal.conftest import url_of

LINK = "The answer “Scope of the licence” is saved but not complete:"


def said(page):
    return [(message.level_tag, str(message)) for message in page.context["messages"]]


@pytest.fixture
def url(draft_case):
    return url_of(draft_case, "BP-01")


@pytest.mark.parametrize("act", ["continue", "later"])
def test_an_incomplete_answer_is_named_with_what_it_lacks(browser, url, act):
    page = browser.post(url, {"version": "0", "text": "Custody.", "act": act}, follow=True)
    words = f'<a href="{url}">{LINK}</a> Choose one of the answers.'
    assert said(page) == [("success", "Saved."), ("warning", words)]
    assert words in page.content.decode()
    typed = {"version": "1", "text": "Custody.", "choice": "custody_only", "act": act}
    assert said(browser.post(url, typed, follow=True)) == [("success", "Saved.")]


def test_the_page_of_a_question_says_what_is_missing_once_it_is_begun(browser, url):
    words = "In progress. What is still missing:"
    page = browser.get(url)
    assert (page.context["lacking"], words in page.content.decode()) == ([], False)
    browser.post(url, {"version": "0", "text": "Custody."})
    page = browser.get(url)
    assert (page.context["lacking"], words in page.content.decode()) == (["Choose one of the answers."], True)


def test_what_stands_instead_without_a_reason_is_kept_and_said_to_lack_it(browser, draft_case):
    rule = next(r for r in draft_case.book.requirements if not r.mandatory and r.evidence == ("text",))
    url = reverse("portal:question", args=[draft_case.pk, rule.stage, rule.code])
    page = browser.post(url, {"version": "0", "declined_as": "not_applicable"}, follow=True)
    assert said(page)[1][1].endswith("Say why this does not apply to you.")
    assert browser.get(url).context["lacking"] == ["Say why this does not apply to you."]


def test_a_choice_that_was_made_can_be_taken_back(browser, draft_case, url):
    def codes(page):
        return [code for code, _label in page.context["form"].fields["choice"].choices]

    offered = codes(browser.get(url))
    browser.post(url, {"version": "0", "choice": "custody_only"})
    assert codes(browser.get(url)) == [*offered, ""]
    instead = {"version": "1", "declined_as": "not_known", "declined": "In May."}
    refused = browser.post(url, {**instead, "choice": "custody_only"})
    assert (refused.status_code, codes(refused)) == (422, [*offered, ""])
    assert browser.post(url, {**instead, "choice": ""}).status_code == 302
    assert codes(browser.get(url)) == offered
    kept = draft_case.answers.get(requirement="BP-01")
    assert (kept.value["choice"], kept.declined_as) == ("", "not_known")


def test_the_bar_of_a_new_application_is_empty(draft_case):
    case = fresh(draft_case)
    stages = list(case.stages.order_by("order"))
    for stage in stages:
        stage.application = case
    looks = {part["look"] for part in outline.steps(outline.stages_of(case, load_draft(case), stages))}
    assert looks <= {"ce", "cn"}
