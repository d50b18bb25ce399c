"""System checks: rule books and calendar can be read, published files are as they were published, and the
time zone is known.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.utils import timezone

from accounts.zones import ALMATY
from regulators import books, calendars, zone
from regulators.loader import RuleBookError


@register()
def files_can_be_read(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    for read in (books.all_books, calendars.kazakhstan):
        try:
            read()
        except RuleBookError as error:
            errors.append(Error(str(error), id="regulators.E001"))
    return errors or _end_of_calendar_is_near(timezone.localdate())


@register()
def python_knows_the_zone(app_configs: Any, **kwargs: Any) -> list[Error]:
    wrong = list(zone.wrong_in_python())
    hint = "Install the package tzdata of the system, 2024a or newer."
    return [Error(f"Python has {_zone_on(wrong)}", hint=hint, id="regulators.E004")] if wrong else []


@register(Tags.database)
def postgresql_knows_the_zone(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Error]:
    if "default" not in (databases or []):
        return []
    wrong = list(zone.wrong_in_postgresql(connections["default"]))
    hint = "Update PostgreSQL, or the time zone data that it reads."
    return [Error(f"PostgreSQL has {_zone_on(wrong)}", hint=hint, id="regulators.E005")] if wrong else []


def _zone_on(wrong: list[datetime]) -> str:
    days = ", ".join(f"{moment:%Y-%m-%d}" for moment in wrong)
    return f"another time in {ALMATY} on {days}: it is UTC+6 until 29 February 2024, and UTC+5 since."


def _end_of_calendar_is_near(today: date) -> list[CheckMessage]:
    """Nine months ahead, so that no period of a book runs past the last year on record."""
    needed = (today + timedelta(days=270)).year
    if needed in calendars.kazakhstan().years:
        return []
    hint = f"Add the year to {calendars.FILE.name} under a new version."
    return [
        Warning(f"The working days of {needed} are not in the calendar.", hint=hint, id="regulators.W001")
    ]


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
