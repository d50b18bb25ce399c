"""Passkeys and codes: where ours differ from allauth's."""

from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def factors_of(user: User) -> QuerySet[Authenticator]:
    """What this person can show beside the password. To hold recovery codes alone is to hold none."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS)


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is not right, or was used before. Enter a new one."),
        "add_email_blocked": gettext_lazy(
            "An account with a passkey or an app takes no other e-mail. "
            "Remove them first, under “Your account”."
        ),
        "cannot_delete_authenticator": gettext_lazy(
            "This is the last one, and staff need one. Set up another first, then remove this one."
        ),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff keep one. Their account is locked, so that two windows do not take away both."""
        holder = User.objects.select_for_update().get(pk=authenticator.user_id)
        return not holder.is_staff or factors_of(holder).exclude(pk=authenticator.pk).exists()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey belongs to the address that people type, whatever host the request named."""
        return {"id": str(urlsplit(settings.BASE_URL).hostname), "name": "kzcustody"}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}
