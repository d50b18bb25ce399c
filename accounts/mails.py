"""Mails that carry a key: to confirm an e-mail, to choose a password, to answer an invitation. They are sent
at once and kept nowhere.
"""

import logging
from smtplib import SMTPException
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import FirmInvitation, StaffInvitation
from accounts.queries import account_of
from accounts.zones import ALMATY, zone_of
from look.mail_frame import Words, framed, one_line, plain

log = logging.getLogger(__name__)
# The mails of sign-in: what each asks for, and the name of its link.
OF_SIGN_IN: dict[str, tuple[str | Promise, str]] = {
    "account/email/email_confirmation": (_("Confirm the e-mail"), "activate_url"),
    "account/email/email_confirmation_signup": (_("Confirm the e-mail"), "activate_url"),
    "account/email/password_reset_key": (_("Choose a new password"), "password_reset_url"),
    "account/email/account_already_exists": (_("Choose a new password"), "password_reset_url"),
    "account/email/unknown_account": (_("Open an account"), "signup_url"),
}


def firm_invitation_link(token: str) -> str:
    return settings.BASE_URL + reverse("accounts:accept_invitation", args=[token])


def staff_invitation_link(token: str) -> str:
    return settings.BASE_URL + reverse("accounts:accept_staff_invitation", args=[token])


def send_firm_invitation(invitation: FirmInvitation, token: str) -> bool:
    """In the language and zone of the account where there is one, else as the inviter chose."""
    account = account_of(invitation.email)
    words = with_key(
        "accounts/email/firm_invitation",
        action=_("See what is offered"),
        link=firm_invitation_link(token),
        context={"firm": invitation.firm.name, "end": invitation.expires_at},
        language=account.language if account else invitation.language,
        zone=zone_of(account),
    )
    return try_to_send(words, invitation.email)


def send_staff_invitation(invitation: StaffInvitation, token: str) -> bool:
    words = with_key(
        "accounts/email/staff_invitation",
        action=_("Choose a password"),
        link=staff_invitation_link(token),
        context={"end": invitation.expires_at},
        language=invitation.language,
    )
    return try_to_send(words, invitation.email)


def of_sign_in(name: str, *, context: dict[str, Any], language: str) -> Words:
    """The words of a mail of sign-in. Raises ValueError for one that is not listed."""
    if name not in OF_SIGN_IN:
        raise ValueError(f"There is no mail {name!r} of sign-in. There are: {', '.join(sorted(OF_SIGN_IN))}.")
    action, link = OF_SIGN_IN[name]
    return with_key(name, action=action, link=context[link], context=context, language=language)


def with_key(
    name: str,
    *,
    action: str | Promise,
    link: str,
    context: dict[str, Any],
    language: str,
    zone: str = ALMATY,
) -> Words:
    """The words of the mail whose templates are ``name`` with ``_subject.txt`` and ``_message.txt``."""
    with timezone.override(ZoneInfo(zone)), translation.override(language):
        return framed(
            subject=one_line(plain(f"{name}_subject.txt", context)),
            body=plain(f"{name}_message.txt", context),
            action=action,
            url=link,
        )


def try_to_send(words: Words, to: str) -> bool:
    """True once the mail server has taken the mail; a failure is logged, and the sender is told."""
    try:
        send(words, to)
    except (OSError, SMTPException):
        log.exception("A mail could not be sent: %s", words.subject)
        return False
    return True


def send(words: Words, to: str) -> None:
    mail = EmailMultiAlternatives(
        subject=words.subject, body=words.text, to=[to], headers={"Auto-Submitted": "auto-generated"}
    )
    mail.attach_alternative(words.html, "text/html")
    mail.send()
