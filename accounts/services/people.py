"""Accounts: how they begin, and what happens to them."""

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.identifiers import check_identifier, check_papers
from accounts.models import Language, User
from accounts.queries import email_in_use, human_with
from accounts.services.humans import human_of
from accounts.zones import check_zone
from audit.services import record
from workflow.errors import Refused


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
    human = human_with(check_identifier(identifier)) if identifier else ""
    user = new_account(email, full_name, password, language, human=human, is_staff=False)
    record(subject=subject_of(user), kind="account.create", actor=actor, data={"staff": False})
    return user


@transaction.atomic
def create_staff(
    *,
    actor: Actor,
    email: str,
    full_name: str,
    password: str,
    iin: str = "",
    passport: str = "",
    citizenship: str = "KZ",
    language: str = Language.EN,
) -> User:
    """A member of staff's account made from the shell, its e-mail taken as verified.

    Effects: the hashes of the person's numbers; the account, with the human they name; its verified e-mail;
    the audit row.
    """
    human = human_of(check_papers(citizenship=citizenship, iin=iin, passport=passport))
    user = new_account(email, full_name, password, language, human=human, is_staff=True)
    record(subject=subject_of(user), kind="account.create", actor=actor, data={"staff": True})
    return user


@transaction.atomic
def identify(*, user: User, identifier: str) -> None:
    """An applicant gives an IIN or passport number, on their own word and for good.

    It finds the person out as a colleague of the regulator; it never joins two numbers. Effects: the account
    is locked; its human, where there was none; the audit row.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.human:
        return
    try:
        locked.human = human_with(check_identifier(identifier))
    except ValidationError as error:
        raise Refused(error.messages) from error
    locked.save(update_fields=["human"])
    note(user=locked, kind="account.identify")


def choose_language(*, user: User, language: str) -> None:
    """The language a person reads in, on the pages and in mails. Nothing of it goes into the record."""
    if language in Language.values and language != user.language:
        User.objects.filter(pk=user.pk).update(language=language)
        user.language = language


def choose_zone(*, user: User, zone: str) -> None:
    """The zone of the times in our mails. Nothing of it goes into the record. Raises ValidationError for a
    name that is none.
    """
    check_zone(zone)
    if zone != user.zone:
        User.objects.filter(pk=user.pk).update(zone=zone)
        user.zone = zone


def note(*, user: User, kind: str, **data: str | bool) -> None:
    """Writes into the account's record what its holder did. Call it last in its transaction."""
    record(subject=subject_of(user), kind=kind, actor=user, data=data)


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
