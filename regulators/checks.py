"""System checks: rule books and calendar can be read, and published files are as they were published."""

from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connections

from regulators import books, calendars
from regulators.loader import RuleBookError


@register()
def files_can_be_read(app_configs: Any, **kwargs: Any) -> list[Error]:
    errors = []
    for read in (books.all_books, calendars.kazakhstan):
        try:
            read()
        except RuleBookError as error:
            errors.append(Error(str(error), id="regulators.E001"))
    return errors


@register(Tags.database)
def files_are_as_published(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Error]:
    """Asked only with ``check --database default`` and by ``migrate``: it reads the pins."""
    from regulators.models import RuleBookVersion

    if "default" not in (databases or []):
        return []
    if RuleBookVersion._meta.db_table not in connections["default"].introspection.table_names():
        return []
    return [error for pin in RuleBookVersion.objects.all() for error in _errors_of(pin)]


def _errors_of(pin: Any) -> list[Error]:
    try:
        pin.book  # noqa: B018 - reading it compares the hashes
    except RuleBookError as error:
        return [Error(str(error), id="regulators.E002")]
    return []
