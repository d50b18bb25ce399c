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
    from regulators.models import CalendarVersion, RuleBookVersion

    if "default" not in (databases or []):
        return []
    tables = connections["default"].introspection.table_names()
    if not {RuleBookVersion._meta.db_table, CalendarVersion._meta.db_table} <= set(tables):
        return []
    errors = [error for pin in RuleBookVersion.objects.all() for error in _errors_of(pin)]
    return [*errors, *_errors_of_calendar()]


def _errors_of(pin: Any) -> list[Error]:
    try:
        pin.book  # noqa: B018 - reading it compares the hashes
    except RuleBookError as error:
        return [Error(str(error), id="regulators.E002")]
    return []


def _errors_of_calendar() -> list[Error]:
    from regulators.services.calendars import fault_of

    try:
        fault = fault_of(calendars.kazakhstan())
    except RuleBookError:  # E001 says it already
        return []
    return [Error(fault, id="regulators.E003")] if fault else []
