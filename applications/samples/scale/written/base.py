"""What all parts of a written case share: its rows so far, and how a step changes them."""

from datetime import date, datetime
from typing import Any

from accounts.identifiers import mask
from applications.models import Finding, SearchText, Snapshot
from applications.queries.content import content_hash
from applications.samples.scale.applicants import Applicant
from applications.samples.scale.ledger import Ledger
from applications.samples.scale.plan import Arrival, Plan
from applications.samples.scale.road import asked_in
from applications.samples.scale.steps import Step
from applications.samples.scale.tables import Row, Rows
from regulators.rulebook import Book, say


class CaseRows:
    """``constant`` is what each submission of a firm without holdings and capital has."""

    def __init__(self, rows: Rows, plan: Plan, arrival: Arrival, applicant: Applicant, constant: Row) -> None:
        self.applicant, self.arrival, self.constant = applicant, arrival, constant
        self.book: Book = applicant.book
        self.ledger = Ledger(rows, plan, arrival, self.book)
        self.new, self.record = self.ledger.new, self.ledger.record
        self.case: Row = {}
        self.stages: dict[str, Row] = {}
        self.answers: dict[str, Row] = {}
        self.findings: dict[str, Row] = {}
        self.snapshots: list[Row] = []
        self.check: Row = {}
        self.requests: dict[int, Row] = {}
        self.points: dict[tuple[int, int], Row] = {}
        self.last_words: dict[tuple[int, int], bool] = {}  # of a point, whether the firm had it
        self.extension: Row = {}
        self.conditions: list[Row] = []
        self.notice: Row = {}
        self.representation: Row = {}
        self.proposal: Row = {}

    def _next_version(self, **changes: Any) -> None:
        self.case |= {**changes, "version": self.case["version"] + 1}

    def _snapshot(self, step: Step, declaration: Row) -> Row:
        asked = [self._as_asked(code) for code in asked_in(self.book)]
        content = {"declaration": declaration, "firm": self.applicant.as_submitted(), "questions": asked,
                   "people": self.applicant.people_as_submitted(mask), **self.constant}  # fmt: skip
        last = self.snapshots[-1] if self.snapshots else None
        row = self.new(
            Snapshot, application_id=self.case["id"], number=len(self.snapshots) + 1, content=content,
            sha256=content_hash(content), law=self._law(step.at), made_at=step.at, made_by_name=step.who.name,
        )  # fmt: skip
        if last is None:
            words = self.applicant.words(self.case["reference"])
            self.ledger.rows[SearchText].append({"application_id": self.case["id"], "text": words})
        self.snapshots.append(row)
        before = {q["requirement"]: q["value"] for q in last["content"]["questions"]} if last else {}
        for question in asked:
            self._found(question, row, before)
        return row

    def _found(self, question: Row, snapshot: Row, before: Row) -> None:
        code = question["requirement"]
        if code not in self.findings:
            self.findings[code] = self.new(
                Finding, application_id=self.case["id"], snapshot_id=snapshot["id"], stage=question["stage"],
                requirement=code, due=question["due"], outcome=Finding.OPEN, condition="", version=0,
            )  # fmt: skip
        elif before[code] != question["value"]:
            row = self.findings[code]
            affected = row["outcome"] != Finding.OPEN
            row |= {"snapshot_id": snapshot["id"], "affected": affected, "version": row["version"] + 1}

    def _as_asked(self, code: str) -> Row:
        requirement = self.book.by_code[code]
        return {
            "requirement": code, "stage": requirement.stage, "section": requirement.section,
            "title": say(requirement.title), "source": requirement.source, "mandatory": requirement.mandatory,
            "due": requirement.due, "person": None, "person_name": "", "value": self.answers[code]["value"],
            "declined": "", "declined_as": "", "files": [],
        }  # fmt: skip

    def _law(self, at: datetime) -> Row:
        day: date = at.date()
        return {"book": self.book.code, "version": self.book.version, "sha256": self.book.sha256,
                "as_at": day.isoformat()}  # fmt: skip
