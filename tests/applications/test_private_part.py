"""An invited person's own part: who reads and writes it, and how it ends. No canary gets out."""

import io
import zipfile
from datetime import timedelta

import pypdf
import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from applications import asked
from applications.asked import NOT_KNOWN
from applications.models import Answer, AnswerFile, InformationRequest, PersonAccess, RequestPoint
from applications.queries.drafts import load_draft
from applications.queries.private import hidden_people, private_people
from applications.services import consents, drafting, private
from applications.services.evidence import open_evidence
from applications.services.people import remove_person
from applications.services.requests import answer_point, attach_to_point
from applications.services.snapshots import take_snapshot
from audit.models import Event
from documents.models import Document
from tests.plugins import files
from tests.plugins.cases import new_applicant
from tests.plugins.own_part import (
    CANARY,
    CANARY_FILE,
    a_person,
    invited_and_accepted,
    question_with_text,
    write_privately,
)
from workflow.errors import Gone, NotAllowed, NotReady, Refused


def test_only_the_person_reads_and_writes_from_the_acceptance_on(draft_case, firm_user, dana, own_user):
    _question, with_file = question_with_text(draft_case)
    code = with_file.requirement.code
    place = {"case_id": draft_case.pk, "requirement": code, "person": dana, "value": {}}
    drafting.save_answer(actor=firm_user, **place)
    with pytest.raises(NotAllowed):
        drafting.save_answer(actor=own_user, **place)
    part = invited_and_accepted(draft_case, firm_user, dana, own_user)
    drafting.save_answer(actor=own_user, **place, declined=CANARY, declined_as=NOT_KNOWN)
    with pytest.raises(NotAllowed):
        drafting.save_answer(actor=firm_user, **place)
    with pytest.raises(NotAllowed):
        drafting.attach(actor=firm_user, case_id=draft_case.pk, requirement=code, person=dana,
                        upload=io.BytesIO(files.pdf()), name="a.pdf")  # fmt: skip
    assert private_people(draft_case) == {dana.pk}
    assert hidden_people(firm_user, draft_case) == {dana.pk}
    assert hidden_people(own_user, draft_case) == frozenset()
    assert part.user == own_user


def test_the_person_writes_about_nobody_else_and_nothing_else(draft_case, firm_user, part, own_user):
    other = a_person(draft_case, firm_user, "Ерлан")
    _question, with_file = question_with_text(draft_case)
    of_firm = next(q for q in asked.questions(load_draft(draft_case)) if q.person_id is None)
    for requirement, person in ((with_file.requirement.code, other), (of_firm.requirement.code, None)):
        with pytest.raises(NotAllowed):
            drafting.save_answer(
                actor=own_user, case_id=draft_case.pk, requirement=requirement, person=person, value={}
            )
    for stage in draft_case.stages.filter(state="in_progress"):
        with pytest.raises(NotAllowed):
            drafting.complete_stage(actor=own_user, stage=stage, expected_version=stage.version)


def test_the_draft_that_the_firm_reads_says_where_an_answer_stands_and_no_more(
    draft_case, firm_user, dana, part, own_user
):
    question, with_file, document = write_privately(draft_case, own_user, dana)
    seen = load_draft(draft_case, reader=firm_user)
    assert CANARY not in repr(seen)
    assert CANARY_FILE not in repr(seen)
    given = seen.answer(question.key)
    assert (given.value, given.documents, given.declined) == ({}, (), "")
    assert given.private in (asked.ANSWERED, asked.OPEN)
    Document.objects.filter(pk=document.pk).update(status="infected")
    whole = load_draft(draft_case)
    if not asked.problems(with_file.requirement, whole.answer(with_file.key), whole):
        rejected = load_draft(draft_case, reader=firm_user).answer(with_file.key)
        assert rejected.private == asked.REJECTED
    assert CANARY in repr(load_draft(draft_case, reader=own_user))


def test_completeness_counts_private_answers_as_always(draft_case, firm_user, dana, part, own_user):
    def left(reader):
        draft = load_draft(draft_case, reader=reader)
        return set(asked.missing(draft, asked.questions(draft)))

    before = left(None)
    assert left(firm_user) == before
    write_privately(draft_case, own_user, dana)
    assert left(firm_user) == left(None) < before


def test_a_private_file_is_opened_by_the_person_alone(draft_case, firm_user, dana, part, own_user):
    _question, _with_file, document = write_privately(draft_case, own_user, dana)
    for reader in (firm_user, new_applicant()):
        with pytest.raises(Gone):
            open_evidence(actor=reader, document_id=document.pk)
    opened, _file = open_evidence(actor=own_user, document_id=document.pk)
    assert opened.pk == document.pk
    AnswerFile.objects.update(removed_at=timezone.now())
    with pytest.raises(Gone):
        open_evidence(actor=firm_user, document_id=document.pk)


DECLARED = {"text": "True.", "role": "Director", "signed_by": "Founder", "at": "2026-11-28T10:00:00+05:00"}


def test_the_regulator_gets_everything_in_the_snapshot(draft_case, firm_user, dana, part, own_user):
    write_privately(draft_case, own_user, dana)
    snapshot = take_snapshot(draft_case, actor=firm_user, declaration=DECLARED)
    assert CANARY in str(snapshot.content)
    assert CANARY_FILE in str(snapshot.content)


def test_the_link_is_used_once_by_the_right_account_before_it_ends(draft_case, firm_user, dana, own_user):
    access, token = private.invite_person(
        actor=firm_user, case_id=draft_case.pk, person=dana, email=own_user.email.upper(), language="ru"
    )
    assert token not in repr(vars(PersonAccess.objects.get()))
    with pytest.raises(NotAllowed):
        private.accept_part(actor=new_applicant(), token=token)
    with pytest.raises(Refused):
        private.accept_part(actor=own_user, token="another")
    PersonAccess.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Refused):
        private.accept_part(actor=own_user, token=token)
    assert private_people(draft_case) == frozenset()
    _again, second = private.invite_person(
        actor=firm_user, case_id=draft_case.pk, person=dana, email=own_user.email, language="ru"
    )
    private.accept_part(actor=own_user, token=second)
    for used in (token, second):
        with pytest.raises(Refused):
            private.accept_part(actor=own_user, token=used)
    with pytest.raises(NotReady):
        private.invite_person(
            actor=firm_user, case_id=draft_case.pk, person=dana, email="x@example.test", language="ru"
        )
    assert PersonAccess.objects.exclude(pk=access.pk).get().user == own_user


def test_an_invitation_of_somebody_who_left_the_firm_is_worth_nothing(draft_case, firm_user, dana, own_user):
    _access, token = private.invite_person(
        actor=firm_user, case_id=draft_case.pk, person=dana, email=own_user.email, language="en"
    )
    Membership.objects.filter(user=firm_user, role="editor").update(ended_at=timezone.now())
    with pytest.raises(Refused):
        private.accept_part(actor=own_user, token=token)


def test_ending_the_access_to_a_draft_deletes_what_the_person_gave(
    draft_case, firm_user, dana, part, own_user
):
    _question, _with_file, document = write_privately(draft_case, own_user, dana)
    private.withdraw_access(actor=firm_user, access=part)
    assert not Answer.objects.filter(person=dana).exists()
    assert not Document.objects.filter(pk=document.pk).exists()
    assert private_people(draft_case) == frozenset()
    question, _other = question_with_text(draft_case)
    with pytest.raises(NotAllowed):
        drafting.save_answer(
            actor=own_user,
            case_id=draft_case.pk,
            requirement=question.requirement.code,
            person=dana,
            value={},
        )
    drafting.save_answer(
        actor=firm_user, case_id=draft_case.pk, requirement=question.requirement.code, person=dana, value={}
    )


@pytest.mark.parametrize(("leave", "kept"), [(True, True), (False, False)])
def test_the_person_gives_the_part_back_with_the_answers_or_without(
    draft_case, firm_user, dana, part, own_user, leave, kept
):
    write_privately(draft_case, own_user, dana)
    with pytest.raises(NotAllowed):
        private.hand_back(actor=firm_user, access=part, leave=leave)
    private.hand_back(actor=own_user, access=part, leave=leave)
    assert private_people(draft_case) == frozenset()
    assert (CANARY in repr(load_draft(draft_case, reader=firm_user))) is kept
    assert Answer.objects.filter(person=dana).exists() is kept
    with pytest.raises(Gone):
        private.hand_back(actor=own_user, access=part, leave=leave)


def test_what_was_submitted_stays_private_after_the_access(draft_case, firm_user, dana, part, own_user):
    write_privately(draft_case, own_user, dana)
    type(draft_case).objects.filter(pk=draft_case.pk).update(submitted_at=timezone.now())
    private.withdraw_access(actor=firm_user, access=part)
    assert hidden_people(firm_user, draft_case) == {dana.pk}
    assert hidden_people(own_user, draft_case) == {dana.pk}
    assert CANARY not in repr(load_draft(draft_case, reader=firm_user))
    other = new_applicant()
    _access, token = private.invite_person(
        actor=firm_user, case_id=draft_case.pk, person=dana, email=other.email, language="en"
    )
    with pytest.raises(Refused):
        private.accept_part(actor=other, token=token)
    assert Answer.objects.filter(person=dana).exists()


def test_a_person_who_is_taken_out_loses_access_at_once(
    draft_case, firm_user, dana, part, own_user, signed_in
):
    browser = signed_in(own_user)
    url = reverse("portal:own", args=[part.pk])
    assert browser.get(url).status_code == 200
    remove_person(actor=firm_user, case_id=draft_case.pk, person=dana)
    assert browser.get(url).status_code == 404
    a_person_again = draft_case.posts.model.objects.create(
        application=draft_case, person=dana, function="director"
    )
    assert a_person_again.pk
    assert browser.get(url).status_code == 404


def test_the_person_answers_the_points_that_name_them(draft_case, firm_user, dana, part, own_user):
    point = a_point(draft_case, firm_user, dana)
    with pytest.raises(NotAllowed):
        answer_point(actor=firm_user, point=point, expected_version=0, text="The firm's word")
    with pytest.raises(NotAllowed):
        attach_to_point(actor=firm_user, point=point, upload=io.BytesIO(files.pdf()), name="a.pdf")
    answer_point(actor=own_user, point=point, expected_version=0, text=CANARY)
    other = RequestPoint.objects.create(
        request=point.request, number=2, requirement=point.requirement, question="Of the firm?"
    )
    with pytest.raises(NotAllowed):
        answer_point(actor=own_user, point=other, expected_version=0, text="Not mine")
    assert RequestPoint.objects.get(pk=point.pk).answer == CANARY


def test_the_firm_sends_a_request_whose_points_are_all_private(
    draft_case, firm_user, dana, part, own_user, signed_in
):
    point = a_point(draft_case, firm_user, dana)
    answer_point(actor=own_user, point=point, expected_version=0, text=CANARY)
    url = reverse("portal:request", args=[draft_case.pk, 1])
    firm = signed_in(firm_user)
    page = firm.get(url)
    assert b'name="act" value="send"' in page.content
    assert CANARY.encode() not in page.content
    for _press in range(2):
        assert firm.post(url, {"version": 0, "act": "send"}).url == url
    point = RequestPoint.objects.select_related("request").get(pk=point.pk)
    assert (point.request.status, point.request.version, point.sent_at is None) == ("answered", 1, False)


def a_point(case, user, person):
    question, _with_file = question_with_text(case)
    request = InformationRequest.objects.create(
        application=case, number=1, status="sent", due_on=timezone.localdate(), written_by=user,
        sent_at=timezone.now(),
    )  # fmt: skip
    return RequestPoint.objects.create(
        request=request, number=1, requirement=question.requirement.code, question="Where?", person=person
    )


def test_no_page_mail_or_file_of_the_firm_has_a_word_of_it(
    draft_case, firm_user, dana, part, own_user, signed_in, django_capture_on_commit_callbacks
):
    """T21: every page of the case that the firm can reach, after the person has answered all over."""
    consents.give_consent(actor=own_user, case_id=draft_case.pk, person=dana, language="kk")
    _question, _with_file, document = write_privately(draft_case, own_user, dana)
    point = a_point(draft_case, firm_user, dana)
    answer_point(actor=own_user, point=point, expected_version=0, text=CANARY)
    attach_to_point(actor=own_user, point=point, upload=io.BytesIO(files.pdf()), name=CANARY_FILE)
    take_snapshot(draft_case, actor=firm_user, declaration=DECLARED)
    firm, theirs = signed_in(firm_user), signed_in(own_user)
    pages = firm_pages(draft_case, dana)
    for url in pages:
        response = firm.get(url, follow=True)
        assert response.status_code == 200, url
        assert "qanary" not in text_of(response).lower(), url
    archive = firm.post(reverse("portal:archive", args=[draft_case.pk]))
    with zipfile.ZipFile(io.BytesIO(b"".join(archive.streaming_content))) as packed:
        assert [name for name in packed.namelist() if not name.endswith(".pdf")] == ["index.csv"]
        assert len(packed.namelist()) == 2
        assert "qanary" not in packed.read("index.csv").decode().lower()
    assert not Event.objects.filter(kind="document.opened").exists()
    for document in Document.objects.all():
        assert firm.get(reverse("portal:document", args=[document.pk])).status_code == 404
    assert not [one for one in mail.outbox if "qanary" in (one.subject + one.body).lower()]
    for url in pages:
        assert theirs.get(url).status_code == 404, url
    own_page = theirs.get(reverse("portal:own_point", args=[part.pk, point.pk])).content.decode()
    assert CANARY in own_page
    assert CANARY_FILE in own_page


def text_of(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response["Content-Type"] != "application/pdf":
        return body.decode()
    found = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages)
    assert "Director" in found
    return found


def firm_pages(case, person):
    names = ["case", "people", "ownership", "capital", "check", "declare", "paper", "paper_pdf", "version",
             "discard", "withdraw", "change"]  # fmt: skip
    pages = [reverse(f"portal:{name}", args=[case.pk]) for name in names]
    pages += [reverse("portal:stage", args=[case.pk, code]) for code in case.book.stage_codes]
    of_person = ("person", "person_questions", "person_invite", "person_consent", "person_remove")
    pages += [reverse(f"portal:{name}", args=[case.pk, person.pk]) for name in of_person]
    questions = [q for q in asked.questions(load_draft(case)) if q.person_id]
    pages += [
        reverse("portal:question", args=[case.pk, q.requirement.stage, q.requirement.code, q.person_id])
        for q in questions
    ]
    pages += [reverse("portal:check_stage", args=[case.pk, code]) for code in case.book.stage_codes]
    numbered = ("request", "submission", "submission_pdf")
    return [*pages, *(reverse(f"portal:{name}", args=[case.pk, 1]) for name in numbered)]


def test_a_posted_answer_of_the_firm_is_refused_and_shows_nothing(
    draft_case, firm_user, dana, part, own_user, signed_in
):
    question, with_file, document = write_privately(draft_case, own_user, dana)
    firm = signed_in(firm_user)
    for one in (question, with_file):
        url = reverse(
            "portal:question",
            args=[draft_case.pk, one.requirement.stage, one.requirement.code, dana.pk],
        )
        for address, data in (
            (url, {"version": "0", "text": "The firm's", "act": "continue"}),
            (url, {"version": "99", "text": "The firm's", "act": "continue"}),
            (url + "upload/", {"version": "0", "files": [files.upload("a.pdf", files.pdf())]}),
            (url + "detach/", {"version": "0", "document": str(document.pk)}),
        ):
            response = firm.post(address, data)
            assert response.status_code in (403, 404), (address, response.status_code)
            assert b"qanary" not in response.content.lower()
    assert Answer.objects.get(requirement=question.requirement.code).value == {"text": CANARY}
    assert AnswerFile.objects.filter(removed_at=None).count() == 1
    assert User.objects.filter(pk=own_user.pk).exists()
