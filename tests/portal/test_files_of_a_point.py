"""Files of a point of a request: described, replaced, taken out, until the answers are sent."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from applications.models import DocumentFacts, InformationRequest, PointFile, RequestPoint
from applications.services import requests
from applications.services.point_files import replace_in_point
from documents.models import Document
from documents.services import pieces
from tests.plugins import files
from tests.plugins.cases import fresh, new_applicant
from tests.portal.conftest import pdf

pytestmark = pytest.mark.django_db(transaction=True)
FACTS = {
    "version": "0", "title": "Жарғы", "kind": "corporate", "language": "kk", "issued_on_day": "1",
    "issued_on_month": "2", "issued_on_year": "2026",
}  # fmt: skip


def body(response):
    return response.content.decode()


@pytest.fixture
def asked(case_in_review, afsa_staff):
    request = InformationRequest.objects.create(
        application=case_in_review, number=1, status="sent", due_on=timezone.localdate(),
        written_by=afsa_staff.reviewer, sent_at=timezone.now(),
    )  # fmt: skip
    for number in (1, 2):
        RequestPoint.objects.create(request=request, number=number, requirement="BP-03", question="Why?")
    return request


@pytest.fixture
def page_of(asked):
    return reverse("portal:request", args=[asked.application_id, 1])


@pytest.fixture
def point(asked):
    return asked.points.get(number=2)


@pytest.fixture
def attach(firm_user, point, settings):
    settings.CLAMD_ADDRESS = ""

    def make(name="plan.pdf", content=b""):
        return requests.attach_to_point(
            actor=firm_user, point=point, upload=pdf(name, content), name=name
        ).document

    return make


def held():
    return [file.document.name for file in PointFile.objects.filter(removed_at=None)]


def test_a_file_is_described_and_the_row_says_it(browser, page_of, attach):
    document = attach()
    url = f"{page_of}points/2/files/{document.pk}/"
    page = body(browser.get(url))
    assert page.count(f'action="{url}"') == 1
    assert browser.post(url, FACTS).url == f"{page_of}#point-2"
    page = body(browser.get(page_of))
    assert f'href="{url}">Describe<' in page
    assert "Corporate document · Kazakh · Issued 1 February 2026</p>" in page
    stale = browser.post(url, FACTS | {"title": "Other"})
    assert (stale.status_code, DocumentFacts.objects.get(document=document).title) == (409, "Жарғы")
    wrong = browser.post(url, FACTS | {"version": "1", "issued_on_year": "2999"})
    assert (wrong.status_code, "The date of issue is in the future." in body(wrong)) == (422, True)


@pytest.mark.parametrize("by_script", [True, False])
def test_a_newer_version_takes_the_place_and_the_one_before_can_be_opened(
    browser, page_of, attach, by_script
):
    first = attach("v1.pdf", b"1")
    here = f"{page_of}points/2/"
    browser.post(f"{here}files/{first.pk}/", FACTS)
    if by_script:
        given = browser.post(here + "file/", {"files": pdf("v2.pdf", b"2"), "replaces": str(first.pk)})
        assert given.status_code == 201
    else:
        given = browser.post(f"{here}files/{first.pk}/replace/", {"files": [pdf("v2.pdf", b"2")]})
        assert given.status_code == 302
    newest = PointFile.objects.get(removed_at=None).document
    assert given["Location"] == f"{here}files/{newest.pk}/"
    assert held() == ["v2.pdf"]
    page = body(browser.get(page_of))
    assert f'<a href="{reverse("portal:document", args=[first.pk])}">Version 1: v1.pdf</a>' in page
    assert "Version 2 · Corporate document · Kazakh</p>" in page
    assert browser.get(reverse("portal:document", args=[first.pk])).status_code == 200


def test_a_newer_version_keeps_the_place_in_the_list(firm_user, point, attach):
    first = attach("v1.pdf", b"1")
    attach("other.pdf", b"o")
    replace_in_point(actor=firm_user, point=point, document=first, upload=pdf("v2.pdf", b"2"), name="v2.pdf")
    assert held() == ["v2.pdf", "other.pdf"]


def test_a_newer_version_that_is_finished_twice_at_once_takes_the_place_once(
    browser, page_of, attach, point, firm_user
):
    first = attach("v1.pdf", b"1")
    content = pdf("v2.pdf", b"2").read()
    place = f"{page_of}points/2/"
    said = {"name": "v2.pdf", "size": len(content), "declared_type": "", "mark": ""}
    incoming = pieces.begin(**said, place=place, actor=firm_user)
    pieces.add(incoming=incoming, at=0, piece=content)
    both = [
        pieces.find(incoming_id=incoming.pk, place=place, actor=firm_user) for _request in range(2)
    ]  # neither is taken yet
    how = {"actor": firm_user, "point": point, "document": first, "name": "v2.pdf"}
    given = [replace_in_point(**how, upload=one) for one in both]
    assert (given[0], held()) == (given[1], ["v2.pdf"])


def test_a_file_is_taken_out_and_what_is_typed_beside_it_is_kept(browser, page_of, attach, asked):
    document = attach()
    typed = {
        "version": asked.version,
        "p1-text": "Because",
        "p1-version": "0",
        "p2-text": "So",
        "p2-version": "0",
    }
    gone = browser.post(f"{page_of}points/2/detach/", typed | {"document": str(document.pk)})
    assert (gone.status_code, held()) == (302, [])
    assert [point.answer for point in asked.points.all()] == ["Because", "So"]
    page = body(browser.get(page_of))
    assert "Removed: plan.pdf. If you need it after all, upload it again." in page
    assert f"file-{document.pk}" not in page
    assert Document.objects.filter(pk=document.pk).exists()
    again = browser.post(f"{page_of}points/2/detach/", typed | {"document": str(document.pk)})
    assert again.status_code == 404


def test_what_was_taken_out_or_replaced_is_not_sent(
    browser, page_of, attach, asked, firm_user, signed_in, afsa_staff
):
    out, first = attach("out.pdf", b"0"), attach("v1.pdf", b"1")
    browser.post(f"{page_of}points/2/detach/", {"version": 0, "document": str(out.pk)})
    browser.post(f"{page_of}points/2/files/{first.pk}/replace/", {"files": [pdf("v2.pdf", b"2")]})
    point = asked.points.get(number=2)
    requests.answer_point(actor=firm_user, point=point, expected_version=0, text="So")
    requests.send_answers(actor=firm_user, request=asked, expected_version=asked.version)
    sealed = Document.objects.filter(sealed=True, name__in=["out.pdf", "v1.pdf", "v2.pdf"])
    assert [document.name for document in sealed] == ["v2.pdf"]
    desk = signed_in(afsa_staff.reviewer)
    page = body(desk.get(reverse("admin:applications_application_request", args=[asked.application_id, 1])))
    assert "v2.pdf" in page
    assert "v1.pdf" not in page
    assert "out.pdf" not in page
    for document in (out, first):
        url = reverse("admin:applications_application_document", args=[asked.application_id, document.pk])
        assert desk.get(url).status_code == 403


def test_nothing_changes_once_it_is_sent(browser, page_of, attach, asked):
    document = attach()
    asked.points.update(sent_at=timezone.now(), answer="So")
    url = f"{page_of}points/2/files/{document.pk}/"
    assert "Describe" not in body(browser.get(page_of))
    assert 'name="title"' not in body(browser.get(url))
    refused = [
        browser.post(url, FACTS),
        browser.post(url + "replace/", {"files": [pdf("v2.pdf", b"2")]}),
        browser.post(f"{page_of}points/2/detach/", {"version": 0, "document": str(document.pk)}),
        browser.post(f"{page_of}points/2/file/", {"files": pdf()}),
    ]
    assert [answer.status_code for answer in refused] == [422] * 4
    assert (held(), DocumentFacts.objects.filter(document=document).count()) == (["plan.pdf"], 0)


@pytest.mark.parametrize("role", ["viewer", ""])
def test_others_change_nothing(page_of, attach, custody_firm, signed_in, role):
    document = attach()
    other = new_applicant("Other")
    if role:
        Membership.objects.create(user=other, firm=custody_firm, role=role)
    theirs, url = signed_in(fresh(other)), f"{page_of}points/2/files/{document.pk}/"
    answers = [
        theirs.post(url, FACTS),
        theirs.post(url + "replace/", {"files": [pdf("v2.pdf", b"2")]}),
        theirs.post(f"{page_of}points/2/file/", {"files": pdf()}),
    ]
    assert [answer.status_code for answer in answers] == [403 if role else 404] * 3
    assert (held(), Document.objects.filter(name="v2.pdf").count()) == (["plan.pdf"], 0)


def test_a_file_of_another_point_is_not_found(browser, page_of, attach):
    document = attach()
    assert browser.get(f"{page_of}points/1/files/{document.pk}/").status_code == 404
    detach = browser.post(f"{page_of}points/1/detach/", {"version": 0, "document": str(document.pk)})
    assert (detach.status_code, held()) == (404, ["plan.pdf"])


def test_the_number_of_queries_does_not_grow_with_the_files(browser, page_of, attach):
    counts = []
    for names in (("1.pdf",), ("2.pdf", "3.pdf")):
        for name in names:
            attach(name)
        with CaptureQueriesContext(connection) as found:
            browser.get(page_of)
        counts.append(len(found))
    assert counts[0] == counts[1]


REFUSED = {
    "none chosen": ({}, "Choose the file that takes its place."),
    "wrong type": ({"files": [files.upload("tool.exe", b"MZ")]}, "This kind of file is not taken"),
    "empty": ({"files": [files.upload("v2.pdf", b"")]}, "The file is empty."),
    "password": ({"files": [files.upload("v2.pdf", files.pdf(b"/Encrypt 5 0 R"))]}, "locked with a password"),
}


@pytest.mark.parametrize("which", REFUSED)
def test_each_refusal_has_words_of_its_own(browser, page_of, attach, which):
    document = attach()
    data, words = REFUSED[which]
    for one in data.get("files", []):
        one.seek(0)
    page = browser.post(f"{page_of}points/2/files/{document.pk}/replace/", data)
    shown = re.sub(r'data-[a-z-]+="[^"]*"', "", body(page))  # without the words that its script may say
    assert (page.status_code, shown.count(words)) == (422, 2)
    assert held() == ["plan.pdf"]
