"""Tests take style sheets and scripts from the source folders, not from a collected copy."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test.utils import override_settings

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(scope="session", autouse=True)
def _plain_static() -> Iterator[None]:
    with override_settings(
        STORAGES={**settings.STORAGES, "staticfiles": PLAIN},
        WHITENOISE_USE_FINDERS=True,
        WHITENOISE_AUTOREFRESH=True,  # or each client looks for all files at its beginning
    ):
        yield
