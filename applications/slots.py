"""Which files one question takes, under the limits of the service; and what those given for it still lack."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from look.words import size as size_in_words
from regulators import slot_words as words
from regulators.rulebook import FILE_KINDS, Slot

MEGABYTE = 1024 * 1024
EVERY_FILE = Slot()


def most_files(slot: Slot) -> int:
    return min(settings.FILES_PER_ANSWER, slot.most_files or settings.FILES_PER_ANSWER)


def most_bytes(slot: Slot) -> int:
    own = (slot.most_megabytes or 0) * MEGABYTE
    return min(settings.DOCUMENT_MAX_BYTES, own or settings.DOCUMENT_MAX_BYTES)


def has_own_kinds(slot: Slot) -> bool:
    return set(slot.kinds) != set(FILE_KINDS)


def wrong_kind(slot: Slot) -> str:
    said = _(
        "This question takes these kinds of file: %(kinds)s. "
        "Save the document as one of them, and upload it again."
    )
    return said % {"kinds": words.kinds(slot.kinds)}


def not_what_it_says(slot: Slot) -> str:
    said = _("The content of this file is not what its name says. Upload one of: %(kinds)s.")
    return said % {"kinds": words.kinds(slot.kinds)}


def too_big(slot: Slot) -> str:
    said = _(
        "This question takes files of up to %(size)s each. "
        "Split the file or save it smaller, and upload it again."
    )
    return said % {"size": size_in_words(most_bytes(slot))}


def wrong_form() -> str:
    return _("This is not the form of this question. Download the form, fill it and upload it.")


def misfit(slot: Slot, *, kind: str, size: int) -> tuple[str, str]:
    """Why the question does not take a file of this kind and size, as code and words; two empty texts where
    it takes it, or where the store alone refuses it.
    """
    if has_own_kinds(slot) and kind not in slot.kinds:
        return "wrong_type", wrong_kind(slot)
    if slot.most_megabytes and size > slot.most_megabytes * MEGABYTE:
        return "too_big", too_big(slot)
    return "", ""


def misfit_of(slot: Slot, document: Any) -> tuple[str, str]:
    """As ``misfit``, of a file whose content is known."""
    code, said = misfit(slot, kind=document.extension, size=document.size)
    if not code and slot.form and not _has_headings(slot, document.headings):
        return "wrong_form", wrong_form()
    return code, said


def _has_headings(slot: Slot, headings: Collection[str]) -> bool:
    """Whether all headings of the form are there, in one of its languages, in any order."""
    found = {heading.casefold() for heading in headings}
    languages = set[str]().union(*slot.form)
    return any(
        all(language in one and one[language].casefold() in found for one in slot.form)
        for language in languages
    )


def lacks(slot: Slot, documents: Collection[Any]) -> list[tuple[Any, str]]:
    """What keeps the files of an answer from being complete, each with the document that has to be described,
    or None. The documents are read with their facts.
    """
    if not documents:
        return [(None, _("Upload at least one document."))]
    found: list[tuple[Any, str]] = []
    most = slot.most_files
    if most and len(documents) > most:
        said = ngettext(
            "This question takes %(most)s file. Remove some, or join several in one.",
            "This question takes %(most)s files. Remove some, or join several in one.",
            most,
        )
        found.append((None, said % {"most": most}))
    for document in documents:
        if text := misfit_of(slot, document)[1]:
            found.append((None, f"{document.name}: {text}"))
        elif slot.form and document.is_filled is False:
            said = _("%(name)s: no row of the form is filled in. Fill it in, and replace the file.")
            found.append((None, said % {"name": document.name}))
    return [*found, *_unsaid(slot, documents)]


def _unsaid(slot: Slot, documents: Collection[Any]) -> list[tuple[Any, str]]:
    found: list[tuple[Any, str]] = []
    has_translation = any(_is_translation(slot, document) for document in documents)
    for document in documents:
        language, certification = _said(document)
        name = {"name": document.name}
        if slot.languages and not language:
            found.append((document, _("%(name)s: say in which language it is.") % name))
        elif slot.languages and language not in slot.languages and not has_translation:
            said = _(
                "%(name)s: upload a translation into %(languages)s beside it, and say who translated it."
            )
            found.append((None, said % {**name, "languages": words.languages(slot.languages)}))
        if slot.certified and not certification:
            found.append((document, _("%(name)s: say how the copy was certified.") % name))
    return found


def _said(document: Any) -> tuple[str, str]:
    """The language, and how the copy was certified; empty where it is not said."""
    facts = getattr(document, "facts", None)
    return (facts.language, facts.certification) if facts else ("", "")


def _is_translation(slot: Slot, document: Any) -> bool:
    facts = getattr(document, "facts", None)
    return bool(facts and facts.language in slot.languages and facts.translated_by)
