"""Real files for a sample application: PDF, DOCX and XLSX, made here and opening anywhere."""

import io
import json
from functools import lru_cache

import docx
import openpyxl
import typst

PDF_SOURCE = b"""
#let it = json(bytes(sys.inputs.data))
#set document(title: it.title, date: none)
#set text(font: ("Noto Sans", "DejaVu Sans", "Libertinus Serif"), size: 10.5pt)
#set page(paper: "a4", margin: 25mm, numbering: "1 / 1")
= #it.title
#text(fill: luma(90))[#it.firm]
#for paragraph in it.paragraphs [
  #par(justify: true)[#paragraph]
]
"""


@lru_cache(maxsize=512)
def sample_file(kind: str, *, title: str, firm: str, paragraphs: tuple[str, ...]) -> tuple[str, bytes]:
    """A file name and the bytes of a ``pdf``, ``docx`` or ``xlsx`` with this content; remembered, since the
    tests build the same firm again and again.
    """
    make = {"pdf": _pdf, "docx": _docx, "xlsx": _xlsx}[kind]
    return f"{title}.{kind}", make(title, firm, paragraphs)


def _pdf(title: str, firm: str, paragraphs: tuple[str, ...]) -> bytes:
    data = json.dumps({"title": title, "firm": firm, "paragraphs": paragraphs}, ensure_ascii=False)
    return bytes(typst.compile(PDF_SOURCE, sys_inputs={"data": data}))


def _docx(title: str, firm: str, paragraphs: tuple[str, ...]) -> bytes:
    document = docx.Document()
    document.add_heading(title, level=1)
    document.add_paragraph(firm)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _xlsx(title: str, firm: str, paragraphs: tuple[str, ...]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Register"
    sheet.append([title, firm])
    sheet.append(["No.", "Entry"])
    for number, paragraph in enumerate(paragraphs, start=1):
        sheet.append([number, paragraph])
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
