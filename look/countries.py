"""The countries of ISO 3166-1: their two-letter codes are stored, their names are shown."""

from functools import cache

from babel import Locale
from django.utils.translation import get_language

from look.kazakh import sort_key

HOME = "KZ"
# Two letters in CLDR that are no country of the standard: unions, islands without a code, private use.
NO_COUNTRY = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}


def is_country(code: str) -> bool:
    return code in _names("en")


def name(code: str) -> str:
    """In the reader's language; what is no code of a country stays as it is."""
    return _names(_language()).get(code, code)


def choices() -> list[tuple[str, str]]:
    """Kazakhstan, then all others in the order of the reader's alphabet."""
    return [(code, name(code)) for code in _in_order(_language())]


@cache
def _names(language: str) -> dict[str, str]:
    territories = Locale(language).territories.items()
    return {code: name for code, name in territories if len(code) == 2 and code not in NO_COUNTRY}


@cache
def _in_order(language: str) -> list[str]:
    names = _names(language)
    return sorted(names, key=lambda code: (code != HOME, sort_key(names[code])))


def _language() -> str:
    return (get_language() or "en")[:2]
