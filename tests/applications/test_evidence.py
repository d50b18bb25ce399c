"""Documents where the case is known: nothing is left over, nobody opens what they may not."""

import io
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import User
from applications.models import AnswerFile, Application
from applications.services import drafting
from applications.services.evidence import open_evidence
from audit.models import Event
from documents.models import Document
from tests.plugins import cases
from workflow.errors import Gone, NotAllowed, NotReady

pytestmark = pytest.mark.django_db(transaction=True)


def attach(case: Application, user: User, requirement: str = "BP-03") -> AnswerFile:
    content = io.BytesIO("Құжат: registers of the firm, as a plain text.".encode())
    return drafting.attach(
        actor=user, case_id=case.pk, requirement=requirement, upload=content, name="Тіркелім.txt"
    )


def test_a_document_that_finds_no_place_is_not_kept(draft_case: Application, firm_user: User) -> None:
    with pytest.raises(NotReady):
        attach(draft_case, firm_user, "FP-06")  # asked per person
    assert Document.objects.count() == 0


def test_a_stranger_leaves_no_document(draft_case: Application) -> None:
    with pytest.raises(NotAllowed):
        attach(draft_case, cases.new_applicant("Stranger"))
    assert Document.objects.count() == 0


def test_an_opening_is_on_record_before_the_bytes_are_read(draft_case: Application, firm_user: User) -> None:
    file = attach(draft_case, firm_user)
    document, opened = open_evidence(actor=firm_user, document_id=file.document_id)
    events = Event.objects.filter(kind="document.opened", actor_id=str(firm_user.pk))
    assert (document.name, opened.read()[:10], events.count()) == ("Тіркелім.txt", "Құжат".encode(), 1)


def test_nobody_else_opens_a_draft(
    draft_case: Application, firm_user: User, afsa_staff: SimpleNamespace
) -> None:
    file = attach(draft_case, firm_user)
    people: list[Any] = [afsa_staff.reviewer, afsa_staff.administrator, cases.new_applicant("Stranger")]
    for person in people:
        with pytest.raises(Gone):
            open_evidence(actor=person, document_id=file.document_id)
    assert Event.objects.filter(kind="document.opened").count() == 0
