"""Answering a question the way a browser does."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications import asked
from applications.addresses import question_url
from applications.models import AnswerFile, DocumentFacts
from applications.queries.drafts import load_draft
from applications.samples.answers import value_of
from applications.samples.build import record_consents
from applications.services.people import save_person
from regulators import rulebook as rb
from regulators.sheets import XLSX, sheet_of
from tests.plugins import files


def pdf(name="plan.pdf", body=b""):
    return SimpleUploadedFile(name, files.pdf(body), "application/pdf")


def typed(requirement, version=0):
    """What somebody types for the sample answer of a requirement."""
    value = value_of(requirement)
    data = {"version": str(version), "act": "continue"}
    for name in ("text", "number", "amount", "currency", "percent", "choice", "inspected"):
        if name in value:
            data[name] = value[name]
    if value.get("agreed"):
        data["agreed"] = "on"
    if "date" in value:
        day = date.fromisoformat(value["date"])
        data |= {"date_day": str(day.day), "date_month": str(day.month), "date_year": str(day.year)}
    if rb.DOCUMENTS in requirement.evidence:
        data["files"] = [a_file_for(requirement)]
    return data


def a_file_for(requirement):
    """One that the question takes."""
    code = requirement.code
    if "pdf" in requirement.slot.kinds:
        return pdf(f"{code}.pdf", code.encode())
    return SimpleUploadedFile(f"{code}.xlsx", sheet_of(requirement), XLSX)


def questions_of(case, stage=None):
    return asked.questions(load_draft(case), stage)


def answer_all(browser, case):
    """Everybody agrees; an answer is posted to every question, those that an answer switches on too."""
    record_consents(case, case.created_by)
    done = set()
    while fresh := [q for q in questions_of(case) if q.key not in done]:
        for question in fresh:
            done.add(question.key)
            response = browser.post(question_url(case.pk, question), typed(question.requirement))
            assert response.status_code == 302, (question.title, response.content.decode())
    describe_all(case)


def describe_all(case):
    """What a question asks to be said of its files is said."""
    for file in AnswerFile.objects.filter(answer__application=case, removed_at=None).select_related("answer"):
        slot = case.book.by_code[file.answer.requirement].slot
        if slot.languages or slot.certified:
            said = {"language": "kk", "certification": "notary", "updated_by": case.created_by}
            DocumentFacts.objects.get_or_create(document=file.document, defaults=said)


def signed(page, **changes):
    """What a signatory sends who has read the declaration on this page."""
    fields = dict(re.findall(r'name="(shown|version|content)" value="(\w+)"', page))
    fields |= dict.fromkeys(re.findall(r'name="(looked_[^"]+)"', page), "Both are right.")
    return {**fields, "role": "Director", "authority": "By the register", "agreed": "on", **changes}


def url_of(case, code, person=None):
    for question in questions_of(case):
        if question.requirement.code == code and question.person_id == person:
            return question_url(case.pk, question)
    raise LookupError(code)


@pytest.fixture
def browser(signed_in, firm_user):
    return signed_in(firm_user)


@pytest.fixture
def add_person(draft_case, firm_user):
    def add(number=1, *functions):
        return save_person(
            actor=firm_user,
            case_id=draft_case.pk,
            functions=functions or [draft_case.book.functions[0].code],
            family_name="Қожахметова",
            given_names=f"Дана {number}",
            patronymic="",
            born_on=date(1988, 7, 25),
            citizenship="IE",
            residence="KZ",
            identifier_kind="passport",
            identifier=f"N{number:08d}",
        )

    return add


def first_asking(case, kind):
    return next(rule for rule in case.book.requirements if kind in rule.evidence)


def fields_of_person(person, *functions):
    """What the form of a person sends to keep the record as it is."""
    born = {f"born_on_{part}": getattr(person.born_on, part) for part in ("day", "month", "year")}
    names = ("family_name", "given_names", "patronymic", "latin_family_name", "latin_given_names")
    kept = (*names, "citizenship", "residence", "identifier_kind", "identifier")
    posts = functions or [post.function for post in person.posts.all()]
    return {**{name: getattr(person, name) for name in kept}, **born, "functions": posts}
