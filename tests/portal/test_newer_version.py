"""What the firm sees of a newer rule book: the banner, the marks, the page of differences, the move."""

import re

import pytest
from django.urls import reverse

from accounts.models import Membership
from applications.models import Application, Stage
from applications.services import drafting
from tests.plugins.cases import fresh, new_applicant
from tests.plugins.versions import following, new_question

REWORDED, DROPPED, NEW = "N-BP-08", "N-BP-01", "N-CA-99"
MARK = "Rule changed on 02.02.2026, check this answer."


@pytest.fixture
def draft(shelf, afm_draft_case, firm_user):
    """Two answers under the version before, of which one question was reworded and one is gone."""
    base = shelf("afm-custody")
    case = fresh(afm_draft_case)
    for code in (REWORDED, DROPPED):
        drafting.save_answer(
            actor=firm_user, case_id=case.pk, requirement=code, value={"text": f"We answered {code}."}
        )
    shelf(
        following(
            base, "2026.4", reword=(REWORDED,), drop=(DROPPED,), add=(new_question(base, NEW, "capital"),)
        )
    )
    return fresh(case)


def page(browser, case, name="version", *ids):
    return browser.get(reverse(f"portal:{name}", args=[case.pk, *ids])).content.decode()


def post(browser, case, **data):
    shown = {"version": fresh(case).version, "to": "2026.4"} | data
    return browser.post(reverse("portal:version", args=[case.pk]), shown)


def section(text, name):
    found = re.search(rf'<section[^>]*aria-labelledby="{name}".*?</section>', text, re.DOTALL)
    return found[0] if found else ""


def test_a_banner_leads_to_the_differences_and_each_changed_question_is_marked(browser, draft):
    tasks = page(browser, draft, "case")
    assert "version 2026.4 of the rule book has been in effect since 2 February 2026" in tasks
    assert "You may stay under the version you started with, or move." in tasks
    assert reverse("portal:version", args=[draft.pk]) in tasks
    stage = page(browser, draft, "stage", "business_plan")
    assert stage.count(MARK) == 1
    line = next(line for line in stage.splitlines() if f'id="{REWORDED}"' in line)
    assert MARK in line
    assert MARK in page(browser, draft, "question", "business_plan", REWORDED)
    assert MARK not in page(browser, draft, "question", "business_plan", DROPPED)
    assert page(browser, draft, "check").count(MARK) == 1


def test_no_banner_and_no_mark_without_a_newer_version(browser, afm_draft_case, shelf):
    shelf("afm-custody")
    assert "The rules have changed" not in page(browser, afm_draft_case, "case")
    assert "check this answer" not in page(browser, afm_draft_case, "check")
    assert "under the newest version of its rule book" in page(browser, afm_draft_case)


def test_the_page_shows_old_and_new_what_is_new_and_what_is_kept(browser, draft):
    text = page(browser, draft)
    assert f"New question {NEW}" in section(text, "added")
    changed = section(text, "changed")
    old = draft.book.by_code[REWORDED].title["en"]
    was = f'Before, 2026.3</dt><dd lang="en">{old}</dd>'
    now = 'Now, 2026.4</dt><dd lang="en">Asked in other words</dd>'
    assert 0 < changed.find(was) < changed.find(now)
    assert changed.count("<h3>") == 1
    removed = section(text, "removed")
    assert f"We answered {DROPPED}." in removed
    assert "We answered" not in text.replace(removed, "")


def test_the_move_is_made_from_the_page_and_keeps_the_answer_that_is_not_asked(browser, draft):
    assert "Move to version 2026.4" in page(browser, draft)
    assert post(browser, draft).url == reverse("portal:case", args=[draft.pk])
    assert fresh(draft).rulebook.version == "2026.4"
    tasks = page(browser, draft, "case")
    assert "The application is under version 2026.4 now." in tasks
    assert "The rules have changed" not in tasks
    assert page(browser, draft, "stage", "business_plan").count(MARK) == 1
    assert f"We answered {DROPPED}." in section(page(browser, draft, "check"), "kept")


def test_a_stale_page_and_another_version_come_back_with_409(browser, draft):
    for wrong in ({"version": draft.version + 1}, {"to": "2026.9"}, {"to": ""}):
        answer = post(browser, draft, **wrong)
        assert answer.status_code == 409, wrong
        assert "Move to version 2026.4" in answer.content.decode()
    assert post(browser, draft, version="one").status_code == 404
    assert fresh(draft).rulebook.version != "2026.4"


def test_a_viewer_reads_the_page_and_cannot_move(signed_in, draft):
    colleague = new_applicant("Viewer")
    Membership.objects.create(user=colleague, firm=draft.firm, role="viewer")
    browser = signed_in(fresh(colleague))
    text = page(browser, draft)
    assert "Only an editor or owner of the firm can move the application." in text
    assert "Move to version" not in text
    assert post(browser, draft).status_code == 403
    assert fresh(draft).rulebook.version != "2026.4"


def test_a_version_that_moves_drafts_stands_in_the_way_of_the_submission(browser, draft, shelf):
    shelf(following(draft.book, "2026.5", days=2, transition="move"))
    assert "has to move to it before it can be submitted" in page(browser, draft, "case")
    assert "has to move to this version before it can be submitted" in page(browser, draft)
    assert "move the application to it first" in page(browser, draft, "declare")


def test_a_submitted_case_ends_under_its_version(browser, draft):
    Stage.objects.filter(application=draft).update(state="in_progress")
    Stage.objects.filter(application=draft).update(state="complete")
    Application.objects.filter(pk=draft.pk).update(state="submitted", reference="T-1")
    assert "The rules have changed" not in page(browser, draft, "case")
    text = page(browser, draft)
    assert "it ends under its own version" in text
    assert "Move to version" not in text
    assert MARK not in page(browser, draft, "check")


def test_the_stage_asks_no_more_with_a_newer_version(browser, draft, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page(browser, draft, "stage", "business_plan")
    post(browser, draft)
    with django_assert_max_num_queries(12):
        page(browser, draft, "stage", "business_plan")


@pytest.mark.parametrize("shown", ["", "-1", "²", "١", "9" * 5000])
def test_what_is_no_version_of_a_record_is_no_page(draft, browser, shown):
    addresses = [reverse(f"portal:{name}", args=[draft.pk]) for name in ("version", "discard")]
    addresses.append(reverse("portal:stage", args=[draft.pk, draft.book.stage_codes[0]]))
    for address in addresses:
        assert browser.post(address, {"version": shown, "act": "complete"}).status_code == 404, address
