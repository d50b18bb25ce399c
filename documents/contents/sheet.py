"""What the columns of a workbook's first sheet are called (the texts in its first row), and whether anything
stands below.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, ParseError, iterparse

MOST_HEADINGS, LONGEST = 50, 100
MOST_OF_LIST = 1024 * 1024
MOST_OF_SHEET = 4 * 1024 * 1024
MOST_OF_TEXTS = 32 * 1024 * 1024
WORKBOOK, ITS_PARTS, TEXTS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"


FAULTS = (LookupError, ValueError, OSError, ParseError, StopIteration)


def headings(file: IO[bytes]) -> list[str]:
    """Of a workbook that was checked. Empty where it has none, or none that is found within the limits."""
    try:
        with zipfile.ZipFile(file) as archive:
            cells = _cells(next(_rows(archive), None))
            shared = _texts(archive, {int(text) for kind, text in cells if kind == "s"})
    except FAULTS:
        return []
    found = [shared[int(text)] if kind == "s" else text for kind, text in cells]
    return [short for text in found if (short := " ".join(text.split())[:LONGEST])]


def is_filled(file: IO[bytes]) -> bool | None:
    """Whether a cell below the headings holds something; None where that is not found within the limits."""
    try:
        with zipfile.ZipFile(file) as archive:
            rows = _rows(archive)
            next(rows, None)
            return any(_text(cell).strip() for row in rows for cell in row)
    except FAULTS:
        return None


def _rows(archive: zipfile.ZipFile) -> Iterator[Element]:
    return (one for one in _ends(archive, _sheet(archive), MOST_OF_SHEET) if _name(one) == "row")


def _cells(row: Element | None) -> list[tuple[str, str]]:
    """Kind and text of each cell that holds one."""
    cells = [(cell.get("t", "n"), cell) for cell in (() if row is None else row)][:MOST_HEADINGS]
    return [(kind, _text(cell)) for kind, cell in cells if kind in ("s", "str", "inlineStr")]


def _sheet(archive: zipfile.ZipFile) -> str:
    """The name of the part that is the first sheet."""
    sheet = next(one for one in _ends(archive, WORKBOOK, MOST_OF_LIST) if _name(one) == "sheet")
    key = next(value for name, value in sheet.items() if name.endswith("}id"))
    parts = (one for one in _ends(archive, ITS_PARTS, MOST_OF_LIST) if _name(one) == "Relationship")
    target = next(one.attrib["Target"] for one in parts if one.get("Id") == key)
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _texts(archive: zipfile.ZipFile, wanted: set[int]) -> dict[int, str]:
    """Of the texts that the sheets of a workbook share, those with these numbers."""
    found: dict[int, str] = {}
    if not wanted:
        return found
    entries = (one for one in _ends(archive, TEXTS, MOST_OF_TEXTS) if _name(one) == "si")
    for number, entry in enumerate(entries):
        if number in wanted:
            found[number] = _text(entry)
        entry.clear()
        if len(found) == len(wanted):
            return found
    raise KeyError(TEXTS)


def _text(element: Element) -> str:
    """Its text, without how it is read aloud."""
    holder = next((child for child in element if _name(child) == "is"), element)
    parts = (one for child in holder if _name(child) != "rPh" for one in child.iter())
    return "".join(one.text or "" for one in parts if _name(one) in ("t", "v"))


def _ends(archive: zipfile.ZipFile, part: str, most: int) -> Iterator[Element]:
    """The elements of a part as they end, from its first bytes."""
    with archive.open(part) as stream:
        for _event, element in iterparse(_Beginning(stream, most)):  # noqa: S314
            yield element


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


class _Beginning:
    """The first bytes of a stream; what lies behind them is not there."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self.stream, self.left = stream, most

    def read(self, size: int = MOST_OF_LIST, /) -> bytes:
        chunk = self.stream.read(min(size, self.left))
        self.left -= len(chunk)
        return chunk
