"""Days, moments, numbers and money in words, in the reader's language."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.utils import formats, timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, gettext, ngettext

SIGNS = {"KZT": "₸"}
NO_BREAK = "\xa0"


def day(value: date | datetime) -> str:
    """5 March 2026 · 5 марта 2026 г. · 2026 ж. 5 наурыз"""
    here = _here(value)
    return _day(here.date() if isinstance(here, datetime) else here, get_language())


@lru_cache(maxsize=5000)
def _day(value: date, _language: str | None) -> str:
    """A page of a list names the same few days again and again."""
    return formats.date_format(value, "DATE_FORMAT")


def due_day(value: date | datetime) -> str:
    """A day that somebody has to meet, with its weekday, which no sentence inflects:
    Saturday 5 December 2026 · 5 декабря 2026 г. (суббота) · 2026 ж. 5 желтоқсан (сенбі)
    """
    here = _here(value)
    return _due_day(here.date() if isinstance(here, datetime) else here, _language())


@lru_cache(maxsize=5000)
def _due_day(value: date, language: str) -> str:
    weekday, written = str(WEEKDAYS[value.weekday()]), formats.date_format(value, "DATE_FORMAT")
    return f"{weekday} {written}" if language == "en" else f"{written} ({weekday.lower()})"


def clock(value: datetime) -> str:
    """14:07 (UTC+5)"""
    here = _here(value)
    return f"{formats.date_format(here, 'TIME_FORMAT')} ({_zone(here)})"


def moment(value: datetime) -> str:
    """5 March 2026, 14:07 (UTC+5)"""
    here = _here(value)
    return f"{formats.date_format(here, 'DATETIME_FORMAT')} ({_zone(here)})"


def working_days(count: int) -> str:
    """Days left as words; below zero, days over the limit."""
    if count < 0:
        return ngettext("%(days)s working day over", "%(days)s working days over", -count) % {"days": -count}
    return ngettext("%(days)s working day left", "%(days)s working days left", count) % {"days": count}


def number(value: Decimal | int | float, places: int | None = None) -> str:
    return formats.number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


def size(count: int) -> str:
    """Of a file, from its bytes: 0.1 KB, 1.5 MB, 20 MB. static/js/upload.js writes the same."""
    step = next((step for step in (1, 2) if count < 1024 ** (step + 1)), 3)
    digits = f"{max(count / 1024**step, 0.1):.1f}".removesuffix(".0").replace(".", decimal_point())
    return f"{digits}{NO_BREAK}{size_units()[step - 1]}"


def size_units() -> list[str]:
    return [gettext("KB"), gettext("MB"), gettext("GB")]


def decimal_point() -> str:
    return str(formats.get_format("DECIMAL_SEPARATOR"))


def plain(value: Decimal) -> str:
    """1234567.5: the same in every language, without trailing zeros or an exponent."""
    return f"{value.normalize() + 0:f}"


def money(amount: Decimal | int, currency: str) -> str:
    """KZT 1,234,567.89 in English, 1 234 567,89 ₸ in Kazakh and Russian; whole amounts without a fraction."""
    exact = Decimal(amount)
    digits = number(exact, 0 if exact == exact.to_integral_value() else 2)
    if _language() == "en":
        return f"{currency}{NO_BREAK}{digits}"
    return f"{digits}{NO_BREAK}{SIGNS.get(currency, currency)}"


def _language() -> str:
    return (get_language() or "en")[:2]


def _here(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def _zone(value: date | datetime) -> str:
    offset = value.utcoffset() if isinstance(value, datetime) else None
    if offset is None:
        raise ValueError("A time of day needs a time zone: pass an aware datetime.")
    hours, minutes = divmod(int(offset.total_seconds()) // 60, 60)
    return f"UTC{hours:+d}" + (f":{minutes:02d}" if minutes else "")
