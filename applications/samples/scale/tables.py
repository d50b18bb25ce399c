"""Rows as they go into the tables: a dictionary each while a case is written, a line of COPY in the end."""

import json
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import NOT_PROVIDED
from psycopg import sql

FIRST, EACH = 10**9, 256  # keys that are numbers: from here on, so many for each case; real rows stay below
Row = dict[str, Any]
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@cache
def _columns(model: type[models.Model]) -> tuple[list[str], Row]:
    """Those that are written, and what stands in them where nothing is said. A column whose value follows from
    the moment or from chance has to be said.
    """
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    defaults = {field.attname: _default(field) for field in fields}
    columns = [str(field.column) for field in fields]
    assert columns == list(defaults)  # the names of the rows are those of the columns
    return columns, {name: value for name, value in defaults.items() if value is not NOT_PROVIDED}


def _default(field: Any) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return NOT_PROVIDED
    if not field.has_default():
        return None if field.null else "" if field.empty_strings_allowed and field.blank else NOT_PROVIDED
    if isinstance(field, ArrayField):
        return "{}"
    if callable(field.default):
        return _copied(field.default()) if field.default in (dict, list) else NOT_PROVIDED
    return field.get_default()


def new_uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


class Rows:
    """The rows of some cases, by model."""

    def __init__(self) -> None:
        self.by_model: dict[type[models.Model], list[Row]] = defaultdict(list)

    def copy(self) -> int:
        """Write them all in the transaction that is open; how many. References are checked at its end."""
        with connection.cursor() as cursor:
            for model, rows in self.by_model.items():
                _copy(cursor.cursor, model, rows)
        return sum(map(len, self.by_model.values()))


def _copy(cursor: Any, model: type[models.Model], rows: list[Row]) -> None:
    columns, defaults = _columns(model)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    usual = [_written(defaults[name]) if name in defaults else None for name in columns]
    lines = ["\t".join(_line(model, row, columns, usual)) for row in rows]
    with cursor.copy(statement) as copy:
        copy.write("\n".join([*lines, ""]))


def _line(model: type[models.Model], row: Row, columns: list[str], usual: list[str | None]) -> list[str]:
    found = [
        _written(row[name]) if name in row else stands for name, stands in zip(columns, usual, strict=True)
    ]
    if None in found or not row.keys() <= set(columns):
        lacking = [name for name, text in zip(columns, found, strict=True) if text is None]
        raise LookupError(
            f"{model.__name__}: say {lacking}, and nothing of {sorted(row.keys() - set(columns))}."
        )
    return found  # type: ignore[return-value]


def _written(value: Any) -> str:
    if value is None:
        return "\\N"
    kind = type(value)
    if kind is int or kind is UUID or kind is Decimal:
        return str(value)
    if kind is datetime or kind is date:
        return str(value.isoformat())
    if kind is bool:
        return "t" if value else "f"
    if kind is dict or kind is list:
        return encode(value).replace("\\", "\\\\")  # JSON has no line ends and tabs of its own
    text = str(value)
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return text


def _copied(value: Any) -> Any:
    return type(value)(value)
