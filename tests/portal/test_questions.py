"""A question's page: saving, going on, conflicts, files, refusals."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Membership
from applications.models import Answer, AnswerFile
from documents.models import Document
from tests.plugins.cases import fresh, new_applicant
from tests.portal.conftest import pdf, typed, url_of


def body(response):
    return response.content.decode()


def test_save_and_continue_goes_to_the_next_unanswered_question(browser, draft_case):
    first = browser.post(
        url_of(draft_case, "BP-01"), {"version": 0, "choice": "custody_only", "text": "Custody."}
    )
    assert first.url == url_of(draft_case, "BP-02")
    assert Answer.objects.get(application=draft_case).value == {"choice": "custody_only", "text": "Custody."}


def test_save_and_come_back_later_goes_to_the_line_of_the_stage(browser, draft_case):
    saved = browser.post(url_of(draft_case, "BP-08"), {"version": 0, "text": "In Astana.", "act": "later"})
    assert saved.url == reverse("portal:stage", args=[draft_case.pk, "business_plan"]) + "#BP-08"


def test_a_half_answer_is_kept_and_its_question_is_in_progress(browser, draft_case):
    browser.post(url_of(draft_case, "BP-01"), {"version": 0, "text": "Only a text."})
    page = body(browser.get(reverse("portal:stage", args=[draft_case.pk, "business_plan"])))
    assert page.count("In progress") == 2  # the question, and the stage
    assert "Completed" not in page


def test_a_wrong_value_comes_back_as_typed_with_the_same_words_above_and_beside(browser, draft_case):
    page = browser.post(url_of(draft_case, "CAP-03"), {"version": 0, "amount": "250 mln"})
    assert page.status_code == 422
    text = body(page)
    assert text.count("Enter an amount in numbers, for example 500 000") == 2
    assert 'value="250 mln"' in text
    assert "<title>Error:" in text
    assert 'href="#id_amount"' in text
    assert not Answer.objects.exists()


def test_a_stale_page_shows_both_answers_and_loses_neither(browser, draft_case):
    url = url_of(draft_case, "BP-08")
    browser.post(url, {"version": 0, "text": "The colleague's answer."})
    page = browser.post(url, {"version": 0, "text": "My own answer."})
    assert page.status_code == 409
    text = body(page)
    assert text.count(">\nMy own answer.</textarea>") == 1
    assert "<p>The colleague&#x27;s answer.</p>" in text
    assert "Saved by Aigerim Testova" in text
    assert Answer.objects.get().value == {"text": "The colleague's answer."}
    assert 'name="version" value="1"' in text
    browser.post(url, {"version": 1, "text": "My own answer."})
    assert Answer.objects.get().value == {"text": "My own answer."}


def test_a_wrong_value_on_a_stale_page_does_not_pass_for_a_fresh_one(browser, draft_case):
    url = url_of(draft_case, "CAP-03")
    browser.post(url, {"version": 0, "amount": "100"})
    assert 'name="version" value="0"' in body(browser.post(url, {"version": 0, "amount": "many"}))


def test_each_file_is_checked_by_itself_and_the_text_is_kept(browser, draft_case):
    url = url_of(draft_case, "CUS-08")
    uploads = [
        pdf("good.pdf"),
        SimpleUploadedFile("empty.pdf", b"", "application/pdf"),
        SimpleUploadedFile("program.exe", b"MZ", "application/octet-stream"),
    ]
    page = browser.post(url + "upload/", {"version": 0, "number": "1", "files": uploads})
    assert page.status_code == 422
    text = body(page)
    assert "empty.pdf: The file is empty." in text
    assert "program.exe: This kind of file is not taken" in text
    assert [document.name for document in Document.objects.all()] == ["good.pdf"]
    assert Answer.objects.get().value == {"number": "1"}
    assert 'name="number" value="1"' in text
    assert 'name="version" value="1"' in text


def test_upload_without_a_file_says_so(browser, draft_case):
    page = browser.post(url_of(draft_case, "BP-03") + "upload/", {"version": 0})
    assert page.status_code == 422
    assert body(page).count("Choose at least one file.") == 2


def test_a_file_can_be_downloaded_and_taken_out(browser, draft_case):
    url = url_of(draft_case, "BP-03")
    assert browser.post(url + "upload/", {"version": 0, "files": [pdf("form.pdf")]}).status_code == 302
    document = Document.objects.get()
    page = body(browser.get(url))
    assert "form.pdf" in page
    assert "Ready, not virus-checked" in page
    opened = browser.get(reverse("portal:document", args=[document.pk]))
    assert b"".join(opened.streaming_content).startswith(b"%PDF")
    assert opened.headers["Content-Disposition"].startswith("attachment")
    assert browser.post(url + "detach/", {"version": 1, "document": str(document.pk)}).url == url
    assert AnswerFile.objects.get().removed_at is not None
    assert browser.post(url + "detach/", {"version": 2, "document": str(document.pk)}).status_code == 404
    assert browser.post(url + "detach/", {"version": 2, "document": "x"}).status_code == 404


def test_a_rejected_file_is_a_problem_and_blocks_the_stage(browser, draft_case):
    url = url_of(draft_case, "BP-03")
    browser.post(url + "upload/", {"version": 0, "files": [pdf("form.pdf")]})
    Document.objects.update(status="infected")
    assert "Rejected – virus found" in body(browser.get(url))
    page = body(browser.get(reverse("portal:stage", args=[draft_case.pk, "business_plan"])))
    assert page.count("There is a problem") == 1
    document = Document.objects.get()
    assert browser.get(reverse("portal:document", args=[document.pk])).status_code == 409


def test_a_stage_that_is_not_complete_is_refused_with_links_to_each_gap(browser, draft_case):
    browser.post(url_of(draft_case, "BP-08"), {"version": 0, "text": "In Astana."})
    stage = draft_case.stages.get(code="business_plan")
    url = reverse("portal:stage", args=[draft_case.pk, "business_plan"])
    page = browser.post(url, {"act": "complete", "version": stage.version})
    assert page.status_code == 422
    assert f'href="{url}#BP-03"' in body(page)
    assert f'href="{url}#BP-08"' not in body(page)


def test_a_complete_stage_is_shown_and_not_asked(browser, filled_afm_case):
    url = url_of(filled_afm_case, "N-BP-01")
    page = body(browser.get(url))
    assert "its answers cannot be changed now" in page
    assert 'id="typed"' not in page
    assert browser.post(url, {"version": 1, "text": "Late."}).status_code == 422
    stage = filled_afm_case.stages.get(code="business_plan")
    again = {"act": "edit_again", "version": stage.version}
    browser.post(reverse("portal:stage", args=[filled_afm_case.pk, "business_plan"]), again)
    assert 'id="typed"' in body(browser.get(url))


def test_a_viewer_reads_and_cannot_write(signed_in, draft_case):
    viewer = new_applicant("Only Viewer")
    Membership.objects.create(user=viewer, firm=draft_case.firm, role="viewer")
    browser = signed_in(fresh(viewer))
    url = url_of(draft_case, "BP-08")
    assert 'id="typed"' not in body(browser.get(url))
    page = browser.post(url, {"version": 0, "text": "Mine."})
    assert page.status_code == 403
    assert "You may not do this." in body(page)
    assert not Answer.objects.exists()


def test_a_question_that_is_not_asked_is_not_found(browser, draft_case):
    place = [draft_case.pk, "business_plan"]
    assert browser.get(reverse("portal:question", args=[*place, "XX-99"])).status_code == 404
    assert browser.get(reverse("portal:question", args=[*place, "AML-01"])).status_code == 404
    assert browser.get(reverse("portal:stage", args=[draft_case.pk, "cooking"])).status_code == 404


def test_a_question_for_each_person_is_asked_for_each(browser, draft_case, add_person):
    per_person = next(r for r in draft_case.book.requirements if r.per_person and not r.functions)
    stage = reverse("portal:stage", args=[draft_case.pk, per_person.stage])
    assert "Cannot start yet" in body(browser.get(stage))
    one, two = add_person(1), add_person(2)
    for person in (one, two):
        url = url_of(draft_case, per_person.code, person.pk)
        assert browser.post(url, typed(per_person)).status_code == 302
    assert Answer.objects.filter(requirement=per_person.code).count() == 2
    assert "Cannot start yet" not in body(browser.get(stage))
