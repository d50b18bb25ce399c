"""A legal hold on a case: while it stands, nothing of it is destroyed."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Destruction, LegalHold
from applications.services.destruction import wake
from applications.services.guard import insist, locked_case
from audit.services import record


def place_hold(*, actor: Any, case: Application, reason: str) -> LegalHold:
    """Hold back every document of the case, from this moment on.

    Effects in order: lock the case; the hold; a destruction that two people confirmed is stopped, and what it
    has not destroyed yet is spared by the worker; what waits for the second person has to be proposed again;
    the audit event; wake the worker after commit. Raises NotAllowed, NotReady without a reason.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.place_hold")
        insist(reason.strip(), _("Write why the documents have to be kept."))
        hold = LegalHold.objects.create(application=case, reason=reason.strip(), placed_by=actor)
        waiting = Destruction.objects.filter(application=case).exclude(state=Destruction.OVER)
        waiting.update(version=F("version") + 1)
        under_way = waiting.filter(state=Destruction.CONFIRMED, stopped_at=None)
        stopped = list(under_way.values_list("pk", flat=True))
        under_way.update(stopped_at=timezone.now())
        record(
            subject=case.audit_subject,
            kind="application.hold",
            actor=actor,
            reason=hold.reason,
            data={"hold": hold.pk, "stopped": len(stopped)},
        )
        for pk in stopped:
            wake(pk)
    return hold
