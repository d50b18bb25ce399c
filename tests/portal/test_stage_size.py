"""The page of a stage with 30 and with 120 requirements: as many queries, and at most ten."""

import dataclasses

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Answer, AnswerFile, Application
from applications.samples.answers import value_of
from documents.models import Document
from tests.plugins.cases import fresh
from tests.plugins.versions import following

STAGE = "business_plan"
MOST = 10


def of_size(book, count):
    """So many requirements in one stage: one with each evidence of the book, over and over."""
    section = book.sections_of(STAGE)[0].code
    free = [r for r in book.requirements if r.applies_when is None and not r.functions]
    samples = list({(r.evidence, r.per_person): r for r in free}.values())
    assert len(samples) <= count
    asked = tuple(
        dataclasses.replace(samples[n % len(samples)], code=f"X-{n:03d}", stage=STAGE, section=section)
        for n in range(count)
    )
    return tuple(r for r in book.requirements if r.stage != STAGE and r.applies_when is None) + asked


@pytest.fixture
def filled(shelf, draft_case, firm_user, add_person):
    """A function: the draft under a version of that size, every question answered, with documents."""
    base = shelf("afsa-custody")
    person = add_person()

    def fill(count):
        version = f"2026.{4 + count // 100}"
        book = following(base, version, days=3 + count // 100)
        shelf(dataclasses.replace(book, requirements=of_size(base, count)))
        pin = draft_case.licence_type.rulebooks.get(version=version)
        Application.objects.filter(pk=draft_case.pk).update(rulebook=pin)
        Answer.objects.filter(application=draft_case).delete()
        case = fresh(draft_case)
        asked = case.book.requirements_of(STAGE)
        assert len(asked) == count
        answers = Answer.objects.bulk_create(
            Answer(
                application=case, requirement=r.code, value=value_of(r), updated_by=firm_user, version=1,
                person=person if r.per_person else None,
            )
            for r in asked
        )  # fmt: skip
        documents = Document.objects.bulk_create(_document(firm_user, answer) for answer in answers)
        AnswerFile.objects.bulk_create(
            AnswerFile(answer=answer, document=document, added_by=firm_user)
            for answer, document in zip(answers, documents, strict=True)
        )
        return case

    return fill


def _document(user, answer):
    return Document(
        key=f"{answer.pk}", name=f"{answer.requirement}.pdf", size=1, sha256=f"{answer.pk:064x}",
        content_type="application/pdf", extension="pdf", status="clean", uploaded_by=user,
        uploaded_by_name=user.full_name,
    )  # fmt: skip


def queries_of(browser, case, count):
    with CaptureQueriesContext(connection) as found:
        page = browser.get(reverse("portal:stage", args=[case.pk, STAGE]))
    assert page.status_code == 200
    assert len(page.context["outline"].rows) == count  # those about one person stand together in a line
    return len(found)


def test_a_stage_of_120_requirements_asks_what_one_of_30_asks(browser, filled):
    small = queries_of(browser, filled(30), 30)
    large = queries_of(browser, filled(120), 120)
    assert small == large
    assert large <= MOST
