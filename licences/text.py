"""Names as they are searched for, and as a spreadsheet may hold them."""

import unicodedata

FORMULA_SIGNS = "=+-@|%"


def searchable(text: str) -> str:
    """One form for what is searched and what is searched for: width, case and spaces do not matter."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("\0", "").split())


def cell(value: object) -> str:
    """The value as a cell that no spreadsheet takes for a formula."""
    text = " ".join(str(value).split())
    begins = unicodedata.normalize("NFKC", text)[:1]
    return f"'{text}" if begins and begins in FORMULA_SIGNS else text
