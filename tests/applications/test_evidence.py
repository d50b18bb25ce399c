"""Documents where the case is known: nothing is left over, nobody opens what they may not."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from applications.models import AnswerFile, Application
from applications.queries.drafts import load_draft
from applications.services import drafting, evidence, files
from applications.services.evidence import open_evidence
from applications.services.people import save_person
from applications.services.snapshots import take_snapshot
from audit.models import Event
from documents.models import Document
from documents.services import pieces, seal
from notifications.models import Message
from tests.plugins import cases
from tests.plugins.cases import fresh
from tests.plugins.files import pdf as a_pdf
from workflow.errors import Gone, NotAllowed, NotReady

pytestmark = pytest.mark.django_db(transaction=True)


TEXT: dict[str, Any] = {
    "name": "Тіркелім.txt", "content": "Құжат: registers of the firm, as a plain text.".encode(),
}  # fmt: skip
PDF: dict[str, Any] = {"name": "Тіркелім.pdf", "content": a_pdf()}


def attach(
    case: Application, user: User, requirement: str = "BP-03", *, name: str = TEXT["name"],
    content: bytes = TEXT["content"],
) -> AnswerFile:  # fmt: skip
    upload = io.BytesIO(content)
    return drafting.attach(actor=user, case_id=case.pk, requirement=requirement, upload=upload, name=name)


def test_a_document_that_finds_no_place_is_not_kept(draft_case: Application, firm_user: User) -> None:
    with pytest.raises(NotReady):
        attach(draft_case, firm_user, "FP-06", **PDF)  # asked per person
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


def test_one_document_in_two_answers_is_told_of_each_question_once(
    draft_case: Application, firm_user: User
) -> None:
    file = attach(draft_case, firm_user)
    place: dict[str, Any] = {"actor": firm_user, "case_id": draft_case.pk, "document_id": file.document_id}
    files.pick(**place, requirement="CUS-08")
    files.pick(**place, requirement="CUS-07")
    drafting.detach(**place, requirement="CUS-07")
    Document.objects.filter(pk=file.document_id).update(status="infected")
    for _twice in range(2):
        with transaction.atomic():
            evidence.on_verdict(fresh(file.document))
    told = Message.objects.filter(template="file_rejected", recipient=firm_user)
    assert sorted(key.split(":")[-2] for key in told.values_list("key", flat=True)) == ["BP-03", "CUS-08"]


def test_a_document_that_is_out_of_one_answer_is_still_read_by_the_other(
    draft_case: Application, firm_user: User
) -> None:
    file = attach(draft_case, firm_user)
    place: dict[str, Any] = {"actor": firm_user, "case_id": draft_case.pk, "document_id": file.document_id}
    files.pick(**place, requirement="CUS-08")
    drafting.detach(**place, requirement="BP-03")
    draft = load_draft(draft_case)
    held = [draft.answer((code, None)).documents for code in ("BP-03", "CUS-08")]
    assert held == [(), (file.document,)]
    assert open_evidence(actor=firm_user, document_id=file.document_id)[0] == file.document


def test_what_is_private_to_a_person_is_opened_by_nobody_else(
    draft_case: Application, firm_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = save_person(
        actor=firm_user, case_id=draft_case.pk, functions=[draft_case.book.functions[0].code],
        family_name="Әлімова", given_names="Дана", patronymic="", born_on=date(1988, 7, 25), citizenship="IE",
        residence="KZ", identifier_kind="passport", identifier="N00000001",
    )  # fmt: skip
    content = io.BytesIO(a_pdf())
    passport = drafting.attach(
        actor=firm_user, case_id=draft_case.pk, requirement="FP-06", upload=content, name="passport.pdf",
        person=person,
    )  # fmt: skip
    monkeypatch.setattr(evidence, "hidden_people", lambda *_: frozenset({person.pk}))
    with pytest.raises(Gone):
        open_evidence(actor=firm_user, document_id=passport.document_id)


def test_the_snapshot_says_what_the_firm_said_and_a_later_word_does_not_change_it(
    afm_draft_case: Application, firm_user: User
) -> None:
    case = afm_draft_case
    code = next(r.code for r in case.book.requirements if "documents" in r.evidence and not r.per_person)
    first = attach(case, firm_user, code, **PDF).document
    place: dict[str, Any] = {"actor": firm_user, "case_id": case.pk, "requirement": code}
    newer = a_pdf(b"Newer.")
    said: dict[str, Any] = {
        "kind": "plan",
        "language": "kk",
        "issued_on": None,
        "expires_on": date(2030, 1, 2),
    }
    files.describe(**place, document=first, expected_version=0, title="Жоспар", **said)
    newest = files.replace(**place, document=first, upload=io.BytesIO(newer), name="newer.pdf")
    files.describe(**place, document=newest, expected_version=0, title="Жоспар", **said)
    with transaction.atomic():
        snapshot = take_snapshot(fresh(case), actor=firm_user, declaration={"text": "True."})
    (given,) = [file for question in snapshot.content["questions"] for file in question["files"]]
    assert given == {
        "document": str(newest.pk), "name": "newer.pdf", "sha256": newest.sha256, "size": len(newer),
        "version": 2,
        "title": "Жоспар", "kind": "plan", "language": "kk", "expires_on": "2030-01-02",
    }  # fmt: skip
    files.describe(**place, document=newest, expected_version=1, title="Plan", **said)
    assert case.snapshots.get().content == snapshot.content
    assert (fresh(newest).sealed, fresh(first).sealed) == (True, False)


def test_a_submitted_version_stays_as_it_was_under_a_newer_one(
    draft_case: Application, firm_user: User
) -> None:
    first = attach(draft_case, firm_user).document
    seal(documents=[first])
    place: dict[str, Any] = {"actor": firm_user, "case_id": draft_case.pk, "requirement": "BP-03"}
    newest = files.replace(**place, document=first, upload=io.BytesIO(b"Newer."), name="newer.txt")
    assert (fresh(first).sealed, newest.sealed, newest.supersedes) == (True, False, first)
    _document, opened = open_evidence(actor=firm_user, document_id=first.pk)
    assert opened.read()[:10] == "Құжат".encode()


def test_two_replace_one_file_at_once(draft_case: Application, firm_user: User) -> None:
    first = attach(draft_case, firm_user).document
    place: dict[str, Any] = {"case_id": draft_case.pk, "requirement": "BP-03", "document": first}

    def replace(name: str) -> int:
        try:
            return files.replace(
                **place, actor=fresh(firm_user), upload=io.BytesIO(b"Newer."), name=name
            ).number
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        numbers = list(both.map(replace, ["a.txt", "b.txt"]))
    assert sorted(numbers) == [2, 3]
    assert AnswerFile.objects.get(removed_at=None).document.number == 3


def test_one_upload_finished_as_new_and_as_a_newer_version_stands_once(
    draft_case: Application, firm_user: User
) -> None:
    first = attach(draft_case, firm_user).document
    said: dict[str, Any] = {"name": "b.txt", "declared_type": "", "mark": ""}
    place: dict[str, Any] = {"place": "BP-03", "actor": firm_user}
    incoming = pieces.begin(**said, **place, size=6)
    pieces.add(incoming=incoming, at=0, piece=b"Newer.")
    once, again = (pieces.find(incoming_id=incoming.pk, **place) for _request in range(2))
    where: dict[str, Any] = {"actor": firm_user, "case_id": draft_case.pk, "requirement": "BP-03"}
    given = drafting.attach(**where, upload=once, name="b.txt").document
    assert files.replace(**where, document=first, upload=again, name="b.txt") == given
    held = AnswerFile.objects.filter(removed_at=None).order_by("pk")
    assert [file.document for file in held] == [first, given]
