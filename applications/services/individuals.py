"""Approval of people for functions: proposed by a submission, assessed, decided, replaced by the firm."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from applications.models import Application, IndividualApproval, Stage
from applications.queries.individuals import untold
from applications.queries.law import home_of
from applications.queries.submitted_people import read_facts
from applications.services import notice_clocks, tell
from applications.services.drafting import note_saved
from applications.services.guard import (
    insist,
    insist_not_decided,
    locked_case,
    same_notice,
    same_version,
)
from applications.services.private import end_of_removed
from applications.states import ASSESSABLE, GONE, STANDING, UNDECIDED, IndividualState
from applications.states import StageState as S
from audit.services import record
from regulators import rulebook as rb
from regulators.periods import footing
from regulators.rulebook import Clock
from workflow import services as workflow
from workflow.services import Change

ASSESSED = (IndividualState.PROPOSED, IndividualState.ASSESSING)
ENDED = (IndividualState.WITHDRAWN, IndividualState.REFUSED)


def propose_named(case: Application, *, actor: Any) -> list[IndividualApproval]:
    """What a submission, or a returned stage that is complete again, means for approvals: in its transaction.

    Effects in order: withdraw those that stand and whose person is not named for the function any more, or
    whose record names another human now than when somebody assessed them; those still assessed bear the name
    as submitted now; propose who is named and was not refused in this case.
    """
    wanted = {function.code for function in case.book.approved_functions}
    rows = list(case.individuals.exclude(state__in=GONE))
    posts = case.posts.filter(function__in=wanted).order_by("pk")
    named = dict.fromkeys(posts.values_list("person_id", "function"))
    known = {(one.person_id, one.function): one for one in rows}
    standing = {key: one for key, one in known.items() if one.state in STANDING}
    for key in standing.keys() - named.keys():
        _withdraw(standing[key], actor, _("The firm does not name this person for it any more."))
    begun = {key for key, one in standing.items() if one.state != IndividualState.PROPOSED}
    others = _other_humans(case) if begun else set()
    changed = {key for key in begun & named.keys() if str(key[0]) in others}
    for key in changed:
        words = _("The record names another human now: the number of the papers is another one.")
        _withdraw(standing[key], actor, words)
    keep_names(case)
    return _propose(case, [key for key in named if key not in known or key in changed])


def keep_names(case: Application, **which: Any) -> None:
    """Those who are assessed bear their name as last submitted; what was decided stands as it was."""
    known = read_facts(case)
    for one in case.individuals.filter(state__in=ASSESSED, **which):
        name = known.get(str(one.person_id), {}).get("name", one.name)
        if name != one.name:
            IndividualApproval.objects.filter(pk=one.pk).update(name=name)


def _other_humans(case: Application) -> set[str]:
    """The keys of people whose number is another one in the newest submission than in the one before."""
    newest = case.snapshots.order_by("-number").values_list("content__people", flat=True)[:2]
    now, then = (*newest, {}, {})[:2]
    return {pk for pk, facts in now.items() if pk in then and facts.get("human") != then[pk].get("human")}


def take_up(*, actor: Any, case: Application) -> list[IndividualApproval]:
    """Propose who is named in a submission of before approvals were kept. Effects in order: the proposals;
    audit event.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.assess_individual")
        insist_not_decided(case)
        made = _propose(case, untold(case))
        if made:
            facts = {"functions": sorted({one.function for one in made})}
            record(subject=case.audit_subject, kind="application.individuals", actor=actor, data=facts)
    return made


def act_on(
    *, actor: Any, approval: IndividualApproval, act: str, expected_version: int, **data: Any
) -> IndividualApproval:
    """Run one act of an approval. Raises Refused, as ``workflow.perform``."""
    return workflow.perform(
        IndividualApproval,
        approval.pk,
        act,
        actor=actor,
        expected_version=expected_version,
        now=timezone.now(),
        **data,
    )


def close_with(case: Application, *, actor: Any) -> int:
    """In the transaction that decides the case: what is not decided about its people ends; how many."""
    waiting = list(case.individuals.filter(state__in=UNDECIDED))
    for one in waiting:
        act_on(actor=actor, approval=one, act="close", expected_version=one.version)
    return len(waiting)


def record_answer(
    *, actor: Any, approval: IndividualApproval, expected_version: int, text: str
) -> IndividualApproval:
    """What the firm said against a proposed refusal outside the portal, as it came in. Effects in order: the
    text below what was said before, which staff do not change, with the next version; audit event with the
    text.
    """
    with transaction.atomic():
        case = locked_case(approval.application_id, actor=actor, permission="applications.work_on_case")
        insist_not_decided(case)
        found = workflow.lock(IndividualApproval, approval.pk)
        same_version(found, expected_version)
        insist(found.state == "refusal_proposed", _("No refusal of this person is proposed."))
        insist(text.strip(), _("Write what the firm said."))
        found.representation = _with_answer(found, text)
        found.version += 1
        found.save(update_fields=["representation", "version"])
        facts = {"function": found.function, "person": str(found.person_id)}
        record(
            subject=case.audit_subject,
            kind="application.individual_answer",
            actor=actor,
            reason=text,
            data=facts,
        )
    return found


def answer_notice(
    *, actor: Any, approval: IndividualApproval, notice: str, text: str, seen: int
) -> IndividualApproval:
    """A signatory of the firm answers the notice of a proposed refusal, to the end of its last day.
    ``notice`` is the mark of the one that the page showed. ``seen`` is the version that it showed: the same
    words from it are the same press.

    Effects in order: lock the case and the approval; the text below what was said before, with the next
    version; the case officer is told; audit event with the text. Raises NotAllowed, NotReady or Conflict.
    """
    with transaction.atomic():
        case = locked_case(approval.application_id, actor=actor, permission="applications.submit_application")
        insist_not_decided(case)
        found = workflow.lock(IndividualApproval, approval.pk)
        if found.version != seen and f"\n\n{text}\n\n" in f"\n\n{found.representation}\n\n":
            return found
        same_notice(found, shown=notice, now=found.notice_mark)
        insist(found.may_be_answered, _("The time for representations is over."))
        insist(text.strip(), _("Write what you want to say."))
        found.representation = _with_answer(found, text)
        found.version += 1
        found.save(update_fields=["representation", "version"])
        if case.case_officer:
            key = f"person_answered:{found.pk}:{found.version}"
            tell.person(case, case.case_officer, "internal_assigned", key=key)
        record(
            subject=case.audit_subject, kind="application.individual_answer", actor=actor, reason=text,
            data={"function": found.function, "person": str(found.person_id)},
        )  # fmt: skip
    return found


def _with_answer(approval: IndividualApproval, text: str) -> str:
    return "\n\n".join(said for said in (approval.representation, text) if said)


def propose_another(
    *, actor: Any, approval: IndividualApproval, expected_version: int, reason: str
) -> IndividualApproval:
    """The firm takes a candidate back while the case is in review, to name somebody else.

    Effects in order: the approval is withdrawn; the person has this function no more, and without another
    one no access either; the stage of the people, and each that asks about holders of the function, is open
    to the firm again, which names another and answers for them; the case officer is told; audit event. When
    the stage is complete again, the new person is proposed, in a new snapshot with open findings.
    """
    with transaction.atomic():
        case = locked_case(approval.application_id, actor=actor, permission="applications.replace_individual")
        insist(
            case.state in ASSESSABLE,
            _("Another person is proposed while the application is in review. Else report a change."),
        )
        insist(reason.strip(), _("Say why another person is proposed."))
        found = IndividualApproval.objects.select_related("person").get(pk=approval.pk)
        found.application = case
        same_version(found, expected_version)
        person, words = found.person, {"function": found.title, "reason": reason.strip()}
        if found.state in STANDING:
            found = _withdraw(found, actor, reason)
        insist(found.state in ENDED, _("This person is not proposed any more."))
        case.posts.filter(person=person, function=found.function).delete()
        if not case.posts.filter(person=person).exists():
            end_of_removed(case, person, actor)
        note = _("The firm proposes another person as “%(function)s”: %(reason)s") % words
        opened = [_open(stage, actor, note, found.function) for stage in _stages_about(case, found.function)]
        note_saved(case, actor)
        if case.case_officer:
            tell.person(case, case.case_officer, "internal_assigned", key=f"replaced:{found.pk}")
        record(
            subject=case.audit_subject, kind="application.replace_person", actor=actor, reason=reason,
            data={"function": found.function, "person": str(person.pk), "stages": opened},
        )  # fmt: skip
    return found


def after_individual(change: Change) -> dict[str, Any]:
    """In the transaction of each act: the clocks of a notice start or stop; the notice goes to the firm;
    person and function are noted.
    """
    approval: IndividualApproval = change.instance
    case = approval.application
    keep_names(case, pk=approval.pk)
    if change.from_state == IndividualState.REFUSAL_PROPOSED:
        notice_clocks.stop(case, notice_clocks.PERSON, approval.pk, cause=change.act.name)
    if change.act.name == "propose_refusal":
        notice_clocks.start(case, notice_clocks.PERSON, approval.pk)
        clock = case.book.clock("representations")
        tell.firm(
            case, "refusal_notice", key=f"individual:{approval.pk}:{approval.version}",
            due=approval.represent_until, basis=lazy(_basis, str)(clock),
            url=tell.person_notice_url(approval),
        )  # fmt: skip
    return {"function": approval.function, "person": str(approval.person_id)}


def _propose(case: Application, named: list[tuple[Any, str]]) -> list[IndividualApproval]:
    known = read_facts(case)
    return IndividualApproval.objects.bulk_create(
        [
            IndividualApproval(
                application=case, person_id=pk, function=code, name=known.get(str(pk), {}).get("name", "")
            )
            for pk, code in named
        ]
    )


def _basis(clock: Clock | None) -> str:
    return footing(clock) or _("our policy")


def _withdraw(found: IndividualApproval, actor: Any, reason: str) -> IndividualApproval:
    return act_on(actor=actor, approval=found, act="withdraw", expected_version=found.version, reason=reason)


def _stages_about(case: Application, function: str) -> list[Stage]:
    """The stage in which people are named, and those that ask about each holder of the function."""
    asking = {rule.stage for rule in case.book.requirements if _asks_about(rule, function)}
    wanted = asking | {home_of(case, rb.PEOPLE)}
    return list(case.stages.filter(code__in=wanted, state__in=(S.COMPLETE, S.IN_REVIEW, S.APPROVED)))


def _asks_about(rule: rb.Requirement, function: str) -> bool:
    """The question is asked about each holder of the function."""
    return rule.per_person and (not rule.functions or function in rule.functions)


def _open(stage: Stage, actor: Any, note: str, function: str) -> str:
    """What nobody was asked yet is open anyway; of the rest, the naming of people alone."""
    book = stage.application.book
    naming = [r.code for r in book.requirements_of(stage.code) if rb.PEOPLE in r.evidence]
    about = [r.code for r in book.requirements_of(stage.code) if _asks_about(r, function)]
    workflow.perform(
        Stage, stage.pk, "open_for_another_person", actor=actor, expected_version=stage.version,
        reason=note, items=naming or about,
    )  # fmt: skip
    return stage.code
