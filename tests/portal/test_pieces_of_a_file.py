"""A large file that the page gives piece by piece: announced, sent, gone on with, finished once."""

import tempfile
import tracemalloc

import pytest
from django.test import RequestFactory
from django.utils import timezone

from applications.models import AnswerFile, DocumentFacts
from applications.portal.views.files import give
from applications.services import files
from documents.models import Document, Incoming
from documents.services import pieces
from documents.storage import store
from documents.stores import PIECE
from tests.plugins.cases import fresh, new_applicant
from tests.plugins.files import pdf, upload
from tests.portal.conftest import url_of

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = pdf(b"x" * (PIECE + 1000))
SAID = {"name": "large.pdf", "declared_type": "application/pdf", "mark": "17"}


@pytest.fixture
def url(draft_case, document_store):
    return url_of(draft_case, "BP-03") + "file/"


def announce(browser, url, **more):
    return browser.post(url, SAID | {"size": len(CONTENT)} | more)


def send(browser, url, incoming, at):
    return post_piece(browser, f"{url}?incoming={incoming}&at={at}", CONTENT[at : at + PIECE])


def post_piece(browser, address, piece):
    return browser.post(address, piece, content_type="application/octet-stream")


def given(browser, url, *, replaces=""):
    """All of it; the answer to the last request, and the id under which it came."""
    incoming = announce(browser, url).json()["incoming"]
    for at in (0, PIECE):
        assert send(browser, url, incoming, at).status_code == 200
    return browser.post(url, {"incoming": incoming, "replaces": replaces}), incoming


def test_it_comes_whole_and_is_taken_once_however_often_the_end_is_sent(browser, url):
    answer, incoming = given(browser, url)
    again = browser.post(url, {"incoming": incoming})

    assert [(one.status_code, b"large.pdf" in one.content) for one in (answer, again)] == [(201, True)] * 2
    document = Document.objects.get()
    assert (document.name, document.size) == ("large.pdf", len(CONTENT))
    with store().open(document.key) as file:
        assert file.read() == CONTENT
    assert [file.document for file in AnswerFile.objects.all()] == [document]


def test_it_goes_on_from_what_came(browser, url):
    begun = announce(browser, url).json()
    assert begun["came"] == 0
    assert send(browser, url, begun["incoming"], 0).json() == {"incoming": begun["incoming"], "came": PIECE}
    assert send(browser, url, begun["incoming"], 0).status_code == 409
    assert announce(browser, url).json() == {"incoming": begun["incoming"], "came": PIECE}
    assert announce(browser, url, mark="18").json()["came"] == 0
    assert browser.post(url, {"incoming": begun["incoming"]}).status_code == 409
    assert AnswerFile.objects.count() == 0


def test_what_is_given_up_is_forgotten(browser, url):
    incoming = announce(browser, url).json()["incoming"]
    assert send(browser, url, incoming, 0).status_code == 200
    assert browser.post(url, {"incoming": incoming, "forget": "1"}).status_code == 204
    assert Incoming.objects.count() == 0
    assert browser.post(url, {"incoming": incoming, "forget": "1"}).status_code == 404
    assert announce(browser, url).json()["came"] == 0
    answer, taken = given(browser, url)
    assert browser.post(url, {"incoming": taken, "forget": "1"}).status_code == 204
    assert (answer.status_code, AnswerFile.objects.count()) == (201, 1)


def test_it_takes_the_place_of_another(browser, url):
    browser.post(url, {"files": upload("small.pdf", pdf())})
    small = Document.objects.get()
    answer, _incoming = given(browser, url, replaces=str(small.pk))
    assert answer.status_code == 201
    held = AnswerFile.objects.get(removed_at=None)
    assert (held.document.name, held.document.supersedes) == ("large.pdf", small)


def test_the_end_that_is_sent_twice_at_once_takes_its_place_once(browser, url, draft_case, firm_user):
    browser.post(url, {"files": upload("small.pdf", pdf())})
    small = Document.objects.get()
    DocumentFacts.objects.create(document=small, title="Plan", updated_by=firm_user)
    incoming = announce(browser, url).json()["incoming"]
    for at in (0, PIECE):
        send(browser, url, incoming, at)
    place = {"actor": firm_user, "case_id": draft_case.pk, "requirement": "BP-03", "document": small}
    found = {"incoming_id": incoming, "place": url.removesuffix("file/"), "actor": firm_user}
    both = [pieces.find(**found) for _request in range(2)]  # neither is taken yet
    given = [files.replace(**place, upload=one, name=one.name) for one in both]
    assert given[0] == given[1]
    assert [file.document for file in AnswerFile.objects.filter(removed_at=None)] == [given[0]]
    assert [facts.title for facts in DocumentFacts.objects.filter(document=given[0])] == ["Plan"]


def test_what_is_wrong_is_said_before_it_is_sent(browser, url, settings):
    settings.DOCUMENT_MAX_BYTES = len(CONTENT) - 1
    too_large = announce(browser, url)
    assert (too_large.status_code, too_large["Content-Type"]) == (422, "text/plain; charset=utf-8")
    settings.DOCUMENT_MAX_BYTES = len(CONTENT)
    wrong = announce(browser, url, name="large.exe", declared_type="")
    assert wrong.status_code == 422
    begun = announce(browser, url, name="large.docx", declared_type="").json()
    assert send(browser, url, begun["incoming"], 0).status_code == 422
    assert Incoming.objects.count() == 0


def test_nobody_else_goes_on_with_it_nor_anybody_elsewhere(browser, url, draft_case, firm_user, signed_in):
    incoming = announce(browser, url).json()["incoming"]
    colleague = new_applicant("Colleague")
    draft_case.firm.memberships.create(user=colleague, role="editor")
    colleague = signed_in(fresh(colleague))
    elsewhere = url_of(draft_case, "BP-05") + "file/"
    for who, where in ((colleague, url), (browser, elsewhere)):
        assert send(who, where, incoming, 0).status_code == 404
        assert who.post(where, {"incoming": incoming}).status_code == 404
    assert Incoming.objects.get().came == 0


def test_a_piece_asks_nothing_of_the_case_and_who_lost_the_right_finishes_nothing(
    browser, url, draft_case, firm_user, django_assert_max_num_queries
):
    incoming = announce(browser, url).json()["incoming"]
    with django_assert_max_num_queries(8) as asked:
        assert send(browser, url, incoming, 0).status_code == 200
    assert [one["sql"] for one in asked if "applications_" in one["sql"]] == []
    draft_case.firm.memberships.filter(user=firm_user).update(ended_at=timezone.now())
    assert send(browser, url, incoming, PIECE).status_code == 200
    assert browser.post(url, {"incoming": incoming}).status_code == 404
    assert (Document.objects.count(), AnswerFile.objects.count()) == (0, 0)


def test_a_crafted_request_is_no_error_of_ours(browser, url):
    incoming = announce(browser, url).json()["incoming"]
    for crafted in ({"incoming": "x"}, {"size": "1e9"}):
        assert browser.post(url, crafted).status_code == 404, crafted
    for crafted in (f"incoming={incoming}&at=-1", f"incoming={incoming}&at=", "at=0", "incoming=x&at=0"):
        assert post_piece(browser, f"{url}?{crafted}", CONTENT[:PIECE]).status_code == 404, crafted
    for length, status in ((0, 404), (PIECE - 1, 409), (PIECE + 1, 409)):
        wrong = post_piece(browser, f"{url}?incoming={incoming}&at=0", CONTENT[:length])
        assert wrong.status_code == status, length
    assert announce(browser, url, size="0").status_code == 422


def test_a_piece_that_is_too_long_is_not_held_in_memory(browser, url, draft_case, firm_user):
    incoming = announce(browser, url).json()["incoming"]
    address = f"{url}?incoming={incoming}&at=0"
    with tempfile.TemporaryFile() as piece:
        piece.write(CONTENT)
        piece.truncate(20 * PIECE)
        piece.seek(0)
        request = RequestFactory().post(address, b"", content_type="application/octet-stream")
        request.user, request._stream = fresh(firm_user), piece
        tracemalloc.start()
        try:
            answer = give(request, draft_case.pk, "business_plan", "BP-03")
            held = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert (answer.status_code, held < 3 * PIECE) == (409, True)


def test_a_closed_stage_takes_no_file(browser, url, draft_case):
    for state in ("in_progress", "complete"):
        draft_case.stages.filter(code="business_plan").update(state=state)
    refused = announce(browser, url)
    assert (refused.status_code, "its files cannot be replaced now" in refused.content.decode()) == (
        422,
        True,
    )
    assert Incoming.objects.count() == 0
