"""The questions of one stage as a reviewer goes through them: what was asked and answered in the two latest
submissions, and what was found. What the firm drafts since then is not shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from applications.asked import declined_as_of
from applications.desk.picks import pick
from applications.desk.words import FINDING_TAGS
from applications.models import Application, Finding, Snapshot
from applications.queries.law import requirement_of
from applications.services.snapshots import TYPED
from regulators.rulebook import Requirement, say

Asked = dict[str, Any]
Key = tuple[str, str | None]


@dataclass(kw_only=True)
class Item:
    """One question, once or for one person. ``now`` and ``then`` are how it stands in the latest submission
    and in the one before; None where it was not asked.
    """

    requirement: Requirement
    finding: Finding
    now: Asked | None
    then: Asked | None
    is_first: bool  # there is no submission before
    has_new_tables: bool  # people, holdings or capital that it asks for are other than before

    @property
    def title(self) -> str:
        return say(self.requirement.title)

    @property
    def shown(self) -> Asked:
        return self.now or self.then or {"value": {}, "declined": "", "files": [], "person_name": ""}

    @property
    def person(self) -> str:
        return self.shown["person_name"] or ""

    @property
    def person_id(self) -> str:
        return str(self.finding.person_id or "")

    @property
    def is_gone(self) -> bool:
        return self.now is None

    @property
    def is_new(self) -> bool:
        """Asked for the first time, while other questions were asked before."""
        return self.then is None and not self.is_first

    @property
    def has_new_answer(self) -> bool:
        return bool(self.now and self.then and answer_of(self.now) != answer_of(self.then))

    @property
    def is_changed(self) -> bool:
        return (
            self.is_new or self.has_new_answer or self.has_new_tables or (self.is_gone and not self.is_first)
        )

    @property
    def is_settled(self) -> bool:
        return self.finding.outcome in Finding.SETTLED and not self.finding.affected

    @property
    def kind(self) -> str:
        return "act" if self.finding.affected else FINDING_TAGS[self.finding.outcome]

    @property
    def word(self) -> str:
        return _("Assess again") if self.finding.affected else str(self.finding.get_outcome_display())

    @property
    def anchor(self) -> str:
        return f"q{self.finding.pk}"

    @property
    def about(self) -> str:
        return pick(self.requirement.code, self.person_id or None)


@dataclass(frozen=True, kw_only=True)
class SectionItems:
    title: str
    items: list[Item]


@dataclass(frozen=True, kw_only=True)
class StageQuestions:
    latest: Snapshot
    before: Snapshot | None
    sections: list[SectionItems]

    @property
    def items(self) -> list[Item]:
        return [item for section in self.sections for item in section.items]


def load(case: Application, stage: str) -> StageQuestions:
    """Two queries: the two latest submissions, the findings of the stage. In the order of the book; by name
    within a question.
    """
    latest, before = two_latest(case)
    findings = case.findings.filter(stage=stage).select_related("assessed_by")
    items = items_of(case, findings, latest, before)
    order = {r.code: n for n, r in enumerate(case.book.requirements_of(stage))}
    items.sort(key=lambda item: (order.get(item.requirement.code, len(order)), item.person))
    still = [item for item in items if item.requirement.code in order]
    sections = [
        SectionItems(title=say(section.title), items=of_section)
        for section in case.book.sections_of(stage)
        if (of_section := [item for item in still if item.requirement.section == section.code])
    ]
    of_before = [item for item in items if item.requirement.code not in order]
    if of_before:
        sections.append(SectionItems(title=_("No longer asked by this rule book"), items=of_before))
    return StageQuestions(latest=latest, before=before, sections=sections)


def two_latest(case: Application) -> tuple[Snapshot, Snapshot | None]:
    found = list(case.snapshots.order_by("-number")[:2])
    return found[0], found[1] if len(found) > 1 else None


def items_of(
    case: Application, findings: Iterable[Finding], latest: Snapshot, before: Snapshot | None
) -> list[Item]:
    now, then = by_key(latest), by_key(before) if before else {}
    moved = {
        kind
        for kind, parts in TYPED.items()
        if before and any(latest.content.get(part) != before.content.get(part) for part in parts)
    }
    items = []
    for finding in findings:
        key = (finding.requirement, str(finding.person_id) if finding.person_id else None)
        requirement = requirement_of(case, finding.requirement)
        finding.application = case
        items.append(
            Item(
                requirement=requirement, finding=finding, now=now.get(key), then=then.get(key),
                is_first=before is None, has_new_tables=not moved.isdisjoint(requirement.evidence),
            )
        )  # fmt: skip
    return items


def by_key(snapshot: Snapshot) -> dict[Key, Asked]:
    return {(q["requirement"], q["person"]): q for q in snapshot.content["questions"]}


def answer_of(asked: Asked) -> tuple[Any, ...]:
    return asked["value"], asked["declined"], declined_as_of(asked), asked["files"]
