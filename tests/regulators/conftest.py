import uuid
from itertools import count

import pytest

from accounts import services as accounts
from accounts.actors import System
from regulators import services
from regulators.models import LicenceType, Regulator

SHELL = System("tests")
PASSPORTS = count(2_000_000)


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
            identifier=identifier or f"N{next(PASSPORTS)}",
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
