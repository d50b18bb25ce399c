"""The forms of passkeys and codes with our words. allauth checks what is sent."""

import struct
from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as apps
from allauth.mfa.webauthn import forms as passkeys
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LIMITED = "too_many_login_attempts"
LONGEST_CREDENTIAL = 20_000  # characters; the longest of a device, with its certificates, have some thousands
# What allauth and fido2 stumble over in a credential that no browser made.
MALFORMED = (AttributeError, LookupError, TypeError, ValueError, RecursionError, struct.error)


class Code(forms.Form):
    """One box for the whole code, that takes it pasted, with spaces too."""

    words = (
        gettext_lazy("Code"),
        gettext_lazy("From the app on your telephone. One of your recovery codes will do too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label, field.help_text = self.words
        field.error_messages["required"] = _("Enter the code.")
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs["inputmode"] = "numeric"


class Once(Code):
    """A code of an app is taken once in all the time for which it is right.

    allauth remembers for one period that it was taken; with ``MFA_TOTP_TOLERANCE`` it is right for longer.
    """

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        of_app = self.authenticator.type == Authenticator.Type.TOTP  # type: ignore[attr-defined]
        if of_app and not cache.add(self._key(code), True, timeout=_right_for()):
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _key(self, code: str) -> str:
        user = self.user  # type: ignore[attr-defined]
        return f"accounts.code-taken?user={user.pk}&code={normalize_user_code(code)}"


def _right_for() -> int:
    """Seconds."""
    return app_settings.TOTP_PERIOD * (1 + 2 * app_settings.TOTP_TOLERANCE)


class AuthenticateForm(Once, codes.AuthenticateForm): ...


class ReauthenticateForm(Once, codes.ReauthenticateForm): ...


class ActivateAppForm(Code, apps.ActivateTOTPForm):
    words = (gettext_lazy("Code that the app shows"), gettext_lazy("Six digits."))


class Named(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["name"] = forms.CharField(
            label=_("Name of the passkey"),
            help_text=_("By which you will know it again, for example: laptop at work."),
            max_length=60,
            required=self.fields["name"].required,
            error_messages={"required": _("Enter a name.")},
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        field.initial = self.initial.get("name")


class CredentialField(forms.JSONField):
    """What a browser says of a passkey. What no browser says is refused before anybody reads it."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        try:
            if len(value or "") > LONGEST_CREDENTIAL or "\\u0000" in (value or ""):
                raise ValueError
            found = super().to_python(value)
            extensions = found.get("clientExtensionResults", {})
            if not isinstance(extensions.get("credProps", {}), dict):
                raise TypeError
        except MALFORMED as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        return found

    def bound_data(self, data: Any, initial: Any) -> Any:
        """It counts once, so a page that is shown again has none."""
        return None

    def prepare_value(self, value: Any) -> str:
        return ""


class Unseen(forms.Form):
    """What was wrong with the key is said of the whole form: its field is one that nobody sees."""

    def add_error(self, field: str | None, error: Any) -> None:
        if field == "credential":
            self.cleaned_data.pop(field, None)
            field = None
        super().add_error(field, error)


class AddPasskeyForm(Unseen, Named, passkeys.AddWebAuthnForm):
    passwordless = forms.BooleanField(
        label=gettext_lazy("Sign in with it alone, without a password"),
        initial=True,
        required=False,
        help_text=gettext_lazy(
            "Your device asks for your finger, your face or its code. Leave it out for a key that only comes "
            "after the password."
        ),
    )
    credential = CredentialField()
    field_order = ["name", "passwordless"]
    unused = gettext_lazy("Nothing came of it: the passkey was not used. Try again, or choose another way.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages.update(required=self.unused, invalid=self.unused)

    def clean(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = super().clean() or {}
        except (ValidationError, *MALFORMED) as error:
            raise ValidationError(self.unused) from error
        return found


class RenamePasskeyForm(Named, passkeys.EditWebAuthnForm): ...


class Shown(forms.Form):
    """A passkey that is shown to us: why it did not do is said in words that help."""

    unknown = gettext_lazy(
        "This passkey opens no account here; it may have been removed. Sign in with your e-mail and password."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["credential"] = CredentialField()
        field.error_messages.update(required=self.unknown, invalid=self.unknown)

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except (ValidationError, *MALFORMED) as error:
            if getattr(error, "code", "") == LIMITED:
                raise
            raise ValidationError(self.unknown) from error
        return found


class LoginPasskeyForm(Shown, passkeys.LoginWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        """Alone it has to have asked for finger, face or code, whatever the challenge was made for. One that
        its device does not keep comes after the password.
        """
        shown = self.cleaned_data["credential"]
        found = super().clean_credential()
        answer = auth.parse_authentication_response(shown).response
        if not answer.authenticator_data.is_user_verified() or found.wrap().is_passwordless is False:
            raise ValidationError(self.unknown)
        return found


class AuthenticatePasskeyForm(Unseen, Shown, passkeys.AuthenticateWebAuthnForm):
    unknown = gettext_lazy("This passkey is not one of your account. Use another one, or a code.")


class ReauthenticatePasskeyForm(Shown, passkeys.ReauthenticateWebAuthnForm):
    unknown = gettext_lazy("This passkey is not one of your account. Use another one, or your password.")
