"""Names as they are searched for, and as a spreadsheet may hold them."""

import re
import unicodedata

FORMULA_SIGNS = "=+-@|%"
# Where a spreadsheet takes a semicolon for the end of a cell, as in Russian and Kazakh, another begins there,
# maybe in quotation marks.
AFTER_SEMICOLON = re.compile(r"([;；][\s\"]*)([=+\-@|%＝＋－＠｜％])")


def searchable(text: str) -> str:
    """One form for what is searched and what is searched for: width, case and spaces do not matter."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("\0", "").split())


def cell(value: object) -> str:
    """The value as a cell that no spreadsheet takes for a formula."""
    text = AFTER_SEMICOLON.sub(r"\1'\2", " ".join(str(value).split()))
    begins = unicodedata.normalize("NFKC", text)[:1]
    return f"'{text}" if begins and begins in FORMULA_SIGNS else text
