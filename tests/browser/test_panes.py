"""The panes of a question are made wider and narrower by keyboard and pointer, and stay so."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from applications.models import Application

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def widths(page: Page) -> list[int]:
    panes = page.locator("[data-panes] > :is(section, div.stack)")
    return [round(pane.bounding_box()["width"]) for pane in panes.all()]  # type: ignore[index]


def test_panes_are_resized_by_keyboard_and_pointer(
    case_in_review: Application, afsa_staff: Any, open_page: Callable[..., Page], sign_in: Any
) -> None:
    url = reverse(
        "admin:applications_application_question", args=[case_in_review.pk, "business_plan", "BP-01"]
    )
    page = sign_in(open_page(width=1280), afsa_staff.reviewer)
    page.goto(url)
    first, answer, source = widths(page)
    assert max(first, answer, source) < 700  # side by side
    grip = page.get_by_role("separator").first
    expect(grip).to_have_attribute("aria-valuenow", "22")
    grip.focus()
    page.keyboard.press("ArrowRight")
    expect(grip).to_have_attribute("aria-valuenow", "24")
    assert widths(page)[0] > first
    page.keyboard.press("Home")
    expect(grip).to_have_attribute("aria-valuenow", grip.get_attribute("aria-valuemin") or "")
    box = page.get_by_role("separator").nth(1).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] - 100, box["y"] + 20)
    page.mouse.up()
    dragged = widths(page)
    assert dragged[2] > source
    page.reload()
    assert widths(page) == dragged
    page.set_viewport_size({"width": 900, "height": 900})
    expect(page.get_by_role("separator")).to_have_count(0)
    panes = page.locator("[data-panes] > :is(section, div.stack)")
    assert [pane.is_visible() for pane in panes.all()] == [False, True, False]  # tabs: test_keys.py
