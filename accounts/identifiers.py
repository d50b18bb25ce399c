"""Numbers that name a firm or a person in Kazakhstan, and the keyed hash that stands for a person."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from look.countries import is_country

FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
BIN_TYPES = "456"
BIN_FEATURES = "0123"
CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}
SEPARATORS = re.compile(r"[\s\-\u2010-\u2015/.№]+")
DOCUMENT_NUMBER = re.compile(r"[A-Z0-9]{5,20}")
# A passport number typed on a Cyrillic keyboard is the same number.
LOOKALIKES = str.maketrans("АВЕКМНОРСТУХІҮ", "ABEKMHOPCTYXIY")


def check_bin(text: str) -> str:
    """The BIN as 12 digits, or ValidationError saying what is wrong with it."""
    digits = _twelve_digits(text, _("A BIN has 12 digits. Copy it from the certificate of registration."))
    if not 1 <= int(digits[2:4]) <= 12:
        raise ValidationError(
            _("Digits 3 and 4 of a BIN are the month of registration, 01 to 12. Check the number."),
            code="bin_month",
        )
    if digits[4] not in BIN_TYPES:
        raise ValidationError(
            _("Digit 5 of a BIN is 4, 5 or 6. Check that it is not a person's IIN."),
            code="bin_type",
        )
    if digits[5] not in BIN_FEATURES:
        raise ValidationError(_("Digit 6 of a BIN is 0, 1, 2 or 3. Check the number."), code="bin_feature")
    _check_last_digit(digits)
    return digits


def check_iin(text: str) -> str:
    """The IIN as 12 digits, or ValidationError saying what is wrong with it."""
    digits = _twelve_digits(text, _("An IIN has 12 digits. Copy it from the identity card."))
    century = CENTURIES.get(digits[6])
    if century is None:
        raise ValidationError(_("Digit 7 of an IIN is 1 to 6. Check the number."), code="iin_century")
    try:
        date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError as error:
        raise ValidationError(
            _("An IIN begins with the date of birth as year, month, day. Check the number."),
            code="iin_date",
        ) from error
    _check_last_digit(digits)
    return digits


def check_identifier(text: str) -> str:
    """An IIN (12 digits) or the number of a passport, normalised; ValidationError otherwise."""
    number = normalise(text)
    if number.isdigit() and len(number) == 12:
        return check_iin(number)
    if not DOCUMENT_NUMBER.fullmatch(number) or not any(character.isdigit() for character in number):
        raise ValidationError(
            _("Enter an IIN of 12 digits, or a passport number of 5 to 20 Latin letters and digits."),
            code="identifier",
        )
    return number


def check_papers(*, citizenship: str, iin: str, passport: str) -> list[str]:
    """The numbers of a person's papers, normalised; ValidationError by field otherwise.

    A citizen of Kazakhstan gives the IIN: a passport is renewed, and by another passport the same person
    would be a second one.
    """
    country = citizenship.strip().upper()
    if not is_country(country):
        raise ValidationError(
            {"citizenship": _("Enter the two-letter code of the country, for example KZ.")}, code="country"
        )
    if not iin.strip():
        check_has_iin(citizenship=country, kind="passport", field="iin")
        if not passport.strip():
            raise ValidationError(
                {"iin": _("Enter the IIN or, of a person who has none, the number of the passport.")},
                code="no_papers",
            )
    checks = (("iin", iin, check_iin), ("passport", passport, check_identifier))
    return [_in_field(name, text, check) for name, text, check in checks if text.strip()]


def check_has_iin(*, citizenship: str, kind: str, field: str) -> None:
    """ValidationError where a citizen of Kazakhstan is named by a passport alone."""
    if citizenship == "KZ" and kind != "iin":
        message = _("A citizen of Kazakhstan has an IIN: enter it. The number of a passport is not enough.")
        raise ValidationError({field: message}, code="citizen_has_iin")


def normalise(identifier: str) -> str:
    """The same number however it was typed: width, case, spaces, dashes, Cyrillic look-alikes."""
    plain = unicodedata.normalize("NFKC", identifier).upper()
    return SEPARATORS.sub("", plain).translate(LOOKALIKES)


def human_hash(identifier: str) -> str:
    """The keyed hash of an IIN or passport number: two accounts of one person have the same one."""
    number = normalise(identifier)
    if not number:
        raise ValueError("An empty identifier names nobody.")
    return hmac.new(settings.HUMAN_KEY.encode(), number.encode(), hashlib.sha256).hexdigest()


def mask(identifier: str) -> str:
    """For lists and logs: only the last three characters, and never more than half of the number."""
    number = normalise(identifier)
    shown = min(3, len(number) // 2)
    return "•" * (len(number) - shown) + number[len(number) - shown :]


def _in_field(name: str, text: str, check: Callable[[str], str]) -> str:
    try:
        return check(text)
    except ValidationError as error:
        raise ValidationError({name: error.messages}) from error


def _twelve_digits(text: str, message: Any) -> str:
    digits = re.sub(r"\s+", "", text)
    if not re.fullmatch(r"[0-9]{12}", digits):
        raise ValidationError(message, code="digits")
    return digits


def _check_last_digit(digits: str) -> None:
    if _expected_digit(digits) != int(digits[11]):
        raise ValidationError(
            _("This number does not add up: a digit is wrong or two are swapped. Check the document."),
            code="check_digit",
        )


def _expected_digit(digits: str) -> int | None:
    """The check digit that the first eleven digits call for; None where no such number is issued."""
    for weights in (FIRST_WEIGHTS, SECOND_WEIGHTS):
        rest = sum(int(digit) * weight for digit, weight in zip(digits[:11], weights, strict=True)) % 11
        if rest < 10:
            return rest
    return None
