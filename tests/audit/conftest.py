from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.actors import System
from audit.models import Event
from audit.services import record


@pytest.fixture(autouse=True)
def anchor_dir(settings: Any, tmp_path: Path) -> Path:
    settings.AUDIT_ANCHOR_DIR = tmp_path / "anchors"
    return settings.AUDIT_ANCHOR_DIR


@pytest.fixture
def chain() -> Callable[..., list[Event]]:
    """Appends so many events to a chain."""

    def write(subject: str = "case:1", count: int = 5) -> list[Event]:
        with transaction.atomic():
            return [
                record(
                    subject=subject,
                    kind="case.note",
                    actor=System("test"),
                    reason=f"№ {n}",
                    data={"n": n, "ә": [None, True]},
                )
                for n in range(count)
            ]

    return write


@contextmanager
def _owner() -> Iterator[Any]:
    """The database as its owner sees it: a forger with the keys of the house."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        yield cursor
        cursor.execute("RESET ROLE")


@pytest.fixture
def owner() -> Callable[[], Any]:
    return _owner
