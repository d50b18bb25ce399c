"""The collector of Python looks at what a test made, not again and again at all that was loaded before it."""

import gc
from collections.abc import Generator

import pytest

SELDOM = (50_000, 20, 20)  # objects made, and collections of the younger ones, before the next


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """All tests are collected by now: in this process and, with xdist, in each worker."""
    _keep_what_is_loaded()
    gc.set_threshold(*SELDOM)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
    made = yield
    if fixturedef.argname == "django_db_setup":
        _keep_what_is_loaded()
    return made


def _keep_what_is_loaded() -> None:
    gc.collect()
    gc.freeze()
