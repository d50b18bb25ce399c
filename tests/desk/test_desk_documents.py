"""Documents at the desk: a download for staff of the regulator, with an audit row; nothing for others."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import Answer, AnswerFile, Application
from applications.services import drafting, files
from applications.services.evidence import on_verdict
from applications.services.snapshots import take_snapshot
from audit.models import Event
from documents.models import Document
from documents.services import seal
from notifications.models import Message
from tests.desk.conftest import at
from tests.plugins.cases import fresh
from tests.plugins.files import pdf, receive, upload
from tests.plugins.previews import give_preview

pytestmark = pytest.mark.django_db(transaction=True)


def give(case, *, sealed=True, content=None):
    """A document, sealed unless told otherwise, that answers the first question of the case."""
    by = case.firm.memberships.first().user
    document = receive(upload=upload("plan.pdf", content or pdf()), name="plan.pdf", actor=by)
    code = case.findings.first().requirement
    answer, _new = Answer.objects.get_or_create(
        application=case, requirement=code, person=None, defaults={"updated_by": by}
    )
    AnswerFile.objects.create(answer=answer, document=document, added_by=by)
    if sealed:
        seal(documents=[document])
    return document


def test_staff_open_it_and_the_opening_is_on_record(
    document_store, filed, afsa, afm_staff, browsers, english
):
    case, other = filed(afsa), filed(afsa)
    document = give(case)
    url = at("document", case, document.pk)

    response = browsers.specialist.get(url)

    assert (response.status_code, b"".join(response.streaming_content)) == (200, pdf())
    assert response["Content-Disposition"].startswith("attachment")
    opened = Event.objects.filter(subject=case.audit_subject, kind="document.opened")
    assert [event.data["document"] for event in opened] == [str(document.pk)]

    assert browsers.specialist.post(url).status_code == 405
    assert browsers.specialist.get(at("document", other, document.pk)).status_code == 404
    assert english(afm_staff.specialist).get(url).status_code == 404
    assert opened.count() == 1


def test_the_reviewer_reads_what_the_firm_said_and_which_version_it_replaced(
    afm_draft_case, firm_user, afm_staff, signed_in
):
    case = afm_draft_case
    rule = next(r for r in case.book.requirements if "documents" in r.evidence and not r.per_person)
    place = {"actor": firm_user, "case_id": case.pk, "requirement": rule.code}
    first = drafting.attach(**place, upload=upload("v1.pdf", pdf(b"1")), name="v1.pdf").document
    take(case, firm_user)
    second = files.replace(**place, document=first, upload=upload("v2.pdf", pdf(b"2")), name="v2.pdf")
    said = {"kind": "corporate", "language": "kk", "issued_on": None, "expires_on": date(2026, 1, 2)}
    files.describe(**place, document=second, expected_version=0, title="Жарғы", **said)
    take(case, firm_user)
    Application.objects.filter(pk=case.pk).update(submitted_at=timezone.now())
    files.describe(**place, document=second, expected_version=1, title="Not submitted", **said)

    url = reverse("admin:applications_application_question", args=[case.pk, rule.stage, rule.code])
    page = signed_in(afm_staff.reviewer).get(url).content.decode()

    assert "<p>Жарғы · Version 2 · Corporate document · Kazakh · Valid until 2 January 2026</p>" in page
    assert "This document has expired." in page
    assert "Not submitted" not in page
    assert "Newer version</span> v2.pdf, in place of v1.pdf" in page


def take(case, firm_user):
    with transaction.atomic():
        take_snapshot(fresh(case), actor=firm_user, declaration={"text": "True."})


def test_staff_see_the_first_page_beside_what_was_said_of_the_file(
    document_store, filed, afsa, afm_staff, browsers, english
):
    case, other = filed(afsa), filed(afsa)
    document = give_preview(give(case))
    url, large = at("preview", case, document.pk), at("picture", case, document.pk, "large")
    page = browsers.specialist.get(url).content.decode()
    assert page.count(f'<img src="{large}" alt="First page of plan.pdf">') == 1
    assert page.count(f'href="{at("document", case, document.pk)}"') == 1
    assert "Nothing was said of this file." in page
    seen = Event.objects.filter(subject=case.audit_subject, kind="document.previewed")
    assert seen.count() == 0
    for size in ("small", "large"):
        answer = browsers.specialist.get(at("picture", case, document.pk, size))
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert [event.data["document"] for event in seen] == [str(document.pk)]

    assert browsers.specialist.get(at("picture", case, document.pk, "huge")).status_code == 404
    assert browsers.specialist.post(large).status_code == 405
    for name, *size in (("preview",), ("picture", "large")):
        assert browsers.specialist.get(at(name, other, document.pk, *size)).status_code == 404
        theirs = at(name, case, document.pk, *size)
        assert english(afm_staff.specialist).get(theirs).status_code == 404
    assert seen.count() == 1


def test_what_is_not_submitted_is_not_seen(document_store, filed, afsa, browsers):
    case = filed(afsa)
    document = give_preview(give(case, sealed=False))
    assert browsers.specialist.get(at("preview", case, document.pk)).status_code == 404
    assert browsers.specialist.get(at("picture", case, document.pk, "large")).status_code == 403


def files_of_one(case, *, about_person):
    """A question with a file, the page of it and the document."""
    found = AnswerFile.objects.filter(answer__application=case, document__extension="pdf")
    file = found.filter(answer__person__isnull=not about_person).select_related("answer", "document").first()
    code, person = file.answer.requirement, file.answer.person_id
    url = at("question", case, case.book.by_code[code].stage, code)
    return f"{url}?person={person}" if person else url, file.document


def test_the_page_of_a_question_shows_the_first_page_beside_the_answer(case_in_review, afsa_staff, signed_in):
    case, browser = case_in_review, signed_in(afsa_staff.reviewer)
    url, document = files_of_one(case, about_person=False)
    sizes = [f'src="{at("picture", case, document.pk, size)}"' for size in ("small", "large")]

    def shown(address):
        with CaptureQueriesContext(connection) as found:
            page = browser.get(address).content.decode()
        return [page.count(size) for size in sizes], len(found)

    assert shown(url)[0] == [0, 0]
    give_preview(document)
    listed, cost = shown(url)
    assert listed == [1, 0]
    assert shown(f"{url}?file={document.pk}") == ([0, 1], cost)
    other = files_of_one(case, about_person=True)[1]
    give_preview(other)
    assert shown(f"{url}?file={other.pk}") == ([1, 0], cost)


def test_a_list_shows_no_first_page_of_what_is_about_a_person(case_in_review, afsa_staff, signed_in):
    browser = signed_in(afsa_staff.reviewer)
    url, document = files_of_one(case_in_review, about_person=True)
    give_preview(document)
    page = browser.get(url).content.decode()
    assert page.count(f'href="{at("preview", case_in_review, document.pk)}"') == 1
    small = at("picture", case_in_review, document.pk, "small")
    assert small not in page
    assert browser.get(small).status_code == 404
    assert browser.get(at("picture", case_in_review, document.pk, "large")).status_code == 200


def test_what_runs_by_itself_opens_behind_a_warning(document_store, filed, afsa, browsers):
    case = filed(afsa)
    content = pdf(b"<</S /JavaScript>>")
    document = give(case, content=content)
    url = at("document", case, document.pk)
    opened = Event.objects.filter(kind="document.opened")

    text = browsers.specialist.get(url).content.decode()
    assert "This file contains scripts." in text
    assert (text.count('href="?warned=yes"'), opened.count()) == (1, 0)

    answer = browsers.specialist.get(url + "?warned=yes")
    assert (b"".join(answer.streaming_content), opened.count()) == (content, 1)


def test_the_desk_hears_of_a_submitted_file_that_a_later_check_rejects(
    document_store, filed, afsa, afsa_staff, firm_user
):
    case = filed(afsa)
    sealed, draft = give(case), give(case, sealed=False)
    told = Message.objects.filter(template="internal_file_rejected").values_list(
        "recipient__full_name", flat=True
    )

    def found(document, status):
        Document.objects.filter(pk=document.pk).update(status=status)
        with transaction.atomic():
            on_verdict(fresh(document))

    found(draft, "infected")
    assert list(told.all()) == []
    found(sealed, "clean")
    assert list(told.all()) == []
    found(sealed, "infected")
    found(sealed, "infected")
    assert sorted(told.all()) == ["AFSA lead reviewer", "AFSA second lead reviewer"]
    Message.objects.all().delete()
    Application.objects.filter(pk=case.pk).update(case_officer=afsa_staff.case_officer)
    found(sealed, "infected")
    assert list(told.all()) == [afsa_staff.case_officer.full_name]
