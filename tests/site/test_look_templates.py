"""All templates compile, hold no inline script or style, and the error pages need nothing but themselves."""

import re
from importlib import reload
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import Client

from kzcustody_site import urls

ROOT = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))
ERROR_PAGES = [
    "400.html",
    "403.html",
    "403_csrf.html",
    "404.html",
    "413.html",
    "429.html",
    "500.html",
    "503.html",
]
INLINE = re.compile(r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|<script(?![^>]*\ssrc=)", re.I)
ELSEWHERE = re.compile(r'<(?:link|script|img|iframe)[^>]*(?:href|src)="(?:https?:)?//', re.I)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name: str) -> None:
    assert get_template(name).template.name == name


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_no_inline_script_or_style_and_nothing_from_another_host(name: str) -> None:
    text = (ROOT / name).read_text()
    own = ["<style"] if name == "mail/frame.html" else []  # a mail has no other place for its looks
    assert INLINE.findall(text) == own
    assert ELSEWHERE.findall(text) == []


@pytest.mark.parametrize("name", [name for name in TEMPLATES if "/email/" not in name])
def test_no_form_lets_the_browser_speak_first(name: str) -> None:
    forms = re.findall(r"<form\b(?:[^>{]|{{.*?}}|{%.*?%})*>", (ROOT / name).read_text())
    assert [form for form in forms if "novalidate" not in form] == []


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_an_error_page_renders_from_nothing_and_says_what_happened_to_the_answers(name: str) -> None:
    html = get_template(name).render()
    assert re.findall(r"<h2>(.*?)</h2>", html) == ["Your answers", "What to do"]
    assert html.count("<h1>") == 1
    assert 'href="/help/#contact"' in html


@pytest.mark.django_db
def test_an_unknown_address_gets_our_page() -> None:
    reply = Client().get("/no-such-page/")
    assert (reply.status_code, b"<h1>Page not found</h1>" in reply.content) == (404, True)


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "name"), [("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")])
def test_the_language_switch_keeps_the_page_and_marks_the_language(language: str, name: str) -> None:
    browser = Client()
    reply = browser.post("/language/", {"language": language, "next": "/help/?a=1"})
    assert (reply.status_code, reply["Location"]) == (302, "/help/?a=1")
    html = browser.get("/help/?a=1").content.decode()
    assert f'<html lang="{language}">' in html
    assert re.findall(r'lang="\w+" aria-current="true">(.*?)</button>', html) == [name]
    assert '<input type="hidden" name="next" value="/help/?a=1">' in html


def test_the_page_of_parts_does_not_exist_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [str(p.pattern) for p in urls.urlpatterns].count("parts/") == 1
    monkeypatch.setattr(settings, "PRODUCTION", True)
    try:
        assert [str(p.pattern) for p in reload(urls).urlpatterns].count("parts/") == 0
    finally:
        monkeypatch.undo()
        reload(urls)
