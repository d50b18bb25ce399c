"""The checklist stages, which every rule book has, in words."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from regulators import books
from regulators.rulebook import say


def titles() -> dict[str, str]:
    """By code, in the order of the books."""
    found: dict[str, str] = {}
    for book in books.all_books():
        for stage in book.stages:
            found.setdefault(stage.code, say(stage.title))
    return found


def in_words(codes: Collection[str]) -> str:
    """The stages that something is limited to; no code stands for all of them."""
    if not codes:
        return _("All stages")
    return ", ".join(title for code, title in titles().items() if code in codes)
