import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.template import Template
from django.test import Client
from django.test.utils import _TestState

from tests.doors.world import make_world, quick_settings
from tests.plugins.undone import rolled_back


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Any:
    """Everybody, and what they knock at; rolled back when the module is done."""
    folder = tmp_path_factory.mktemp("documents")
    with quick_settings(folder), _quick_pages(), django_db_blocker.unblock(), rolled_back():
        made = make_world()
        made.sessions = {"visitor": ""} | {name: _session(user) for name, user in made.actors.items()}
        yield made


@contextmanager
def _quick_pages() -> Iterator[None]:
    """Nobody looks at the log here, nor at the contexts that the test client keeps of every template."""
    watched = Template._render
    Template._render = _TestState.saved_data.template_render
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    Template._render = watched


def _session(user: Any) -> str:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture(scope="module")
def browser() -> Client:
    return Client()


@pytest.fixture
def knock(world: SimpleNamespace, browser: Client) -> Callable[..., Any]:
    """``knock("lead", "GET", url, data)``: one request by one person, with no memory of the one before."""

    def send(who: str, method: str, url: str, data: Any = None, **headers: Any) -> Any:
        browser.cookies = SimpleCookie()
        if who != "visitor":
            browser.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[who]
        if method == "POST":
            return browser.post(url, data or {}, **headers)
        return browser.generic(method, url, **headers)

    return send
