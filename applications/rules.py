"""Who may do what. Predicates are yes/no statements about a person and a case; the acts name them."""

from dataclasses import dataclass
from typing import Any

import rules
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.actors import System
from accounts.queries import firm_roles, is_account_of, memberships_ever, names
from applications.mandates import mandate_for
from applications.remembered import remembered
from regulators.queries import may_decide, staff_roles


def _case(obj: Any) -> Any:
    return getattr(obj, "application", obj)


def _firm_roles(user: Any, obj: Any) -> frozenset[str]:
    return firm_roles(user, _case(obj).firm_id) if obj is not None else frozenset()


def _staff_roles(user: Any, obj: Any) -> frozenset[str]:
    return staff_roles(user, _case(obj).licence_type.regulator_id) if obj is not None else frozenset()


@rules.predicate
def is_of_the_firm(user: Any, obj: Any) -> bool:
    return bool(_firm_roles(user, obj))


@rules.predicate
def is_owner(user: Any, obj: Any) -> bool:
    return "owner" in _firm_roles(user, obj)


@rules.predicate
def is_editor(user: Any, obj: Any) -> bool:
    return "editor" in _firm_roles(user, obj)


@rules.predicate
def is_signatory(user: Any, obj: Any) -> bool:
    return "signatory" in _firm_roles(user, obj)


@dataclass(frozen=True)
class OwnPart:
    """What an invited person gives: the answers about them in one case."""

    application: Any
    person_id: Any


@rules.predicate
def is_the_person(user: Any, obj: Any) -> bool:
    """Accepted the invitation to this part, nobody ended it, and is still among the people of the case."""
    if not isinstance(obj, OwnPart) or user.pk is None or user.is_staff:
        return False
    case, of_person = obj.application, {"person": obj.person_id}
    held = case.accesses.filter(**of_person, user=user, accepted_at__isnull=False, ended_at=None)
    return bool(held.exists() and case.posts.filter(**of_person).exists())


@rules.predicate
def is_that_human(user: Any, obj: Any) -> bool:
    """Acts for the firm, and is by the number on record the person of the case that it is about. People give
    their number on their own word, so it counts for nothing beside the account that took the invitation.
    """
    if not isinstance(obj, OwnPart) or user.pk is None or user.is_staff or not user.human:
        return False
    invited = obj.application.accesses.filter(person=obj.person_id, accepted_at__isnull=False, ended_at=None)
    if invited.exclude(user=user).exists():
        return False
    posts = obj.application.posts.filter(person=obj.person_id)
    return bool(is_of_the_firm(user, obj) and posts.filter(names("person__human", user.human)).exists())


@rules.predicate
def holds_a_part(user: Any, obj: Any) -> bool:
    """Is one of the invited people of the case."""
    if obj is None or user.pk is None or user.is_staff:
        return False
    held = _case(obj).accesses.filter(user=user, accepted_at__isnull=False, ended_at=None)
    return bool(held.exists())


@rules.predicate
def advises(user: Any, obj: Any) -> bool:
    """By a mandate in force, in some stage of the case."""
    return obj is not None and mandate_for(user, _case(obj).firm_id) is not None


@rules.predicate
def advises_here(user: Any, stage: Any) -> bool:
    """By a mandate in force that covers this stage."""
    mandate = mandate_for(user, stage.application.firm_id) if stage is not None else None
    return mandate is not None and mandate.covers(stage.code)


@rules.predicate
def edits_by_mandate(user: Any, obj: Any) -> bool:
    """A mandate in force lets this adviser edit. Together with ``advises_here`` it says where."""
    mandate = mandate_for(user, _case(obj).firm_id) if obj is not None else None
    return mandate is not None and mandate.edits


@rules.predicate
def is_of_the_regulator(user: Any, obj: Any) -> bool:
    return bool(_staff_roles(user, obj))


@rules.predicate
def is_case_officer(user: Any, obj: Any) -> bool:
    return "case_officer" in _staff_roles(user, obj)


@rules.predicate
def is_assessor(user: Any, obj: Any) -> bool:
    return not {"reviewer", "specialist", "lead_reviewer"}.isdisjoint(_staff_roles(user, obj))


@rules.predicate
def is_reviewer(user: Any, obj: Any) -> bool:
    return not {"reviewer", "lead_reviewer"}.isdisjoint(_staff_roles(user, obj))


@rules.predicate
def is_lead_reviewer(user: Any, obj: Any) -> bool:
    return "lead_reviewer" in _staff_roles(user, obj)


@rules.predicate
def is_decision_maker(user: Any, obj: Any) -> bool:
    return "decision_maker" in _staff_roles(user, obj)


@rules.predicate
def is_filed(user: Any, obj: Any) -> bool:
    return obj is not None and _case(obj).submitted_at is not None


@rules.predicate
def is_without_conflict(user: Any, obj: Any) -> bool:
    """The human has declared no conflict on the case, never acted for the firm, and is none of its people.

    Remembered on the case object, since a page asks for each of its acts; an act locks a fresh one.
    """
    if obj is None or not user.human:
        return False
    case = _case(obj)
    return remembered(case, f"without_conflict:{user.human}", lambda: _has_no_conflict(user.human, case))


def _has_no_conflict(human: str, case: Any) -> bool:
    return not in_conflict(type(case)._default_manager.filter(pk=case.pk), human).exists()


def in_conflict(cases: Any, human: str) -> Any:
    """Those of the cases in which this human has a conflict of interest; one may come twice."""
    acted = Exists(memberships_ever(OuterRef("firm_id"), human))
    return cases.filter(acted | Q(conflicts__human=human) | names("firm__people__human", human))


RETENTION = System("document retention")


@rules.predicate
def is_the_retention(user: Any, obj: Any) -> bool:
    """The timer that finds what is due and the worker that destroys what two people confirmed."""
    return bool(user == RETENTION)


@rules.predicate
def is_consulted(user: Any, obj: Any) -> bool:
    """Is, or was, asked for a view on the case."""
    case = _case(obj)
    return obj is not None and case.consultations.filter(specialist=user.pk).exists()


@rules.predicate
def is_asked(user: Any, obj: Any) -> bool:
    """The specialist of the consultation; of a body outside, whoever records its answer."""
    if obj is None or user.pk is None:
        return False
    return bool(obj.specialist_id == user.pk) if obj.inside else is_reviewer(user, obj)


@rules.predicate
def took_the_stage(user: Any, stage: Any) -> bool:
    """Took it for review, under any account."""
    return stage is not None and is_account_of(stage.taken_by, user.human)


def delegated(act: str) -> rules.Predicate:
    """The decision maker holds a delegation for this act, in force today."""

    @rules.predicate(f"delegated:{act}")
    def holds(user: Any, obj: Any) -> bool:
        return obj is not None and may_decide(user, _case(obj).licence_type_id, act, timezone.localdate())

    return holds


staff_on_case = is_of_the_regulator & is_filed
decides = is_decision_maker & is_filed & is_without_conflict

# An adviser reads and edits by stage, and does nothing else: whatever is not said here is closed to advisers.
rules.add_perm("applications.view_case", is_of_the_firm | staff_on_case | advises)
rules.add_perm("applications.read_stage", is_of_the_firm | advises_here)
rules.add_perm("applications.edit_application", is_editor | edits_by_mandate)
rules.add_perm("applications.edit_stage", is_editor | (edits_by_mandate & advises_here))
rules.add_perm("applications.read_draft", is_of_the_firm)
rules.add_perm("applications.notify_change", is_editor)
rules.add_perm("applications.move_application", is_editor | is_owner)
rules.add_perm("applications.submit_application", is_signatory)
rules.add_perm("applications.discard_application", is_owner)
rules.add_perm("applications.withdraw_application", is_signatory)
rules.add_perm("applications.answer_request", is_editor)
rules.add_perm("applications.invite_person", is_editor)
rules.add_perm("applications.record_consent", is_editor)
rules.add_perm("applications.answer_own_part", is_the_person)
rules.add_perm("applications.consent_oneself", is_the_person | is_that_human)
rules.add_perm("applications.ask_for_meeting", is_editor | is_signatory | is_owner)
rules.add_perm("applications.answer_meeting", is_case_officer)

# What the firm keeps to itself. Staff have no permission here, and their pages do not know the model.
works_inside = is_owner | is_editor | is_signatory
rules.add_perm("applications.read_inside", is_of_the_firm | advises_here)
rules.add_perm("applications.write_inside", works_inside | advises_here)
rules.add_perm("applications.assign_inside", works_inside)
rules.add_perm("applications.sign_off_inside", works_inside)

intake = is_case_officer & is_filed & is_without_conflict
rules.add_perm("applications.check_completeness", intake)
rules.add_perm("applications.resend_mail", intake)
rules.add_perm("applications.accept_application", intake)
rules.add_perm("applications.return_application", intake)
rules.add_perm("applications.refuse_to_consider", intake)

review = is_reviewer & is_filed & is_without_conflict
# All staff know that a case is there; whoever has a conflict of interest opens nothing of it.
rules.add_perm("applications.know_of_case", staff_on_case)
rules.add_perm("applications.work_on_case", staff_on_case & is_without_conflict)
# What the firm claims as confidential is for those alone who have to judge it.
rules.add_perm(
    "applications.open_confidential",
    (is_case_officer | is_reviewer | is_decision_maker | is_consulted) & is_filed & is_without_conflict,
)
rules.add_perm("applications.apply_version", is_lead_reviewer & is_filed & is_without_conflict)
rules.add_perm("applications.recommend_application", is_lead_reviewer & is_filed & is_without_conflict)
rules.add_perm("applications.verify_condition", review)
rules.add_perm("applications.write_request", review)
rules.add_perm("applications.consult", review)
rules.add_perm("applications.resolve_change", review)
rules.add_perm("applications.read_consultation", is_assessor & is_filed & is_without_conflict)
rules.add_perm("applications.answer_consultation", is_assessor & is_asked & is_filed & is_without_conflict)
rules.add_perm("applications.write_note", staff_on_case & is_without_conflict)
rules.add_perm(
    "applications.log_meeting",
    (is_case_officer | is_assessor | is_decision_maker) & is_filed & is_without_conflict,
)
rules.add_perm("applications.declare_conflict", staff_on_case)
rules.add_perm(
    "applications.assign_case", (is_case_officer | is_lead_reviewer) & is_filed & is_without_conflict
)

rules.add_perm("applications.send_back_application", decides)
rules.add_perm("applications.approve_in_principle", decides & delegated("approve_in_principle"))
rules.add_perm("applications.grant_application", decides & delegated("grant"))
rules.add_perm("applications.reopen_application", decides)
rules.add_perm("applications.extend_application", decides & delegated("approve_in_principle"))
rules.add_perm("applications.propose_refusal", decides & delegated("refuse"))
rules.add_perm(
    "applications.serve_notice", (is_case_officer | is_decision_maker) & is_filed & is_without_conflict
)
rules.add_perm("applications.answer_representation", decides)
rules.add_perm("applications.extend_period", decides)
rules.add_perm("applications.refuse_application", decides & delegated("refuse"))
rules.add_perm("applications.lapse_application", decides)
rules.add_perm(
    "applications.convene_panel", (is_lead_reviewer | is_decision_maker) & is_filed & is_without_conflict
)
rules.add_perm("applications.vote_on_panel", staff_on_case & is_without_conflict)
rules.add_perm("applications.close_panel", decides)
rules.add_perm(
    "applications.correct_record",
    (is_case_officer | is_lead_reviewer | is_decision_maker) & is_filed & is_without_conflict,
)
# The files of a case that has ended: held back, or destroyed when their time is over. The worker ends it.
keeps_documents = (is_lead_reviewer | is_decision_maker) & is_filed & is_without_conflict
rules.add_perm("applications.place_hold", keeps_documents)
rules.add_perm("applications.lift_hold", keeps_documents)
rules.add_perm("applications.destroy_documents", keeps_documents)
rules.add_perm("applications.end_destruction", is_the_retention)
rules.add_perm("applications.record_deemed_issue", decides & delegated("grant"))
rules.add_perm("applications.remit_application", decides)

rules.add_perm("applications.start_stage", is_editor | holds_a_part | (edits_by_mandate & advises_here))
rules.add_perm("applications.assess_stage", is_assessor & is_filed & is_without_conflict)
rules.add_perm("applications.review_stage", review)
rules.add_perm(
    "applications.release_stage",
    is_of_the_regulator & is_filed & (took_the_stage | (is_lead_reviewer & is_without_conflict)),
)
rules.add_perm(
    "applications.request_changes", (is_reviewer | is_case_officer) & is_filed & is_without_conflict
)

# A person for a function: assessed by reviewers, refused by whoever decides, taken back by the firm.
rules.add_perm("applications.assess_individual", is_assessor & is_filed & is_without_conflict)
rules.add_perm("applications.approve_individual", review)
rules.add_perm("applications.reassess_individual", is_lead_reviewer & is_filed & is_without_conflict)
rules.add_perm("applications.propose_individual_refusal", review)
rules.add_perm("applications.refuse_individual", decides & delegated("refuse"))
rules.add_perm(
    "applications.withdraw_individual",
    is_editor
    | is_signatory
    | edits_by_mandate
    | ((is_case_officer | is_reviewer) & is_filed & is_without_conflict),
)
rules.add_perm(
    "applications.cease_individual", (is_case_officer | is_lead_reviewer) & is_filed & is_without_conflict
)
rules.add_perm(
    "applications.close_individual",
    is_signatory | ((is_case_officer | is_decision_maker) & is_filed & is_without_conflict),
)
rules.add_perm("applications.replace_individual", is_editor)
rules.add_perm("applications.reopen_stage", is_lead_reviewer & is_filed & is_without_conflict)
