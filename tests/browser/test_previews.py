"""The first page of a file in a browser: without scripts, wide and narrow, and nothing from elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from applications.models import DocumentFacts
from applications.services import drafting
from tests.plugins import files
from tests.plugins.cases import fresh
from tests.plugins.previews import give_preview
from tests.plugins.watching import Watch
from tests.portal.conftest import url_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [1280, 320])
def test_from_the_row_to_the_page_of_the_file_without_scripts(
    draft_case: Any, firm_user: Any, settings: Any, open_page: Callable[..., Page], sign_in: Any,
    live_server: Any, width: int,
) -> None:  # fmt: skip
    settings.CLAMD_ADDRESS = ""
    given = drafting.attach(
        actor=firm_user, case_id=draft_case.pk, requirement="BP-03",
        upload=files.upload("жарғы.pdf", files.pdf()), name="жарғы.pdf",
    )  # fmt: skip
    give_preview(given.document)
    DocumentFacts.objects.create(document=given.document, title="Жарғы", updated_by=firm_user)
    page = open_page(width=width, scripts=False)
    watch = Watch(live_server.url)
    watch.follow(sign_in(page, fresh(firm_user)))
    page.goto(url_of(draft_case, "BP-03"))
    small = page.get_by_role("img", name="First page of Жарғы")
    expect(small).to_have_js_property("naturalWidth", 149)
    assert page.evaluate(WIDER) == 0
    page.get_by_role("link", name="First page of Жарғы").click()
    large = page.get_by_role("img", name="First page of Жарғы")
    expect(large).to_have_js_property("naturalWidth", 992)
    expect(page.get_by_label("Name for readers")).to_have_value("Жарғы")
    assert page.evaluate(WIDER) == 0
    assert (watch.faults, watch.refused) == ([], [])


def test_axe_finds_nothing_on_both_pages(
    draft_case: Any, firm_user: Any, settings: Any, page: Page, sign_in: Any, axe: Callable[[Page], list[str]]
) -> None:
    settings.CLAMD_ADDRESS = ""
    given = drafting.attach(
        actor=firm_user, case_id=draft_case.pk, requirement="BP-03",
        upload=files.upload("a.pdf", files.pdf()), name="a.pdf",
    )  # fmt: skip
    give_preview(given.document)
    sign_in(page, fresh(firm_user))
    page.goto(url_of(draft_case, "BP-03"))
    assert axe(page) == []
    with page.expect_navigation():
        page.get_by_role("link", name="First page of a.pdf").click()
    assert axe(page) == []
