"""How many files are taken: our policy, so that no firm fills the store. No rule sets these numbers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils.translation import ngettext

from applications import slots
from applications.models import AnswerFile, Application, PointFile
from documents.errors import Rejected
from documents.kinds import OTHER_NAMES
from documents.models import Document
from documents.names import extension_of
from regulators.rulebook import Slot


def insist_on_room(case: Application, held: Any, *, slot: Slot, adding: bool = True) -> None:
    """Raises Rejected where no further file is taken.

    ``held`` are the files that one answer or point has now, and ``slot`` what the question takes. ``adding``
    is no where a file takes the place of one of them, which leaves their number as it is.
    """
    most = slots.most_files(slot)
    if adding and held.count() >= most:
        raise _too_many(
            ngettext(
                "This question takes %(most)s file, and it has it. Remove that one first.",
                "This question takes %(most)s files, and it has them. Remove one, or join several in one.",
                most,
            ),
            most,
        )
    most = settings.FILES_PER_FIRM
    if _of_firm(case.firm_id) >= most:
        raise _too_many(
            ngettext(
                "Your firm has given %(most)s file, and no more are taken. Ask the help desk for room.",
                "Your firm has given %(most)s files, and no more are taken. Ask the help desk for room.",
                most,
            ),
            most,
        )


def insist_taken(slot: Slot, *, kind: str, size: int) -> None:
    """Raises Rejected where the question does not take a file of this kind or size (in bytes)."""
    code, words = slots.misfit(slot, kind=kind, size=size)
    if code:
        raise Rejected(code, words)


def insist_fits(slot: Slot, document: Document) -> None:
    """As ``insist_taken``, of a file whose content is known: also where it is not on the form."""
    code, words = slots.misfit_of(slot, document)
    if code:
        raise Rejected(code, words)


def insist_takes(slot: Slot, upload: Any, name: str) -> None:
    """As ``insist_taken``, by what an upload says of itself."""
    insist_taken(slot, kind=kind_by_name(name), size=_size_of(upload))


def kind_by_name(name: str) -> str:
    extension = extension_of(name)
    return OTHER_NAMES.get(extension, extension)


@contextmanager
def in_words_of(slot: Slot) -> Iterator[None]:
    """Of a file that is not what its name says, the kinds that the question takes are named."""
    try:
        yield
    except Rejected as rejection:
        if rejection.code == "wrong_type" and slots.has_own_kinds(slot):
            raise Rejected("wrong_type", slots.not_what_it_says(slot)) from rejection
        raise


def _size_of(upload: Any) -> int:
    size: int | None = getattr(upload, "size", None)
    return upload.seek(0, 2) if size is None else size


def _of_firm(firm_id: Any) -> int:
    """Every file that is kept, removed ones and earlier versions too."""
    kept = {"document__destroyed_at": None}
    answers = AnswerFile.objects.filter(answer__application__firm=firm_id, **kept).order_by()
    points = PointFile.objects.filter(point__request__application__firm=firm_id, **kept)
    return answers.values("document").distinct().count() + points.count()


def _too_many(words: str, most: int) -> Rejected:
    return Rejected("too_many", words % {"most": most})
