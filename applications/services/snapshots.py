"""What was submitted, once and for all."""

from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import asked
from applications.models import Application, Finding, Snapshot
from applications.queries import drafts, law
from applications.queries.content import content_hash, content_of
from applications.services.standing import keep_words
from documents.services import seal
from regulators import rulebook as rb
from workflow.errors import Refused

Key = tuple[str, Any]
TYPED = {
    rb.PEOPLE: ("people",),
    rb.OWNERSHIP: ("holdings", "structure"),
    rb.CAPITAL: ("capital", "accounts_rate", "capital_tests"),
}
NEVER_ASSESSED: dict[str, Any] = {
    "outcome": Finding.OPEN, "affected": False, "note": "", "condition": "",
    "assessed_by": None, "assessed_at": None,
}  # fmt: skip


class DeclarationChanged(Refused):
    """The page that was signed showed another text (another language, a changed name), or stood on other
    answers.
    """

    def __init__(self) -> None:
        words = _(
            "The declaration has changed, or an answer, since you opened the page. Check them and sign again."
        )
        super().__init__([words])


def take_snapshot(
    case: Application, *, actor: Any, declaration: dict[str, Any], signed_hash: str = ""
) -> Snapshot:
    """Keep every question as it was asked, with its answer, and open or mark the findings.

    ``signed_hash`` is the hash of all but the declaration that the signatory was shown: where it is another
    one than what is kept, DeclarationChanged. Effects in order: seal the documents; write the snapshot with
    its hash; open a finding for each new question, and again for one that is asked anew; mark the findings
    whose answer, or the people, holdings or capital it asks for, have changed since the last snapshot as
    affected; keep by which words the case is found.
    """
    draft = drafts.load_draft(case)
    questions = asked.questions(draft)
    seal(documents=[d for q in questions for d in draft.answer(q.key).documents])
    given = content_of(case, draft)
    if signed_hash and signed_hash != content_hash(given):
        raise DeclarationChanged
    content = {"declaration": declaration, **given}
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
    keep_words(case)
    return snapshot


def retake_snapshot(case: Application, *, actor: Any) -> Snapshot:
    """A further snapshot of a case under review, when a returned stage is complete again.

    It carries the declaration that was signed, and says who completed the stage.
    """
    last = case.snapshots.latest("number")
    declaration = {**last.content["declaration"], "amended_by": actor.audit_name, "amends": last.number}
    return take_snapshot(case, actor=actor, declaration=declaration)


def _typed(content: dict[str, Any], question: dict[str, Any], kinds: tuple[str, ...]) -> Any:
    """What answers this question beside its own answer: the tables it asks for, the person it is about."""
    person = content["people"].get(question["person"], {})
    return [content.get(part) for kind in kinds for part in TYPED.get(kind, ())], person.get("human")


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
    if last is None:
        return

    def answered(content: dict[str, Any], question: dict[str, Any]) -> Any:
        """Without the title, which is in the language of whoever had the snapshot made."""
        kinds = case.book.by_code[question["requirement"]].evidence
        answer = {**question, "title": "", "declined_as": asked.declined_as_of(question)}
        return answer, _typed(content, question, kinds)

    for key, question in now.items():
        if key not in before:
            _change(case, key, snapshot, **NEVER_ASSESSED)
        elif answered(last.content, before[key]) != answered(snapshot.content, question):
            _change(case, key, snapshot, affected=~Q(outcome=Finding.OPEN))
    for key in before.keys() - now.keys():
        _change(case, key, snapshot, outcome=Finding.NOT_APPLICABLE, affected=False, note="", condition="")


def _change(case: Application, key: Key, snapshot: Snapshot, **changes: Any) -> None:
    """The next version too: a reviewer's page that shows the answer of before is stale."""
    requirement, person = key
    Finding.objects.filter(application=case, requirement=requirement, person_id=person).exclude(
        snapshot=snapshot
    ).update(snapshot=snapshot, version=F("version") + 1, **changes)
