"""After a return only what was named is open to the firm, also to a request that is sent again."""

import io

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import AnswerFile
from applications.queries.returned import returned_of
from applications.services import assessment, drafting
from applications.services import files as services
from applications.services.snapshots import content_hash
from tests.desk.conftest import stage_act
from tests.plugins import files
from tests.plugins.asked import as_submitted, with_text
from tests.plugins.cases import fresh
from workflow.errors import NotReady


@pytest.fixture
def rules(asked_case):
    return with_text(asked_case)


@pytest.fixture
def returned(asked_case, rules, afsa_staff):
    """The first stage, returned with one question named."""
    stage = asked_case.stages.get(order=0)
    return assessment.request_changes(
        actor=afsa_staff.reviewer, stage=stage, expected_version=stage.version, reason="Look again.",
        items=[rules[0].code],
    )  # fmt: skip


def save(case, rule, user, text="New words."):
    return drafting.save_answer(actor=user, case_id=case.pk, requirement=rule.code, value={"text": text})


def test_the_named_question_is_open_and_the_others_are_not(returned, asked_case, rules, firm_user):
    with pytest.raises(NotReady, match="not returned"):
        save(asked_case, rules[1], firm_user)
    save(asked_case, rules[0], firm_user)
    assert fresh(returned).state == "in_progress"
    with pytest.raises(NotReady, match="not returned"):
        save(asked_case, rules[1], firm_user)
    assert asked_case.answers.values_list("requirement", flat=True).get() == rules[0].code


def test_what_no_submission_has_asked_is_open(returned, asked_case, rules):
    found = returned_of(fresh(returned))
    first = asked_case.book.requirements_of(returned.code)
    never = next(r for r in first if r.code not in {rule.code for rule in rules} and not r.per_person)
    assert found.is_open((rules[0].code, None))
    assert not found.is_open((rules[1].code, None))
    assert found.is_open((never.code, None))


def test_without_names_the_whole_stage_is_open(asked_case, rules, afsa_staff, firm_user):
    stage = asked_case.stages.get(order=0)
    assessment.request_changes(
        actor=afsa_staff.reviewer, stage=stage, expected_version=stage.version, reason="Look again."
    )
    for rule in rules:
        save(asked_case, rule, firm_user)
    assert asked_case.answers.count() == 3


def test_the_pages_show_the_answer_of_before_and_refuse_an_old_post(
    returned, asked_case, rules, firm_user, signed_in
):
    browser = signed_in(firm_user)
    urls = [reverse("portal:question", args=[asked_case.pk, r.stage, r.code]) for r in rules]
    page = browser.get(urls[0]).content.decode()
    assert "Your earlier answer (submission 1)" in page
    assert f"Submitted for {rules[0].code}." in page
    assert 'id="typed"' in page
    other = browser.get(urls[1]).content.decode()
    assert "was not returned to you" in other
    assert 'id="typed"' not in other
    refused = browser.post(urls[1], {"text": "Replayed.", "version": 0, "act": "later"})
    assert refused.status_code == 422
    assert asked_case.answers.filter(requirement=rules[1].code).count() == 0
    stage = browser.get(reverse("portal:stage", args=[asked_case.pk, returned.code])).content.decode()
    assert stage.count("<p><b>Returned to you</b></p>") == 1


def test_the_reviewer_names_the_questions(asked_case, rules, afsa_staff, signed_in):
    browser, stage = signed_in(afsa_staff.reviewer), asked_case.stages.get(order=0)
    url = stage_act(stage, "request_changes")
    assert rules[0].code in browser.get(url).content.decode()
    wrong = {"reason": "Again.", "items": ["NO-SUCH"], "version": stage.version}
    assert browser.post(url, wrong).status_code == 422
    data = {"reason": "Again.", "items": [rules[1].code], "version": stage.version}
    assert browser.post(url, data).status_code == 302
    assert fresh(stage).returned_items == [rules[1].code]


def test_a_newer_version_of_a_file_does_not_reach_an_answer_that_was_not_returned(
    asked_case, afsa_staff, firm_user
):
    first, second = [
        r for r in asked_case.book.requirements_of(asked_case.book.stage_codes[0])
        if "documents" in r.evidence and not r.per_person
    ][:2]  # fmt: skip
    submitted = asked_case.snapshots.get()
    content = {**submitted.content, "questions": [as_submitted(first), as_submitted(second)]}
    type(submitted).objects.create(
        application=asked_case, number=2, content=content, sha256=content_hash(content), law={},
        made_at=timezone.now(), made_by_name="Firm",
    )  # fmt: skip
    stage = asked_case.stages.get(order=0)
    assessment.request_changes(
        actor=afsa_staff.reviewer, stage=stage, expected_version=stage.version, reason="Look again."
    )
    place = {"actor": firm_user, "case_id": asked_case.pk}
    upload = {"upload": io.BytesIO(files.pdf()), "name": "charter.pdf"}
    before = drafting.attach(**place, requirement=first.code, **upload).document
    services.pick(**place, requirement=second.code, document_id=before.pk)
    type(stage).objects.filter(pk=stage.pk).update(returned_items=[first.code])
    upload = {"upload": io.BytesIO(files.pdf(b"newer")), "name": "charter.pdf"}
    newest = services.replace(**place, requirement=first.code, document=before, **upload)
    held = AnswerFile.objects.filter(removed_at=None).values_list("answer__requirement", "document")
    assert dict(held) == {first.code: newest.pk, second.code: before.pk}
