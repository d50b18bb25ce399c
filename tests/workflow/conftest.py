import itertools
from collections.abc import Callable

import pytest

from accounts.models import User
from tests.plugins.parcels import _parcel_table, parcels  # noqa: F401

_numbers = itertools.count(1)


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes people; each is another human unless ``human`` says otherwise."""

    def make(name: str = "Dana", *, staff: bool = True, human: str | None = None) -> User:
        number = next(_numbers)
        return User.objects.create_user(
            f"person{number}@example.test",
            full_name=name,
            is_staff=staff,
            human=f"human-{number}" if human is None else human,
        )

    return make
