import uuid

import pytest
from django.test import Client

from accounts import services
from accounts.actors import System

PASSWORD = "steppe-eagle-over-the-river"
SHELL = System("tests")


def unique_email(name="person"):
    return f"{name}-{uuid.uuid4().hex[:12]}@example.test"


@pytest.fixture
def password():
    return PASSWORD


@pytest.fixture
def email():
    return unique_email


@pytest.fixture
def applicant(db):
    def make(name="Aigerim Testova", **fields):
        fields = {"email": unique_email("applicant"), "full_name": name, "password": PASSWORD, **fields}
        return services.create_applicant(actor=SHELL, **fields)

    return make


@pytest.fixture
def staff(db):
    def make(**fields):
        if "iin" not in fields:
            fields = {"passport": "N1234567", "citizenship": "GB", **fields}
        fields = {"email": unique_email("staff"), "full_name": "Dana Staff", "password": PASSWORD, **fields}
        return services.create_staff(actor=SHELL, **fields)

    return make


@pytest.fixture
def firm(db):
    def make(founder, **fields):
        fields = {"name": "Altyn Custody", "legal_form": "llp", "no_bin_reason": "not_yet", **fields}
        return services.found_firm(actor=founder, **fields)

    return make


@pytest.fixture
def visitor():
    """A browser of its own: rate limits count by address, and the cache outlives a test."""

    def make(user=None):
        number = uuid.uuid4().int
        client = Client(REMOTE_ADDR=f"10.{number % 250}.{number // 250 % 250}.{number // 62500 % 250}")
        if user is not None:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make
