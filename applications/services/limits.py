"""How many files are taken: our policy, so that no firm fills the store. No rule sets these numbers."""

from typing import Any

from django.conf import settings
from django.utils.translation import ngettext

from applications.models import AnswerFile, Application, PointFile
from documents.errors import Rejected


def insist_on_room(case: Application, held: Any, *, adding: bool = True) -> None:
    """Raises Rejected where no further file is taken.

    ``held`` are the files that one answer or point has now. ``adding`` is no where a file takes the place of
    one of them, which leaves their number as it is.
    """
    most = settings.FILES_PER_ANSWER
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


def _of_firm(firm_id: Any) -> int:
    """Every file that is kept, removed ones and earlier versions too."""
    answers = AnswerFile.objects.filter(answer__application__firm=firm_id).order_by()
    points = PointFile.objects.filter(point__request__application__firm=firm_id)
    return answers.values("document").distinct().count() + points.count()


def _too_many(words: str, most: int) -> Rejected:
    return Rejected("too_many", words % {"most": most})
