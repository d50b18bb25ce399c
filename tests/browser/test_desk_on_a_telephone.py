"""The desk at 320 pixels, in the languages whose words are long: the menu and the pages stay within."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.desk.conftest import at
from tests.plugins.cases import an_inspected

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LISTS = (
    "applications_application",
    "applications_destruction",
    "regulators_keepingperiod",
    "regulators_staff",
)
BEYOND = """() => [...document.querySelectorAll('.rail, .rail *, .topline, .topline *, #main')]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => `${one.tagName}.${one.className}: ${Math.round(one.getBoundingClientRect().right)}`)"""


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_no_page_is_wider_than_a_telephone(language, open_page, sign_in, case_in_review, afsa_staff):
    case, code = case_in_review, an_inspected(case_in_review)
    addresses = [
        reverse("admin:index"),
        *(reverse(f"admin:{name}_changelist") for name in LISTS),
        at("change", case),
        at("stage", case, case.stages.first().code),
        at("question", case, case.book.by_code[code].stage, code),
        at("request_new", case),
        reverse("admin:regulators_keepingperiod_enter"),
    ]
    found = {}
    for who in ("lead_reviewer", "administrator"):
        page = sign_in(open_page(width=320, locale=language), getattr(afsa_staff, who))
        for address in addresses:
            page.goto(address)
            wide = page.evaluate("document.documentElement.scrollWidth")
            beyond = page.evaluate(BEYOND)
            if wide > 320 or beyond:
                found[who, address] = (wide, beyond)
    assert found == {}


@pytest.mark.parametrize("scripts", [True, False])
def test_the_menu_takes_a_line_until_it_is_opened(scripts, open_page, sign_in, case_in_review, afsa_staff):
    page = sign_in(open_page(width=320, scripts=scripts), afsa_staff.administrator)
    page.goto(reverse("admin:index"))
    menu, link = page.locator("#rail"), page.locator("#rail li a").first
    assert menu.bounding_box()["height"] < 100
    expect(link).to_be_hidden()
    show, shut = (menu.get_by_role("link", name=name, exact=True) for name in ("Sections", "Close"))
    expect(shut).to_be_hidden()
    show.focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    expect(show).to_be_hidden()
    shut.click()
    expect(link).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(link).to_be_visible()
    expect(show).to_be_hidden()
