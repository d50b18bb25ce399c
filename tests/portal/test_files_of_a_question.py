"""Files of a question: one by one, status, messages, facts, use again, versions, limits."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from applications.asked import questions
from applications.models import Answer, AnswerFile, DocumentFacts, InformationRequest, PointFile, RequestPoint
from applications.portal import files as portal_files
from applications.queries.drafts import load_draft
from applications.queries.files import given_before
from applications.services import drafting
from applications.services import files as services
from documents import storage
from documents.models import Document
from documents.signatures import eicar
from tests.plugins import files
from tests.plugins.cases import fresh, new_applicant
from tests.portal.conftest import pdf, url_of

FULL = "tests.plugins.files.FullDisk"
POLICY = "Our policy: add a translation to what is not in Kazakh, Russian or English."


def body(response):
    return response.content.decode()


def shown(response):
    """What is on the page, without the words that its script may say."""
    return re.sub(r'data-[a-z-]+="[^"]*"', "", body(response))


def give(browser, url, upload=None, **data):
    return browser.post(url + "file/", {"files": upload or pdf(), **data})


@pytest.fixture
def url(draft_case):
    return url_of(draft_case, "BP-03")


@pytest.fixture
def attach(draft_case, firm_user, settings):
    """A function: a file in the answer to a question; with ``waiting`` its virus check is not over."""

    def make(code="BP-03", name="plan.pdf", content=b"", person=None, *, waiting=False):
        settings.CLAMD_ADDRESS = "unix:///nowhere" if waiting else ""
        return drafting.attach(
            actor=firm_user, case_id=draft_case.pk, requirement=code, upload=pdf(name, content), name=name,
            person=person,
        ).document  # fmt: skip

    return make


def held(code="BP-03"):
    rows = AnswerFile.objects.filter(answer__requirement=code, removed_at=None).select_related("document")
    return [row.document.name for row in rows]


# --- before a file is chosen


def test_the_rules_stand_before_the_input(browser, url, settings):
    settings.DOCUMENT_MAX_BYTES, settings.FILES_PER_ANSWER = 3 * 1024 * 1024, 7
    page = body(browser.get(url))
    said = [
        "Kinds: PDF, DOCX, XLSX, PNG, JPG, CSV, TXT. Without passwords and macros.",
        "Size: up to 3\xa0MB each.",
        "Number: up to 7 files here.",
        "Translation and certification: no rule on record sets them for all files.",
        POLICY,
    ]
    places = [page.index(text) for text in said]
    assert places == sorted(places)
    assert places[-1] < page.index('type="file"')


# --- one file by itself, as the script of the page gives it


def test_the_script_is_answered_with_the_row_of_its_file(browser, url):
    given = give(browser, url, pdf("<b>Жарғы.pdf"))
    document = Document.objects.get()
    assert given.status_code == 201
    row = body(given)
    assert row.startswith(f'<li class="file" id="file-{document.pk}"')
    assert "b Жарғы.pdf</a>" in row
    assert "<b>" not in row
    assert f'formaction="{url}detach/"' in row
    assert "Answer" not in [type(a).__name__ for a in Answer.objects.exclude(value={})]


def test_what_is_typed_on_the_page_stays_with_the_page(browser, draft_case):
    url = url_of(draft_case, "CUS-08")
    browser.post(url, {"version": 0, "number": "4"})
    give(browser, url, number="99")
    assert (Answer.objects.get().value, Answer.objects.get().version) == ({"number": "4"}, 1)


def test_a_question_without_files_takes_none(browser, draft_case):
    assert give(browser, url_of(draft_case, "BP-08")).status_code == 404
    assert Document.objects.count() == 0


def test_one_who_may_only_read_gives_none(browser, url, firm_user, signed_in, custody_firm):
    viewer = new_applicant("Viewer")
    Membership.objects.create(user=viewer, firm=custody_firm, role="viewer")
    assert give(signed_in(fresh(viewer)), url).status_code == 403
    assert Document.objects.count() == 0


def test_a_complete_stage_takes_none_and_says_so(browser, draft_case, url):
    for state in ("in_progress", "complete"):
        draft_case.stages.filter(code="business_plan").update(state=state)
    refused = give(browser, url)
    assert (refused.status_code, refused["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert "cannot be edited now" in body(refused)
    assert Document.objects.count() == 0


# --- the messages


REFUSED = {
    "wrong type": (files.upload("tool.exe", b"MZ"), "This kind of file is not taken"),
    "another content": (files.upload("plan.pdf", b"<html>"), "its content is not what its name says"),
    "too big": (files.upload("plan.pdf", files.pdf(b"x" * 2000)), "The file is larger than"),
    "empty": (files.upload("plan.pdf", b""), "The file is empty."),
    "password": (files.upload("plan.pdf", files.pdf(b"/Encrypt 5 0 R")), "locked with a password"),
}


@pytest.mark.parametrize("which", REFUSED)
@pytest.mark.parametrize("by_script", [True, False])
def test_each_refusal_has_words_of_its_own(browser, url, settings, which, by_script):
    settings.DOCUMENT_MAX_BYTES = 1500
    upload, words = REFUSED[which]
    upload.seek(0)
    if by_script:
        page = give(browser, url, upload) if upload.size else browser.post(url + "file/", {"files": upload})
        assert body(page).count(words) == 1
    else:
        page = browser.post(url + "upload/", {"version": 0, "files": [upload]})
        above_and_beside = re.findall(f"{upload.name}: [^<]*{re.escape(words)}", body(page))
        assert len(above_and_beside) == 2
    assert page.status_code == 422
    assert Document.objects.count() == 0


@pytest.mark.parametrize("address", ["file/", "upload/"])
def test_none_chosen(browser, url, address):
    page = browser.post(url + address, {"version": 0})
    assert page.status_code == 422
    assert "Choose at least one file." in body(page)


@pytest.mark.parametrize("address", ["file/", "upload/"])
def test_a_store_that_fails_is_said_and_nothing_is_kept(browser, url, settings, tmp_path, address):
    settings.STORAGES = settings.STORAGES | files.two_stores(tmp_path / "full", FULL)
    page = browser.post(url + address, {"version": 0, "files": [pdf()]})
    assert page.status_code == 422
    assert "The file could not be stored, and nothing of it was kept." in body(page)
    assert Document.objects.count() == 0


def test_a_virus_is_said_where_the_file_is(browser, url, attach):
    assert eicar()
    document = attach()
    Document.objects.filter(pk=document.pk).update(status="infected")
    page = body(browser.get(url))
    assert page.count('<span class="tag tag--bad">Rejected – virus found</span>') == 1
    assert "A virus was found. The file cannot be opened. Clean your computer" in page
    assert reverse("portal:document", args=[document.pk]) not in page


def test_the_last_file_that_a_question_takes_and_the_first_that_it_does_not(browser, url, settings):
    settings.FILES_PER_ANSWER = 2
    page = browser.post(url + "upload/", {"version": 0, "files": [pdf("1.pdf"), pdf("2.pdf"), pdf("3.pdf")]})
    assert body(page).count("3.pdf: This question takes 2 files, and it has them.") == 2
    assert held() == ["1.pdf", "2.pdf"]
    refused = give(browser, url, pdf("4.pdf"))
    assert body(refused).startswith("This question takes 2 files, and it has them. Remove one")
    assert Document.objects.count() == 2
    document = Document.objects.get(name="1.pdf")
    browser.post(url + "detach/", {"version": Answer.objects.get().version, "document": str(document.pk)})
    assert give(browser, url, pdf("4.pdf")).status_code == 201


def test_the_last_file_that_a_firm_gives(browser, draft_case, url, attach, settings):
    first = attach("BP-03")
    settings.FILES_PER_FIRM = 2
    assert give(browser, url_of(draft_case, "CUS-08")).status_code == 201
    refused = give(browser, url, pdf("3.pdf"))
    assert body(refused) == "Your firm has given 2 files, and no more are taken. Ask the help desk for room."
    newer = give(browser, url, pdf("3.pdf"), replaces=str(first.pk))
    assert (newer.status_code, Document.objects.count()) == (422, 2)


def test_more_files_at_once_than_the_framework_takes_are_refused_in_words(browser, url, settings):
    settings.FILES_PER_ANSWER = 1
    many = [pdf(f"{n}.pdf") for n in range(101)]
    page = browser.post(url + "upload/", {"version": 0, "files": many})
    assert page.status_code == 422
    assert body(page).count("This question takes 1 file, and it has it.") == 200


# --- where a file stands


WAITS = 'hx-trigger="every 5s"'


def test_a_file_that_is_being_checked_asks_how_it_went_and_then_no_more(browser, url, attach):
    document = attach(waiting=True)
    page = body(browser.get(url))
    status = f"{url}files/{document.pk}/status/"
    assert page.count(f'hx-get="{status}?was=check" {WAITS}') == 1
    assert '<span class="tag tag--work">Checking for viruses</span>' in page
    assert browser.get(status + "?was=check").status_code == 204
    files.judge(document, "clean")
    row = body(browser.get(status + "?was=check"))
    assert row.startswith(f'<li class="file" id="file-{document.pk}"')
    assert '<span class="tag tag--ok">Ready</span>' in row
    assert f'hx-get="{status}?was=preview" {WAITS}' in row
    assert browser.get(status + "?was=preview").status_code == 204
    Document.objects.filter(pk=document.pk).update(preview="none")
    row = body(browser.get(status + "?was=preview"))
    assert '<span class="tag tag--ok">Ready</span>' in row
    assert "hx-get" not in row


def test_a_check_that_takes_long_is_said_and_not_asked_for_any_more(browser, url, attach, monkeypatch):
    document = attach(waiting=True)
    monkeypatch.setattr(portal_files, "WATCHED_FOR", timedelta(0))
    row = body(browser.get(f"{url}files/{document.pk}/status/"))
    assert "The check takes longer than usual. You can leave this page, and look again later." in row
    assert WAITS not in row


def test_a_poll_is_light(browser, url, attach):
    document = attach(waiting=True)
    with CaptureQueriesContext(connection) as found:
        browser.get(f"{url}files/{document.pk}/status/")
    assert len(found) <= 8


@pytest.mark.parametrize(
    ("status", "word"),
    [("waiting", "In progress"), ("clean", "Completed"), ("infected", "There is a problem"),
     ("uncheckable", "There is a problem")],
)  # fmt: skip
def test_a_task_is_completed_when_its_files_are_ready(browser, draft_case, attach, status, word):
    draft = load_draft(draft_case)
    alone = next(
        q.requirement for q in questions(draft, "business_plan") if q.requirement.evidence == ("documents",)
    )
    document = attach(alone.code, waiting=True)
    if status != "waiting":
        files.judge(document, status)
    page = body(browser.get(reverse("portal:stage", args=[draft_case.pk, "business_plan"])))
    row = page[page.index(f'id="{alone.code}"') :]
    assert f">{word}</span>" in row[: row.index("</li>")]


def test_the_question_page_asks_as_much_for_three_files_as_for_one(browser, url, attach):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert browser.get(url).status_code == 200
        return len(found)

    first = attach(name="1.pdf")
    one = queries()
    attach(name="2.pdf")
    attach(name="3.pdf")
    assert queries() == one
    assert one <= 12
    newer = give(browser, url, pdf("1b.pdf"), replaces=str(first.pk))
    assert newer.status_code == 201
    assert queries() == one + 5  # versions before, of however many files, their facts, and who reads them


# --- what the firm says of a file


def say(browser, address, **said):
    return browser.post(address, {"version": 0, "title": "", "kind": "", "language": "", **said})


def test_what_is_said_of_a_file_stands_beside_it(browser, url, attach):
    document = attach(name="scan_0042.pdf")
    address = f"{url}files/{document.pk}/"
    day = {"issued_on_day": "5", "issued_on_month": "3", "issued_on_year": "2026"}
    saved = say(browser, address, title="Жарғы", kind="corporate", language="kk", **day)
    assert saved.url == f"{url}#file-{document.pk}"
    page = body(browser.get(url))
    assert ">Жарғы</a>" in page
    assert "scan_0042.pdf · " in page
    assert " · Corporate document · Kazakh · Issued 5 March 2026" in page
    assert 'value="Жарғы"' in body(browser.get(address))


def test_two_people_say_what_a_file_is(browser, url, attach):
    address = f"{url}files/{attach().pk}/"
    say(browser, address, title="Charter")
    clash = say(browser, address, title="Statute")
    assert clash.status_code == 409
    assert 'value="Statute"' in body(clash)
    assert 'name="version" value="1"' in body(clash)
    assert DocumentFacts.objects.get().title == "Charter"
    assert say(browser, address, title="Statute", version=1).status_code == 302
    assert DocumentFacts.objects.get().title == "Statute"


def dates(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def test_dates_that_cannot_be_are_refused(browser, url, attach):
    address = f"{url}files/{attach().pk}/"
    today = timezone.localdate()
    later = say(browser, address, **dates("issued_on", today + timedelta(days=1)))
    assert "The date of issue is in the future." in body(later)
    turned = say(
        browser, address, **dates("issued_on", today), **dates("expires_on", today - timedelta(days=1))
    )
    assert "valid until a day before its issue" in body(turned)
    assert not DocumentFacts.objects.exists()
    same = say(browser, address, **dates("issued_on", today), **dates("expires_on", today))
    assert same.status_code == 302


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "This document was valid until"), (0, "is valid until"), (30, "is valid until"), (31, "")],
)
def test_a_document_that_expires_is_said_plainly(browser, url, attach, days, words):
    document = attach()
    say(browser, f"{url}files/{document.pk}/", **dates("expires_on", timezone.localdate() + timedelta(days)))
    page = body(browser.get(url))
    assert (words in page) if words else ("This document" not in page)


# --- a file that was given before


def test_a_file_answers_a_second_question_and_is_taken_out_of_one(browser, draft_case, url, attach):
    document = attach("CUS-08", name="Құрылым.pdf")
    page = body(browser.get(url + "pick/"))
    assert "Құрылым.pdf" in page
    assert browser.post(url + "pick/", {"document": str(document.pk)}).url == url
    assert (held("BP-03"), held("CUS-08")) == (["Құрылым.pdf"], ["Құрылым.pdf"])
    assert "No other file of this application" in body(browser.get(url + "pick/"))
    again = browser.post(url + "pick/", {"document": str(document.pk)})
    assert "This question has the file already." in body(again)
    browser.post(url + "detach/", {"version": 0, "document": str(document.pk)})
    assert (held("BP-03"), held("CUS-08")) == ([], ["Құрылым.pdf"])
    assert browser.get(reverse("portal:document", args=[document.pk])).status_code == 200


def test_a_file_that_was_taken_out_can_be_had_back(browser, url, attach):
    document = attach()
    page = browser.post(url + "detach/", {"version": 0, "document": str(document.pk)}, follow=True)
    assert "Removed: plan.pdf. To have it back, choose “Use a file that was given before”." in body(page)
    assert held() == []
    browser.post(url + "pick/", {"document": str(document.pk)})
    assert held() == ["plan.pdf"]


def test_files_are_found_by_a_part_of_their_name(browser, draft_case, url, attach):
    charter, other = attach("CUS-08", name="scan_1.pdf"), attach("CUS-08", name="scan_2.pdf")
    DocumentFacts.objects.create(document=charter, title="Әділет жарғысы", updated_by=draft_case.created_by)
    found = body(browser.get(url + "pick/", {"q": "әділет"}))
    assert str(charter.pk) in found
    assert str(other.pk) not in found
    assert "No file of this application has that in its name." in body(
        browser.get(url + "pick/", {"q": "x\0y"})
    )


def test_a_file_that_is_not_ready_or_is_anothers_is_not_offered(
    browser, draft_case, url, attach, add_person, signed_in
):
    waiting = attach("CUS-08", name="waiting.pdf", waiting=True)
    person = add_person(1)
    passport = attach("FP-06", name="passport.pdf", person=person)
    page = body(browser.get(url + "pick/"))
    assert "waiting.pdf" not in page
    assert "passport.pdf" not in page
    for document in (waiting, passport):
        assert browser.post(url + "pick/", {"document": str(document.pk)}).status_code == 404
    assert browser.post(url + "pick/", {"document": "x"}).status_code == 404
    of_person = url_of(draft_case, "FP-07", person.pk)
    assert "passport.pdf" in body(browser.get(of_person + "pick/"))
    of_another = url_of(draft_case, "FP-07", add_person(2).pk)
    assert "passport.pdf" not in body(browser.get(of_another + "pick/"))


@pytest.mark.parametrize("status", ["infected", "uncheckable"])
def test_a_file_that_was_rejected_is_not_offered(browser, url, attach, status):
    document = attach("CUS-08", name="bad.pdf", waiting=True)
    files.judge(document, status)
    assert "bad.pdf" not in body(browser.get(url + "pick/"))
    assert browser.post(url + "pick/", {"document": str(document.pk)}).status_code == 404


# --- versions


def test_a_newer_version_takes_the_place_and_the_one_before_stays_on_record(browser, draft_case, url, attach):
    first = attach(name="v1.pdf", content=b"1")
    attach("CUS-08", name="other.pdf")
    browser.post(url_of(draft_case, "CUS-08") + "pick/", {"document": str(first.pk)})
    say(browser, f"{url}files/{first.pk}/", title="Plan", **dates("issued_on", timezone.localdate()))
    done = browser.post(f"{url}files/{first.pk}/replace/", {"files": [pdf("v2.pdf", b"2")]})
    second = Document.objects.get(name="v2.pdf")
    assert done.url == f"{url}files/{second.pk}/"
    assert (second.supersedes, second.number) == (first, 2)
    assert (held("BP-03"), held("CUS-08")) == (["v2.pdf"], ["other.pdf", "v2.pdf"])
    page = body(browser.get(url))
    assert "v2.pdf · " in page
    assert " · Version 2" in page
    assert "Version 1: v1.pdf</a>" in page
    assert browser.get(reverse("portal:document", args=[first.pk])).status_code == 200
    offered = given_before(draft_case, draft_case.created_by, person=None)
    assert [document.name for document in offered] == ["other.pdf", "v2.pdf"]
    facts = DocumentFacts.objects.get(document=second)
    assert (facts.title, facts.issued_on) == ("Plan", None)


def test_two_people_replace_a_file_and_both_versions_stay(browser, url, attach):
    first = attach(name="v1.pdf")
    page_of_before = f"{url}files/{first.pk}/replace/"
    give(browser, url, pdf("v2.pdf", b"2"), replaces=str(first.pk))
    assert browser.post(page_of_before, {"files": [pdf("v3.pdf", b"3")]}).status_code == 404
    second = Document.objects.get(name="v2.pdf")
    give(browser, url, pdf("v3.pdf", b"3"), replaces=str(second.pk))
    assert held() == ["v3.pdf"]
    page = body(browser.get(url))
    assert page.index("Version 2: v2.pdf") < page.index("Version 1: v1.pdf")


def test_a_version_that_came_in_while_another_did_stays_on_record(draft_case, firm_user, attach, monkeypatch):
    first = attach(name="v1.pdf")
    place = {"actor": firm_user, "case_id": draft_case.pk, "requirement": "BP-03", "document": first}
    stored = storage.put

    def overtaken(key, file, **where):
        monkeypatch.setattr(storage, "put", stored)
        services.replace(**place, upload=pdf("v3.pdf", b"3"), name="v3.pdf")
        return stored(key, file, **where)

    monkeypatch.setattr(storage, "put", overtaken)
    second = services.replace(**place, upload=pdf("v2.pdf", b"2"), name="v2.pdf")
    third = Document.objects.get(name="v3.pdf")
    assert (third.supersedes, second.supersedes, held()) == (first, third, ["v2.pdf"])


def test_a_replacement_that_is_refused_leaves_the_file_as_it_was(browser, url, attach):
    first = attach(name="v1.pdf")
    address = f"{url}files/{first.pk}/replace/"
    empty = SimpleUploadedFile("v2.pdf", b"", "application/pdf")
    for data, words in (
        ({"files": [empty]}, "The file is empty."),
        ({}, "Choose the file that takes its place."),
    ):
        page = browser.post(address, data)
        assert (page.status_code, shown(page).count(words)) == (422, 2)
    assert held() == ["v1.pdf"]
    assert Document.objects.get() == first


# --- the points of a request


def test_a_point_of_a_request_takes_files_in_the_same_way(browser, draft_case, settings, afsa_staff):
    request = InformationRequest.objects.create(
        application=draft_case, number=1, status="sent", due_on=timezone.localdate(),
        written_by=afsa_staff.reviewer, sent_at=timezone.now(),
    )  # fmt: skip
    for number in (1, 2):
        RequestPoint.objects.create(request=request, number=number, requirement="BP-03", question="Why?")
    page_of = reverse("portal:request", args=[draft_case.pk, 1])
    here = f"{page_of}points/2/"
    page = body(browser.get(page_of))
    assert page.count(f'data-url="{here}file/"') == 1
    assert f"{here}upload/" not in page  # without the script, files come with the answers
    assert page.count(POLICY) == 2
    settings.CLAMD_ADDRESS, settings.FILES_PER_ANSWER = "unix:///nowhere", 1
    given = give(browser, here)
    document = Document.objects.get()
    assert (given.status_code, PointFile.objects.get().point.number) == (201, 2)
    assert f'hx-get="{here}files/{document.pk}/status/?was=check" {WAITS}' in body(given)
    assert f'formaction="{here}detach/"' in body(given)
    assert browser.get(f"{here}files/{document.pk}/status/?was=check").status_code == 204
    assert browser.get(f"{page_of}points/1/files/{document.pk}/status/").status_code == 404
    refused = give(browser, here)
    assert (refused.status_code, body(refused).split(",")[0]) == (422, "This question takes 1 file")
    InformationRequest.objects.update(status="answered")
    settings.FILES_PER_ANSWER = 2
    assert body(give(browser, here)) == "This point is not open for an answer."
    assert Document.objects.count() == 1
