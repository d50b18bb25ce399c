"""Whether somebody who was written to about a case still has to do with it: asked when the mail goes."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from accounts.queries import firms_of
from applications.models import Application
from applications.queries.conflicts import conflicts_of
from applications.subjects import case_in, subject_of
from notifications.models import Message
from regulators.queries import at_work


def left(message: Message) -> set[str]:
    """Of the cases that a message is about, by their audit subjects, those with which its recipient has
    nothing to do any more: whom it tells as staff, and who works on cases of that regulator no more or has a
    conflict of interest; whom it tells otherwise, and who is not of the firm and writes no part of their own.
    """
    keys = [key for about in message.about if (key := case_in(about))]
    cases = Application.objects.filter(pk__in=keys).select_related("licence_type")
    theirs = _of_staff if message.internal else _of_others
    return {subject_of(key) for key in keys} - theirs(message.recipient, cases)


def _of_staff(user: Any, cases: Iterable[Application]) -> set[str]:
    held = at_work({case.regulator_id for case in cases}, {user.pk})
    declared = conflicts_of([case.pk for case in cases])
    return {
        case.audit_subject
        for case in cases
        if (case.regulator_id, user.pk) in held and (case.pk, user.human) not in declared
    }


def _of_others(user: Any, cases: Any) -> set[str]:
    own = Q(accesses__user=user, accesses__ended_at=None)
    found = cases.filter(Q(firm__in=firms_of(user)) | own)
    return {case.audit_subject for case in found}
