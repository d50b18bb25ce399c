"""The task list: stages, sections, questions, and where each stands. Computed in memory from the draft."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import asked
from applications.addresses import question_url
from applications.asked import Draft, Given, Question
from applications.models import Application, Stage
from applications.portal.changeable import is_editable
from applications.portal.files import is_rejected
from applications.portal.when_due import due_in_words
from applications.queries.copying import Waiting, waiting_of
from applications.queries.versions import Marks, marks_of
from applications.states import StageState as S
from regulators import rulebook as rb
from regulators.rulebook import say

CANNOT_START, NOT_STARTED, IN_PROGRESS, COMPLETED, RETURNED, PROBLEM = (
    "cannot_start", "not_started", "in_progress", "completed", "returned", "problem",
)  # fmt: skip
STATUS: dict[str, tuple[str, str | Promise]] = {
    CANNOT_START: ("", gettext_lazy("Cannot start yet")),
    NOT_STARTED: ("", gettext_lazy("Not started")),
    IN_PROGRESS: ("work", gettext_lazy("In progress")),
    COMPLETED: ("done", gettext_lazy("Completed")),
    RETURNED: ("act", gettext_lazy("Returned to you")),
    PROBLEM: ("bad", gettext_lazy("There is a problem")),
}
BAR = {
    COMPLETED: "c1", IN_PROGRESS: "c2", PROBLEM: "c5", NOT_STARTED: "ce", CANNOT_START: "cn",
}  # fmt: skip
WITH_REGULATOR: dict[str, tuple[str, str | Promise]] = {
    S.COMPLETE: ("done", gettext_lazy("Submitted")),
    S.IN_REVIEW: ("look", gettext_lazy("In review")),
    S.APPROVED: ("ok", gettext_lazy("Approved")),
}


class _Line:
    """A line with a status, which has a kind and a word."""

    status: Any

    @property
    def kind(self) -> str:
        return STATUS[self.status][0]

    @property
    def word(self) -> str:
        return str(STATUS[self.status][1])


@dataclass(frozen=True, kw_only=True)
class Row(_Line):
    """One question as a line of the task list. Where it stands is worked out when a page asks."""

    case_pk: Any
    question: Question
    draft: Draft
    marks: Marks
    returned: bool = False  # the regulator named this question
    copied: bool = False  # what came over from a past application waits to be looked at

    @property
    def given(self) -> Given:
        return self.draft.answer(self.question.key)

    @cached_property
    def problems(self) -> list[str]:
        return asked.problems(self.question.requirement, self.given, self.draft)

    @cached_property
    def status(self) -> str:
        found = _status(self.given, self.problems)
        return IN_PROGRESS if found == COMPLETED and self.copied else found

    @property
    def url(self) -> str:
        return question_url(self.case_pk, self.question)

    @property
    def mark(self) -> str:
        """That it was returned, that it is to be checked since it was copied or the rule has changed, or that
        it is not known yet; mostly empty.
        """
        if self.returned:
            return str(STATUS[RETURNED][1])
        if self.copied:
            return _("Copied: check it")
        return self.marks.of(self.question, self.given) or (_("Not known yet") if self.not_known else "")

    @property
    def not_known(self) -> bool:
        return self.given.declined_as == asked.NOT_KNOWN

    @property
    def due(self) -> str:
        return due_in_words(self.draft.book, self.question.requirement.due)

    @property
    def counts(self) -> bool:
        return self.question.requirement.due == rb.SUBMISSION

    @cached_property
    def is_open(self) -> bool:
        """Whether something is to be done about it before the submission."""
        return self.copied or asked.is_to_do(self.question.requirement, self.given, self.draft)


@dataclass(frozen=True, kw_only=True)
class PersonLine(_Line):
    """The questions of a section about one person, as a single line of the page of the stage."""

    person_id: Any
    name: str
    rows: list[Row]

    @property
    def counted(self) -> list[Row]:
        return [row for row in self.rows if row.counts]

    @property
    def done(self) -> int:
        return sum(row.status == COMPLETED for row in self.counted)

    @cached_property
    def status(self) -> str:
        return _together(self.rows)

    @property
    def url(self) -> str:
        return reverse("portal:person_questions", args=[self.rows[0].case_pk, self.person_id])


@dataclass(frozen=True, kw_only=True)
class SectionOutline:
    """One task of the list."""

    code: str
    title: str
    rows: list[Row]
    waits: list[str]  # titles of questions that are asked for each person, while there is no person

    @property
    def counted(self) -> list[Row]:
        return [row for row in self.rows if row.counts]

    def of_the_firm(self, *, only_open: bool) -> list[Row]:
        rows = [row for row in self.rows if row.question.person_id is None]
        return [row for row in rows if row.is_open] if only_open else rows

    def of_people(self, *, only_open: bool) -> list[PersonLine]:
        lines: dict[Any, list[Row]] = {}
        for row in self.rows:
            if row.question.person_id:
                lines.setdefault(row.question.person_id, []).append(row)
        found = [
            PersonLine(person_id=person, name=rows[0].question.person_name, rows=rows)
            for person, rows in lines.items()
        ]
        return [line for line in found if not only_open or any(row.is_open for row in line.rows)]

    @property
    def done(self) -> int:
        return sum(row.status == COMPLETED for row in self.counted)

    @property
    def due(self) -> str:
        """When it is needed, where nothing of it is needed at the submission."""
        return "" if self.counted or not self.rows else self.rows[0].due

    @cached_property
    def status(self) -> str:
        if not self.rows:
            return CANNOT_START
        found = _together(self.rows)
        return IN_PROGRESS if found == COMPLETED and self.waits else found

    @property
    def last_saved(self) -> datetime | None:
        return max((row.given.saved_at for row in self.rows if row.given.saved_at), default=None)


@dataclass(frozen=True, kw_only=True)
class StageOutline:
    stage: Stage
    sections: list[SectionOutline]
    editable: bool
    filed: bool

    @property
    def title(self) -> str:
        return say(self.stage.rule.title)

    @property
    def rows(self) -> list[Row]:
        return [row for section in self.sections for row in section.rows]

    @property
    def counted(self) -> int:
        return sum(len(section.counted) for section in self.sections)

    @property
    def done(self) -> int:
        return sum(section.done for section in self.sections)

    @property
    def open(self) -> list[Row]:
        return [row for row in self.rows if row.is_open]

    @property
    def later(self) -> int:
        """How many questions are needed after the submission only."""
        return len(self.rows) - self.counted

    @property
    def tasks(self) -> list[SectionOutline]:
        """The sections that have something to do before the submission."""
        return [section for section in self.sections if section.counted or section.waits]

    @property
    def tasks_done(self) -> int:
        return sum(section.status == COMPLETED for section in self.tasks)

    @property
    def tag(self) -> tuple[str, str]:
        """The kind and the word of the stage as a whole."""
        state = self.stage.state
        if self.filed and state in WITH_REGULATOR:
            kind, word = WITH_REGULATOR[state]
        else:
            kind, word = STATUS[_STAGE_STATUS[state]]
        return kind, str(word)

    @property
    def returned(self) -> bool:
        return bool(self.stage.state == S.CHANGES_REQUESTED)

    def section_tag(self, section: SectionOutline) -> tuple[str, str]:
        """While the firm works, the section's own status; afterwards the stage's."""
        if self.returned or not self.editable:
            return self.tag
        kind, word = STATUS[section.status]
        return kind, str(word)

    @property
    def tagged_sections(self) -> list[tuple[SectionOutline, str, str]]:
        return [(section, *self.section_tag(section)) for section in self.sections]


_STAGE_STATUS = {
    S.NOT_STARTED: NOT_STARTED,
    S.IN_PROGRESS: IN_PROGRESS,
    S.COMPLETE: COMPLETED,
    S.IN_REVIEW: COMPLETED,
    S.APPROVED: COMPLETED,
    S.CHANGES_REQUESTED: RETURNED,
}


def stages_of(case: Application, draft: Draft, stages: Iterable[Stage]) -> list[StageOutline]:
    """Every stage in its order. ``stages`` are the rows of the case, with ``application`` set."""
    marks, waiting = marks_of(case), waiting_of(case, draft.posts)
    return [stage_of(case, draft, stage, marks, waiting) for stage in stages]


def stage_of(
    case: Application,
    draft: Draft,
    stage: Stage,
    marks: Marks | None = None,
    waiting: Waiting | None = None,
) -> StageOutline:
    found = asked.questions(draft, stage.code)
    marks, waiting = marks or marks_of(case), waiting or waiting_of(case, draft.posts)
    named = frozenset(stage.returned_items) if is_editable(stage) else frozenset()
    rows = [
        Row(
            case_pk=case.pk,
            question=q,
            draft=draft,
            marks=marks,
            returned=q.requirement.code in named,
            copied=waiting.holds_up(q.requirement),
        )
        for q in found
    ]
    sections = [
        SectionOutline(
            code=section.code,
            title=say(section.title),
            rows=[row for row in rows if row.question.requirement.section == section.code],
            waits=_waiting(draft, stage.code, section.code),
        )
        for section in draft.book.sections_of(stage.code)
    ]
    return StageOutline(
        stage=stage,
        sections=[section for section in sections if section.rows or section.waits],
        editable=is_editable(stage),
        filed=case.submitted_at is not None,
    )


def lacking(draft: Draft, question: Question) -> list[str]:
    """What an answer that was begun still lacks."""
    given = draft.answer(question.key)
    problems = asked.problems(question.requirement, given, draft)
    return problems if not given.private and _status(given, problems) == IN_PROGRESS else []


def next_unanswered(stage: StageOutline, after: asked.Key) -> Row | None:
    """The next question that is due at submission and lacks an answer: onwards first, then from the top."""
    rows = stage.rows
    place = next((n for n, row in enumerate(rows) if row.question.key == after), -1)
    for row in rows[place + 1 :] + rows[: max(place, 0)]:
        if row.counts and row.status != COMPLETED:
            return row
    return None


_PRIVATE_STATUS = {
    asked.OPEN: NOT_STARTED,
    asked.ANSWERED: COMPLETED,
    asked.WAITING: IN_PROGRESS,
    asked.REJECTED: PROBLEM,
}


def _status(given: Given, problems: list[str]) -> str:
    if given.private:
        return _PRIVATE_STATUS[given.private]
    if any(is_rejected(document) for document in given.documents):
        return PROBLEM
    if not problems:
        waits = any(not document.usable for document in given.documents)
        return IN_PROGRESS if waits else COMPLETED
    begun = given.declined_as or given.documents or asked.is_given(given.value)
    return IN_PROGRESS if begun else NOT_STARTED


def _waiting(draft: Draft, stage: str, section: str) -> list[str]:
    """Questions for each person that nobody can be asked yet."""
    if any(draft.posts.values()):
        return []
    return [say(r.title) for r in draft.book.requirements_of(stage) if r.section == section and r.per_person]


def _together(rows: list[Row]) -> str:
    """Where several questions stand together. What is needed later does not hold up the rest, but for a file
    of it that is not ready.
    """
    statuses = {row.status for row in rows if row.counts or row.is_open} or {row.status for row in rows}
    if PROBLEM in statuses:
        return PROBLEM
    if statuses == {COMPLETED}:
        return COMPLETED
    return NOT_STARTED if statuses == {NOT_STARTED} else IN_PROGRESS


def lines_of(stage: StageOutline, *, only_open: bool) -> list[dict[str, Any]]:
    """The sections as the page of the stage lists them: the firm's questions, then a line for each person."""
    found = []
    for section in stage.sections:
        rows, people = section.of_the_firm(only_open=only_open), section.of_people(only_open=only_open)
        if rows or people or section.waits:
            found.append({"section": section, "rows": rows, "people": people})
    return found


def progress(stages: list[StageOutline]) -> str:
    words = _("%(done)s of %(all)s tasks completed")
    return words % {
        "done": sum(stage.tasks_done for stage in stages),
        "all": sum(len(stage.tasks) for stage in stages),
    }


def steps(stages: list[StageOutline]) -> list[dict[str, Any]]:
    """A bar of 240 units: a part for each status that tasks have, as wide as they are many."""
    found = Counter(section.status for stage in stages for section in stage.tasks)
    unit, at = Decimal(240) / (found.total() or 1), 0
    bar = []
    for status, look in BAR.items():
        if found[status]:
            bar.append({
                "look": look, "word": str(STATUS[status][1]), "number": found[status],
                "x": f"{at * unit:.1f}", "width": f"{found[status] * unit:.1f}",
            })  # fmt: skip
            at += found[status]
    return bar
