"""Recommendation and decision, conditions, and the road to a refusal."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from applications.models import Application, Condition, RefusalNotice, Representation
from applications.services import notice_clocks, tell
from applications.services.guard import insist, locked_case, take_side
from applications.states import ApplicationState as A
from audit.services import record
from regulators.periods import in_words
from workflow import services as workflow
from workflow.acts import DECIDE, EXAMINE
from workflow.models import Proposal


def recommend(
    *,
    actor: Any,
    case: Application,
    expected_version: int,
    outcome: str,
    reason: str,
    grounds: list[str] | None = None,
) -> Application:
    """Recommend to ``grant`` or to ``refuse`` (with grounds of the book)."""
    return _perform(
        case, "recommend", actor, expected_version, outcome=outcome, reason=reason, grounds=grounds or []
    )


def send_back(*, actor: Any, case: Application, expected_version: int, reason: str) -> Application:
    return _perform(case, "send_back", actor, expected_version, reason=reason)


def approve_in_principle(
    *,
    actor: Any,
    case: Application,
    expected_version: int,
    conditions: list[dict[str, Any]],
    expires_on: date,
    reason: str,
    departs: str = "",
) -> Application:
    """``conditions`` are the fields of each ``Condition``, at least its ``text`` and ``due_on`` (a date or
    None), and at least one of them. ``departs``: why, where a panel voted otherwise.
    """
    return _perform(
        case, "approve_in_principle", actor, expected_version,
        conditions=conditions, expires_on=expires_on, reason=reason, departs=departs,
    )  # fmt: skip


def verify_condition(*, actor: Any, condition: Condition, evidence: str) -> Condition:
    """A reviewer records that a condition is met, and how it was shown."""
    with transaction.atomic():
        case = locked_case(condition.application_id, actor=actor, permission="applications.verify_condition")
        condition = Condition.objects.get(pk=condition.pk)
        insist(
            case.state == A.APPROVED_IN_PRINCIPLE,
            _("Conditions are verified after an approval in principle."),
        )
        insist(condition.undone_at is None, _("The approval that set this condition was undone."))
        insist(condition.verified_at is None, _("This condition was verified already."))
        insist(evidence.strip(), _("Say how the condition was shown to be met."))
        take_side(case, actor=actor, side=EXAMINE, act="verify_condition")
        condition.evidence, condition.verified_by, condition.verified_at = evidence, actor, timezone.now()
        condition.save(update_fields=["evidence", "verified_by", "verified_at"])
        record(
            subject=case.audit_subject,
            kind="application.condition",
            actor=actor,
            reason=evidence,
            data={"number": condition.number},
        )
    return condition


def grant(
    *, actor: Any, case: Application, expected_version: int, reason: str, departs: str = ""
) -> Application:
    """``departs``: why, where a panel voted otherwise. Against the recommendation nobody grants."""
    return _perform(case, "grant", actor, expected_version, reason=reason, departs=departs)


def extend(
    *, actor: Any, case: Application, expected_version: int, reason: str, expires_on: date
) -> Application:
    return _perform(case, "extend", actor, expected_version, reason=reason, expires_on=expires_on)


def propose_refusal(
    *,
    actor: Any,
    case: Application,
    expected_version: int,
    grounds: list[str],
    evidence: str,
    notice: str,
    departs: str = "",
) -> Application:
    """``grounds`` are codes of the book whose rules are quotable; ``notice`` is the text that the firm
    will be served; ``departs`` why, where a grant was recommended or a panel voted for it.
    """
    return _perform(
        case, "propose_refusal", actor, expected_version,
        grounds=grounds, evidence=evidence, notice=notice, departs=departs,
    )  # fmt: skip


def record_service(
    *, actor: Any, notice: RefusalNotice, served_on: date, how: str, until: date
) -> RefusalNotice:
    """Record the service of a preliminary notice; the period for representations runs to ``until``.

    It is no shorter than the book's period, and lies ahead; where the book has none on record, the person
    who serves it sets it. Where the end of the book's period lies in a year that is not in the calendar, it
    lies in that year too, and moves to that end once the year is there. Effects in order: the service; the
    clocks of the book for a notice, from its day; mails to the firm; audit event. Raises NotAllowed or
    NotReady.
    """
    with transaction.atomic():
        case = locked_case(notice.application_id, actor=actor, permission="applications.serve_notice")
        notice = RefusalNotice.objects.get(pk=notice.pk)
        insist(case.state == A.REFUSAL_PROPOSED, _("No refusal is proposed."))
        insist(notice == case.refusal_notices.last(), _("This notice was followed by another one."))
        insist(notice.served_on is None, _("The service of this notice is recorded already."))
        insist(served_on <= timezone.localdate(), _("A notice cannot have been served in the future."))
        proposed_on = timezone.localdate(notice.proposed_at)
        insist(served_on >= proposed_on, _("A notice cannot have been served before it was drawn up."))
        insist(until > timezone.localdate(), _("The last day for representations must be after today."))
        least = notice_clocks.least_until(case, served_on)
        words = _("By the rule book the firm may make representations until %(day)s at least.")
        insist(least is None or until >= least, words % {"day": least and least.strftime("%d.%m.%Y")})
        insist(how.strip(), _("Say how the notice was served."))
        notice.served_on, notice.served_how, notice.representations_until = served_on, how, until
        notice.save(update_fields=["served_on", "served_how", "representations_until"])
        notice_clocks.start(case, notice_clocks.REFUSAL, notice.pk, on=served_on)
        basis = lazy(in_words, str)(case.book.clock("representations"))  # in the language of each reader
        tell.firm(
            case, "refusal_notice", key=f"notice:{notice.pk}", due=until, basis=basis,
            url=tell.notice_url(notice),
        )  # fmt: skip
        record(
            subject=case.audit_subject,
            kind="application.notice_served",
            actor=actor,
            data={"served_on": served_on.isoformat(), "until": until.isoformat()},
        )
    return notice


def answer_representation(
    *, actor: Any, representation: Representation, our_answer: str, accepted: bool
) -> Representation:
    """The decider's answer to one representation of the firm, while a refusal is proposed.

    Effects in order: lock the case; the decider's side; the answer, and whether the representation is
    accepted; audit event. Raises NotAllowed or NotReady.
    """
    with transaction.atomic():
        pk = representation.notice.application_id
        case = locked_case(pk, actor=actor, permission="applications.answer_representation")
        representation = Representation.objects.get(pk=representation.pk)
        insist(case.state == A.REFUSAL_PROPOSED, _("No refusal is proposed."))
        insist(representation.answered_at is None, _("This representation is answered already."))
        insist(our_answer.strip(), _("Write our answer to the representation."))
        take_side(case, actor=actor, side=DECIDE, act="answer_representation")
        representation.our_answer, representation.accepted = our_answer, accepted
        representation.answered_by, representation.answered_at = actor, timezone.now()
        representation.save(update_fields=["our_answer", "accepted", "answered_by", "answered_at"])
        record(
            subject=case.audit_subject,
            kind="application.representation_answered",
            actor=actor,
            reason=our_answer,
            data={"id": representation.pk, "accepted": accepted},
        )
    return representation


def refuse(
    *,
    actor: Any,
    case: Application,
    expected_version: int,
    grounds: list[str],
    reason: str,
    departs: str = "",
) -> Application:
    return _perform(case, "refuse", actor, expected_version, grounds=grounds, reason=reason, departs=departs)


def lapse(*, actor: Any, case: Application, expected_version: int, reason: str) -> Application:
    return _perform(case, "lapse", actor, expected_version, reason=reason)


def propose(*, actor: Any, case: Application, act: str, expected_version: int, **data: Any) -> Proposal:
    """The first of two people, for ``reopen``, ``record_deemed_issue`` and ``remit``."""
    return workflow.propose(Application, case.pk, act, actor=actor, expected_version=expected_version, **data)


def confirm(*, actor: Any, case: Application, act: str, expected_version: int) -> Application:
    """The second of two people: does what was proposed."""
    return _perform(case, act, actor, expected_version)


def _perform(case: Application, act: str, actor: Any, expected_version: int, **data: Any) -> Application:
    return workflow.perform(
        Application, case.pk, act, actor=actor, expected_version=expected_version, now=timezone.now(), **data
    )
