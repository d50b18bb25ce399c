"""The sample application is complete: a valid BIN, nine people, every answer, files that open."""

import io
from collections import Counter
from datetime import date
from typing import Any

import docx
import openpyxl
import pypdf
import pytest
from allauth.account.models import EmailAddress
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.identifiers import check_bin, check_iin
from accounts.models import User
from applications import asked
from applications.models import AnswerFile, Application, InformationRequest, Person
from applications.queries.drafts import load_draft
from applications.samples import build, cases, firms, licences, staff
from applications.services import requests
from documents.models import Document
from regulators.models import KeepingPeriod, LicenceType, Regulator
from regulators.queries import staff_roles
from regulators.services import confirm_keeping_period, enter_keeping_period
from workflow.queries import offers

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


def text_of(document: Document) -> str:
    with storages["documents"].open(document.key) as file:
        content = io.BytesIO(file.read())
    if document.extension.endswith("pdf"):
        return "".join(page.extract_text() for page in pypdf.PdfReader(content).pages)
    if document.extension.endswith("docx"):
        return "\n".join(paragraph.text for paragraph in docx.Document(content).paragraphs)
    sheets = openpyxl.load_workbook(content).worksheets
    return "\n".join(str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row)


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
    sections = {section.code: section.title["en"] for section in case.book.sections}
    for file in AnswerFile.objects.select_related("document", "answer"):
        rule, text = case.book.by_code[file.answer.requirement], text_of(file.document)
        assert rule.code in text or sections[rule.section] in text
        kinds[file.document.extension.strip(".")] += 1
    assert set(kinds) == {"pdf", "docx", "xlsx"}
    assert 0 < Document.objects.count() < sum(kinds.values())


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
    [made] = firms.sample_firms()
    case = made.case
    assert case.state == "granted"
    assert case.readiness is not None
    assert {letter.language for letter in case.letters.filter(code="readiness")} == {"kk", "ru"}
    page = signed_in(User.objects.get(email=firms.APPLICANT_READY)).get(
        reverse("portal:decision", args=[case.pk])
    )
    text = page.content.decode()
    for words in ("Readiness record", case.readiness.reference, "SHA-256"):
        assert words in text


class Broken(Exception):  # noqa: N818
    pass


@pytest.fixture
def breaks() -> Any:
    """A function: the start breaks off at the n-th call of this name, as by a kill."""

    def at(patch: pytest.MonkeyPatch, module: Any, name: str, call: int) -> None:
        real, calls = getattr(module, name), []

        def counted(*args: Any, **kwargs: Any) -> Any:
            calls.append(1)
            if len(calls) == call:
                raise Broken
            return real(*args, **kwargs)

        patch.setattr(module, name, counted)

    return at


@pytest.mark.parametrize(
    ("email", "breaking"),
    [
        (
            firms.APPLICANT_ASKED,
            [
                (build.drafting, "save_answer", 40),
                (requests, "send_request", 1),
                (cases.verdicts, "judge_point", 1),
                (requests, "send_request", 1),
            ],
        ),
        (
            firms.APPLICANT_LICENSED,
            [
                (cases.submission, "submit_application", 1),
                (cases.intake, "accept", 1),
                (cases.assessment, "assess", 50),
                (cases.individuals, "act_on", 2),
                (cases.decisions, "recommend", 1),
                (cases.decisions, "grant", 1),
                (licences, "perform", 1),
                (licences, "record_service", 1),
                (licences, "perform", 1),
                (firms, "note_made", 1),
            ],
        ),
    ],
)
def test_a_start_that_broke_off_is_finished_by_the_next_which_says_so(
    rulebooks: None, document_store: Any, monkeypatch: Any, breaks: Any, email: str, breaking: Any
) -> None:
    [sample] = samples = tuple(firm for firm in firms.FIRMS if firm.email == email)
    monkeypatch.setattr(firms, "FIRMS", samples)
    for place in breaking:
        with monkeypatch.context() as patch:
            breaks(patch, *place)
            with pytest.raises(Broken):
                call_command("sample_firms")
    said = io.StringIO()
    call_command("sample_firms", stdout=said)
    assert said.getvalue().splitlines()[-1] == f"finished what an earlier start left half made: {sample.name}"
    case = Application.objects.exclude(state="discarded").get()
    requests_of_case = [request.status for request in case.requests.order_by("number")]
    if sample.asked:
        assert (case.state, requests_of_case) == ("in_review", ["closed", "sent"])
        assert [stage.state for stage in case.stages.all()][:3] == ["approved", "in_review", "complete"]
    else:
        assert (case.state, requests_of_case) == ("granted", ["closed"])
        acts = ["granted", "suspend", "lift"]
        assert case.licence is not None
        assert list(case.licence.history.order_by("pk").values_list("what", flat=True)) == acts
    again = io.StringIO()
    call_command("sample_firms", stdout=again)
    assert again.getvalue() == "all there\n"


def test_a_desk_that_broke_off_is_not_half_there(
    rulebooks: None, document_store: Any, monkeypatch: Any, breaks: Any
) -> None:
    monkeypatch.setattr(firms, "FIRMS", ())
    with monkeypatch.context() as patch:
        breaks(patch, staff, "confirm_delegation", 3)
        with pytest.raises(Broken):
            firms.sample_firms()
    assert not User.objects.exists()
    assert firms.sample_firms() == []
    assert User.objects.filter(email="admin2@nbk.test").exists()


def test_the_sign_ins_suffice_for_what_two_people_do(
    rulebooks: None, document_store: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(firms, "FIRMS", ())
    firms.sample_firms()
    staff_of = User.objects.filter(is_staff=True).in_bulk(field_name="email")
    printed = {row["email"] for row in firms.sign_ins() if not row["who"].startswith("Applicant")}
    assert printed == set(staff_of)
    for regulator in Regulator.objects.filter(code__in=firms.DESKS):
        reviewer, second, _, _, administrator, _ = (
            staff_of[f"{name}@{regulator.code.lower()}.test"] for _who, name in firms.STAFF
        )
        period = enter_keeping_period(
            actor=reviewer,
            regulator=regulator,
            years=5,
            valid_from=date(2026, 1, 1),
            act="Order",
            provision="1",
        )
        confirm_keeping_period(actor=administrator, period=period)
        assert {"reviewer"} < staff_roles(reviewer, regulator.pk)
        assert staff_roles(second, regulator.pk) == {"reviewer", "case_officer"}
        assert second.human != reviewer.human
    assert KeepingPeriod.objects.filter(confirmed_by__isnull=False).count() == len(firms.DESKS)


def test_a_desk_from_before_there_was_a_second_reviewer_gets_one(
    rulebooks: None, document_store: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(firms, "FIRMS", ())
    firms.sample_firms()
    for kind in (User, EmailAddress):
        for row in kind.objects.filter(email__startswith="reviewer2@"):
            row.email = f"earlier-{row.email}"
            row.save(update_fields=["email"])
    assert firms.sample_firms() == []
    assert User.objects.filter(email__startswith="reviewer2@").count() == len(firms.DESKS)


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
