import uuid
from datetime import date
from itertools import count

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.actors import System
from accounts.models import StaffInvitation
from audit.models import Event
from regulators import services
from regulators.models import AuthorityBasis, Delegation, LicenceType, Regulator, Staff
from tests.plugins.cases import appointed

SHELL = System("tests")
PASSPORTS = count(2_000_000)
INVITED = {"full_name": "Erlan New", "email": "Erlan@example.test"}
INVITED |= {"passport": "n 765 4321", "citizenship": "GB", "language": "ru"}
# Lists with the pages that they lead to.
LISTS = {
    "accounts_staffinvitation": ["invite"],
    "regulators_staff": ["appoint"],
    "regulators_delegation": ["delegate"],
    "regulators_authoritybasis": ["enter"],
}


def page(name, *ids):
    return reverse(f"admin:{name}", args=[getattr(row, "pk", row) for row in ids])


def browser(user):
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def on(day, name):
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


def reasons(answer):
    return [str(reason) for reason in answer.context["reasons"]]


def written():
    """All that these pages can change."""
    tables = (Staff, Delegation, AuthorityBasis, StaffInvitation, Event)
    return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.fixture
def loaded(db):
    return services.load_rulebooks(actor=SHELL)


@pytest.fixture
def afsa(loaded):
    return Regulator.objects.get(code="AFSA")


@pytest.fixture
def afm(loaded):
    return Regulator.objects.get(code="AFM")


@pytest.fixture
def custody(loaded):
    return LicenceType.objects.get(code="providing-custody")


@pytest.fixture
def person(db):
    def make(identifier=None, name="Dana Staff"):
        return accounts.create_staff(
            actor=SHELL,
            passport=identifier or f"N{next(PASSPORTS)}",
            citizenship="GB",
            email=f"staff-{uuid.uuid4().hex[:12]}@example.test",
            full_name=name,
            password="steppe-eagle-over-the-river",
        )

    return make


@pytest.fixture
def administrators(person):
    """Two administrators of a regulator, appointed from the shell, who confirmed each other."""

    def make(regulator):
        first, second = person(name="Aida First"), person(name="Berik Second")
        rows = {
            user: services.appoint_staff(actor=SHELL, user=user, regulator=regulator, role="administrator")
            for user in (first, second)
        }
        services.confirm_appointment(actor=first, appointment=rows[second])
        services.confirm_appointment(actor=second, appointment=rows[first])
        return first, second

    return make


@pytest.fixture
def pair(afsa, administrators):
    return administrators(afsa)


@pytest.fixture
def officer(afsa, person):
    """Of the regulator, and no administrator."""
    user = person(name="Clara Officer")
    appointed(user, afsa, "case_officer")
    return user


@pytest.fixture
def foreigner(afm, administrators):
    """An administrator, of another regulator."""
    return administrators(afm)[0]


@pytest.fixture
def decision_maker(afsa, person, pair):
    """An appointment that waits for the second person."""
    user = person(name="Daulet Decides")
    return services.appoint_staff(actor=pair[0], user=user, regulator=afsa, role="decision_maker")


@pytest.fixture
def basis(custody, pair):
    return services.enter_authority_basis(
        actor=pair[0], licence_type=custody, act="Act A", article="7", scope="Licences",
        valid_from=date(2026, 1, 1),
    )  # fmt: skip


@pytest.fixture
def delegation(custody, decision_maker, pair):
    return services.delegate(actor=pair[0], staff=decision_maker, licence_type=custody, act="grant")
