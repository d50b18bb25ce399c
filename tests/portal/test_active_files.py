"""Files in which something runs by itself, or that are two kinds at once: never run, and told of."""

import pytest
from django.urls import reverse

from applications.models import AnswerFile
from applications.services import drafting
from audit.models import Event
from documents.models import Document
from tests.plugins import files
from tests.plugins.cases import new_applicant
from tests.plugins.previews import give_preview
from tests.portal.conftest import url_of

WARNING = "This file contains %s. Open it only in a viewer that has these turned off."
ACTIVE = {
    "scripts": b"<</S /JavaScript /JS (app.alert\\(1\\))>>",
    "commands that start programs": b"<</S /Launch /F (calc)>>",
    "files packed inside it": b"<</Type /EmbeddedFile>>",
    "an active form": b"<</XFA 5 0 R>>",
    "active media": b"<</Subtype /RichMedia>>",
    "an action that starts when it is opened": b"<</OpenAction 5 0 R>>",
}
POLYGLOTS = {
    "a.pdf": files.pdf(b"<html><script>alert(1)</script></html>"),
    "b.jpg": files.jpg() + b"<?php system($_GET['c']); ?>",
    "c.csv": b"a;b\n1;<script>alert(1)</script>",
}


@pytest.fixture
def given(draft_case, firm_user, settings):
    """A function: a file in the answer to a question."""
    settings.CLAMD_ADDRESS = ""

    def make(name, content):
        place = {"actor": firm_user, "case_id": draft_case.pk, "requirement": "BP-03"}
        return drafting.attach(**place, upload=files.upload(name, content), name=name).document

    return make


def opened():
    return Event.objects.filter(kind="document.opened").count()


@pytest.mark.parametrize("what", ACTIVE)
def test_the_original_opens_behind_a_warning(browser, given, what):
    content = files.pdf(ACTIVE[what])
    url = reverse("portal:document", args=[given("plan.pdf", content).pk])
    page = browser.get(url)
    text = page.content.decode()
    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert (WARNING % what in text, "There is no picture of its first page." in text) == (True, True)
    assert (text.count('href="?warned=yes"'), opened()) == (1, 0)

    file = browser.get(url + "?warned=yes")
    assert (b"".join(file.streaming_content), opened()) == (content, 1)
    assert file["Content-Disposition"].startswith("attachment; ")


CAUTION = (
    "This file contains scripts. The regulator is warned of that before opening it, and may leave it shut. "
    "If you can, save it without them, for example by printing it to a PDF, and replace it."
)


def test_the_firm_reads_of_it_wherever_the_file_stands(browser, given, draft_case):
    document = given("plan.pdf", files.pdf(ACTIVE["scripts"]))
    Document.objects.update(status="clean")
    here = url_of(draft_case, "BP-03")
    check = reverse("portal:check", args=[draft_case.pk])
    pick = f"{url_of(draft_case, 'BP-05')}pick/"
    for url in (here, f"{here}files/{document.pk}/", pick, check):
        page = browser.get(url).content.decode()
        assert (url, page.count(CAUTION)) == (url, 1)
        assert "Ready, with a warning" in page
    Document.objects.update(active_content=[])
    assert "Ready, with a warning" not in browser.get(here).content.decode()
    Document.objects.update(active_content=["javascript"], status="infected")
    page = browser.get(here).content.decode()
    assert ("Rejected – virus found" in page, CAUTION in page) == (True, False)


def test_the_warning_offers_the_picture_of_the_first_page(browser, given):
    document = give_preview(given("plan.pdf", files.pdf(ACTIVE["scripts"])))
    text = browser.get(reverse("portal:document", args=[document.pk])).content.decode()
    picture = reverse("portal:preview", args=[document.pk, "large"])
    assert f'<a href="{picture}">Look at the first page</a>' in text


def test_a_file_in_which_nothing_runs_opens_at_once(browser, given):
    answer = browser.get(reverse("portal:document", args=[given("plan.pdf", files.pdf()).pk]))
    assert (b"".join(answer.streaming_content), opened()) == (files.pdf(), 1)


def test_who_may_not_open_it_is_not_warned_either(given, firm_user, signed_in):
    url = reverse("portal:document", args=[given("plan.pdf", files.pdf(ACTIVE["scripts"])).pk])
    assert signed_in(new_applicant("Stranger")).get(url).status_code == 404


@pytest.mark.parametrize("name", POLYGLOTS)
def test_what_is_two_kinds_at_once_is_a_download_that_no_browser_runs(browser, given, name):
    document = given(name, POLYGLOTS[name])
    answer = browser.get(reverse("portal:document", args=[document.pk]))
    assert b"".join(answer.streaming_content) == POLYGLOTS[name]
    kind = {"pdf": "application/pdf", "jpg": "image/jpeg", "csv": "text/csv"}[document.extension]
    assert answer["Content-Type"].partition(";")[0] == kind
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert AnswerFile.objects.get(document=document).removed_at is None
