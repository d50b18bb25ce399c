"""Specialists and other bodies, asked for their view of a case side by side."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Consultation
from applications.presses import same_press
from applications.queries.conflicts import why_not
from applications.rules import is_without_conflict
from applications.services import notice_clocks, tell
from applications.services.guard import allow, insist, insist_not_decided, locked_case, take_side
from audit.services import record
from regulators.calendars import Reach
from regulators.periods import not_computable
from regulators.queries import staff_roles
from workflow.acts import EXAMINE
from workflow.services import lock

C = Consultation
ASKED_ROLES = frozenset({"specialist", "reviewer", "lead_reviewer"})


def consult(
    *,
    actor: Any,
    case: Application,
    question: str,
    body: str = "",
    specialist: Any = None,
    stage: str = "",
    requirements: Collection[str] = (),
    due_on: date | None = None,
    silence: str = C.WAIT,
    seen: int | None = None,
) -> Consultation:
    """Ask a specialist of the regulator, who answers in the desk, or another body, by its name.

    ``stage`` and ``requirements`` are codes of the book that the question is about. Without ``due_on``
    another body has the period of the book, where there is one, and the day moves with the calendar; where
    its year is not in the calendar there is no day until then. ``seen``
    is the newest consultation of when the page was made: a second press asks nothing again. Effects in order:
    take the examining side; the consultation; the clock of its period; a mail to the specialist; audit event.
    Raises NotReady where neither or
    both are named, the specialist cannot act here, a code is unknown, or a rule for silence has no day.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.consult")
        insist_not_decided(case)
        insist(
            bool(body.strip()) != bool(specialist), _("Name a specialist or another body, one of the two.")
        )
        insist(question.strip(), _("Write the question."))
        insist(silence in dict(C.SILENCE_RULES), _("Choose what no answer means."))
        by_the_book = Reach() if specialist or due_on else notice_clocks.period_of_consultation(case)
        due_on = due_on or by_the_book.day
        needs_day = [_("A rule for silence needs a last day for the answer.")]
        if by_the_book.missing_year:
            needs_day.append(not_computable(by_the_book.missing_year))
        insist(silence == C.WAIT or due_on, " ".join(needs_day))
        insist(not stage or stage in case.book.stage_codes, _("Choose a stage of the rule book."))
        unknown = set(requirements) - set(case.book.by_code)
        insist(not unknown, _("Unknown requirement: %(codes)s.") % {"codes": ", ".join(sorted(unknown))})
        if specialist:
            insist_can_be_asked(case, specialist)
        words = {
            "body": specialist.full_name if specialist else body.strip(),
            "inside": bool(specialist), "specialist": specialist, "stage": stage,
            "requirements": sorted(requirements), "question": question, "due_on": due_on,
            "silence": silence, "asked_by": actor,
        }  # fmt: skip
        if before := same_press(case.consultations.all(), seen=seen, **words):
            return before
        insist(due_on is None or due_on > timezone.localdate(), _("The last day must be after today."))
        take_side(case, actor=actor, side=EXAMINE, act="consult")
        consultation = C.objects.create(application=case, **words)
        if by_the_book != Reach():
            notice_clocks.start(case, notice_clocks.CONSULTATION, consultation.pk)
        _tell(case, consultation)
        _record(case, "application.consult", actor, consultation)
    return consultation


def answer_consultation(*, actor: Any, consultation: Consultation, answer: str) -> Consultation:
    """Record the answer: a specialist's own, or that of another body by a reviewer. A late one counts, also
    where silence was treated as no objection already.

    Effects in order: take the examining side; the answer and its time; its clock stops; a mail to whoever
    asked; audit event. Raises NotAllowed for another than the specialist who is asked.
    """
    with transaction.atomic():
        case, found = _locked(consultation)
        allow(actor, "applications.answer_consultation", found)
        insist_not_decided(case)
        insist(found.outcome in (C.OPEN, C.SILENT), _("This consultation is finished already."))
        insist(answer.strip(), _("Write the answer."))
        take_side(case, actor=actor, side=EXAMINE, act="answer_consultation")
        found.answer = answer
        _finish(found, actor, C.ANSWERED)
        if found.asked_by_id != actor.pk:
            tell.person(case, found.asked_by, "internal_assigned", key=f"consulted:{found.pk}")
        _record(case, "application.consulted", actor, found, late=is_late(found))
    return found


def close_consultation(*, actor: Any, consultation: Consultation, outcome: str, reason: str) -> Consultation:
    """Finish without an answer: withdrawn, or, where its rule says so and its day is over, with silence
    treated as no objection. A person decides that, never the timer.

    Effects in order: take the examining side; the outcome with its reason; its clock stops; audit event.
    """
    with transaction.atomic():
        case, found = _locked(consultation)
        allow(actor, "applications.consult", case)
        insist_not_decided(case)
        insist(found.outcome == C.OPEN, _("This consultation is finished already."))
        insist(outcome in (C.SILENT, C.WITHDRAWN), _("Choose how the consultation ends."))
        insist(reason.strip(), _("Write the reason."))
        if outcome == C.SILENT:
            insist(
                found.silence == C.NO_OBJECTION,
                _("Its rule does not let silence be treated as no objection."),
            )
            insist(is_overdue(found), _("The last day for the answer is not over."))
        take_side(case, actor=actor, side=EXAMINE, act="close_consultation")
        found.answer = reason
        _finish(found, actor, outcome)
        _record(case, "application.consulted", actor, found)
    return found


def give_consultation(*, actor: Any, consultation: Consultation, specialist: Any) -> Consultation:
    """Ask another specialist instead: of one who is away, or who has a conflict of interest.

    Effects in order: take the examining side; the new specialist; a mail to that one; audit event.
    """
    with transaction.atomic():
        case, found = _locked(consultation)
        allow(actor, "applications.consult", case)
        insist_not_decided(case)
        insist(found.outcome == C.OPEN, _("This consultation is finished already."))
        insist(found.inside, _("Another body is asked here, not a specialist."))
        if found.specialist_id == specialist.pk:
            return found
        insist_can_be_asked(case, specialist)
        take_side(case, actor=actor, side=EXAMINE, act="give_consultation")
        found.specialist, found.body = specialist, specialist.full_name
        found.save(update_fields=["specialist", "body"])
        _tell(case, found)
        _record(case, "application.consult_given", actor, found)
    return found


def insist_can_be_asked(case: Application, specialist: Any) -> None:
    """Raises NotReady where this person is no assessor of the regulator, or cannot act on the case."""
    words = _("%(name)s is no specialist or reviewer of the regulator.") % {"name": specialist.full_name}
    insist(specialist.is_active and ASKED_ROLES & staff_roles(specialist, case.regulator_id), words)
    if not is_without_conflict(specialist, case):
        insist(False, f"{specialist.full_name}: {why_not(case, specialist)}")


def is_overdue(consultation: Consultation) -> bool:
    return consultation.due_on is not None and consultation.due_on < timezone.localdate()


def is_late(consultation: Consultation) -> bool:
    """Finished after its day."""
    finished, due_on = consultation.finished_at, consultation.due_on
    return bool(finished and due_on and timezone.localdate(finished) > due_on)


def _locked(consultation: Consultation) -> tuple[Application, Consultation]:
    case = lock(Application, consultation.application_id)
    found = C.objects.select_related("asked_by").get(pk=consultation.pk)
    found.application = case
    return case, found


def _finish(found: Consultation, actor: Any, outcome: str) -> None:
    found.outcome, found.finished_by, found.finished_at = outcome, actor, timezone.now()
    found.save(update_fields=["answer", "outcome", "finished_by", "finished_at"])
    notice_clocks.stop(found.application, notice_clocks.CONSULTATION, found.pk, cause=outcome)


def _tell(case: Application, consultation: Consultation) -> None:
    if asked := consultation.specialist:
        key = f"consultation:{consultation.pk}:{asked.pk}"
        tell.person(case, asked, "internal_assigned", key=key)


def _record(case: Application, kind: str, actor: Any, found: Consultation, **facts: Any) -> None:
    data = {"consultation": found.pk, "body": found.body, "outcome": found.outcome, **facts}
    record(subject=case.audit_subject, kind=kind, actor=actor, data=data)
