"""What a submission gave to each requirement that is due with it, and what the system can see is missing."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from applications.asked import NOT_KNOWN, declined_as_of, given_of
from applications.desk.file_lines import FileLine, file_line
from applications.models import Application, CompletenessDraft, Snapshot
from applications.portal.answers import in_words
from applications.queries.law import requirement_of
from documents.models import Document
from regulators import rulebook as rb
from regulators.rulebook import Requirement, say


@dataclass(frozen=True, kw_only=True)
class Given:
    """The answer of the firm, or about one person."""

    who: str
    lines: list[str]
    instead: str  # that it was declined, or is not known yet, and why
    files: list[FileLine]


@dataclass(kw_only=True)
class Row:
    requirement: Requirement
    given: list[Given] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # what the system sees
    declined: bool = False
    mark: Any = None  # the fields of the form
    text: Any = None
    is_unmarked: bool = False  # what is said at the first of those that are not marked holds for it too

    @property
    def unmarked(self) -> str:
        return _("Say whether it is there: %(code)s.") % {"code": self.requirement.code}

    @property
    def title(self) -> str:
        return say(self.requirement.title)

    @property
    def initial(self) -> dict[str, str]:
        """What stands there before the officer decides. What was declined with a reason may well be complete,
        so that it is marked is left to the officer.
        """
        mark = "gap" if self.missing and not self.declined else ""
        return {"mark": mark, "text": "\n".join(self.missing)}


@dataclass(kw_only=True)
class StageRows:
    code: str
    title: str
    rows: list[Row]


def load(case: Application) -> tuple[Snapshot, list[StageRows]]:
    """Two queries: the latest submission, and its documents."""
    snapshot = case.snapshots.latest("number")
    asked = [q for q in snapshot.content["questions"] if q["due"] == rb.SUBMISSION]
    given = [file["document"] for one in asked for file in one["files"]]
    documents = {str(pk): one for pk, one in Document.objects.in_bulk(given).items()} if given else {}
    rows: dict[str, Row] = {}
    for one in asked:
        code = one["requirement"]
        row = rows.setdefault(code, Row(requirement=requirement_of(case, code)))
        _add(row, one, documents)
    return snapshot, [
        StageRows(code=code, title=say(case.book.stage(code).title), rows=of_stage)
        for code in case.book.stage_codes
        if (of_stage := [row for row in rows.values() if row.requirement.stage == code])
    ]


def _add(row: Row, one: dict[str, Any], documents: dict[str, Document]) -> None:
    who = one["person_name"] or ""
    files = [file_line(file, documents) for file in one["files"]]
    answer = given_of(one)
    instead = ""
    if one["declined"]:
        unknown = declined_as_of(one) == NOT_KNOWN
        heading = _("Not known yet") if unknown else _("Declined")
        instead = f"{heading}: {one['declined']}"
        row.declined = row.declined or not unknown
    lines = [] if one["declined"] else in_words(row.requirement, answer)
    row.given.append(Given(who=who, lines=lines, instead=instead, files=files))
    seen = [instead] if instead else []
    if not instead and rb.DOCUMENTS in row.requirement.evidence and not files:
        seen.append(_("No file was given."))
    seen += [f"{file.name}: {file.problem}" for file in files if file.problem]
    row.missing += [f"{who}: {text}" if who else text for text in seen]


def marks_held(draft: CompletenessDraft | None, snapshot: Snapshot) -> dict[str, dict[str, str]]:
    """What was kept of this submission; marks of an earlier one are not."""
    if draft is None or draft.snapshot_id != snapshot.pk:
        return {}
    held: dict[str, dict[str, str]] = draft.marks
    return held
