"""Time zones by their IANA names. Days are counted in Almaty whatever a person chose."""

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from accounts.models import User

ALMATY = "Asia/Almaty"
AREAS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian",
    "Pacific",
)  # fmt: skip


@cache
def zones() -> tuple[str, ...]:
    """Those of a place, and UTC; not the old names without one."""
    of_places = {name for name in available_timezones() if name.partition("/")[0] in AREAS and "/" in name}
    return (*sorted(of_places), "UTC")


def by_area() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """For a list to choose from: each area with its zones, and how each is written."""
    for area, names in groupby(zones(), key=lambda name: name.partition("/")[0]):
        yield area, [(name, name.replace("_", " ")) for name in names]


def check_zone(name: str) -> None:
    if name not in zones():
        raise ValidationError(_("Choose a time zone of the list, for example Asia/Almaty."))


def zone_of(user: "User | None") -> str:
    return user.zone if user else ALMATY
