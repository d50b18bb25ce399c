"""The parts, the public pages and the error pages, as a browser shows them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ["/", "/help/", "/parts/", "/parts/desk/", "/no-such-page/"]
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(path: str, scheme: str, open_page: Callable[..., Page], axe: Any) -> None:
    page = open_page(scheme=scheme)
    page.goto(path)
    assert axe(page) == []


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_at_320_pixels(path: str, language: str, open_page: Callable[..., Page]) -> None:
    page = open_page(width=320)
    page.goto("/help/")
    with page.expect_navigation():
        page.locator(f"button[lang={language}]").click()
    page.goto(path)
    assert page.locator("html").get_attribute("lang") == language
    assert page.evaluate(WIDER) == 0


def test_no_policy_is_broken_and_nothing_comes_from_elsewhere(page: Page, live_server: Any) -> None:
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES[:-1]:
        page.goto(path)
    assert said == []
    assert [url for url in asked if not url.startswith(live_server.url)] == []


def test_the_language_switch_works_without_scripts_and_keeps_the_page(open_page: Callable[..., Page]) -> None:
    page = open_page(scripts=False)
    page.goto("/help/?from=here")
    with page.expect_navigation():
        page.get_by_role("button", name="Русский").click()
    assert page.url.endswith("/help/?from=here")
    assert page.locator("html").get_attribute("lang") == "ru"


def test_the_first_tab_stop_leads_to_the_content(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_line_of_the_error_summary_takes_one_to_its_field(page: Page) -> None:
    page.goto("/parts/")
    page.get_by_role("link", name="Enter an amount in numbers").click()
    assert page.evaluate("document.activeElement.id") == "id_paid_up"


def test_the_whole_row_of_a_task_is_its_link(page: Page) -> None:
    page.goto("/parts/")
    row = page.locator(".task").first
    row.click(position={"x": row.bounding_box()["width"] - 6, "y": 10})
    assert page.url.endswith("#p2")


def test_targets_of_the_portal_are_44_pixels_high(page: Page) -> None:
    page.goto("/parts/")
    heights = page.locator("form#form .btn, form#form input[type=text], form#form select").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert len(heights) > 5
    assert min(heights) >= 44
