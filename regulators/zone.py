"""Whether the time zone data know that Almaty is UTC+5 since 1 March 2024, and was UTC+6 before."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.zones import ALMATY

HOURS = (  # at noon UTC of these days: the hour in Almaty
    (datetime(2024, 2, 28, 12, tzinfo=UTC), 18),
    (datetime(2024, 3, 1, 12, tzinfo=UTC), 17),
)


def wrong_in_python() -> Iterator[datetime]:
    zone = ZoneInfo.no_cache(ALMATY)
    return (moment for moment, hour in HOURS if moment.astimezone(zone).hour != hour)


def wrong_in_postgresql(connection: Any) -> Iterator[datetime]:
    with connection.cursor() as cursor:
        for moment, hour in HOURS:
            cursor.execute("select extract(hour from %s::timestamptz at time zone %s)", [moment, ALMATY])
            if cursor.fetchone()[0] != hour:
                yield moment
