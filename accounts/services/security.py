"""What happens to an account, and that its holder hears of it."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.actors import Actor
from accounts.models import User
from accounts.security import Happening, happening
from accounts.services.people import note, subject_of
from audit.services import record

CODES = Authenticator.Type.RECOVERY_CODES


@transaction.atomic
def note_sign_in(*, user: User, is_new_browser: bool) -> None:
    """A person signed in. Effects: ``settings.ACCOUNT_HANDLERS`` hear of a new browser; the audit row."""
    if is_new_browser:
        _tell(user=user, what="sign_in")
    note(user=user, kind="account.sign_in", new_browser=is_new_browser)


@transaction.atomic
def note_new_password(*, user: User) -> None:
    """A person chose another password. Effects: ``settings.ACCOUNT_HANDLERS`` hear of it; the audit row."""
    _tell(user=user, what="password")
    note(user=user, kind="account.set_password")


@transaction.atomic
def note_changed_email(
    *, user: User, from_email_address: EmailAddress | None = None, **_news: object
) -> None:
    """A person signs in with another e-mail from now on. allauth has only a signal to tell it.

    Effects: ``settings.ACCOUNT_HANDLERS`` hear of it, with the e-mail that it was; the audit row.
    """
    _tell(user=user, what="email", old_email=from_email_address.email if from_email_address else "")
    note(user=user, kind="account.change_email")


@transaction.atomic
def note_added_factor(*, instance: Authenticator, created: bool, raw: bool = False, **_news: object) -> None:
    """A person added a passkey or an app; allauth makes recovery codes with the first one.

    Effects: ``settings.ACCOUNT_HANDLERS`` hear of it, but not of the codes; the audit row.
    """
    if not created or raw:
        return
    if instance.type != CODES:
        _tell(user=instance.user, what="factor_added", factor=instance.type)
    note(user=instance.user, kind="account.add_factor", factor=str(instance.type))


@transaction.atomic
def note_removed_factor(*, instance: Authenticator, **_news: object) -> None:
    """A person removed a passkey or an app, or has recovery codes made anew.

    Effects: ``settings.ACCOUNT_HANDLERS`` hear of it, but not of codes that go with the last factor; the
    audit row.
    """
    others = Authenticator.objects.filter(user=instance.user).exclude(type=CODES)
    if instance.type != CODES:
        _tell(user=instance.user, what="factor_removed", factor=instance.type)
    elif others.exists():
        _tell(user=instance.user, what="codes")
    note(user=instance.user, kind="account.remove_factor", factor=str(instance.type))


@transaction.atomic
def take_factors_away(*, actor: Actor, user: User) -> None:
    """Two people decided that this person lost the second factor; the room of regulators asks them.

    Effects in order: passkeys, app and recovery codes are gone; every session that has begun is over;
    ``settings.ACCOUNT_HANDLERS`` hear of it, without the place of whoever did it; the audit row.
    """
    held = Authenticator.objects.filter(user=user)
    kinds = sorted(held.values_list("type", flat=True))
    held.delete()
    user.sessions_ended_at = timezone.now()
    user.save(update_fields=["sessions_ended_at"])
    _hear(Happening(user=user, what="factors_lost", at=user.sessions_ended_at, network="", browser=""))
    record(subject=subject_of(user), kind="account.take_factors_away", actor=actor, data={"factors": kinds})


@transaction.atomic
def give_app(*, actor: Actor, user: User, secret: str) -> Authenticator:
    """An account made from the shell gets codes from an app, by its key in base 32.

    Effects: the factor; the audit row. Nobody is written to.
    """
    app = Authenticator(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)})
    Authenticator.objects.bulk_create([app])
    record(
        subject=subject_of(user),
        kind="account.add_factor",
        actor=actor,
        data={"factor": str(Authenticator.Type.TOTP)},
    )
    return app


def _tell(**facts: Any) -> None:
    _hear(happening(**facts))


def _hear(news: Happening) -> None:
    for path in settings.ACCOUNT_HANDLERS:
        import_string(path)(news)
