"""What is due, raised once each: the timer tells people, and never decides."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.queries import people_of
from applications.models import Application, InformationRequest
from applications.services.tell import case_url
from notifications.services import remind, remind_together
from regulators.calendars import working_days_between
from regulators.models import Regulator, Role
from regulators.queries import people_with_role
from regulators.reference.provisions import due_checks

STEPS = (10, 3, 0)  # working days before an answer is due: our policy


def raise_due(today: date | None = None) -> int:
    """Remind of every open request and every passed deadline; late or repeated runs change nothing.
    Returns how many were raised.
    """
    today = today or timezone.localdate()
    return _requests(today) + _lapses(today)


def raise_checks(today: date | None = None) -> int:
    """Tell the administrators of each regulator which citations are to be checked: each provision once for
    its due date, all that are new in one message. Returns how many were raised.
    """
    today = today or timezone.localdate()
    return sum(_checks(regulator, today) for regulator in Regulator.objects.all())


def _checks(regulator: Regulator, today: date) -> int:
    due = {f"citation:{check.provision.key}": check.due_on for check in due_checks(regulator.code, today)}
    with transaction.atomic():
        return remind_together(
            subjects=due,
            rule="check due",
            to=list(people_with_role(regulator.pk, Role.ADMINISTRATOR)),
            template="checks_due",
            subject_ref=regulator.code,
            url=reverse("admin:regulators_citationcheck_due"),
        )


def _requests(today: date) -> int:
    raised = 0
    waiting = InformationRequest.objects.filter(status__in=InformationRequest.WITH_FIRM).select_related(
        "application__firm", "application__licence_type"
    )
    for request in waiting.iterator():
        rule = _step(today, request.due_on)
        if rule and _remind_of_request(request, rule, today):
            raised += 1
    return raised


def _step(today: date, due_on: date) -> str:
    """The newest step that has been reached: a run that comes late sends one reminder, not three."""
    if today > due_on:
        return "overdue"
    left = working_days_between(today, due_on)
    reached = [step for step in STEPS if left <= step]
    return f"due in {min(reached)}" if reached else ""


def _remind_of_request(request: InformationRequest, rule: str, today: date) -> bool:
    case = request.application
    context = {"due": request.due_on}
    if rule != "overdue":
        context["working_days"] = working_days_between(today, request.due_on)  # type: ignore[assignment]
    with transaction.atomic():
        told = remind(
            subject=f"request:{request.pk}",
            rule=rule,
            due_on=request.due_on,
            to=list({m.user_id: m.user for m in people_of(case.firm)}.values()),
            template="overdue" if rule == "overdue" else "reminder",
            context=context,
            subject_ref=str(case),
            url=case_url(case, internal=False),
        )
    return bool(told)


def _lapses(today: date) -> int:
    """Cases whose date has passed are raised to the decision makers, who confirm the lapse or do not."""
    raised = 0
    late = Application.objects.with_case().filter(state="returned", return_by__lt=today)
    late |= Application.objects.with_case().filter(state="approved_in_principle", expires_on__lt=today)
    for case in late.iterator():
        due_on = case.return_by if case.state == "returned" else case.expires_on
        assert due_on is not None
        with transaction.atomic():
            told = remind(
                subject=case.audit_subject,
                rule="deadline passed",
                due_on=due_on,
                to=list(people_with_role(case.regulator_id, "decision_maker")),
                template="condition_due",
                context={"item": "deadline", "due": due_on},
                subject_ref=str(case),
                internal=True,
                url=case_url(case, internal=True),
            )
        raised += bool(told)
    return raised
