"""Hundreds of accounts need hundreds of hashes: the slow hasher is not what the tests are about."""

from collections.abc import Iterator

import pytest
from django.test.utils import override_settings


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
