"""The manager's pages in a browser: no violation, nothing beyond the edge, and a number opens its list."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_pipeline_at_three_widths(open_page, sign_in, axe, case_in_review, afsa_staff):
    for width, scheme in ((320, "dark"), (1280, "light"), (1920, "light")):
        page = sign_in(open_page(width=width, scheme=scheme), afsa_staff.lead_reviewer)
        page.goto("/pipeline/")
        found = {"overview": axe(page)}
        with page.expect_navigation():
            page.locator(".kpi a").first.click()
        assert page.locator("tbody tr").count() == 1
        found["cases"] = axe(page)
        page.goto("/pipeline/time/")
        found["time"] = axe(page)
        page.goto("/pipeline/flow/")
        found["flow"] = axe(page)
        with page.expect_navigation():
            page.locator("#steps ~ table a").last.click()
        found["steps"] = axe(page)
        assert found == {"overview": [], "cases": [], "time": [], "flow": [], "steps": []}
        for address in (
            "/pipeline/",
            "/pipeline/cases/?state=open",
            "/pipeline/time/",
            "/pipeline/flow/",
            page.url,
        ):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, address)


def test_in_russian_the_pipeline_is_no_wider_than_a_telephone(
    open_page, sign_in, axe, case_in_review, afsa_staff
):
    page = sign_in(open_page(width=320, locale="ru"), afsa_staff.lead_reviewer)
    page.goto("/pipeline/")
    assert page.locator("#funnel").inner_text() == "На каком этапе открытые дела"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    names = page.locator("#funnel ~ .scroll tbody th").evaluate_all("all => all.map(one => one.offsetWidth)")
    assert min(names) >= 100
    assert axe(page) == []
