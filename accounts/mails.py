"""Mails that carry an invitation's link. They are sent at once and kept nowhere: the link is a key."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import FirmInvitation, StaffInvitation

log = logging.getLogger(__name__)


def firm_invitation_link(token: str) -> str:
    return settings.BASE_URL + reverse("accounts:accept_invitation", args=[token])


def staff_invitation_link(token: str) -> str:
    return settings.BASE_URL + reverse("accounts:accept_staff_invitation", args=[token])


def send_firm_invitation(invitation: FirmInvitation, token: str) -> bool:
    return _send("firm_invitation", invitation, firm_invitation_link(token))


def send_staff_invitation(invitation: StaffInvitation, token: str) -> bool:
    return _send("staff_invitation", invitation, staff_invitation_link(token))


def _send(name: str, invitation: FirmInvitation | StaffInvitation, link: str) -> bool:
    """True once the mail server has taken the mail; a failure is logged, and the sender is told."""
    context = {"invitation": invitation, "link": link}
    subject = " ".join(render_to_string(f"accounts/email/{name}_subject.txt", context).split())
    message = EmailMessage(
        subject=subject, body=render_to_string(f"accounts/email/{name}.txt", context), to=[invitation.email]
    )
    try:
        message.send()
    except (OSError, SMTPException):
        log.exception("The invitation %s could not be sent", invitation.pk)
        return False
    return True
