"""What the approval of one person for one function needs, and what it holds up."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.conditions import FORM, THE_FIRM, THE_REGULATOR, TIME, Data, Reasons, page, review
from applications.conditions.days import as_date, end_is_known
from applications.queries.consents import last_consent
from applications.queries.submissions import newest_submission
from applications.remembered import remembered
from applications.states import ASSESSABLE, DECIDED, GONE, UNDECIDED
from applications.states import ApplicationState as A
from applications.states import IndividualState as I
from regulators import rulebook as rb
from regulators.calendars import YearNotInCalendarError, add_working_days
from regulators.periods import source_of
from regulators.rulebook import say
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Application, IndividualApproval

LEAST_WORKING_DAYS = 10  # our policy, where the book has no period for representations on record


def case_is_assessed(approval: "IndividualApproval", data: Data) -> Reasons:
    if approval.application.state in ASSESSABLE:
        return []
    return [Reason(_("People are assessed while the application is in review."), by=THE_REGULATOR)]


def case_is_open(approval: "IndividualApproval", data: Data) -> Reasons:
    return (
        [Reason(_("The case is decided."), by=THE_REGULATOR)] if approval.application.state in DECIDED else []
    )


def case_has_ended(approval: "IndividualApproval", data: Data) -> Reasons:
    if approval.application.state in DECIDED:
        return []
    return [Reason(_("The case is not decided."), by=THE_REGULATOR)]


def case_is_granted(approval: "IndividualApproval", data: Data) -> Reasons:
    if approval.application.state == A.GRANTED:
        return []
    return [
        Reason(_("A person ceases after the grant. Until then the firm withdraws the proposal."), by=THE_FIRM)
    ]


def consent_stands(approval: "IndividualApproval", data: Data) -> Reasons:
    last = last_consent(approval.application, approval.person)
    if last and last.given:
        return []
    words = _("%(name)s: no consent stands.")
    return [Reason(words % {"name": approval.called}, person_url(approval), by=THE_FIRM)]


def findings_about_the_person_settled(approval: "IndividualApproval", data: Data) -> Reasons:
    """Of what is due at submission, as for a stage."""
    about = approval.person_id
    return review.unsettled(
        approval.application, lambda row: row.person == about and row.due == rb.SUBMISSION
    )


def last_day_is_long_enough(approval: "IndividualApproval", data: Data) -> Reasons:
    day = as_date(data.get("represent_until"))
    if day is None or day >= first_allowed_day(approval.application):
        return []
    words = _("The firm has at least until %(date)s to answer.")
    earliest = first_allowed_day(approval.application).strftime("%d.%m.%Y")
    return [Reason(words % {"date": earliest}, by=FORM)]


def first_allowed_day(case: "Application") -> date:
    """The earliest last day for what the firm says against a refusal: as the book has it, else our policy."""
    clock = case.book.clock("representations")
    count = (clock.working_days if clock else None) or LEAST_WORKING_DAYS
    try:
        return add_working_days(timezone.localdate(), count)
    except YearNotInCalendarError:
        return timezone.localdate() + timedelta(days=2 * count)


def time_to_answer_is_over(approval: "IndividualApproval", data: Data) -> Reasons:
    until = approval.represent_until
    if until and timezone.localdate() > until:
        noticed_on = timezone.localdate(approval.noticed_at) if approval.noticed_at else None
        return end_is_known(approval.application, noticed_on)
    words = _("The firm may answer until %(date)s.")
    return [Reason(words % {"date": until.strftime("%d.%m.%Y") if until else "?"}, by=TIME)]


def what_was_said_is_answered(approval: "IndividualApproval", data: Data) -> Reasons:
    if not data or not approval.representation or str(data.get("our_answer", "")).strip():
        return []
    return [Reason(_("Write our answer to what the firm said."), by=FORM)]


def people_settled(case: "Application") -> Reasons:
    """What a grant needs of the people: the required functions have somebody approved, and of nobody who is
    named it is unknown whether they may: each is approved, refused or withdrawn.
    """
    waiting = [one for one in _not_gone(case) if one.state in UNDECIDED]
    return [*functions_approved(case), *map(_undecided, waiting), *_untold(case)]


def functions_approved(case: "Application") -> Reasons:
    """A required function whose holders are approved one by one has somebody approved."""
    approved = {one.function for one in _not_gone(case) if one.state == I.APPROVED}
    words = _("“%(function)s” has nobody approved (%(source)s).")
    return [
        _lack(
            words % {"function": say(function.title), "source": rests_on(function)},
            page(case, "individuals"),
        )
        for function in case.book.approved_functions
        if function.required and function.code not in approved
    ]


def _undecided(approval: "IndividualApproval") -> Reason:
    words = _("%(person)s as “%(function)s” is not decided on: %(state)s.")
    told = {"person": approval.called, "function": approval.title, "state": approval.get_state_display()}
    return _lack(words % told, person_url(approval))


def _untold(case: "Application") -> Reasons:
    newest = newest_submission(case)
    people = newest.content.get("people", {}) if newest else {}
    known = {(str(one.person_id), one.function) for one in _not_gone(case)}
    words = _("%(person)s is named as “%(function)s” and not proposed yet.")
    return [
        _lack(
            words % {"person": facts.get("name", ""), "function": say(function.title)},
            page(case, "individuals"),
        )
        for function in case.book.approved_functions
        for pk, facts in people.items()
        if function.code in facts["posts"] and (pk, function.code) not in known
    ]


def _not_gone(case: "Application") -> list[Any]:
    rows = case.individuals.exclude(state__in=GONE).select_related("person")
    found: list[Any] = remembered(case, "individuals_not_gone", lambda: list(rows))
    for one in found:
        one.application = case
    return found


def _lack(text: str, url: str) -> Reason:
    return Reason(text, url, by="approve_individual", about=_("People for functions"))


def rests_on(function: rb.Function) -> str:
    """What the approval of its holders rests on: the rule that asks for it, or ourselves."""
    if function.is_controlled:
        return source_of(function.citations)
    return _("a record of our own, not law")


def person_url(approval: "IndividualApproval") -> str:
    return reverse(
        "admin:applications_application_person", args=[approval.application_id, approval.person_id]
    )
