"""Tests run as the app role, on tables that the owner made: what the service may not do, no test may."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections

from audit.grants import grant


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, copy_for_others: None, django_db_blocker: object
) -> Iterator[None]:
    """After the owner has made the test database: grant, then reconnect as the app role."""
    connection = connections["default"]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        grant(settings.DATABASE_APP_ROLE)
    connection.close()
    options = connection.settings_dict["OPTIONS"]
    before = options["options"]
    options["options"] = f"{before} -c role={settings.DATABASE_APP_ROLE}"
    yield
    connection.close()
    options["options"] = before
