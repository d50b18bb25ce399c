"""The application to read and to keep, for the firm and at the desk; the confirmation; what ends a case."""

import io
import re

import pypdf
import pytest
from django.urls import reverse

from accounts.identifiers import mask
from applications.models import Person
from applications.services import drafting
from audit.models import Event
from tests.plugins.cases import fresh


def text_of(response):
    reader = pypdf.PdfReader(io.BytesIO(response.content))
    return "\n".join(page.extract_text() for page in reader.pages)


def body(response):
    return response.content.decode()


def at(name, case, *more):
    return reverse(f"portal:{name}", args=[case.pk, *more])


def test_a_draft_is_read_and_kept_as_a_draft_in_the_language_that_is_chosen(browser, afm_draft_case):
    page = body(browser.get(at("paper", afm_draft_case)))
    assert "Draft, not submitted" in page
    links = re.findall(r'href="([^"]+)" lang="(\w\w)" hreflang="\w\w">([^<]+)<', page)
    pdf = at("paper_pdf", afm_draft_case)
    assert links == [
        (f"{pdf}?language={code}", code, name)
        for code, name in (("kk", "Қазақша"), ("ru", "Русский"), ("en", "English"))
    ]
    response = browser.get(pdf, {"language": "kk"})
    assert response.headers["Content-Type"] == "application/pdf"
    assert "no-store" in response.headers["Cache-Control"]
    name = f"draft-{str(afm_draft_case.pk)[:8]}-kk.pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert afm_draft_case.book.stages[0].title["kk"] in text_of(response)
    assert afm_draft_case.book.stages[0].title["en"] in text_of(browser.get(pdf, {"language": "xx"}))


def test_each_submission_is_kept_under_its_reference_and_its_opening_is_no_event(browser, submitted_afm_case):
    case = submitted_afm_case
    before = Event.objects.count()
    page = body(browser.get(at("submission", case, 1)))
    assert case.snapshots.get().sha256 in page
    response = browser.get(at("submission_pdf", case, 1))
    assert f'filename="{case.reference}-1-en.pdf"' in response.headers["Content-Disposition"]
    assert case.reference in text_of(response)
    assert browser.get(at("submission", case, 2)).status_code == 404
    assert browser.get(at("submission_pdf", case, 2)).status_code == 404
    assert browser.get(at("paper", case)).url == at("submission", case, 1)
    assert Event.objects.count() == before


def test_ownership_and_capital_stand_in_full_on_the_page_and_in_the_check(browser, filled_afm_case):
    for name in ("paper", "check"):
        page = body(browser.get(at(name, filled_afm_case)))
        for words in (
            "Direct holdings", "Steppe Vault Holdings Ltd", "62.5", "What the holdings come to", "59.375",
            "The figures of the capital, in KZT", "1,450,000.00",
            "Capital resources against what is required", "KZT\xa01,410,000", "People of the application",
        ):  # fmt: skip
            assert words in page, (name, words)


def test_the_desk_reads_each_submission_as_pdf_with_numbers_masked(
    submitted_afm_case, afm_staff, afsa_staff, signed_in
):
    case = submitted_afm_case
    desk = signed_in(afm_staff.reviewer)
    page = body(desk.get(reverse("admin:applications_application_change", args=[case.pk])))
    url = reverse("admin:applications_application_paper", args=[case.pk, 1])
    assert f'href="{url}"' in page
    response = desk.get(url, {"language": "ru"})
    assert "no-store" in response.headers["Cache-Control"]
    text = text_of(response)
    for person in Person.objects.filter(posts__application=case):
        assert mask(person.identifier) in text
        assert person.identifier not in text
    missing = reverse("admin:applications_application_paper", args=[case.pk, 2])
    assert desk.get(missing).status_code == 404
    assert signed_in(afsa_staff.reviewer).get(url).status_code in (302, 404)


def test_the_confirmation_says_what_comes_next_and_can_be_opened_again(browser, submitted_afm_case):
    case = submitted_afm_case
    first, again = (body(browser.get(at("submitted", case))) for _time in range(2))
    assert f'<b class="ref" id="reference">{case.reference}</b>' in first
    button = re.search(r"<button[^>]*data-copy[^>]*>", first)[0]
    assert " hidden " in button
    assert 'data-copied="Copied"' in button
    for words in ("(UTC+5)", "Completeness check", "working days", "Expected by", "What happened so far"):
        assert words in first
        assert words in again
    assert at("submission_pdf", case, 1) in first
    assert case.snapshots.get().sha256 in first


def test_withdrawing_says_what_it_means_first(browser, submitted_afm_case):
    case = submitted_afm_case
    page = body(browser.get(at("withdraw", case)))
    for words in ("cannot be opened again", "does not return a fee", "The fee is recorded as: Not recorded.",
                  "the submission stays with the regulator", "This page deletes nothing."):  # fmt: skip
        assert words in page
    refused = browser.post(at("withdraw", case), {"text": "", "version": case.version})
    assert "Say why you withdraw the application" in body(refused)
    assert fresh(case).state == "submitted"


@pytest.mark.parametrize("answers", [0, 1])
def test_discarding_says_what_is_kept(browser, afm_draft_case, firm_user, answers):
    for _one in range(answers):
        drafting.save_answer(
            actor=firm_user, case_id=afm_draft_case.pk, requirement="N-BP-01", value={"text": "JSC"}
        )
    page = body(browser.get(at("discard", afm_draft_case)))
    assert "The regulator never sees it." in page
    assert ("1 answer and its documents are not deleted" in page) is bool(answers)
    assert at("paper", afm_draft_case) in page
