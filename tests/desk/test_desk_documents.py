"""Documents at the desk: a download for staff of the regulator, with an audit row; nothing for others."""

from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from applications.models import Answer, AnswerFile, Application
from applications.services import drafting, files
from applications.services.snapshots import take_snapshot
from audit.models import Event
from documents.services import receive, seal
from tests.desk.conftest import at
from tests.plugins.cases import fresh
from tests.plugins.files import pdf, upload

pytestmark = pytest.mark.django_db(transaction=True)


def give(case):
    """A sealed document that answers the first question of the case."""
    by = case.firm.memberships.first().user
    document = receive(upload=upload("plan.pdf", pdf()), name="plan.pdf", actor=by)
    code = case.findings.first().requirement
    answer = Answer.objects.create(application=case, requirement=code, updated_by=by)
    AnswerFile.objects.create(answer=answer, document=document, added_by=by)
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


def test_the_reviewer_reads_what_the_firm_said_and_opens_the_version_before(
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

    url = reverse("admin:applications_application_stage", args=[case.pk, rule.stage])
    page = signed_in(afm_staff.reviewer).get(url).content.decode()

    assert "<p>Жарғы · Version 2 · Corporate document · Kazakh · Valid until 2 January 2026</p>" in page
    assert "This document has expired." in page
    assert "Not submitted" not in page
    before = page[page.index("The answer before") :]
    assert f'<a href="{at("document", case, first.pk)}">v1.pdf</a>' in before[: before.index("</details>")]


def take(case, firm_user):
    with transaction.atomic():
        take_snapshot(fresh(case), actor=firm_user, declaration={"text": "True."})
