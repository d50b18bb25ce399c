"""Names in the order of the Kazakh alphabet, and in one form for search. In Python and, the same, in SQL.

The order: digits, then the 42 Cyrillic letters of Kazakh, then the Latin letters, then every other script
as its code points stand. Case, accents, hyphens, apostrophes and other marks do not count; a space comes
before all.
"""

import unicodedata
from typing import Any

from django.db.models import CharField, Func, Value

CYRILLIC = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
LATIN = "abcdefghijklmnopqrstuvwxyz"
MARKS = "-‐‑–—'’ʼʻ`´\"«»“”„.,;:()/\\&№_"
LIKE = {"ø": "o", "æ": "a", "œ": "o", "ß": "s", "þ": "t", "ð": "d", "đ": "d", "ħ": "h", "ı": "i", "ł": "l",
        "ŋ": "n", "ŧ": "t", "ґ": "г", "є": "е", "ј": "й"}  # fmt: skip
FIRST_KEY = 0xA1  # where the keys begin: after digits and space, and before every letter that has none


def _keys() -> dict[str, str]:
    """A key for each letter, in either case and with any accent of the common Latin alphabets."""
    places = {letter: chr(FIRST_KEY + place) for place, letter in enumerate(CYRILLIC + LATIN)}
    keys = {}
    for letter, key in places.items():
        keys[letter] = keys[letter.upper()] = key
    for code in (*range(0xC0, 0x250), *range(0x400, 0x530), *range(0x1E00, 0x1F00)):
        small = chr(code).lower()
        plain = LIKE.get(small) or unicodedata.normalize("NFD", small)[0]
        if chr(code) not in keys and plain in places:
            keys[chr(code)] = places[plain]
    return keys


KEYS = _keys()
_TABLE = str.maketrans(KEYS | dict.fromkeys(MARKS, ""))


def sort_key(text: str) -> str:
    """What the name is sorted by, as the database computes it."""
    return text.translate(_TABLE)


def folded(text: str) -> str:
    """One form for what is searched and what is searched for: width, case and spaces do not matter."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class SortKey(Func):
    """``sort_key`` of a text column, in SQL that never changes, so that a stored column can be made of it."""

    function = "translate"
    output_field = CharField()

    def __init__(self, text: Any) -> None:
        letters = "".join(KEYS)
        super().__init__(text, Value(letters + MARKS), Value("".join(KEYS.values())))
