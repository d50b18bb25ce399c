"""Accounts: how they begin, and what happens to them."""

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.identifiers import check_identifier, human_hash
from accounts.models import Language, User
from accounts.queries import email_in_use
from audit.services import record


@transaction.atomic
def register(*, user: User) -> User:
    """A person signs up.

    Effects: the account is saved, as an applicant's; the audit row.
    """
    user.is_staff = user.is_superuser = False
    user.human = ""
    user.full_clean(exclude=["password"])
    user.save()
    note(user=user, kind="account.sign_up")
    return user


@transaction.atomic
def create_applicant(
    *,
    actor: Actor,
    email: str,
    full_name: str,
    password: str,
    language: str = Language.EN,
    identifier: str = "",
) -> User:
    """An applicant's account made from the shell, its e-mail taken as verified.

    Effects: the account; its verified e-mail; the audit row.
    """
    human = human_hash(check_identifier(identifier)) if identifier else ""
    user = new_account(email, full_name, password, language, human=human, is_staff=False)
    record(subject=subject_of(user), kind="account.create", actor=actor, data={"staff": False})
    return user


@transaction.atomic
def create_staff(
    *,
    actor: Actor,
    email: str,
    full_name: str,
    identifier: str,
    password: str,
    language: str = Language.EN,
) -> User:
    """A member of staff's account made from the shell, its e-mail taken as verified.

    Effects: the account, with the hash of the person's IIN or passport; its verified e-mail; the audit row.
    """
    human = human_hash(check_identifier(identifier))
    user = new_account(email, full_name, password, language, human=human, is_staff=True)
    record(subject=subject_of(user), kind="account.create", actor=actor, data={"staff": True})
    return user


def note(*, user: User, kind: str) -> None:
    """Writes into the account's record what its holder did. Call it last in its transaction."""
    record(subject=subject_of(user), kind=kind, actor=user)


@transaction.atomic
def note_changed_email(*, user: User, **_news: object) -> None:
    """A person signs in with another e-mail from now on. allauth has only a signal to tell it."""
    note(user=user, kind="account.change_email")


def subject_of(user: User) -> str:
    return f"account:{user.pk}"


def new_account(
    email: str, full_name: str, password: str, language: str, *, human: str, is_staff: bool
) -> User:
    """An account with a verified e-mail; ValidationError where the e-mail is in use or the password weak."""
    if email_in_use(email):
        raise ValidationError({"email": _("An account with this e-mail exists. Use another e-mail.")})
    user = User(
        email=email.strip().lower(), full_name=full_name, language=language, human=human, is_staff=is_staff
    )
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    user.set_password(password)
    user.full_clean()
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user
