"""Sample staff of one regulator: administrators, the reviewer's side, two decision makers, and a legal basis."""

import base64
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.actors import System
from accounts.factors import factors_of
from accounts.models import User
from accounts.services.people import create_staff
from accounts.services.security import give_app
from applications.samples.numbers import sample_iin
from regulators.models import Act, LicenceType, Regulator
from regulators.rulebook import LICENCE
from regulators.services import (
    appoint_staff,
    confirm_appointment,
    confirm_authority_basis,
    confirm_delegation,
    delegate,
    enter_authority_basis,
)

PASSWORD = "kzcustody-sample-2026"  # noqa: S105  the sample sign-ins are printed, and refused by production settings
SHELL = System("samples")
DECISIONS = (Act.APPROVE_IN_PRINCIPLE, Act.GRANT, Act.REFUSE, Act.SUSPEND, Act.REVOKE)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The people of one regulator, by what they do. ``officer`` to ``lead`` may be one human, beside whom
    ``colleague`` is the second where an act needs two; the deciders are others.
    """

    officer: User
    reviewer: User
    lead: User
    decider: User
    second: User
    administrators: tuple[User, User]
    colleague: User


@transaction.atomic
def sample_desk(regulator: Regulator, *, together: bool = False, serial: int = 100) -> Desk:
    """Appoint a full desk, or nobody. ``together`` gives one person the work of officer, reviewer and lead
    reviewer.
    """
    code = regulator.code.lower()
    admins = (
        _account(f"admin1@{code}.test", "Камила Оспанова", serial),
        _account(f"admin2@{code}.test", "Арман Ибраев", serial + 1),
    )
    appoint_administrators(regulator, *admins)
    officer = _account(f"reviewer@{code}.test", "Әсел Тұрсынова", serial + 2)
    colleague = second_reviewer(regulator, admins, serial)
    reviewer = officer if together else colleague
    lead = officer if together else _account(f"lead@{code}.test", "Гүлнар Сапарова", serial + 4)
    decider = _account(f"manager@{code}.test", "Данияр Жақсылықов", serial + 5)
    second = _account(f"manager2@{code}.test", "Ирина Ким", serial + 6)
    roles = [
        (officer, "case_officer"),
        (lead, "lead_reviewer"),
        *([(officer, "reviewer")] if together else []),
    ]
    for user, role in roles:
        post = appoint_staff(actor=admins[0], user=user, regulator=regulator, role=role)
        confirm_appointment(actor=admins[1], appointment=post)
    for user in (decider, second):
        staff = appoint_staff(actor=admins[0], user=user, regulator=regulator, role="decision_maker")
        confirm_appointment(actor=admins[1], appointment=staff)
        for licence_type in regulator.licence_types.all():
            for act in DECISIONS:
                power = delegate(actor=admins[0], staff=staff, licence_type=licence_type, act=act)
                confirm_delegation(actor=admins[1], delegation=power)
    for licence_type in regulator.licence_types.all():
        enter_basis(licence_type, admins, what="sample entry of the default run", valid_from=date(2024, 1, 1))
    return Desk(
        officer=officer, reviewer=reviewer, lead=lead, decider=decider, second=second, administrators=admins,
        colleague=colleague,
    )  # fmt: skip


@transaction.atomic
def second_reviewer(regulator: Regulator, admins: tuple[User, User], serial: int) -> User:
    user = _account(f"reviewer2@{regulator.code.lower()}.test", "Тимур Каримов", serial + 3)
    for role in ("reviewer", "case_officer"):
        post = appoint_staff(actor=admins[0], user=user, regulator=regulator, role=role)
        confirm_appointment(actor=admins[1], appointment=post)
    return user


def give_apps(desk: Desk) -> None:
    """Staff sign in with a second factor: who has none gets codes, which the default run shows."""
    for user in dict.fromkeys(
        (
            desk.officer,
            desk.reviewer,
            desk.lead,
            desk.decider,
            desk.second,
            desk.colleague,
            *desk.administrators,
        )
    ):
        if not factors_of(user).exists():
            give_app(actor=SHELL, user=user, secret=secret_of(user.email))


def secret_of(email: str) -> str:
    """The key of a sample account, in base 32: another one in each checkout, for it comes from SECRET_KEY."""
    return base64.b32encode(salted_hmac("applications.samples.staff", email).digest()).decode()


def desk_of(regulator: Regulator, *, serial: int = 100) -> Desk | None:
    """The desk that was made earlier by ``sample_desk`` with ``together``; one of before there was a second
    reviewer gets one.
    """
    names = ("reviewer", "manager", "manager2", "admin1", "admin2")
    emails = [f"{name}@{regulator.code.lower()}.test" for name in names]
    found = User.objects.in_bulk(emails, field_name="email")
    if len(found) < len(emails):
        return None
    officer, decider, second, *others = (found[email] for email in emails)
    admins = (others[0], others[1])
    colleague = User.objects.filter(email=f"reviewer2@{regulator.code.lower()}.test").first()
    return Desk(
        officer=officer, reviewer=officer, lead=officer, decider=decider, second=second,
        administrators=admins, colleague=colleague or second_reviewer(regulator, admins, serial),
    )  # fmt: skip


def _account(email: str, full_name: str, serial: int) -> User:
    iin = sample_iin(born="850615", century_digit=3, serial=serial)
    return create_staff(actor=SHELL, email=email, full_name=full_name, iin=iin, password=PASSWORD)


def appoint_administrators(regulator: Regulator, first: User, second: User) -> None:
    """The system appoints the first two, and each confirms the other."""
    appointments = [
        appoint_staff(actor=SHELL, user=user, regulator=regulator, role="administrator")
        for user in (first, second)
    ]
    confirm_appointment(actor=second, appointment=appointments[0])
    confirm_appointment(actor=first, appointment=appointments[1])


def enter_basis(licence_type: LicenceType, admins: tuple[User, User], *, what: str, valid_from: date) -> None:
    """A legal basis where the book grants a licence; none where no law was found that gives the power."""
    book: Any = licence_type.rulebooks.latest("published_at").book
    if book.outcome != LICENCE:
        return
    basis = enter_authority_basis(
        actor=admins[0],
        licence_type=licence_type,
        act="AIFC Financial Services Framework Regulations",
        article="s 35; Providing Custody: GEN Schedule 1, para 5(c)",
        scope=f"Providing Custody of digital assets ({what})",
        valid_from=valid_from,
    )
    confirm_authority_basis(actor=admins[1], basis=basis)
