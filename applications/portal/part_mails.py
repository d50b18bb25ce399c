"""The mail that invites a person to their own part. Sent at once and kept nowhere: its link is a key."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from applications.models import PersonAccess

log = logging.getLogger(__name__)


def invitation_link(token: str) -> str:
    return settings.BASE_URL + reverse("portal:invited", args=[token])


def send_invitation(access: PersonAccess, token: str) -> bool:
    """In the person's language. True once the mail server has taken it; a failure is logged."""
    context = {"access": access, "firm": access.application.firm, "link": invitation_link(token)}
    with translation.override(access.language):
        subject = " ".join(render_to_string("portal/email/own_part_subject.txt", context).split())
        body = render_to_string("portal/email/own_part.txt", context)
    try:
        EmailMessage(subject=subject, body=body, to=[access.email]).send()
    except (OSError, SMTPException):
        log.exception("The invitation %s could not be sent", access.pk)
        return False
    return True
