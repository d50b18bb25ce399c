"""Identifiers of people and firms that do not exist, with right check digits."""

from collections.abc import Callable

from django.core.exceptions import ValidationError

from accounts.identifiers import check_bin, check_iin


def sample_bin(*, year: int, month: int, serial: int) -> str:
    """A BIN of a resident head office."""
    return _complete(f"{year % 100:02d}{month:02d}40", serial, check_bin)


def sample_iin(*, born: str, century_digit: int, serial: int) -> str:
    """An IIN for a birth date given as YYMMDD."""
    return _complete(f"{born}{century_digit}", serial, check_iin)


def _complete(prefix: str, serial: int, check: Callable[[str], str]) -> str:
    """The first serial from this one on that has a check digit. Raises ValueError where the serial is too long."""
    places = 11 - len(prefix)
    for candidate in range(serial, 10**places):
        for digit in "0123456789":
            try:
                return check(prefix + str(candidate).zfill(places) + digit)
            except ValidationError:
                continue
    raise ValueError(f"The serial {serial} does not fit into {places} digits.")
