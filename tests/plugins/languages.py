"""Each test begins in the language of the settings, whatever the page before was in."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _language_of_the_settings() -> Iterator[None]:
    yield
    translation.deactivate()
