"""What is due, raised once each: the timer tells people, and never decides."""

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from applications.dates import dates_of_firms, remind_firms
from applications.models import Application
from applications.queries.files import files_that_end
from applications.services.tell import case_url
from notifications.services import remind, remind_together
from regulators.models import Regulator, Role
from regulators.queries import people_with_role
from regulators.reference.provisions import due_checks


def raise_due(today: date | None = None) -> int:
    """Remind of every open request and every other date of a firm, and raise each passed deadline, and each
    file whose validity has ended since it was submitted; late or repeated runs change nothing. Returns how
    many were raised.
    """
    today = today or timezone.localdate()
    return remind_firms(dates_of_firms(today)) + _lapses(today) + _expired(today)


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


def _lapses(today: date) -> int:
    """Cases whose date has passed are raised to the decision makers, who confirm the lapse or do not."""
    raised = 0
    late = Application.objects.with_case().filter(state="returned", return_by__lt=today)
    late |= Application.objects.with_case().filter(state="approved_in_principle", expires_on__lt=today)
    for case in late.iterator():
        returned = case.state == "returned"
        due_on = case.return_by if returned else case.expires_on
        assert due_on is not None
        with transaction.atomic():
            told = remind(
                subject=case.audit_subject,
                rule="deadline passed",
                due_on=due_on,
                to=list(people_with_role(case.regulator_id, "decision_maker")),
                template="internal_return_passed" if returned else "internal_approval_passed",
                context={"due": due_on},
                subject_ref=str(case),
                internal=True,
                url=case_url(case, internal=True),
            )
        raised += bool(told)
    return raised


def _expired(today: date) -> int:
    """Files of submitted cases: to the case officer, or where there is none to the lead reviewers, who ask
    for a newer one or do not.
    """
    raised = 0
    ended = files_that_end(today - timedelta(days=1)).filter(document__sealed=True)
    ended = ended.filter(answer__application__submitted_at__isnull=False)
    for file in ended.select_related("answer__application__case_officer").iterator():
        case, until = file.answer.application, file.document.facts.expires_on
        assert until is not None
        officer = case.case_officer
        with transaction.atomic():
            told = remind(
                subject=f"submitted_file:{file.pk}",
                rule="expired",
                due_on=until,
                to=[officer] if officer else list(people_with_role(case.regulator_id, Role.LEAD_REVIEWER)),
                template="internal_file_expired",
                context={"due": until, "requirement": file.answer.requirement},
                subject_ref=str(case),
                internal=True,
                url=case_url(case, internal=True),
            )
        raised += bool(told)
    return raised
