"""What a decision needs: a basis, grounds that were noticed, nothing left open; or a book that lets it be."""

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.conditions import Data, Reasons, review
from applications.queries import law
from applications.states import ApplicationState as A
from regulators import rulebook as rb
from regulators.queries import confirmed_basis
from regulators.rulebook import say
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Application


def recommended_to_grant(case: "Application", data: Data) -> Reasons:
    return [] if case.recommended == "grant" else [Reason(_("The recommendation is not to grant."))]


def book_has_in_principle(case: "Application", data: Data) -> Reasons:
    return [] if case.book.in_principle else [Reason(_("This rule book has no approval in principle."))]


def nothing_outstanding(case: "Application", data: Data) -> Reasons:
    """From recommended: nothing may be left to meet. From in principle: every condition is verified."""
    open_conditions = case.conditions.filter(verified_at=None)
    return [
        *[Reason(_("Condition %(number)s is not verified.") % {"number": c.number}) for c in open_conditions],
        *review.stages_with_the_firm(case),
        *review.asked_is_back(case),
        *review.findings_left(case, (rb.SUBMISSION, rb.RECOMMENDATION, rb.GRANT)),
    ]


def outcome_has_basis(case: "Application", data: Data) -> Reasons:
    if case.book.outcome == rb.READINESS or confirmed_basis(case.licence_type_id, timezone.localdate()):
        return []
    return [Reason(_("No confirmed authority basis is on record for this licence, so none can be granted."))]


def representations_accepted(case: "Application", data: Data) -> Reasons:
    if case.state != A.REFUSAL_PROPOSED or law.has_to_be_assessed_anew(case):
        return []
    notice = case.refusal_notices.last()
    if notice and notice.representations.filter(accepted=True).exists():
        return []
    return [Reason(_("Record which representations are accepted, at least in part."))]


def grounds_from_book(case: "Application", data: Data) -> Reasons:
    known = {ground.code: ground for ground in case.book.grounds}
    grounds = data.get("grounds") or []
    if not grounds:
        return [Reason(_("Name at least one ground of the rule book."))]
    found = []
    for code in grounds:
        if code not in known:
            found.append(Reason(_("“%(code)s” is not a ground of the rule book.") % {"code": code}))
        elif not known[code].quotable:
            words = _(
                "The rule behind “%(ground)s” is not fully read and in force, so it cannot ground a refusal."
            )
            found.append(Reason(words % {"ground": say(known[code].title)}))
    return found


def grounds_were_noticed(case: "Application", data: Data) -> Reasons:
    notice = case.refusal_notices.last()
    noticed = set(notice.grounds) if notice else set()
    fresh = [code for code in data.get("grounds") or [] if code not in noticed]
    return [Reason(_("“%(code)s” was not in the preliminary notice.") % {"code": code}) for code in fresh]


def period_is_over(case: "Application", data: Data) -> Reasons:
    notice = case.refusal_notices.last()
    until = notice.representations_until if notice else None
    if until is None:
        return [Reason(_("Record when the preliminary notice was served."))]
    if timezone.localdate() <= until:
        words = _("The firm may make representations until %(date)s.")
        return [Reason(words % {"date": until.strftime("%d.%m.%Y")})]
    return []


def representations_answered(case: "Application", data: Data) -> Reasons:
    notice = case.refusal_notices.last()
    if notice and notice.representations.filter(answered_at=None).exists():
        return [Reason(_("Record our answer to each representation."))]
    return []


def book_lets_lapse(case: "Application", data: Data) -> Reasons:
    return [] if case.book.lapse_allowed else [Reason(_("This rule book does not let an application lapse."))]


def silence_has_run_out(case: "Application", data: Data) -> Reasons:
    silent = [clock.code for clock in case.book.clocks if clock.silence == "issue"]
    if case.deadlines.filter(code__in=silent, met_at=None, due_at__lt=timezone.now()).exists():
        return []
    return [Reason(_("No silence rule of the rule book has run out."))]
