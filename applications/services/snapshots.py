"""What was submitted, once and for all."""

import hashlib
import json
from typing import Any

from django.utils import timezone

from applications import asked
from applications.models import Application, Finding, Snapshot
from applications.queries import drafts, law
from documents.services import seal
from regulators.rulebook import say


def take_snapshot(case: Application, *, actor: Any, declaration: dict[str, Any]) -> Snapshot:
    """Keep every question as it was asked, with its answer, and open or mark the findings.

    Effects in order: seal the documents; write the snapshot with its hash; open a finding for each new
    question; mark the findings whose answer has changed since the last snapshot as affected.
    """
    draft = drafts.load_draft(case)
    questions = asked.questions(draft)
    seal(documents=[d for q in questions for d in draft.answer(q.key).documents])
    content = {
        "declaration": declaration,
        "firm": {"name": case.firm.name, "bin": case.firm.bin, "legal_form": case.firm.legal_form},
        "questions": [_as_asked(question, draft) for question in questions],
        "people": {
            str(pk): {"name": name, "posts": sorted(draft.posts[pk])} for pk, name in draft.people.items()
        },
        "holdings": [
            {
                "owner": h.owner.name,
                "owned": h.owned.name,
                "economic": str(h.economic),
                "voting": str(h.voting),
            }
            for h in case.holdings.select_related("owner", "owned").order_by("pk")
        ],
        "capital": [
            {"line": f.line, "period": f.period, "amount": str(f.amount), "currency": f.currency}
            for f in case.capital.order_by("line", "period")
        ],
    }
    last = case.snapshots.order_by("-number").first()
    snapshot = Snapshot.objects.create(
        application=case,
        number=last.number + 1 if last else 1,
        content=content,
        sha256=content_hash(content),
        law=law.as_at_today(case),
        made_at=timezone.now(),
        made_by_name=actor.audit_name,
    )
    _open_findings(case, snapshot, last)
    return snapshot


def retake_snapshot(case: Application, *, actor: Any) -> Snapshot:
    """A further snapshot of a case under review, when a returned stage is complete again.

    It carries the declaration that was signed, and says who completed the stage.
    """
    last = case.snapshots.latest("number")
    declaration = {**last.content["declaration"], "amended_by": actor.audit_name, "amends": last.number}
    return take_snapshot(case, actor=actor, declaration=declaration)


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256 over the content as sorted, unspaced UTF-8 JSON."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _as_asked(question: asked.Question, draft: asked.Draft) -> dict[str, Any]:
    given = draft.answer(question.key)
    requirement = question.requirement
    return {
        "requirement": requirement.code,
        "stage": requirement.stage,
        "section": requirement.section,
        "title": say(requirement.title),
        "source": requirement.source,
        "mandatory": requirement.mandatory,
        "due": requirement.due,
        "person": str(question.person_id) if question.person_id else None,
        "person_name": question.person_name,
        "value": given.value,
        "declined": given.declined,
        "files": [
            {"document": str(d.pk), "name": d.name, "sha256": d.sha256, "size": d.size}
            for d in given.documents
        ],
    }


def _open_findings(case: Application, snapshot: Snapshot, last: Snapshot | None) -> None:
    before = {(q["requirement"], q["person"]): q for q in last.content["questions"]} if last else {}
    now = {(q["requirement"], q["person"]): q for q in snapshot.content["questions"]}
    Finding.objects.bulk_create(
        [
            Finding(
                application=case,
                snapshot=snapshot,
                stage=question["stage"],
                requirement=question["requirement"],
                person_id=question["person"],
                due=question["due"],
            )
            for question in now.values()
        ],
        ignore_conflicts=True,
    )
    changed = [key for key, question in now.items() if key in before and before[key] != question]
    for requirement, person in changed:
        Finding.objects.filter(application=case, requirement=requirement, person_id=person).exclude(
            outcome=Finding.OPEN
        ).update(affected=True, snapshot=snapshot)
    gone = [key for key in before if key not in now]
    for requirement, person in gone:
        Finding.objects.filter(application=case, requirement=requirement, person_id=person).update(
            outcome=Finding.NOT_APPLICABLE, affected=False, note="", snapshot=snapshot
        )
