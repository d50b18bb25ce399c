"""Writing a list as CSV or XLSX, row by row. No text becomes a formula in either."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from applications.models import Export
from applications.pipeline.exports.columns import ABOUT, Column, Value
from applications.queries.passages import ZONE
from licences.text import FORMULA_SIGNS, cell
from look import words

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads Cyrillic wrongly
MOST_ROWS = 1_048_575  # of a sheet of Excel, below its heads
MOST_SIGNS = 32_767  # in a cell of Excel
NO_CHARACTERS = dict.fromkeys((0xFFFE, 0xFFFF))  # in XML, beside those that openpyxl knows of
TYPES = {
    Export.CSV: "text/csv; charset=utf-8",
    Export.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DAY, MOMENT, WIDE, NARROW = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", 36, 18
BOLD = Font(bold=True)


@dataclass(frozen=True, kw_only=True)
class About:
    """What a file says of itself. ``as_at`` is when reading began: what was done later is not in it."""

    title: str | Promise
    filters: str
    in_words: Sequence[str]
    by: str
    as_at: datetime

    def said(self, rows: int) -> list[tuple[str, Value]]:
        """In the language in use."""
        return [
            (_("List"), str(self.title)),
            (_("Narrowed to"), "; ".join(self.in_words) or _("nothing: all that you may see")),
            (_("The same in an address"), self.filters),
            (_("As at"), words.moment(self.as_at)),
            (_("As at, with the zone"), _stamp(self.as_at)),
            (_("Written for"), self.by),
            (_("Rows"), rows),
            (_("Types"), _("Days are days in Almaty, times are those of its clocks, codes are the same in "
                           "every language.")),
        ]  # fmt: skip


def file_name(name: str, as_at: datetime, form: str) -> str:
    return f"{name}-{timezone.localdate(as_at, ZONE).isoformat()}.{form}"


def write(file: IO[bytes], form: str, *, columns: Sequence[Column], rows: Iterable[Any], about: About) -> int:
    """Write the list into the file in one of ``Export.FORMATS``; how many rows it has."""
    values = ([column.value(row) for column in columns] for row in rows)
    return (_write_csv if form == Export.CSV else _write_xlsx)(file, columns, values, about)


def _write_csv(file: IO[bytes], columns: Sequence[Column], rows: Iterable[list[Value]], about: About) -> int:
    """The notice stays the last column, after what the file says of itself."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    text.write(BYTE_ORDER_MARK)
    sheet, written = csv.writer(text), 0
    names = [column.name for column in columns]
    sheet.writerow([*names[:-1], *ABOUT, names[-1]])
    stamps = [_stamp(about.as_at), cell(about.filters)]
    for row in rows:
        cells = [_as_text(value) for value in row]
        sheet.writerow([*cells[:-1], *stamps, cells[-1]])
        written += 1
    text.detach()  # flushes, and leaves the file open
    return written


def _as_text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return cell(value) if isinstance(value, str) else str(value)


def _write_xlsx(file: IO[bytes], columns: Sequence[Column], rows: Iterable[list[Value]], about: About) -> int:
    book = Workbook(write_only=True)
    sheet, written = book.create_sheet(_title(about.title)), 0
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns, start=1):
        wide = column.name in ("firm", "notice")
        sheet.column_dimensions[get_column_letter(number)].width = WIDE if wide else NARROW
    sheet.append([_text(sheet, column.name, bold=True) for column in columns])
    for row in rows:
        sheet.append([_typed(sheet, value) for value in row])
        written += 1
    _say(book, columns, about, written)
    book.save(file)
    return written


def _say(book: Workbook, columns: Sequence[Column], about: About, rows: int) -> None:
    """The second sheet: what the file is, and what its columns mean."""
    sheet = book.create_sheet(_title(_("About")))
    for letter, width in (("A", NARROW * 1.5), ("B", WIDE * 2)):
        sheet.column_dimensions[letter].width = width
    for name, value in about.said(rows):
        sheet.append([_text(sheet, name, bold=True), _typed(sheet, value)])
    sheet.append([])
    sheet.append([_text(sheet, _("Column"), bold=True), _text(sheet, _("What it means"), bold=True)])
    for column in columns:
        sheet.append([_text(sheet, column.name), _text(sheet, str(column.meaning))])


def _typed(sheet: Any, value: Value) -> Any:
    if isinstance(value, str):
        return _text(sheet, value) if value else None
    if not isinstance(value, date):
        return value
    made = WriteOnlyCell(sheet, value)
    made.number_format = MOMENT if isinstance(value, datetime) else DAY
    return made


def _text(sheet: Any, text: str, *, bold: bool = False) -> Any:
    """A cell that is a text by its type; one that could be read as a formula is also marked as quoted, so
    that it stays a text when somebody edits it.
    """
    plain = _plain(text)
    made = WriteOnlyCell(sheet, plain)
    made.data_type = "s"
    begins = unicodedata.normalize("NFKC", plain)[:1]
    if begins and begins in FORMULA_SIGNS:
        made.quotePrefix = True
    if bold:
        made.font = BOLD
    return made


def _plain(text: str) -> str:
    """What XML can hold, and no more than a cell can, which counts in units of UTF-16."""
    held = ILLEGAL_CHARACTERS_RE.sub("", text.translate(NO_CHARACTERS))
    return " ".join(held.split()).encode("utf-16-le")[: MOST_SIGNS * 2].decode("utf-16-le", "ignore")


def _title(title: str | Promise) -> str:
    """Of a sheet: 31 signs at most, and none of these."""
    return "".join(" " if sign in r"\/?*[]:" else sign for sign in str(title))[:31]


def _stamp(at: datetime) -> str:
    return timezone.localtime(at, ZONE).isoformat(timespec="minutes")


def licence_types(rows: Iterator[Any], type_of: Any, seen: set[int]) -> Iterator[Any]:
    """The same rows; the licence types that they are of are put into ``seen``."""
    for row in rows:
        seen.add(type_of(row))
        yield row
