"""The questions of one stage as the reviewer reads them: what was asked, what was answered, what was found.

Read from the latest submission; what the firm drafts since then is not shown. The number of queries is fixed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from applications.asked import NOT_KNOWN, declined_as_of, given_of
from applications.capital import PERIODS
from applications.computed import capital_in_words, structure_in_words
from applications.desk.picks import pick
from applications.desk.words import FINDING_TAGS
from applications.models import Application, Finding, Holding, Snapshot
from applications.portal.answers import in_words
from applications.portal.files import FileRow, expiry_in_words, facts_in_words
from applications.queries.files import given_facts
from applications.queries.law import requirement_of
from applications.services.evidence import has_thumbnail
from documents.models import Document
from regulators import rulebook as rb
from regulators.rulebook import Requirement, say

Asked = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """A file as it was submitted. ``row`` is None where the document is not there any more."""

    document: str
    name: str
    sha256: str
    row: FileRow | None
    title: str  # the firm's name for it
    facts: list[str]  # what the firm said of it, as it was submitted
    expiry: str  # that it has expired, or soon will
    has_thumbnail: bool = False


@dataclass(kw_only=True)
class QuestionRow:
    requirement: Requirement
    finding: Finding
    person: str
    lines: list[str]
    declined: bool
    not_known: bool
    files: list[FileLine]
    before: list[str] | None  # the answer of the submission before, where it was another
    before_files: list[FileLine]
    gone: bool  # asked in an earlier submission, not in the latest
    tables: list[str] = field(default_factory=list)
    shown_at: dict[str, "QuestionRow"] = field(default_factory=dict)  # tables that an earlier row has shown
    form: Any = None
    saved: bool = False

    @property
    def title(self) -> str:
        return say(self.requirement.title)

    @property
    def anchor(self) -> str:
        return f"q{self.finding.pk}"

    @property
    def kind(self) -> str:
        return "act" if self.finding.affected else FINDING_TAGS[self.finding.outcome]

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that people are asked about; empty: everyone."""
        return tuple(self.requirement.functions)

    @property
    def about(self) -> str:
        person = self.finding.person_id
        return pick(self.requirement.code, str(person) if person else None)


@dataclass(kw_only=True)
class SectionRows:
    title: str
    rows: list[QuestionRow]


def load(case: Application, stage: str) -> tuple[Snapshot, list[SectionRows]]:
    """Three queries: the two latest submissions, the findings of the stage, the documents."""
    snapshots = list(case.snapshots.order_by("-number")[:2])
    latest, before = snapshots[0], _by_key(snapshots[1]) if len(snapshots) > 1 else {}
    asked = _by_key(latest)
    findings = list(case.findings.filter(stage=stage).select_related("assessed_by", "snapshot"))
    files = [f for q in (*asked.values(), *before.values()) if q["stage"] == stage for f in q["files"]]
    stored = Document.objects.select_related("facts").in_bulk([f["document"] for f in files])
    documents = {str(pk): document for pk, document in stored.items()}
    rows = [_row(case, finding, asked, before, documents) for finding in findings]
    order = {r.code: n for n, r in enumerate(case.book.requirements_of(stage))}
    rows.sort(key=lambda row: (order.get(row.requirement.code, len(order)), row.person))
    still = [row for row in rows if row.requirement.code in order]
    sections = [
        SectionRows(title=say(section.title), rows=of_section)
        for section in case.book.sections_of(stage)
        if (of_section := [row for row in still if row.requirement.section == section.code])
    ]
    of_before = [row for row in rows if row.requirement.code not in order]
    if of_before:
        sections.append(SectionRows(title=_("No longer asked by this rule book"), rows=of_before))
    _once(row for section in sections for row in section.rows)
    return latest, sections


def _once(rows: Iterable[QuestionRow]) -> None:
    """A table stands at the first question that asks for it; the others lead there. People are a table for
    each set of functions that is asked about.
    """
    first: dict[tuple[str, tuple[str, ...]], QuestionRow] = {}
    for row in rows:
        asked = {table: (table, row.functions if table == rb.PEOPLE else ()) for table in row.tables}
        row.shown_at = {table: first[key] for table, key in asked.items() if key in first}
        row.tables = [table for table, key in asked.items() if key not in first]
        first.update({asked[table]: row for table in row.tables})


def _by_key(snapshot: Snapshot) -> dict[tuple[str, str | None], Asked]:
    return {(q["requirement"], q["person"]): q for q in snapshot.content["questions"]}


def _row(
    case: Application, finding: Finding, asked: Any, before: Any, documents: dict[str, Document]
) -> QuestionRow:
    key = (finding.requirement, str(finding.person_id) if finding.person_id else None)
    requirement = requirement_of(case, finding.requirement)
    now, then = asked.get(key), before.get(key)
    shown = now or then or {"value": {}, "declined": "", "files": [], "person_name": ""}
    changed = bool(now and then and _answer(now) != _answer(then))
    finding.application = case
    about_person = finding.person_id is not None
    return QuestionRow(
        requirement=requirement,
        finding=finding,
        person=shown["person_name"] or "",
        lines=_lines(requirement, shown),
        declined=bool(shown["declined"]),
        not_known=declined_as_of(shown) == NOT_KNOWN,
        files=_files(shown, documents, about_person),
        before=_lines(requirement, then) if changed else None,
        before_files=_files(then, documents, about_person) if changed else [],
        gone=now is None,
        tables=[kind for kind in (rb.PEOPLE, rb.OWNERSHIP, rb.CAPITAL) if kind in requirement.evidence],
    )


def _answer(asked: Asked) -> tuple[Any, ...]:
    return asked["value"], asked["declined"], declined_as_of(asked), asked["files"]


def _lines(requirement: Requirement, asked: Asked) -> list[str]:
    return in_words(requirement, given_of(asked))


def _files(asked: Asked, documents: dict[str, Document], about_person: bool) -> list[FileLine]:
    return [_file(given, documents, about_person=about_person) for given in asked["files"]]


def _file(given: Any, documents: dict[str, Document], *, about_person: bool) -> FileLine:
    found = documents.get(given["document"])
    facts = given_facts(given)
    return FileLine(
        document=given["document"],
        name=given["name"],
        sha256=given["sha256"],
        row=FileRow(found) if found else None,
        title=facts.title,
        facts=facts_in_words(facts, given.get("version", 1)),
        expiry=expiry_in_words(facts.expires_on),
        has_thumbnail=bool(found and has_thumbnail(found, about_person=about_person)),
    )


def tables(case: Application, snapshot: Snapshot) -> dict[str, Any]:
    """People, holdings and capital as they were submitted."""
    functions = {f.code: say(f.title) for f in case.book.functions}
    lines = {line.code: say(line.title) for line in case.book.capital.lines}
    kinds = dict(Holding.KINDS)
    content = snapshot.content
    return {
        "people": [
            {
                "name": p["name"],
                "codes": frozenset(p["posts"]),
                "posts": [functions.get(code, code) for code in p["posts"]],
            }
            for p in content["people"].values()
        ],
        "holdings": [{**h, "kind": kinds.get(h.get("kind", ""), "")} for h in content["holdings"]],
        "structure": structure_in_words(content.get("structure")),
        "capital_tests": capital_in_words(content.get("capital_tests"), content.get("accounts_rate")),
        "capital": [
            {
                **figure,
                "line": lines.get(figure["line"], figure["line"]),
                "period": PERIODS.get(figure["period"], figure["period"]),
            }
            for figure in content["capital"]
        ],
    }
