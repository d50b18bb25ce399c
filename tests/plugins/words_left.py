"""Finds words of the interface that a page shows in English although it is in another language."""

import re
from html.parser import HTMLParser

from django.utils.translation import gettext as _
from django.utils.translation import override

from kzcustody_site.embedded.places import ROOT
from kzcustody_site.embedded.translations import entries

SPOKEN = ("aria-label", "alt", "title", "placeholder")
SILENT = ("script", "style", "template")
OWN_NAME = "English"  # a list of languages names each in itself
PLACEHOLDER = re.compile(r"%\\\(\w+\\\)s|\\\{\w+\\\}")
TELLING = re.compile(r"[A-Za-z]{3}")  # "%(name)s of %(day)s" would find the titles of English acts


class Visible(HTMLParser):
    """The texts that a reader sees or hears: between tags, in labels and on buttons. What says that it is in
    English, as the names of the languages do, is left out.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.left_out = ""
        self.depth = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if self.left_out:
            self.depth += tag == self.left_out
        elif tag in SILENT or (tag != "html" and found.get("lang") == "en"):
            self.left_out, self.depth = tag, 1
        else:
            self.texts += [found[name] or "" for name in SPOKEN if name in found]
            self.texts += [text or "" for name, text in found.items() if name.startswith("data-")]

    def handle_endtag(self, tag: str) -> None:
        if tag == self.left_out:
            self.depth -= 1
            if not self.depth:
                self.left_out = ""

    def handle_data(self, data: str) -> None:
        if not self.left_out:
            self.texts.append(data)


class English:
    """What our catalogue has in English and says otherwise in ``language``."""

    def __init__(self, language: str) -> None:
        with override(language):
            ids = {
                text
                for entry in entries(ROOT / "locale" / language / "LC_MESSAGES" / "django.po")
                for text in (entry["msgid"], entry.get("msgid_plural", ""))
                if text and text != OWN_NAME and _(text) != text
            }
        self.plain = {one_line(text) for text in ids if not PLACEHOLDER.search(re.escape(text))}
        filled = [text for text in ids if PLACEHOLDER.search(re.escape(text))]
        self.filled = [
            pattern(text) for text in filled if TELLING.search(PLACEHOLDER.sub("", re.escape(text)))
        ]

    def left_on(self, page: str) -> list[str]:
        return [text for text in seen(page) if self.is_english(text)]

    def is_english(self, text: str) -> bool:
        return text in self.plain or any(one.fullmatch(text) for one in self.filled)


def seen(page: str) -> list[str]:
    return [text for text in map(one_line, Visible(page).texts) if text]


def stops_twice(page: str) -> list[str]:
    """A Russian date ends in "г.", and a sentence that ends in it needs no stop of its own."""
    return [text for text in seen(page) if "г.." in text]


def pattern(text: str) -> re.Pattern[str]:
    return re.compile(PLACEHOLDER.sub(".+", re.escape(one_line(text).replace("%%", "%"))))


def one_line(text: str) -> str:
    return " ".join(text.split())
