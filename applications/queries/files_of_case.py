"""All files that were given to a case, each with what it was given for."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from applications.models import Application, PointFile
from applications.queries.content import Content, content_of
from applications.queries.drafts import load_draft
from applications.queries.submissions import newest_submission
from regulators.rulebook import Book, say


@dataclass(frozen=True, kw_only=True)
class GivenFile:
    """``folder`` is where it lies in an archive of the case, in plain words; ``what_for`` says it in full."""

    document: UUID
    name: str
    folder: tuple[str, ...]
    what_for: str
    person: str = ""


def files_of_case(case: Application, *, hidden: Collection[UUID] = ()) -> list[GivenFile]:
    """Those of the newest submission, or of the draft as it stands, then those of the answers to requests. A
    file comes once for each thing that it was given for. ``hidden`` are people whose own part the reader may
    not see.
    """
    snapshot = newest_submission(case)
    content = snapshot.content if snapshot else content_of(case, load_draft(case))
    return [*_answers(case.book, content, hidden), *_points(case, hidden)]


def _answers(book: Book, content: Content, hidden: Collection[UUID]) -> list[GivenFile]:
    private = {str(person) for person in hidden}
    found = []
    for question in content["questions"]:
        if question["person"] in private:
            continue
        person = question["person_name"]
        folder = (*_stage(book, question["stage"]), question["requirement"], *([person] if person else []))
        found += [
            GivenFile(
                document=UUID(file["document"]),
                name=file["name"],
                folder=folder,
                what_for=f"{question['requirement']} {question['title']}",
                person=person,
            )
            for file in question["files"]
        ]
    return found


def _stage(book: Book, code: str) -> tuple[str, ...]:
    if code not in book.stage_codes:
        return (code,)
    return (f"{book.stage_codes.index(code) + 1} {say(book.stage(code).title)}",)


def _points(case: Application, hidden: Collection[UUID]) -> list[GivenFile]:
    """What answers a point, once it is sent."""
    files = PointFile.objects.filter(
        point__request__application=case, removed_at=None, document__sealed=True
    ).exclude(point__person__in=hidden)
    files = files.select_related("document", "point__request", "point__person")
    return [_of_point(file) for file in files.order_by("point__request__number", "point__number", "added_at")]


def _of_point(file: Any) -> GivenFile:
    request, point = file.point.request.number, file.point.number
    numbered = _("Request %(number)s, point %(point)s") % {"number": request, "point": point}
    return GivenFile(
        document=file.document_id,
        name=file.document.called,
        folder=(_("Request %(number)s") % {"number": request}, _("Point %(point)s") % {"point": point}),
        what_for=numbered,
        person=file.point.person.full_name if file.point.person else "",
    )
