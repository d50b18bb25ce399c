"""The sample application is complete: a valid BIN, nine people, every answer, files that open."""

import io
from collections import Counter
from typing import Any

import docx
import openpyxl
import pypdf
import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from accounts.identifiers import check_bin, check_iin
from applications import asked
from applications.models import AnswerFile, Application, Person
from applications.queries.drafts import load_draft
from documents.models import Document
from regulators.models import LicenceType

pytestmark = pytest.mark.django_db(transaction=True)


def text_of(document: Document) -> str:
    with storages["documents"].open(document.key) as file:
        content = io.BytesIO(file.read())
    if document.extension.endswith("pdf"):
        return "".join(page.extract_text() for page in pypdf.PdfReader(content).pages)
    if document.extension.endswith("docx"):
        return "\n".join(paragraph.text for paragraph in docx.Document(content).paragraphs)
    sheet = openpyxl.load_workbook(content).active
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_the_sample_application_is_complete(afm: LicenceType, document_store: Any) -> None:
    call_command("sample_application", "--regulator", "AFM", "--serial", "41")
    case = Application.objects.with_case().get()
    draft = load_draft(case)
    questions = asked.questions(draft)
    problems = [asked.problems(q.requirement, draft.answer(q.key), draft) for q in questions]
    assert (len(questions) > 38, problems) == (True, [[]] * len(questions))
    assert check_bin(case.firm.bin or "") == case.firm.bin
    people = Person.objects.filter(posts__application=case).distinct()
    assert people.count() == 9
    kazakh = [p.identifier for p in people if p.identifier_kind == "iin"]
    assert [check_iin(number) for number in kazakh] == kazakh
    assert {h.owned.is_applicant for h in case.holdings.all()} == {True, False}
    kinds: Counter[str] = Counter()
    for file in AnswerFile.objects.select_related("document", "answer"):
        assert file.answer.requirement in text_of(file.document)
        kinds[file.document.extension.strip(".")] += 1
    assert set(kinds) == {"pdf", "docx", "xlsx"}


def test_production_settings_refuse_samples(settings: Any, db: None) -> None:
    settings.SAMPLES_ALLOWED = False
    for command in ("sample_application", "sample_firms"):
        with pytest.raises(CommandError, match="Production settings refuse sample data"):
            call_command(command)
