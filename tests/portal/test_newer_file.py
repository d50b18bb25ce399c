"""A newer version of a file: its place, what comes over to it, and what has to be said of it anew."""

from datetime import date

import pytest

from applications.models import AnswerFile, DocumentFacts
from applications.services import drafting
from applications.services import files as services
from documents.models import Document
from tests.portal.conftest import pdf, url_of

pytestmark = pytest.mark.django_db(transaction=True)
CARRIED = {"title": "Plan", "kind": "plan", "language": "ru", "translated_by": "A. Sworn",
           "confidential": True, "confidential_why": "It names the guards."}  # fmt: skip
OWN = {"certification": "notary", "certified_on": date(2026, 3, 3), "issued_on": date(2026, 2, 1),
       "expires_on": date(2031, 5, 4)}  # fmt: skip
OWN_SAID = ["Certified: By a notary, 3 March 2026", "Issued 1 February 2026", "Valid until 4 May 2031"]
OFFER = "Said of the version before, and not of this one"
ROW = "Said of the version before, and not yet of this one: "


def body(response):
    return response.content.decode()


@pytest.fixture(autouse=True)
def _no_scanner(settings):
    settings.CLAMD_ADDRESS = ""


@pytest.fixture
def url(draft_case):
    return url_of(draft_case, "BP-03")


@pytest.fixture
def attach(draft_case, firm_user):
    def make(name):
        place = {"actor": firm_user, "case_id": draft_case.pk, "requirement": "BP-03"}
        return drafting.attach(**place, upload=pdf(name, name.encode()), name=name).document

    return make


@pytest.fixture
def first(attach, draft_case, firm_user):
    """The first of two files, with everything said of it."""
    one = attach("v1.pdf")
    attach("other.pdf")
    place = {"actor": firm_user, "case_id": draft_case.pk, "requirement": "BP-03"}
    services.describe(**place, document=one, expected_version=0, pages="3-7", **CARRIED, **OWN)
    return one


def replaced(browser, url, first, *, by_script=False, name="v2.pdf"):
    """Where one is sent, and the newer version."""
    if by_script:
        given = browser.post(url + "file/", {"files": pdf(name, b"2"), "replaces": str(first.pk)})
        assert given.status_code == 201
    else:
        given = browser.post(f"{url}files/{first.pk}/replace/", {"files": [pdf(name, b"2")]})
        assert given.status_code == 302
    return given["Location"], Document.objects.get(name=name)


@pytest.mark.parametrize("by_script", [True, False])
def test_what_may_still_hold_comes_over_and_the_rest_is_offered(browser, url, first, by_script):
    place, newest = replaced(browser, url, first, by_script=by_script)
    assert place == f"{url}files/{newest.pk}/"
    facts = DocumentFacts.objects.get(document=newest)
    assert {name: getattr(facts, name) for name in CARRIED} == CARRIED
    assert [getattr(facts, name) for name in OWN] == ["", None, None, None]
    assert AnswerFile.objects.get(document=newest).pages == ""

    page = body(browser.get(place))
    assert (
        "Version 2 is in the place of the one before, which stays on record. Carried over: Name for readers, "
        "Kind of document, Language of the document, Translated by, We claim this document as confidential, "
        "Why it is confidential." in page
    )
    assert page.count(OFFER) == 1
    assert [said for said in ["See pages 3-7", *OWN_SAID] if f"<li>{said}</li>" not in page] == []
    assert 'name="expires_on_year" value="2031"' not in page

    filled = body(browser.get(f"{place}?before=1"))
    for name, value in (("expires_on_year", "2031"), ("certified_on_day", "3"), ("pages", "3-7"),
                        ("title", "Plan")):  # fmt: skip
        assert f'name="{name}" value="{value}"' in filled
    assert "not saved yet" in filled
    assert DocumentFacts.objects.get(document=newest).expires_on is None


def test_the_row_asks_until_it_is_said(browser, url, first):
    place, newest = replaced(browser, url, first)
    row = body(browser.get(url))
    assert f"{ROW}{' · '.join(OWN_SAID)}." in row
    assert f'<a href="{place}">Confirm it, or say otherwise' in row
    assert browser.post(place, {"version": 0, "title": "Plan"}).status_code == 302
    assert ROW not in body(browser.get(url))
    assert OFFER not in body(browser.get(place))
    assert DocumentFacts.objects.get(document=newest).expires_on is None


def test_where_nothing_has_to_be_said_anew_one_comes_back_to_the_question(browser, url, attach):
    place, _newest = replaced(browser, url, attach("v1.pdf"))
    assert place == url
    page = body(browser.get(url))
    assert "Version 2 is in the place of the one before, which stays on record." in page
    assert ("Carried over" in page, ROW in page) == (False, False)


def test_what_was_said_two_versions_ago_is_still_asked_for(browser, url, first):
    _place, second = replaced(browser, url, first)
    place, _third = replaced(browser, url, second, name="v3.pdf")
    assert "<li>Valid until 4 May 2031</li>" in body(browser.get(place))


def test_a_newer_version_keeps_the_place_in_the_list(browser, url, first):
    _place, newest = replaced(browser, url, first)
    held = AnswerFile.objects.filter(removed_at=None).values_list("document__name", flat=True)
    assert list(held) == ["v2.pdf", "other.pdf"]
    _place, _third = replaced(browser, url, newest, name="v3.pdf")
    assert list(held.all()) == ["v3.pdf", "other.pdf"]
