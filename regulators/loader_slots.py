"""Reading which files a question takes."""

from collections.abc import Callable

from django.conf import settings

from regulators import rulebook as rb
from regulators.loader_words import LANGUAGES
from regulators.toml_table import Table, one_of_words

MEGABYTE = 1024 * 1024

Citations = Callable[[Table], tuple[rb.Citation, ...]]


def slot(table: Table, citations: Citations) -> rb.Slot:
    """The rules of the question's own; what it does not say is as for every question."""
    if "slot" not in table.data:
        return rb.Slot()
    inner = table.table("slot")
    form = _form(inner)
    found = rb.Slot(
        kinds=_kinds(inner, has_form=bool(form)),
        most_files=_limit(inner, "most_files", settings.FILES_PER_ANSWER),
        most_megabytes=_limit(inner, "most_megabytes", settings.DOCUMENT_MAX_BYTES // MEGABYTE),
        languages=inner.some_of("languages", rb.FILE_LANGUAGES, []),
        certified=inner.flag("certified", False),
        form=form,
        citations=citations(inner) if "citations" in inner.data else (),
    )
    inner.done()
    if found.citations and not (found.languages or found.certified):
        inner.fail(
            "citations",
            "speaks of nothing",
            "languages or certified = true beside it: the rest is our policy",
        )
    return found


def _kinds(table: Table, *, has_form: bool) -> tuple[str, ...]:
    kinds = table.some_of("kinds", rb.FILE_KINDS, list(rb.SHEET if has_form else rb.FILE_KINDS))
    if not kinds:
        table.fail("kinds", "is empty", one_of_words(rb.FILE_KINDS))
    if has_form and kinds != rb.SHEET:
        table.fail("kinds", f"is {list(kinds)} beside a form", 'kinds = ["xlsx"], or leave it out')
    return kinds


def _limit(table: Table, key: str, most: int) -> int | None:
    """A whole number from 1 to the limit of the service; None where the question has no limit of its own."""
    hint = f"a whole number from 1 to {most}, the limit of this service, or leave it out"
    value: int | None = table.take(key, (int,), hint, None)
    if value is not None and not 1 <= value <= most:
        table.fail(key, f"is {value}", hint)
    return value


def _form(table: Table) -> tuple[rb.Text, ...]:
    headings = tuple(_heading(inner) for inner in table.tables("form", []))
    if "form" in table.data and not headings:
        table.fail("form", "is empty", "the headings of the sheet, or leave form out")
    for language in LANGUAGES:
        known = [heading[language].casefold() for heading in headings if language in heading]
        if len(set(known)) != len(known) or len(known) not in (0, len(headings)):
            table.fail("form", f"has headings that do not fit together in {language!r}",
                       "each heading once, and in the same languages")  # fmt: skip
    return headings


def _heading(table: Table) -> rb.Text:
    heading = {
        language: table.text(language) for language in LANGUAGES if language == "en" or language in table.data
    }
    table.done()
    for language, text in heading.items():
        if not text.strip() or text != text.strip():
            table.fail(language, f"is {text!r}", "the heading, without spaces around it")
    return heading
