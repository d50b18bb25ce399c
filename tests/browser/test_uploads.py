"""Giving files in a real browser: dropped, chosen, by keyboard, on a slow line, without one or scripts."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from applications.addresses import question_url_of
from applications.models import Answer, AnswerFile, Application
from documents.models import Document, Incoming
from documents.stores import PIECE
from regulators.rulebook import Slot
from tests.plugins.files import jpg, pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AT_ITS_ADDRESS = re.compile(r"/file/(\?|$)")

DROP = """([box, names]) => {
  const given = new DataTransfer();
  const type = "application/pdf";
  for (const name of names) given.items.add(new File([`%PDF-1.7 ${name} %%EOF`], name, {type}));
  for (const kind of ["dragenter", "dragover", "drop"])
    box.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: given}));
}"""


@pytest.fixture
def come(sign_in: Any, open_page: Callable[..., Page], draft_case: Application, firm_user: Any) -> Any:
    """A function: the page of a question that asks for a number and for documents."""

    def make(**options: Any) -> Page:
        page = sign_in(open_page(**options), firm_user)
        page.goto(question_url_of(draft_case.pk, draft_case.book.by_code["CUS-08"].stage, "CUS-08", None))
        return page

    return make


def a_file(name: str, body: bytes = b"") -> Any:
    return {"name": name, "mimeType": "application/pdf", "buffer": pdf(body)}


def row(page: Page, name: str) -> Any:
    return page.locator(".file", has_text=name)


def held() -> set[str]:
    return set(AnswerFile.objects.filter(removed_at=None).values_list("document__name", flat=True))


def test_two_files_are_dropped_and_a_word_typed_beside_them_stays(come: Any, axe: Any) -> None:
    page = come(width=320)
    page.get_by_label("Number").fill("7")
    page.evaluate(DROP, [page.locator(".drop").element_handle(), ["Жарғы.pdf", "plan.pdf"]])
    for name in ("Жарғы.pdf", "plan.pdf"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
        expect(row(page, name)).to_contain_text("Ready")
    expect(page.locator("[data-live]")).to_contain_text(re.compile(r"Uploaded\. (Жарғы|plan)\.pdf: Ready"))
    assert page.get_by_label("Number").input_value() == "7"
    assert held() == {"Жарғы.pdf", "plan.pdf"}
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate(DROP, [page.locator("h1").element_handle(), ["beside.pdf"]])
    assert page.get_by_label("Number").input_value() == "7"
    assert held() == {"Жарғы.pdf", "plan.pdf"}


def test_a_slow_upload_shows_where_it_is_and_can_be_cancelled_and_tried_again(come: Any) -> None:
    page = come()
    waiting: list[Route] = []
    page.route(AT_ITS_ADDRESS, lambda route: waiting.append(route))
    page.get_by_label("Choose files").set_input_files(a_file("slow.pdf"))
    slow = row(page, "slow.pdf")
    expect(slow).to_contain_text("Uploading")
    expect(slow.get_by_role("progressbar", name="Uploading slow.pdf")).to_be_visible()
    slow.get_by_role("button", name="Cancel slow.pdf").click()
    expect(slow).to_contain_text("Cancelled")
    expect(page.locator("[data-live]")).to_have_text("slow.pdf: Cancelled")
    expect(slow.get_by_role("button", name="Try again slow.pdf")).to_be_focused()
    page.unroute(AT_ITS_ADDRESS)
    slow.get_by_role("button", name="Try again slow.pdf").click()
    expect(page.get_by_role("link", name="slow.pdf", exact=True)).to_be_focused()
    assert held() == {"slow.pdf"}


def test_a_form_that_is_sent_meanwhile_goes_once_the_files_are_there(come: Any) -> None:
    page = come()
    here = page.url
    waiting: list[Route] = []
    page.route(AT_ITS_ADDRESS, lambda route: waiting.append(route))
    page.get_by_label("Number").fill("7")
    page.get_by_label("Choose files").set_input_files(a_file("slow.pdf"))
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.get_by_text("Files are still being uploaded.")).to_be_visible()
    assert page.url == here
    waiting[0].continue_()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert (held(), Answer.objects.get().value) == ({"slow.pdf"}, {"number": "7"})


def test_a_line_that_drops_is_said_and_nothing_typed_is_lost(come: Any) -> None:
    page = come()
    page.get_by_label("Number").fill("7")
    page.context.set_offline(True)
    page.get_by_label("Choose files").set_input_files([a_file("one.pdf"), a_file("two.pdf")])
    for name in ("one.pdf", "two.pdf"):
        expect(row(page, name)).to_contain_text("The connection was lost. Nothing of this file was kept.")
    page.context.set_offline(False)
    row(page, "one.pdf").get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name="one.pdf", exact=True)).to_be_visible()
    row(page, "two.pdf").get_by_role("button", name="Remove").click()
    expect(row(page, "two.pdf")).to_have_count(0)
    expect(page.get_by_label("Choose files")).to_be_focused()
    assert page.get_by_label("Number").input_value() == "7"
    assert held() == {"one.pdf"}


def test_what_is_not_taken_says_why_in_its_row(come: Any, settings: Any) -> None:
    settings.DOCUMENT_MAX_BYTES = 4000
    page = come()
    page.get_by_label("Choose files").set_input_files(
        [
            {"name": "tool.pdf", "mimeType": "application/pdf", "buffer": b"MZ"},
            a_file("large.pdf", b"x" * 4000),
            a_file("locked.pdf", b"/Encrypt 5 0 R"),
            a_file("good.pdf"),
        ]
    )
    for name, why in (
        ("tool.pdf", "its content is not what its name says"),
        ("large.pdf", "The file is larger than 3.9"),
        ("locked.pdf", "The file is locked with a password."),
    ):
        expect(row(page, name)).to_contain_text(why)
        expect(row(page, name)).to_contain_text("Not uploaded")
    expect(page.get_by_role("link", name="good.pdf", exact=True)).to_be_visible()
    assert held() == {"good.pdf"}


def test_a_session_that_has_ended_is_said(come: Any) -> None:
    page = come()
    page.context.clear_cookies()
    page.get_by_label("Choose files").set_input_files(a_file("plan.pdf"))
    said = re.compile("You are signed out|Files cannot be given here")
    expect(row(page, "plan.pdf")).to_contain_text(said)
    assert Document.objects.count() == 0


def test_the_keyboard_alone_gives_describes_and_removes_a_file(come: Any, tmp_path: Path) -> None:
    page = come()
    page.on("filechooser", lambda _chooser: None)  # from now on, not only from the moment of the key
    (tmp_path / "plan.pdf").write_bytes(pdf())
    page.get_by_label("Number").focus()
    while not page.evaluate("document.activeElement.type == 'file'"):
        page.keyboard.press("Tab")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(tmp_path / "plan.pdf")
    expect(page.get_by_role("link", name="plan.pdf", exact=True)).to_be_visible()
    came_by = []
    while (here := page.evaluate("document.activeElement.id.split('-')[0]")) != "open":
        page.keyboard.press("Shift+Tab")
        came_by.append(here)
    assert came_by == ["id_files", "remove", "replace", "about"]
    for _link in ("about", "replace", "remove"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Removed: plan.pdf.")).to_be_visible()
    assert held() == set()


def test_without_scripts_the_form_gives_several_at_once(come: Any) -> None:
    page = come(scripts=False)
    page.get_by_label("Number").fill("7")
    page.get_by_label("Choose files").set_input_files([a_file("one.pdf"), a_file("two.pdf")])
    page.get_by_role("button", name="Upload").click()
    for name in ("one.pdf", "two.pdf"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    assert page.get_by_label("Number").input_value() == "7"
    page.get_by_role("link", name="Replace one.pdf").click()
    page.get_by_label("Choose the file").set_input_files(a_file("one-b.pdf"))
    page.get_by_role("button", name="Upload the new version").click()
    expect(row(page, "one-b.pdf")).to_contain_text("Version 2")
    expect(page.get_by_role("link", name="Version 1: one.pdf")).to_be_visible()
    assert held() == {"one-b.pdf", "two.pdf"}


def test_the_new_version_comes_by_the_script_too(come: Any) -> None:
    page = come()
    page.get_by_label("Choose files").set_input_files(a_file("one.pdf"))
    page.get_by_role("link", name="Replace one.pdf").click()
    page.get_by_label("Choose the file").set_input_files(a_file("one-b.pdf"))
    expect(page.get_by_role("link", name="Version 1: one.pdf")).to_be_visible()
    assert held() == {"one-b.pdf"}


def test_the_row_of_a_file_in_its_check_settles_by_itself(come: Any, settings: Any) -> None:
    settings.CLAMD_ADDRESS = "unix:///stopped"
    page = come()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/status/" in request.url else None)
    page.get_by_label("Choose files").set_input_files(a_file("plan.pdf"))
    expect(row(page, "plan.pdf")).to_contain_text("Checking for viruses")
    page.clock.install()
    page.reload()
    expect(row(page, "plan.pdf")).to_contain_text("Checking for viruses")
    Document.objects.update(status="infected")
    page.clock.run_for(6000)
    expect(row(page, "plan.pdf")).to_contain_text("Rejected – virus found")
    expect(page.locator("[data-live]")).to_have_text("plan.pdf: Rejected – virus found")
    count = len(asked)
    assert count > 0
    page.clock.run_for(60_000)
    page.wait_for_timeout(500)  # what was asked for would be heard of
    assert len(asked) == count


LARGE = PIECE * 2 + 1000


@pytest.mark.parametrize("status", [0, 502])
def test_a_large_file_goes_on_by_itself_where_the_line_dropped_or_the_service_failed(
    come: Any, status: int
) -> None:
    page = come()
    sent: list[int] = []

    def twice_broken(route: Route) -> None:
        at = piece_in(route)
        if at is not None:
            sent.append(at)
        if sent.count(PIECE) in (1, 2) and at == PIECE:
            if status:
                route.fulfill(status=status, body="<h1>Bad gateway</h1>")
            else:
                route.abort("connectionreset")
        else:
            route.continue_()

    page.route(AT_ITS_ADDRESS, twice_broken)
    page.get_by_label("Number").fill("7")
    page.get_by_label("Choose files").set_input_files(a_file("large.pdf", b"x" * LARGE))
    expect(row(page, "large.pdf")).to_contain_text("Waiting for the connection")
    expect(page.get_by_role("link", name="large.pdf", exact=True)).to_be_visible(timeout=20_000)
    assert sent == [0, PIECE, PIECE, PIECE, 2 * PIECE]
    assert (held(), Document.objects.get().size) == ({"large.pdf"}, len(pdf(b"x" * LARGE)))
    assert page.get_by_label("Number").input_value() == "7"


def test_a_large_file_of_which_no_further_piece_comes_is_given_up_after_six_tries(come: Any) -> None:
    page = come()
    page.clock.install()
    page.reload()
    sent: list[int] = []

    def broken(route: Route) -> None:
        at = piece_in(route)
        if at is not None:
            sent.append(at)
        if at == PIECE:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(AT_ITS_ADDRESS, broken)
    page.get_by_label("Choose files").set_input_files(a_file("large.pdf", b"x" * LARGE))
    large = row(page, "large.pdf")
    for _pause in range(6):
        expect(large).to_contain_text("Waiting for the connection")
        with page.expect_event("requestfailed"):
            page.clock.run_for(31_000)
    expect(large).to_contain_text("Not uploaded")
    expect(large.get_by_role("button", name="Try again large.pdf")).to_be_visible()
    assert sent == [0] + [PIECE] * 7


def test_a_large_file_goes_on_after_the_page_was_left(come: Any, tmp_path: Path) -> None:
    page = come()
    path = tmp_path / "large.pdf"
    path.write_bytes(pdf(b"x" * LARGE))
    sent: list[int] = []

    def seen(route: Route) -> None:
        at = piece_in(route)
        if at is not None:
            sent.append(at)
        if at == 2 * PIECE and sent.count(at) == 1:
            return  # never answered: the page is left while it waits
        route.continue_()

    page.context.route(AT_ITS_ADDRESS, seen)
    page.get_by_label("Choose files").set_input_files(path)
    expect(row(page, "large.pdf")).to_contain_text("Uploading")
    page.wait_for_function("() => document.querySelector('progress').value > 99")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(page.url)
    assert held() == set()
    page.get_by_label("Choose files").set_input_files(path)
    expect(page.get_by_role("link", name="large.pdf", exact=True)).to_be_visible(timeout=20_000)
    assert sent == [0, PIECE, 2 * PIECE, 2 * PIECE]
    assert held() == {"large.pdf"}


def test_of_a_large_file_that_is_cancelled_nothing_is_kept(come: Any) -> None:
    page = come()
    page.route(AT_ITS_ADDRESS, lambda route: None if piece_in(route) == PIECE else route.continue_())
    page.get_by_label("Choose files").set_input_files(a_file("large.pdf", b"x" * LARGE))
    page.wait_for_function("() => document.querySelector('progress').value > 40")
    assert Incoming.objects.get().came == PIECE
    with page.expect_response(lambda answer: answer.status == 204):
        row(page, "large.pdf").get_by_role("button", name="Cancel large.pdf").click()
    assert (Incoming.objects.count(), held()) == (0, set())
    expect(row(page, "large.pdf")).to_contain_text("Cancelled")


def piece_in(route: Route) -> int | None:
    """Where in the file the piece begins that this request brings."""
    begins = re.search(r"[?&]at=(\d+)", route.request.url)
    return int(begins[1]) if begins else None


def test_what_the_question_does_not_take_is_said_before_it_is_sent(
    come: Any, draft_case: Application, slotted: Callable[..., Application]
) -> None:
    slotted(draft_case, {"CUS-08": Slot(kinds=("pdf", "jpg"), most_megabytes=1)})
    page = come()
    sent: list[Route] = []
    page.route(AT_ITS_ADDRESS, lambda route: sent.append(route))
    large = a_file("large.pdf", b"x" * 1024 * 1024)
    page.get_by_label("Choose files").set_input_files([a_file("plan.docx"), large])
    expect(row(page, "plan.docx")).to_contain_text("This question takes these kinds of file: PDF, JPG.")
    expect(row(page, "large.pdf")).to_contain_text("The file is larger than 1 MB.")
    expect(page.locator("[data-live]")).to_contain_text("large.pdf: The file is larger than 1 MB.")
    assert sent == []
    page.unroute(AT_ITS_ADDRESS)
    page.get_by_label("Choose files").set_input_files(
        {"name": "face.JPG", "mimeType": "image/jpeg", "buffer": jpg()}
    )
    expect(page.get_by_role("link", name="face.jpg", exact=True)).to_be_visible()
    assert held() == {"face.jpg"}


def test_an_empty_file_is_told_so_at_once_and_sizes_read_as_the_service_writes_them(come: Any) -> None:
    page = come()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.get_by_label("Choose files").set_input_files(
        [{"name": "empty.pdf", "mimeType": "application/pdf", "buffer": b""}]
    )
    expect(row(page, "empty.pdf")).to_contain_text("Not uploaded")
    expect(row(page, "empty.pdf")).to_contain_text("The file is empty. Check the file on your computer")
    waiting: list[Route] = []
    page.route(AT_ITS_ADDRESS, lambda route: waiting.append(route))
    page.get_by_label("Choose files").set_input_files(a_file("half.pdf", b"x" * 1500))
    expect(row(page, "half.pdf").locator("[data-size]")).to_have_text("1.5\xa0KB")
    page.unroute(AT_ITS_ADDRESS)
    row(page, "half.pdf").get_by_role("button", name="Cancel").click()
    row(page, "half.pdf").get_by_role("button", name="Try again").click()
    expect(row(page, "half.pdf")).to_contain_text("1.5\xa0KB ·")
    assert (held(), faults) == ({"half.pdf"}, [])


def test_a_newer_version_leads_to_what_is_said_of_it_anew(come: Any) -> None:
    page = come()
    page.get_by_label("Choose files").set_input_files(a_file("v1.pdf"))
    row(page, "v1.pdf").get_by_role("link", name="Describe").click()
    page.get_by_label("Name for readers").fill("Plan")
    page.get_by_role("group", name="Valid until").get_by_label("Day").fill("4")
    page.get_by_role("group", name="Valid until").get_by_label("Month").fill("5")
    page.get_by_role("group", name="Valid until").get_by_label("Year").fill("2031")
    page.get_by_role("button", name="Save", exact=True).click()
    row(page, "Plan").get_by_role("link", name="Replace").click()
    page.get_by_label("Choose the file").set_input_files(a_file("v2.pdf", b"2"))
    expect(page.get_by_text("Version 2 is in the place of the one before")).to_be_visible()
    expect(page.get_by_text("Valid until 4 May 2031")).to_be_visible()
    year = page.get_by_role("group", name="Valid until").get_by_label("Year")
    assert year.input_value() == ""
    page.get_by_role("link", name="Fill this in below").click()
    expect(year).to_have_value("2031")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(row(page, "Plan")).to_contain_text("Valid until 4 May 2031")
    assert held() == {"v2.pdf"}
