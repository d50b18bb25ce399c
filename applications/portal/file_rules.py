"""What a question takes, to read before a file is chosen."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import slots
from documents.kinds import OTHER_NAMES
from look.words import size
from regulators import marks
from regulators import slot_words as words
from regulators.rulebook import ASKED, Book, Slot


def accept(slot: Slot = slots.EVERY_FILE) -> str:
    """For the attribute of the input: the names that files of these kinds end with."""
    others = [name for name, kind in OTHER_NAMES.items() if kind in slot.kinds]
    return ",".join(f".{name}" for name in (*slot.kinds, *others))


def form_url(book: Book, code: str) -> str:
    """Where the form of a question is downloaded; empty where it has none."""
    rule = book.by_code.get(code)
    has_form = rule is not None and rule.slot.form
    return reverse("law:form", args=[book.code, book.version, code]) if has_form else ""


def rules(slot: Slot = slots.EVERY_FILE, *, many: bool = True) -> list[str]:
    """``many`` is no where one file takes the place of another, or is asked for by itself."""
    found = [
        _("Kinds: %(kinds)s. Without passwords and macros.") % {"kinds": words.kinds(slot.kinds)},
        _("Size: up to %(size)s each.") % {"size": size(slots.most_bytes(slot))},
    ]
    if many:
        most = slots.most_files(slot)
        number = ngettext("Number: up to %(most)s file here.", "Number: up to %(most)s files here.", most)
        found.append(number % {"most": most})
    if slot.form:
        found.append(
            _("Form: download the form of this question and fill it. It is our working form, not law.")
        )
    elif slots.has_own_kinds(slot) or slot.most_files or slot.most_megabytes:
        found.append(_("Kinds, size and number are our policy for this question: no rule sets them."))
    return [*found, *_papers(slot, many=many)]


def _papers(slot: Slot, *, many: bool) -> list[str]:
    asked = []
    if slot.languages:
        said = _(
            "Each file is in %(languages)s, or has a translation beside it. "
            "Say the language of each, and who translated it."
        )
        asked.append(said % {"languages": words.languages(slot.languages)})
    if slot.certified:
        asked.append(_("Each file is a certified copy. Say how it was certified."))
    if asked:
        return [f"{_basis(slot)}: {text}" for text in asked]
    return _for_all() if many else []


def _basis(slot: Slot) -> str:
    if slot.source == ASKED:
        return _("Our policy")
    cited = ", ".join(
        f"{citation.act} {citation.provision}" for citation in slot.citations if citation.stands
    )
    return f"{marks.word(slot.source)} ({cited})"


def _for_all() -> list[str]:
    return [
        _(
            "Translation and certification: no rule on record sets them for all files. "
            "Where a question asks for a certified document, it says so."
        ),
        _("Our policy: add a translation to what is not in Kazakh, Russian or English."),
    ]
