"""A mail about a case goes out again."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from applications.models import Application
from applications.queries.told import told_of
from applications.services.guard import insist, locked_case
from audit.services import record
from notifications.models import Message
from notifications.services import resend


def send_again(*, actor: Any, case: Application, message: int) -> Message:
    """What could not be delivered, or came back, is sent again to the address that its recipient has now.

    Effects in order: lock the case; let the message wait, with its own audit event; audit event of the case.
    Raises NotAllowed, or NotReady where it is none of those written about the case, or has arrived.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.resend_mail")
        found = told_of(case).filter(pk=message).first()
        insist(found, _("Choose a message that was written about this case."))
        assert found is not None
        sent = resend(message=found, actor=actor)
        record(
            subject=case.audit_subject, kind="application.mail_resent", actor=actor,
            data={"message": str(sent.uuid), "template": sent.template},
        )  # fmt: skip
    return sent
