"""Passkeys and codes: where ours differ from allauth's."""

from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is not right, or was used before. Enter a new one."),
        "add_email_blocked": gettext_lazy(
            "An account with a passkey or an app takes no other e-mail. "
            "Remove them first, under “Your account”."
        ),
    }

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey belongs to the address that people type, whatever host the request named."""
        return {"id": str(urlsplit(settings.BASE_URL).hostname), "name": "kzcustody"}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}
