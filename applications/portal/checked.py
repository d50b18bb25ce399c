"""The answers to check before they are signed: every question that is asked, with what was given."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from applications.asked import Draft
from applications.contradictions import Contradiction, contradictions
from applications.models import Application, Stage
from applications.paper.answers import given
from applications.paper.model import Table
from applications.paper.typed import Typed
from applications.portal import files, outline
from applications.portal.back import anchor_of
from applications.portal.files import FileRow
from applications.queries.content import Content, content_of
from applications.queries.private import as_read
from regulators import rulebook as rb

TYPED_PAGES = {rb.PEOPLE: "portal:people", rb.OWNERSHIP: "portal:ownership", rb.CAPITAL: "portal:capital"}


@dataclass(frozen=True, kw_only=True)
class CheckRow:
    """``given`` is what an item of a paper shows; ``url`` is where it is changed, empty where it is not."""

    row: outline.Row
    given: dict[str, Any]
    files: list[FileRow]
    url: str
    hidden: bool

    @property
    def anchor(self) -> str:
        return anchor_of(self.row.question)

    @property
    def not_provided(self) -> str:
        return "" if self.files else str(self.given.get("empty", ""))


@dataclass(frozen=True, kw_only=True)
class CheckSection:
    title: str
    rows: list[CheckRow]


@dataclass(frozen=True, kw_only=True)
class CheckStage:
    outline: outline.StageOutline
    sections: list[CheckSection]
    editable: bool


@dataclass(frozen=True, kw_only=True)
class Check:
    """What one page shows; ``people`` is everybody with what is on record of them, ``not_known``
    what the firm said that it does not know yet.
    """

    stages: list[CheckStage]
    outlines: list[outline.StageOutline]
    people: Table | None
    found: list[Contradiction]
    not_known: list[CheckRow]


def check_of(
    case: Application,
    draft: Draft,
    stages: Iterable[Stage],
    *,
    hidden: frozenset[UUID],
    may_edit: bool,
    only: str = "",
    is_whole: bool = True,
    closed: frozenset[str] = frozenset(),
) -> Check:
    """All stages, or ``only`` one. What does not go together is found across all stages, so it is for those
    who read the application as a whole. ``closed`` are the kinds of typed records that stand outside the
    mandate of an adviser. A fixed number of queries.
    """
    outlines = outline.stages_of(case, as_read(draft, hidden), stages)
    content = content_of(case, draft)
    typed = Typed(content, draft.book, {str(pk) for pk in hidden}, closed)
    by_key = {(q["requirement"], q["person"]): q for q in content["questions"]}
    shown = [
        _stage(one, by_key, typed, may_edit=may_edit, back="check-stage" if only else "check")
        for one in outlines
        if only in ("", one.stage.code) and one.rows
    ]
    rows = [item for one in shown for section in one.sections for item in section.rows]
    return Check(
        outlines=outlines,
        stages=shown,
        not_known=[item for item in rows if item.row.not_known],
        people=None if rb.PEOPLE in closed else typed.everybody(),
        found=contradictions(case, draft, content) if is_whole else [],
    )


def _stage(
    one: outline.StageOutline,
    by_key: dict[tuple[str, str | None], Content],
    typed: Typed,
    *,
    may_edit: bool,
    back: str,
) -> CheckStage:
    editable = one.editable and may_edit
    sections = [
        CheckSection(
            title=section.title,
            rows=[_row(row, by_key, typed, back if editable else "") for row in section.rows],
        )
        for section in one.sections
        if section.rows
    ]
    return CheckStage(outline=one, sections=sections, editable=editable)


def _row(
    row: outline.Row, by_key: dict[tuple[str, str | None], Content], typed: Typed, back: str
) -> CheckRow:
    question = row.question
    person = str(question.person_id) if question.person_id else None
    hidden = person in typed.hidden
    asked = by_key[question.requirement.code, person]
    return CheckRow(
        row=row,
        given=given(question.requirement, asked, typed),
        files=[] if hidden else files.rows(row.given.documents),
        url=f"{_place(row)}?back={back}" if back and not hidden else "",
        hidden=hidden,
    )


def _place(row: outline.Row) -> str:
    """The page of the question; of a question that a table alone answers, the page of the table."""
    kinds = row.question.requirement.evidence
    if len(kinds) == 1 and kinds[0] in TYPED_PAGES:
        return reverse(TYPED_PAGES[kinds[0]], args=[row.case_pk])
    return row.url
