"""Documents at the desk: a download for staff of the regulator, with an audit row; nothing for others."""

import pytest

from applications.models import Answer, AnswerFile
from audit.models import Event
from documents.services import receive, seal
from tests.desk.conftest import at
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
