"""Staff whom a test signs in with ``force_login`` have just shown a second factor in that session.

So the pages of staff open, and a decision is not asked for a fresh one. Tests of the sign-in itself go the
way of people; ``signed_in_without`` opens a session in which none was shown, ``shown_ago`` moves the moment
back, ``app_of`` gives an account an app, and ``code_of`` is what it shows.
"""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
force_login = Client.force_login


@pytest.fixture(scope="session", autouse=True)
def _force_login_shows_a_factor() -> Iterator[None]:
    def with_factor(client: Client, user: Any, backend: str | None = None) -> None:
        force_login(client, user, backend)
        if user.is_staff:
            shown_ago(client, user, seconds=0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", with_factor)
        yield


def shown_ago(client: Client, user: Any, *, seconds: float) -> Client:
    """In this session a code was shown so long ago, and nothing since."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "type": "totp", "at": time.time() - seconds}
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return client


def signed_in_without(user: Any, **options: Any) -> Client:
    """A browser with a session of this person in which no second factor was shown."""
    client = Client(**options)
    force_login(client, user, BACKEND)
    return client


def app_of(user: Any) -> str:
    """The account gets an app; its key."""
    secret = generate_totp_secret()
    app = Authenticator(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    Authenticator.objects.bulk_create([app])
    return secret


def code_of(secret: str, *, later: int = 0) -> str:
    """What the app shows, or shows so many periods of 30 seconds later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def asks(answer: Any) -> bool:
    """Whether a code is asked for in the place of the page."""
    return answer.status_code == 403 and b'name="factor-code"' in answer.content


def words(answer: Any) -> str:
    """What the page says, without its tags, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())
