"""The questions that a page shows in full: answer, what changed in it, files, and what was asked about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from applications.asked import NOT_KNOWN, declined_as_of, given_of
from applications.desk.changes import FileChange, Run, file_changes, word_runs
from applications.desk.file_lines import FileLine, file_line
from applications.desk.questions import Asked, Item
from applications.models import Application, InformationRequest, RequestPoint
from applications.portal.answers import in_words
from applications.portal.files import FileRow
from applications.queries.asking import waits
from documents.models import Document
from regulators import rulebook as rb
from regulators.rulebook import Requirement


@dataclass(frozen=True, kw_only=True)
class PointLine:
    """What was asked about this question in a request, and what came back once the firm has sent it."""

    point: RequestPoint
    answer: str
    files: list[FileRow]

    @property
    def request(self) -> InformationRequest:
        return self.point.request


@dataclass(kw_only=True)
class QuestionRow:
    item: Item
    lines: list[str]
    is_not_known: bool
    runs: list[Run]  # the answer against that of before; empty where there is no change of words
    files: list[FileLine]
    file_changes: list[FileChange]
    tables: list[str]
    points: list[PointLine] = field(default_factory=list)
    form: Any = None
    is_saved: bool = False
    clash: Any = None
    kept_version: int | None = None  # of what was typed before and not saved

    @property
    def version(self) -> int:
        return self.item.finding.version if self.kept_version is None else self.kept_version

    @property
    def is_declined(self) -> bool:
        return bool(self.item.shown["declined"])

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that people are asked about; empty: everyone."""
        return tuple(self.item.requirement.functions)

    @property
    def waiting(self) -> PointLine | None:
        """The newest point of a request about this that was neither judged nor closed."""
        return next((line for line in reversed(self.points) if waits(line.point)), None)

    @property
    def shown_file(self) -> FileLine | None:
        return next((file for file in self.files if file.is_shown), None)


def rows(case: Application, items: Iterable[Item], *, shown_file: str = "") -> list[QuestionRow]:
    """The documents in one query, the points of requests in those it takes, however many there are."""
    items = list(items)
    asked = [one for item in items for one in (item.now, item.then) if one]
    given = [file["document"] for one in asked for file in one["files"]]
    stored = Document.objects.select_related("facts").in_bulk(given) if given else {}
    documents = {str(pk): document for pk, document in stored.items()}
    made = [_row(item, documents, shown_file) for item in items]
    _once(made)
    _with_points(case, made)
    return made


def _row(item: Item, documents: dict[str, Document], shown_file: str) -> QuestionRow:
    shown, then = item.shown, item.then
    lines = in_words(item.requirement, given_of(shown))
    before = in_words(item.requirement, given_of(then)) if then and item.has_new_answer else lines
    about_person = item.finding.person_id is not None
    earlier = {
        pk: str(document.supersedes_id) for pk, document in documents.items() if document.supersedes_id
    }
    return QuestionRow(
        item=item,
        lines=lines,
        is_not_known=declined_as_of(shown) == NOT_KNOWN,
        runs=word_runs(before, lines) if before != lines else [],
        files=[
            file_line(given, documents, about_person=about_person, shown=shown_file)
            for given in shown["files"]
        ],
        file_changes=file_changes(then["files"], shown["files"], earlier) if then and item.now else [],
        tables=[kind for kind in (rb.PEOPLE, rb.OWNERSHIP, rb.CAPITAL) if kind in item.requirement.evidence],
    )


def _once(made: list[QuestionRow]) -> None:
    """Of one question that is asked about several people, a table stands at the first."""
    seen: set[str] = set()
    for row in made:
        row.tables = [table for table in row.tables if table not in seen]
        seen.update(row.tables)


def _with_points(case: Application, made: list[QuestionRow]) -> None:
    codes = {row.item.requirement.code for row in made}
    found = (
        RequestPoint.objects.filter(request__application=case, requirement__in=codes)
        .select_related("request")
        .prefetch_related("files__document__facts")
        .order_by("request__number", "number")
    )
    lines: dict[tuple[str, str], list[PointLine]] = {}
    for point in found:
        is_answered = point.sent_at is not None
        line = PointLine(
            point=point,
            answer=point.answer if is_answered else "",
            files=[FileRow(document) for document in point.documents] if is_answered else [],
        )
        lines.setdefault((point.requirement, str(point.person_id or "")), []).append(line)
    for row in made:
        row.points = lines.get((row.item.requirement.code, row.item.person_id), [])


def lines_of(requirement: Requirement, asked: Asked | None) -> list[str]:
    """An answer of a submission in words; none where it was not asked."""
    return in_words(requirement, given_of(asked)) if asked else []
