"""The mail that invites a person to their own part. Sent at once and kept nowhere: its link is a key."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.mails import try_to_send, with_key
from accounts.queries import account_of
from accounts.zones import zone_of
from applications.models import PersonAccess


def invitation_link(token: str) -> str:
    return settings.BASE_URL + reverse("portal:invited", args=[token])


def send_invitation(access: PersonAccess, token: str) -> bool:
    """In the person's language. True once the mail server has taken it; a failure is logged."""
    words = with_key(
        "portal/email/own_part",
        action=_("See what is asked"),
        link=invitation_link(token),
        context={"firm": access.application.firm.name, "end": access.expires_at},
        language=access.language,
        zone=zone_of(account_of(access.email)),
    )
    return try_to_send(words, access.email)
