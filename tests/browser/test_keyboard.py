"""A firm's way through its application with the keyboard alone: what has the focus is seen, and in sight."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from applications.models import Application
from tests.plugins.cases import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_STEPS = 150
HAS_FOCUS = "element => element === document.activeElement"
IS_SEEN = """element => {
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
  const open = top === element || element.contains(top) || top.contains(element);
  return marked && open && box.y >= 0 && box.bottom <= innerHeight + 1;
}"""


def go_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press the key until the target has the focus, which must be marked and not covered."""
    for _step in range(MOST_STEPS):
        page.keyboard.press(key)
        if target.evaluate(HAS_FOCUS):
            assert target.evaluate(IS_SEEN), target
            return
    raise AssertionError(f"{target} is not reached by {key}")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    go_to(page, target)
    with page.expect_navigation():
        page.keyboard.press(key)


def write(page: Page, target: Locator, text: str) -> None:
    go_to(page, target)
    page.keyboard.type(text)


def sign_in_by_keyboard(page: Page, user: User) -> None:
    page.goto(reverse("account_login"))
    write(page, page.get_by_label("E-mail"), user.email)
    write(page, page.get_by_label("Password"), PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_first_tab_leads_past_the_head_of_the_page(
    page: Page, sign_in: Any, draft_case: Application, firm_user: User
) -> None:
    sign_in(page, firm_user).goto(reverse("portal:case", args=[draft_case.pk]))
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_a_question_a_person_and_a_holding_by_keyboard(
    page: Page, draft_case: Application, firm_user: User
) -> None:
    sign_in_by_keyboard(page, firm_user)
    expect(page.get_by_role("heading", level=1)).to_have_text(draft_case.firm.name)
    press(page, page.get_by_role("link", name="Scope of the licence"))
    press(page, page.get_by_role("main").get_by_role("link", name="Scope of the licence", exact=True))
    page.keyboard.press("Tab")
    go_to(page, page.get_by_label("Custody of digital assets only"))
    page.keyboard.press("Space")
    expect(page.get_by_label("Custody of digital assets only")).to_be_checked()
    write(page, page.get_by_label("Your answer"), "Custody, and nothing else. Ә Ғ Қ Ң Ө Ұ Ү Һ І")
    press(page, page.get_by_role("button", name="Save and come back later"))
    assert draft_case.answers.get(requirement="BP-01").value["choice"] == "custody_only"

    page.goto(reverse("portal:ownership", args=[draft_case.pk]))
    go_to(page, page.get_by_label("Who holds", exact=True))
    page.keyboard.type("A body")
    write(page, page.get_by_label("Name of the new company or other body"), "Altyn Dala Holding Ltd")
    write(page, page.get_by_label("Economic interest, %"), "100")
    write(page, page.get_by_label("Votes, %"), "100")
    press(page, page.get_by_role("button", name="Save the holding"))
    assert draft_case.holdings.get().owner.name == "Altyn Dala Holding Ltd"


def test_a_mistake_takes_the_focus_to_its_summary_and_from_there_to_the_field(
    page: Page, sign_in: Any, draft_case: Application, firm_user: User
) -> None:
    address = reverse("portal:question", args=[draft_case.pk, "business_plan", "CUS-19"])
    sign_in(page, firm_user).goto(address)
    write(page, page.get_by_label("Number"), "many")
    press(page, page.get_by_role("button", name="Save and continue"))
    assert page.title().startswith("Error:")
    summary = page.get_by_role("alert").filter(has=page.get_by_role("heading", name="There is a problem"))
    expect(summary).to_be_focused()
    go_to(page, summary.get_by_role("link").first)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Number")).to_be_focused()


def test_sign_and_submit_by_keyboard(
    page: Page, sign_in: Any, filled_afm_case: Application, firm_user: User
) -> None:
    sign_in(page, firm_user).goto(reverse("portal:check", args=[filled_afm_case.pk]))
    press(page, page.get_by_role("link", name="Continue to the declaration"))
    write(page, page.get_by_label("You sign as"), "Director")
    for label in page.locator("form input[type=text], form textarea").all():
        if label.is_visible() and not label.input_value():
            go_to(page, label)
            page.keyboard.type("Entry in the register of 1 March 2026")
    for box in page.get_by_role("checkbox").all():
        go_to(page, box)
        page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Submit application to AFM"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Application submitted")
