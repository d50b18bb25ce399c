"""What a decision needs: a basis, grounds that were noticed, nothing left open; or a book that lets it be."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import runs
from applications.conditions import (
    FORM,
    THE_BOOK,
    TIME,
    Data,
    Reasons,
    act_page,
    days,
    individual,
    page,
    review,
)
from applications.queries import law
from applications.states import ApplicationState as A
from regulators import rulebook as rb
from regulators.queries import confirmed_basis
from regulators.rulebook import say
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Application


def recommended_to_grant(case: "Application", data: Data) -> Reasons:
    if case.recommended == "grant":
        return []
    is_record = case.book.outcome == rb.READINESS
    words = (
        _("The recommendation is not to record readiness.")
        if is_record
        else _("The recommendation is not to grant.")
    )
    return [Reason(words, act_page(case, "send_back"), by="send_back_application")]


def book_has_in_principle(case: "Application", data: Data) -> Reasons:
    if case.book.in_principle:
        return []
    return [Reason(_("This rule book has no approval in principle."), by=THE_BOOK)]


def nothing_outstanding(case: "Application", data: Data) -> Reasons:
    """From recommended: nothing may be left to meet. From in principle: every condition is verified, but
    those that are carried over to the licence.
    """
    return [
        *_conditions_left(case),
        *review.stages_with_the_firm(case),
        *review.asked_is_back(case),
        *review.findings_left(case, (rb.SUBMISSION, rb.RECOMMENDATION, rb.GRANT)),
        *individual.people_settled(case),
    ]


def _conditions_left(case: "Application") -> Reasons:
    words = _("Condition %(number)s is not verified: %(text)s")
    return [
        Reason(
            words % {"number": condition.number, "text": condition.text},
            page(case, "condition", condition.number),
            by="verify_condition",
            about=_("Conditions of the approval in principle"),
        )
        for condition in case.conditions.all()
        if condition.holds_up
    ]


def outcome_has_basis(case: "Application", data: Data) -> Reasons:
    if case.book.outcome == rb.READINESS or confirmed_basis(case.licence_type_id, timezone.localdate()):
        return []
    words = _("No confirmed authority basis is on record for this licence, so none can be granted.")
    return [Reason(words, reverse("admin:regulators_authoritybasis_changelist"), by="administrator")]


def representations_accepted(case: "Application", data: Data) -> Reasons:
    if case.state != A.REFUSAL_PROPOSED or law.has_to_be_assessed_anew(case):
        return []
    notice = case.refusal_notices.last()
    if notice and notice.representations.filter(accepted=True).exists():
        return []
    waiting = notice.representations.filter(answered_at=None).first() if notice else None
    url = page(case, "representation", waiting.pk) if waiting else ""
    words = _("Record which representations are accepted, at least in part.")
    return [Reason(words, url, by="answer_representation")]


def grounds_from_book(case: "Application", data: Data) -> Reasons:
    known = {ground.code: ground for ground in case.book.grounds}
    grounds = data.get("grounds") or []
    if not grounds:
        return [Reason(_("Name at least one ground of the rule book."), by=FORM)]
    found = []
    for code in grounds:
        if code not in known:
            found.append(Reason(_("“%(code)s” is not a ground of the rule book.") % {"code": code}, by=FORM))
        elif not known[code].quotable:
            words = _(
                "The rule behind “%(ground)s” is not fully read and in force, so it cannot ground a refusal."
            )
            found.append(Reason(words % {"ground": say(known[code].title)}, by=THE_BOOK))
    return found


def grounds_were_noticed(case: "Application", data: Data) -> Reasons:
    notice = case.refusal_notices.last()
    noticed = set(notice.grounds) if notice else set()
    fresh = [code for code in data.get("grounds") or [] if code not in noticed]
    words = _("“%(code)s” was not in the preliminary notice.")
    return [Reason(words % {"code": code}, by=FORM) for code in fresh]


def period_is_over(case: "Application", data: Data) -> Reasons:
    notice = case.refusal_notices.last()
    until = notice.representations_until if notice else None
    if until is None:
        url = page(case, "service", notice.pk) if notice else ""
        return [Reason(_("Record when the preliminary notice was served."), url, by="serve_notice")]
    if timezone.localdate() <= until:
        words = _("The firm may make representations until %(date)s.")
        return [Reason(words % {"date": until.strftime("%d.%m.%Y")}, by=TIME)]
    assert notice is not None
    return days.end_is_known(case, notice.served_on)


def representations_answered(case: "Application", data: Data) -> Reasons:
    notice = case.refusal_notices.last()
    waiting = notice.representations.filter(answered_at=None) if notice else ()
    words = _("Record our answer to the representation: %(text)s")
    return [
        Reason(words % {"text": said.text}, page(case, "representation", said.pk), by="answer_representation")
        for said in waiting
    ]


def book_lets_lapse(case: "Application", data: Data) -> Reasons:
    if case.book.lapse_allowed:
        return []
    return [Reason(_("This rule book does not let an application lapse."), by=THE_BOOK)]


def silence_has_run_out(case: "Application", data: Data) -> Reasons:
    silent = [clock.code for clock in case.book.clocks if clock.silence == "issue"]
    today = timezone.localdate()
    for deadline in case.deadlines.filter(code__in=silent, about="", met_at=None):
        if runs.is_over(deadline, case.clock_entries.filter(clock=deadline.code, about=""), today):
            return []
    return [Reason(_("No silence rule of the rule book has run out."), by=TIME)]
