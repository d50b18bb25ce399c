"""The database after a test that committed: every row goes, as the owner of the tables, who alone may.

Django's own way truncates every table, full or empty, and makes all permissions anew, which takes seconds.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db import OperationalError, connection, transaction

OF_MIGRATIONS = {"django_content_type", "auth_permission", "django_migrations"}


@pytest.fixture(scope="session", autouse=True)
def _flush_is_quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", lambda *_args, **_options: empty_all_tables())
        yield


def empty_all_tables() -> None:
    """Takes away all rows but those that the migrations made.

    Guards of rows that must stay are off meanwhile. References are checked before the transaction ends, so
    the order of the tables is no matter. The connection is closed: the next one is the app's again. A page
    that saves may hold one lock and wait for another, until PostgreSQL ends one of the two: then once more.
    """
    try:
        _empty()
    except OperationalError:
        _empty()


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE; SET ROLE NONE")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # A browser may be saving still: whoever writes is waited for, and the next one waits.
            _for_each(cursor, _tables(cursor), 'LOCK TABLE "{}" IN SHARE ROW EXCLUSIVE MODE')
            tables = _with_rows(cursor)
            _for_each(cursor, tables, 'ALTER TABLE "{}" DISABLE TRIGGER USER')
            _for_each(cursor, tables, 'DELETE FROM "{}"')
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            _for_each(cursor, tables, 'ALTER TABLE "{}" ENABLE TRIGGER USER')
    finally:
        connection.close()


def _tables(cursor: Any) -> list[str]:
    return sorted(set(connection.introspection.table_names(cursor)) - OF_MIGRATIONS)


def _with_rows(cursor: Any) -> list[str]:
    found = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in _tables(cursor))
    cursor.execute(" UNION ALL ".join(found))
    return [table for (table,) in cursor.fetchall()]


def _for_each(cursor: Any, tables: list[str], statement: str) -> None:
    if tables:
        cursor.execute("; ".join(statement.format(table) for table in tables))
