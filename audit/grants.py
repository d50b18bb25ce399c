"""What the app role may do: everything but rewrite the record."""

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql


def append_only_tables() -> list[str]:
    """Tables of the models that say ``append_only = True``."""
    return sorted(m._meta.db_table for m in apps.get_models() if getattr(m, "append_only", False))


def grant(role: str) -> list[str]:
    """Give the app role its rights in this database; run by the owner after each migration.

    All at once, so that a service which keeps running never holds too many or too few. Returns the tables
    it may only add to. Raises psycopg's UndefinedObject where the role does not exist.
    """
    name = sql.Identifier(role)
    statements = [
        sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"),
        sql.SQL("REVOKE ALL ON SCHEMA public FROM {}").format(name),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(name),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(name),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(name),
    ]
    tables = append_only_tables()
    for table in tables:
        statements.append(sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), name))
    statements.append(sql.SQL("REVOKE DELETE ON audit_chain FROM {}").format(name))
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    return tables
