"""Lists as files: typed, and no text is a formula."""

from datetime import date, datetime

import openpyxl
import pytest
from django.db import transaction

from accounts.actors import System
from applications.pipeline.exports import sheets
from applications.services.tallies import fold
from audit.models import Event
from audit.services import record
from tests.plugins.exported import BAD, XLSX, book, content, kinds, rows_of

pytestmark = pytest.mark.django_db


def test_a_sheet_has_types_and_no_formulas(browser, lead, afsa, add_case):
    add_case(afsa, name=BAD, approved=2, officer=lead, submitted=date(2026, 11, 9))
    add_case(afsa, name="\t@SUM(A1)", state="granted", approved=5, decided=date(2026, 11, 20))
    add_case(afsa, name="\r+1", submitted=date(2026, 11, 3))
    add_case(afsa, name="＝1+1", submitted=date(2026, 11, 4))
    add_case(afsa, name="-2\x01", submitted=date(2026, 11, 5))
    add_case(afsa, name="\x01 =3\uffff\ufffe", submitted=date(2026, 11, 6))
    response = browser.get(XLSX, {"type": "providing-custody"})
    assert response["Content-Disposition"] == 'attachment; filename="pipeline-2026-11-23.xlsx"'
    sheet, about = book(content(response)).worksheets
    heads, *rows = sheet.iter_rows()
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in heads] == [
        "reference", "firm", "licence_type", "state", "stage", "waiting_for", "case_officer", "submitted_on",
        "age_working_days", "decided_on", "nearest_date", "notice",
    ]  # fmt: skip
    firms = [(row[1].value, row[1].data_type, row[1].quotePrefix) for row in rows]
    assert firms == [
        ("@SUM(A1)", "s", True), ("+1", "s", True), ("＝1+1", "s", True), ("-2", "s", True),
        ("=3", "s", True), (BAD, "s", True),
    ]  # fmt: skip
    of_one = rows[5]
    assert [cell.value for cell in of_one][7:10] == [datetime(2026, 11, 9), 10, None]
    assert [cell.data_type for cell in of_one] == ["s"] * 7 + ["d", "n", "n", "n", "n"]
    assert (of_one[7].is_date, of_one[7].number_format) == (True, "yyyy-mm-dd")
    assert rows[0][9].value == datetime(2026, 11, 20)
    assert "f" not in {cell.data_type for page in (sheet, about) for row in page.iter_rows() for cell in row}


def test_the_second_sheet_says_what_the_file_is(browser, lead, afsa, add_case):
    lead.full_name = "=Дана"
    lead.save()
    add_case(afsa)
    about = book(content(browser.get(XLSX, {"state": "in_review", "age": "0-20"}))).worksheets[1]
    said = [(row[0].value, row[1].value) for row in about.iter_rows(max_row=8)]
    assert said[:7] == [
        ("List", "Cases"),
        ("Narrowed to", "State: In review; Age in working days: 0-20"),
        ("The same in an address", "state=in_review&age=0-20"),
        ("As at", "23 November 2026, 12:00 (UTC+5)"),
        ("As at, with the zone", "2026-11-23T12:00+05:00"),
        ("Written for", "=Дана"),
        ("Rows", 1),
    ]
    assert about["B6"].data_type == "s"
    assert (about["A10"].value, about["A11"].value) == ("Column", "reference")
    assert about["B11"].value == "the reference of the case"
    assert about.max_row == 10 + 12


def test_passages_and_steps_can_be_exported_too(browser, afsa, add_case):
    case = add_case(afsa, submitted=date(2026, 11, 2))
    for number in range(2):
        with transaction.atomic():
            record(
                subject=case.audit_subject,
                kind="stage.approve",
                actor=System("test"),
                data={"stage": ("business_plan", "aml")[number]},
            )
    fold()
    address = "steps.{}?act=stage.approve&period=2026-11&stage=aml"
    heads, *rows = rows_of(content(browser.get("/pipeline/" + address.format("csv"))))
    assert heads == ["reference", "firm", "step", "stage", "at", "as_at", "filter", "notice"]
    assert [row[:5] for row in rows] == [
        [case.reference, "Firm 1", "stage.approve", "aml", "2026-11-23T12:00"]
    ]
    sheet = book(content(browser.get("/pipeline/" + address.format("xlsx")))).worksheets[0]
    assert (sheet["E2"].value, sheet["E2"].is_date) == (datetime(2026, 11, 23, 12), True)
    sheet = book(content(browser.get("/pipeline/passages.xlsx?period=2026-11&stage=aml"))).worksheets[0]
    assert [cell.value for cell in sheet[2]][:8] == [
        case.reference, "Firm 1", "aml", "approved", datetime(2026, 11, 23), datetime(2026, 11, 23), 0, 0,
    ]  # fmt: skip
    told = Event.objects.filter(kind="pipeline.export").order_by("number").values_list("data", flat=True)
    assert [(one["list"], one["format"], one["rows"]) for one in told] == [
        ("steps", "csv", 1), ("steps", "xlsx", 1), ("passages", "xlsx", 1),
    ]  # fmt: skip


def test_a_list_without_a_period_is_refused_as_on_its_page(browser):
    for form in ("csv", "xlsx"):
        assert browser.get(f"/pipeline/passages.{form}").status_code == 400
        assert browser.get(f"/pipeline/steps.{form}?act=stage.approve&period=2026-11&x=1").status_code == 400
    assert kinds() == []


def test_a_cell_holds_as_many_units_of_utf_16_as_excel_takes():
    sheet = openpyxl.Workbook(write_only=True).create_sheet()
    assert sheets._text(sheet, "a" * 32_768).value == "a" * 32_767
    assert sheets._text(sheet, "a" + "😀" * 20_000).value == "a" + "😀" * 16_383
