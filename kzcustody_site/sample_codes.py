"""The codes of the sample staff, in place of the app on a telephone. Production refuses SAMPLE_CODES."""

import time
from dataclasses import dataclass

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@dataclass(frozen=True)
class Codes:
    """What the app of this account shows now, and next."""

    email: str
    now: str
    next: str


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    period, now = app_settings.TOTP_PERIOD, int(time.time())
    step, gone = divmod(now, period)
    return render(request, "site/sample_codes.html", {"codes": codes(step), "seconds": period - gone})


def codes(step: int) -> list[Codes]:
    """Of accounts that have the key the samples gave them, and of no other: a person's own stays theirs."""
    from applications.samples.staff import secret_of  # the sample tools are not installed in production

    apps = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__is_staff=True)
    held = [
        (app.user.email, decrypt(app.data["secret"]))
        for app in apps.select_related("user").order_by("user__email")
    ]
    return [
        Codes(email, *(format_hotp_value(hotp_value(secret, at)) for at in (step, step + 1)))
        for email, secret in held
        if secret == secret_of(email)
    ]
