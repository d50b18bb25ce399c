"""The form of a question: a sheet whose first row says what its columns are."""

import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from regulators.rulebook import Requirement, say

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH = 30


def sheet_of(rule: Requirement, rows: tuple[tuple[str, ...], ...] = ()) -> bytes:
    """The bytes of the workbook, in the reader's language: the sheet to fill in, and one that says what it
    is. ``rows`` are filled in already.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = rule.code
    for line in (tuple(say(heading) for heading in rule.slot.form), *rows):
        sheet.append(line)
    for number, cell in enumerate(sheet[1], 1):
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(number)].width = WIDTH
    sheet.freeze_panes = "A2"
    about = book.create_sheet(_("About"))
    about.column_dimensions["A"].width = 3 * WIDTH
    for text in (
        f"{rule.code}. {say(rule.title)}",
        say(rule.guidance),
        _(
            "This is a working form of this desk, not law. "
            "Leave the first row as it is, and add a row for each entry."
        ),
    ):
        about.append((text,))
    for row in (*sheet.iter_rows(), *about.iter_rows()):
        for cell in row:
            cell.data_type = "s"  # a text is a text, whatever it begins with
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
