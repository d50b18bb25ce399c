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
from django.urls import reverse

from accounts.identifiers import check_bin, check_iin
from accounts.models import User
from applications import asked
from applications.models import AnswerFile, Application, InformationRequest, Person
from applications.queries.drafts import load_draft
from applications.samples import firms
from documents.models import Document
from regulators.models import LicenceType
from workflow.queries import offers

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


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


def test_samples_have_something_to_answer_and_to_decide_also_when_the_desk_is_there_already(
    rulebooks: None, document_store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The firm that is asked something, and the one that waits for a decision."""
    two_firms = tuple(firm for firm in firms.FIRMS if firm.asked or firm.upto == "recommend")
    monkeypatch.setattr(firms, "FIRMS", two_firms[:1])
    firms.sample_firms()
    monkeypatch.setattr(firms, "FIRMS", two_firms)
    firms.sample_firms()
    found = {case.firm.name: case for case in Application.objects.with_case()}
    asked_firm, decided_next = (found[firm.name] for firm in two_firms)
    waiting = asked_firm.requests.filter(status__in=InformationRequest.WITH_FIRM)
    assert (asked_firm.state, waiting.count()) == ("in_review", 1)
    assert decided_next.state == "recommended"
    decider = User.objects.get(email="manager@afsa.test")
    open_acts = {offer.act.name for offer in offers(decided_next, decider) if not offer.reasons}
    assert open_acts == {"send_back", "approve_in_principle", "grant"}


def test_a_sample_firm_reads_its_decision_and_the_letter(
    rulebooks: None, document_store: Any, monkeypatch: pytest.MonkeyPatch, signed_in: Any
) -> None:
    monkeypatch.setattr(firms, "FIRMS", tuple(f for f in firms.FIRMS if f.email == firms.APPLICANT_READY))
    [case] = firms.sample_firms()
    assert (case.state, case.readiness is not None) == ("granted", True)
    assert {letter.language for letter in case.letters.filter(code="readiness")} == {"kk", "ru"}
    page = signed_in(User.objects.get(email=firms.APPLICANT_READY)).get(
        reverse("portal:decision", args=[case.pk])
    )
    text = page.content.decode()
    for words in ("Readiness record", case.readiness.reference, "SHA-256"):
        assert words in text


def test_each_sample_sign_in_is_of_somebody_who_is_made() -> None:
    applicants = {row["email"] for row in firms.sign_ins() if row["who"].startswith("Applicant")}
    assert applicants == {
        firms.APPLICANT, firms.APPLICANT_ASKED, firms.APPLICANT_LICENSED, firms.APPLICANT_READY,
    }  # fmt: skip
    assert applicants <= {firm.email for firm in firms.FIRMS}


def test_production_settings_refuse_samples(settings: Any, db: None) -> None:
    settings.SAMPLES_ALLOWED = False
    for command in ("sample_application", "sample_firms"):
        with pytest.raises(CommandError, match="Production settings refuse sample data"):
            call_command(command)
