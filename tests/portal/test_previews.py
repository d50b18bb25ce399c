"""The first page of a file on the pages of the firm and of the invited person, and who may see it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from applications.models import DocumentFacts
from applications.services import drafting
from audit.models import Event
from documents.models import Document
from tests.plugins import files
from tests.plugins.cases import fresh, new_applicant
from tests.plugins.own_part import write_privately
from tests.plugins.previews import give_preview
from tests.portal.conftest import pdf, url_of

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = 'alt="First page of '


def body(response):
    return response.content.decode()


def picture(document, size="large"):
    return reverse("portal:preview", args=[document.pk, size])


@pytest.fixture
def url(draft_case):
    return url_of(draft_case, "BP-03")


@pytest.fixture
def attach(draft_case, firm_user, settings):
    """A function: a file in the answer to a question, with its preview."""
    settings.CLAMD_ADDRESS = ""

    def make(code="BP-03", name="жарғы.pdf", person=None, *, seen=True):
        document = drafting.attach(
            actor=firm_user, case_id=draft_case.pk, requirement=code, upload=pdf(name), name=name,
            person=person,
        ).document  # fmt: skip
        return give_preview(document) if seen else document

    return make


def test_a_question_shows_the_first_page_small_and_the_page_of_the_file_shows_it_large(
    browser, url, attach, firm_user
):
    document = attach()
    DocumentFacts.objects.create(document=document, title="Жарғы", updated_by=firm_user)
    row = body(browser.get(url))
    assert (
        f'<a class="file__seen" id="seen-{document.pk}" href="{url}files/{document.pk}/">'
        f'<img src="{picture(document, "small")}" alt="First page of Жарғы" loading="lazy"></a>'
    ) in row
    page = body(browser.get(f"{url}files/{document.pk}/"))
    assert page.count(f'<img src="{picture(document)}" alt="First page of Жарғы">') == 1
    labels = [
        "Name for readers",
        "Kind of document",
        "Language of the document",
        "Date of issue",
        "Valid until",
    ]
    assert [label for label in labels if label not in page] == []


def test_the_pictures_are_ours_and_seeing_the_page_is_on_record(browser, attach, draft_case):
    document = attach()
    answers = {size: browser.get(picture(document, size)) for size in ("small", "large")}
    for answer in answers.values():
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
    sizes = [files.size_of_png(b"".join(answer.streaming_content)) for answer in answers.values()]
    assert sizes == [(149, 210), (992, 1403)]
    seen = Event.objects.filter(kind="document.previewed")
    assert [event.subject for event in seen] == [draft_case.audit_subject]
    assert browser.get(picture(document, "huge")).status_code == 404
    assert browser.post(picture(document)).status_code == 405


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"preview": "none"}, "No preview could be made of this file. It is kept as it was given"),
        ({"preview": "due"}, "The preview is being made. Load the page again in a moment."),
        ({"extension": "docx"}, "This type of file has no preview. Open it to read it."),
    ],
)
def test_a_file_without_preview_says_why(browser, url, attach, changed, words):
    document = attach()
    if "extension" in changed:
        given = browser.post(url + "file/", {"files": files.upload("plan.docx", files.docx())})
        assert "no preview of this type of file" in body(given)
        document = Document.objects.exclude(pk=document.pk).get()
    else:
        Document.objects.filter(pk=document.pk).update(**changed)
    page = body(browser.get(f"{url}files/{document.pk}/"))
    assert page.count(words) == 1
    assert FIRST not in page
    assert browser.get(picture(document)).status_code == 409


@pytest.mark.parametrize("status", ["waiting", "infected", "uncheckable"])
def test_a_file_that_is_not_ready_shows_nothing(browser, url, attach, settings, status):
    settings.CLAMD_ADDRESS = "unix:///nowhere"
    document = attach(seen=False)
    Document.objects.filter(pk=document.pk).exclude(status=status).update(status=status)
    Document.objects.filter(pk=document.pk).update(preview="made")
    assert FIRST not in body(browser.get(url))
    page = body(browser.get(f"{url}files/{document.pk}/"))
    assert FIRST not in page
    assert "preview" not in page.lower().replace(picture(document), "")
    assert browser.get(picture(document)).status_code == 409


def test_the_number_of_queries_does_not_grow_with_the_files(browser, url, attach):
    attach(name="1.pdf")
    counts = []
    for more in ((), ("2.pdf", "3.pdf")):
        for name in more:
            attach(name=name)
        with CaptureQueriesContext(connection) as found:
            page = body(browser.get(url))
        counts.append((page.count(FIRST), len(found)))
    assert [shown for shown, _queries in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


# --- who may see it


def test_others_see_nothing_of_it(attach, signed_in, custody_firm):
    document = attach()
    stranger, viewer = new_applicant("Stranger"), new_applicant("Viewer")
    Membership.objects.create(user=viewer, firm=custody_firm, role="viewer")
    for user, status in ((stranger, 404), (viewer, 200)):
        mine = signed_in(fresh(user))
        assert [mine.get(picture(document, size)).status_code for size in ("small", "large")] == [status] * 2


def test_what_is_about_a_person_is_in_no_list(browser, draft_case, add_person, attach):
    person = add_person()
    code = next(r.code for r in draft_case.book.requirements if r.per_person and "documents" in r.evidence)
    document = attach(code, person=person)
    url = url_of(draft_case, code, person.pk)
    assert document.name in body(browser.get(url))
    assert FIRST not in body(browser.get(url))
    assert body(browser.get(f"{url}files/{document.pk}/")).count(FIRST) == 1
    assert browser.get(picture(document)).status_code == 200
    assert browser.get(picture(document, "small")).status_code == 404


def test_an_identity_document_is_in_no_list(browser, url, attach, firm_user):
    document = attach()
    DocumentFacts.objects.create(document=document, kind="identity", updated_by=firm_user)
    assert FIRST not in body(browser.get(url))
    assert browser.get(picture(document, "small")).status_code == 404
    assert browser.get(picture(document)).status_code == 200


def test_of_a_private_part_the_firm_sees_no_page(browser, draft_case, part, own_user, dana, signed_in):
    _question, _with_file, document = write_privately(draft_case, fresh(own_user), dana)
    give_preview(document)
    assert [browser.get(picture(document, size)).status_code for size in ("small", "large")] == [404, 404]
    assert signed_in(fresh(own_user)).get(picture(document)).status_code == 200
