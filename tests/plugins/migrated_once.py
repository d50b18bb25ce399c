"""With workers: the first that comes migrates, and leaves a copy of which the others make theirs."""

import fcntl
from collections.abc import Iterator
from typing import Any, TextIO

import pytest
from django.db import connections


@pytest.fixture(scope="session")
def _copy(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[TextIO | None]:
    """The file that names the copy; locked by whoever makes or removes one. None without workers."""
    if worker_id == "master":
        yield None
        return
    with (tmp_path_factory.getbasetemp().parent / "migrated").open("a+") as file:
        yield file


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, _copy: TextIO | None) -> None:
    if _copy:
        fcntl.flock(_copy, fcntl.LOCK_EX)
        _copy.seek(0)
        connections["default"].settings_dict["TEST"]["TEMPLATE"] = _copy.read() or None


@pytest.fixture(scope="session")
def copy_for_others(_copy: TextIO | None, django_db_blocker: Any) -> Iterator[None]:
    """Once this worker has its database, and while it is still the owner."""
    connection = connections["default"]
    if not _copy or connection.settings_dict["TEST"]["TEMPLATE"]:
        _unlock(_copy)
        yield
        return
    with django_db_blocker.unblock():
        connection.creation.clone_test_db("copy", verbosity=0)
    name = connection.creation.get_test_db_clone_settings("copy")["NAME"]
    _copy.write(name)
    _unlock(_copy)
    yield
    fcntl.flock(_copy, fcntl.LOCK_EX)
    _copy.truncate(0)
    with django_db_blocker.unblock():
        connection.creation._destroy_test_db(name, verbosity=0)
    _unlock(_copy)


def _unlock(file: TextIO | None) -> None:
    if file:
        file.flush()
        fcntl.flock(file, fcntl.LOCK_UN)
