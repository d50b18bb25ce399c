"""The code of a certificate: stored, drawn at random, and read back as people type it."""

import secrets

from django.conf import settings
from django.urls import reverse

# Crockford's base 32: no I, L, O or U. 26 characters of 5 bits are 130 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 26
LONGEST_TYPED = 100
# What is mistaken for another character, and Cyrillic letters that look like Latin ones.
ALIKE = str.maketrans("OILАВЕЗКМНОРСТХ", "011ABE3KMH0PCTX")


def new_code() -> str:
    """130 bits that say nothing of the licence and cannot be guessed from another code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read(typed: str) -> str:
    """The code as it is stored; "" where the typed text can be none."""
    plain = "".join(c for c in typed[:LONGEST_TYPED].upper().translate(ALIKE) if c.isalnum())
    return plain if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else ""


def shown(code: str) -> str:
    """In groups, as it is printed: ``ABCD-EFGH-…``."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def address(code: str) -> str:
    """The full address of the page that checks it, as the QR code holds it."""
    return settings.BASE_URL + reverse("register:check", args=[code])
