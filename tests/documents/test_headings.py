"""The first row of a workbook's first sheet, read by the process that looks into an upload."""

import io
import tempfile
import zipfile

import openpyxl
import pytest

from documents.contents import sheet
from documents.examination import examination
from tests.plugins import files

LARGE = "x" * 150
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
A = b'<c r="A1" t="inlineStr"><is><t>A</t></is></c>'


def workbook(*rows, before=(), **_nothing):
    book = openpyxl.Workbook()
    for name in before:
        book.create_sheet(name, 0)
    page = book.worksheets[0]
    for row in rows:
        page.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def headings(content, name="form.xlsx"):
    with tempfile.TemporaryFile() as file:
        file.write(content)
        with examination(file, name=name) as found:
            return found().headings


def changed(content, part, old, new, **more):
    """The same workbook with one part written otherwise, and ``more`` texts that its sheets share."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    shared = {TEXTS: b"<sst>%s</sst>" % more["texts"]} if more else {}
    return files.zipped(parts | shared | {part: parts[part].replace(old, new)})


def written(cell, texts=b""):
    """A workbook with this cell in its first row, and these shared texts: as Excel writes it."""
    return changed(workbook(("A",)), SHEET, A, cell, texts=texts)


def filled(content, name="form.xlsx"):
    with tempfile.TemporaryFile() as file:
        file.write(content)
        with examination(file, name=name) as found:
            return found().is_filled


@pytest.mark.parametrize(("rows", "found"), [
    ([("Key class", "Owner"), ("Hot", "Dana")], True),
    ([("Key class", "Owner"), (None, None), (None, 3)], True),
    ([("Key class", "Owner"), (None, "  ")], False),
    ([("Key class", "Owner")], False),
    ([], False),
])  # fmt: skip
def test_whether_anything_stands_below_the_headings(rows, found):
    assert filled(workbook(*rows)) is found


def test_what_ends_before_a_row_is_found_is_not_known(monkeypatch):
    content = workbook(("A",), *[(None,)] * 3, ("B",))
    for most, found in ((100_000, True), (300, None)):
        monkeypatch.setattr(sheet, "MOST_OF_SHEET", most)
        assert sheet.is_filled(io.BytesIO(content)) is found
    assert filled(b"a;b\n", "a.csv") is None


@pytest.mark.parametrize(("rows", "found"), [
    ([("Key class", "Owner"), ("Hot", "Dana")], ["Key class", "Owner"]),
    ([("  Класс \n ключа ", None, "Иесі")], ["Класс ключа", "Иесі"]),
    ([("Owner", 12, True, "=A1")], ["Owner"]),
    ([(None, None), ("Second", "row")], []),
    ([], []),
    ([[LARGE]], [LARGE[:100]]),
    ([[f"h{n}" for n in range(60)]], [f"h{n}" for n in range(50)]),
])  # fmt: skip
def test_the_texts_of_the_first_row(rows, found):
    assert headings(workbook(*rows)) == found


def test_the_sheet_that_stands_first_counts():
    assert headings(workbook(("Front",), before=["Front page"])) == ["Front"]


PIECES = b"<r><t>Key </t></r><r><t>class</t></r><rPh sb='0' eb='1'><t>no</t></rPh>"
WRITTEN = [
    written(b"<c t='inlineStr'><is>%s</is></c>" % PIECES),
    written(b"<c t='s'><v>0</v></c>", b"<si>%s</si>" % PIECES),
    written(b"<c t='s'><v>1</v></c>", b"<si><t>Other</t></si><si><t>Key class</t></si><si><t>Third</t></si>"),
    written(b"<c t='str'><f>B1</f><v>Key class</v></c>"),
]


@pytest.mark.parametrize("content", WRITTEN)
def test_texts_that_the_sheets_share_or_that_come_in_pieces(content):
    assert headings(content) == ["Key class"]


@pytest.mark.parametrize(("name", "content"), [
    ("a.pdf", files.pdf()), ("a.docx", files.docx()), ("a.xlsx", files.xlsx()),
    ("a.xlsx", written(b"<c t='s'><v>0</v></c>", b"<si><t>A</t></sj>")),
    ("a.xlsx", written(b"<c t='s'><v>1</v></c>", b"<si><t>A</t></si>")),
    ("a.xlsx", written(b"<c t='s'><v>none</v></c>", b"<si><t>A</t></si>")),
    ("a.xlsx", changed(workbook(("A",)), SHEET, A, b"<c t='s'><v>0</v></c>")),
    ("a.xlsx", changed(workbook(("A",)), SHEET, b"</row>", b"")),
    ("a.xlsx", changed(workbook(("A",)), "xl/_rels/workbook.xml.rels", b"rId1", b"rId9")),
    ("a.xlsx", changed(workbook(("A",)), "xl/workbook.xml", b"<sheet ", b"<shoot ")),
])  # fmt: skip
def test_where_there_is_none_the_file_is_taken_without(name, content):
    assert headings(content, name) == []


def test_no_more_than_the_beginning_of_a_part_is_read(monkeypatch):
    content = written(b"<c t='s'><v>0</v></c>", b"<si><t>First</t></si>")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        whole, texts = archive.read(SHEET), archive.read(TEXTS)
    enough = {
        "MOST_OF_SHEET": whole.index(b"</row>") + len(b"</row>"),
        "MOST_OF_TEXTS": texts.index(b"</si>") + len(b"</si>"),
    }
    for name, most in enough.items():
        monkeypatch.setattr(sheet, name, most)
    assert sheet.headings(io.BytesIO(content)) == ["First"]
    for name, most in enough.items():
        with monkeypatch.context() as less:
            less.setattr(sheet, name, most - 1)
            assert sheet.headings(io.BytesIO(content)) == []


def test_a_first_row_without_end_is_not_followed():
    row = b'<row r="1">' + b'<c r="A1" t="inlineStr"><is><t>x</t></is></c>' * 1_000_000 + b"</row>"
    content = changed(workbook(("A",)), SHEET, b"<sheetData>", b"<sheetData>" + row)
    assert headings(content) == []
