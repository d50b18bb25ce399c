"""The countries of ISO 3166-1: their two-letter codes are stored, their names are shown."""

import tomllib
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from look.kazakh import sort_key

HOME = "KZ"
FILE = Path(__file__).with_name("countries.toml")


def is_country(code: str) -> bool:
    return code in _countries()


def name(code: str) -> str:
    """In the reader's language; what is no code of a country stays as it is."""
    names = _countries().get(code)
    return names[_language()] if names else code


def choices() -> list[tuple[str, str]]:
    """Kazakhstan, then all others in the order of the reader's alphabet."""
    return [(code, name(code)) for code in _in_order(_language())]


@cache
def _countries() -> dict[str, dict[str, str]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def _in_order(language: str) -> list[str]:
    countries = _countries()
    return sorted(countries, key=lambda code: (code != HOME, sort_key(countries[code][language])))


def _language() -> str:
    return (get_language() or "en")[:2]
