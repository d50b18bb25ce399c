"""The keys of the desk: found without a key, off where somebody turned them off, and none of them acts."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from applications.models import Application
from tests.plugins.cases import fresh

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = reverse("admin:applications_application_changelist")


def question(case: Application, code: str = "BP-01") -> str:
    return reverse("admin:applications_application_question", args=[case.pk, "business_plan", code])


def go(page: Page, key: str) -> str:
    with page.expect_navigation():
        page.keyboard.press(key)
    return re.sub(r"^https?://[^/]+", "", page.url)


def test_keys_move_about_and_act_nowhere(
    case_in_review: Application, afsa_staff: Any, page: Page, sign_in: Any
) -> None:
    case, here = case_in_review, question(case_in_review)
    case_page = reverse("admin:applications_application_change", args=[case.pk])
    posted: list[str] = []
    page.on("request", lambda asked: posted.append(asked.url) if asked.method != "GET" else None)
    sign_in(page, afsa_staff.reviewer).goto(f"{LIST}?whose=all")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("jkln?")
    expect(page.get_by_role("searchbox")).to_have_value("jkln?")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("j")
    expect(page.locator("#result_list a.ref").first).to_be_focused()
    assert go(page, "Enter") == case_page
    page.keyboard.press("j")
    expect(page.locator(".reqs a").first).to_be_focused()
    stage = go(page, "Enter")

    page.goto(here)
    page.keyboard.press("j")
    expect(page.locator(".reqs a").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(".reqs a").first).to_be_focused()
    page.keyboard.press("3")
    expect(page.get_by_role("region", name="Rule")).to_be_focused()
    after = page.locator('a[rel="next"]').get_attribute("href")
    assert (go(page, "n"), go(page, "p")) == (after, here)
    assert [go(page, "u") for _level in range(3)] == [stage, case_page, LIST]
    page.goto(here)
    assert go(page, "m") == reverse("admin:applications_application_note_new", args=[case.pk])
    assert go(page, "l") == LIST

    page.goto(here)
    for key in "abcdefghioqrstvwxyz567890":
        page.keyboard.press(key)
    for key in ("Control+n", "Alt+p", "Shift+U"):
        page.locator("main").dispatch_event(
            "keydown", {"key": key[-1], "ctrlKey": "Control" in key, "altKey": "Alt" in key,
                        "shiftKey": "Shift" in key, "code": f"Key{key[-1].upper()}", "bubbles": True},
        )  # fmt: skip
    expect(page).to_have_url(re.compile(re.escape(here) + "$"))
    page.locator("body").dispatch_event("keydown", {"key": "т", "code": "KeyN", "bubbles": True})
    page.wait_for_url(f"**{after}")  # the place of N on a Russian keyboard
    assert posted == []
    assert fresh(case).version == case.version


def test_they_are_found_without_a_key_and_stay_off_in_this_browser(
    case_in_review: Application, afsa_staff: Any, page: Page, sign_in: Any, axe: Callable[[Page], list[str]]
) -> None:
    sign_in(page, afsa_staff.reviewer).goto(question(case_in_review))
    box = page.get_by_role("dialog", name="Keyboard shortcuts")
    page.keyboard.press("?")
    expect(box).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("l")  # none works while the list is open
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    box.get_by_label("Shortcuts are on in this browser").uncheck()
    box.get_by_role("button", name="Close").click()
    page.reload()
    for key in ("?", "n", "u", "l"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile(re.escape(question(case_in_review)) + "$"))
    expect(box).to_be_hidden()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(box.get_by_label("Shortcuts are on in this browser")).not_to_be_checked()
    box.get_by_label("Shortcuts are on in this browser").check()
    box.get_by_role("button", name="Close").click()
    assert go(page, "l") == LIST


def shown(page: Page) -> list[bool]:
    return [pane.is_visible() for pane in page.locator("[data-tab]").all()]


def test_panes_that_do_not_fit_side_by_side_are_tabs(
    case_in_review: Application, afsa_staff: Any, open_page: Callable[..., Page], sign_in: Any,
    axe: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    page = sign_in(open_page(width=1279), afsa_staff.reviewer)
    page.goto(question(case_in_review))
    tabs = page.get_by_role("tab")
    expect(tabs).to_have_text(["Questions", "Answer and finding", "Rule", "Documents"])
    assert shown(page) == [False, True, False, False]

    def selected(name: str) -> Locator:
        expect(page.get_by_role("tab", selected=True)).to_have_text(name)
        return page.get_by_role("tabpanel", name=name)

    page.get_by_label("Reason, as the file will show it").fill("Typed.")
    tabs.nth(1).focus()
    page.keyboard.press("ArrowRight")
    expect(tabs.nth(2)).to_be_focused()
    expect(selected("Rule")).to_be_visible()
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    expect(selected("Questions")).to_be_visible()
    assert shown(page) == [True, False, False, False]
    page.keyboard.press("4")
    expect(selected("Documents")).to_be_focused()
    assert axe(page) == []
    page.evaluate("location.hash = document.querySelector('.question').id")
    expect(selected("Answer and finding")).to_be_visible()
    expect(page.get_by_label("Reason, as the file will show it")).to_have_value("Typed.")

    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.get_by_role("tab")).to_have_count(0)
    assert shown(page) == [True] * 4
    expect(page.get_by_role("tabpanel")).to_have_count(0)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 800, "height": 900})
    assert shown(page) == [True] * 4
    without = sign_in(open_page(width=1000, scripts=False), afsa_staff.reviewer)
    without.goto(question(case_in_review))
    assert shown(without) == [True] * 4
    expect(without.get_by_role("button", name="Keyboard shortcuts")).to_have_count(0)
