"""The page on which a lead reviewer applies a newer rule book to a case in review."""

import pytest

from tests.desk.conftest import at
from tests.plugins.cases import fresh
from tests.plugins.versions import following

WAITS = "Apply the newer rule book"


@pytest.fixture
def base(shelf):
    return shelf("afsa-custody")


@pytest.fixture
def waiting(base, filed, afsa, shelf, firm_user):
    """Two questions were assessed; one of them, and one that nobody asked before, read differently now."""
    case = filed(afsa)
    type(case).objects.filter(pk=case.pk).update(rulebook=afsa.rulebooks.get(version=base.version))
    case.findings.update(outcome="met")
    code = case.findings.first().requirement
    shelf(following(base, "2026.4", reword=(code,), transition="reassess"))
    return fresh(case)


def page(browser, case, name="version", *ids):
    return browser.get(at(name, case, *ids)).content.decode()


def test_the_case_page_leads_to_it_only_where_a_version_waits(waiting, browsers, filed, afsa):
    assert at("version", waiting) in page(browsers.lead_reviewer, waiting, "change")
    assert at("version", waiting) not in page(browsers.reviewer, waiting, "change")
    newest = fresh(waiting).licence_type.rulebooks.get(version="2026.4")
    type(waiting).objects.filter(pk=waiting.pk).update(rulebook=newest)
    assert at("version", waiting) not in page(browsers.lead_reviewer, waiting, "change")
    text = page(browsers.lead_reviewer, waiting)
    assert "There is nothing to apply" in text
    assert 'name="reason"' not in text


def test_it_shows_old_and_new_and_applies_what_it_showed(waiting, browsers):
    finding = waiting.findings.first()
    old = waiting.book.by_code[finding.requirement].title["en"]
    text = page(browsers.lead_reviewer, waiting)
    assert f'<dd lang="en">{old}</dd>' in text
    assert '<dd lang="en">Asked in other words</dd>' in text
    sent = {"version": waiting.version, "to": "2026.4", "reason": "The rules have changed."}
    url = at("version", waiting)
    assert browsers.lead_reviewer.post(url, {**sent, "reason": ""}).status_code == 422
    assert browsers.lead_reviewer.post(url, {**sent, "version": waiting.version + 1}).status_code == 409
    assert browsers.lead_reviewer.post(url, {**sent, "to": "2026.3"}).status_code == 409
    assert fresh(waiting).rulebook.version != "2026.4"
    assert browsers.lead_reviewer.post(url, sent).status_code == 302
    assert fresh(waiting).rulebook.version == "2026.4"
    assert "Newer rule book applied" in page(browsers.lead_reviewer, waiting, "change")


def test_a_question_that_is_not_asked_any_more_keeps_its_place_on_the_stage_page(
    waiting, browsers, shelf, base
):
    code = waiting.findings.last().requirement
    title = waiting.book.by_code[code].title["en"]
    shelf(following(base, "2026.5", days=2, drop=(code,), transition="reassess"))
    sent = {"version": waiting.version, "to": "2026.5", "reason": "The rules have changed."}
    assert browsers.lead_reviewer.post(at("version", waiting), sent).status_code == 302
    text = page(browsers.reviewer, waiting, "stage", waiting.book.stage_codes[0])
    assert "No longer asked by this rule book" in text
    assert title in text
