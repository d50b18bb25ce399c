"""Real files for a sample application: PDF, DOCX and XLSX, made here and opening anywhere."""

import io
import json
import zipfile
from functools import cache, lru_cache
from xml.sax.saxutils import escape

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
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
OOXML = "http://schemas.openxmlformats.org"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
DOCX_FRAME = {
    "[Content_Types].xml": f'<Types xmlns="{OOXML}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{DOCX_TYPE}"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{OOXML}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{OOXML}/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>',
}
DOCX_BODY = f'<w:document xmlns:w="{OOXML}/wordprocessingml/2006/main"><w:body>{{}}</w:body></w:document>'
DOCX_LINE = '<w:p><w:r><w:t xml:space="preserve">{}</w:t></w:r></w:p>'
DOCX_TITLE = '<w:p><w:r><w:rPr><w:b/><w:sz w:val="32"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r></w:p>'


@lru_cache(maxsize=512)
def sample_file(kind: str, *, title: str, firm: str, paragraphs: tuple[str, ...]) -> tuple[str, bytes]:
    """A file name and the bytes of a ``pdf``, ``docx`` or ``xlsx`` with this content; remembered, since the
    tests build the same firm again and again.
    """
    make = {"pdf": _pdf, "docx": _docx, "xlsx": _xlsx}[kind]
    return f"{title}.{kind}", make(title, firm, paragraphs)


def _pdf(title: str, firm: str, paragraphs: tuple[str, ...]) -> bytes:
    data = json.dumps({"title": title, "firm": firm, "paragraphs": paragraphs}, ensure_ascii=False)
    return bytes(typst.compile(PDF_SOURCE, font_paths=_fonts(), sys_inputs={"data": data}))


@cache
def _fonts() -> typst.Fonts:
    """Looking for the fonts of the machine takes ten times as long as the page."""
    return typst.Fonts()


def _docx(title: str, firm: str, paragraphs: tuple[str, ...]) -> bytes:
    """The three parts that a document needs, and none of the styles."""
    lines = "".join(DOCX_LINE.format(escape(text)) for text in (firm, *paragraphs))
    body = DOCX_BODY.format(DOCX_TITLE.format(escape(title)) + lines)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in {**DOCX_FRAME, "word/document.xml": body}.items():
            file.writestr(name, XML + part)
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
