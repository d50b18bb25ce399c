"""Every mail in HTML fits the narrowest telephone and a common window, and is readable to everybody."""

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, Page

from tests.notifications import samples

pytestmark = pytest.mark.browser
LONG = "KZC-AFSA-2026-0001-AUTHORISATION-OF-PROVIDING-CUSTODY-0000001234567"


@pytest.mark.parametrize("language", ["en", "kk", "ru"])
def test_no_mail_is_wider_than_its_window_however_long_the_reference(
    chromium: Browser, axe: Callable[[Page], list[str]], monkeypatch: Any, language: str
) -> None:
    monkeypatch.setattr(samples, "REF", LONG)
    pages = [chromium.new_page(viewport={"width": width, "height": 700}) for width in (320, 600)]
    wider = set()
    for name, title, words in samples.all_words(language):
        for page in pages:
            page.set_content(words.html)
            window = page.viewport_size
            assert window is not None
            if page.evaluate("document.documentElement.scrollWidth") > window["width"]:
                wider.add((name, title, window["width"]))
    assert wider == set()
    assert axe(pages[0]) == []
    for page in pages:
        page.close()
