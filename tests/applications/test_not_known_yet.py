"""What stands instead of an answer: that the question does not apply, or that it is not known yet."""

import io

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications import paper
from applications.asked import NOT_APPLICABLE, NOT_KNOWN, declined_as_of, given_of, missing, questions
from applications.models import Answer, AnswerRevision
from applications.portal import outline
from applications.portal.answers import in_words
from applications.queries.content import content_of
from applications.queries.copying import plan_of
from applications.queries.drafts import load_draft
from applications.services import drafting
from applications.services.snapshots import take_snapshot
from tests.plugins import files
from tests.plugins.cases import fresh
from workflow.errors import NotReady

REASON = "The auditor is chosen in May."


def rule_of(case, *, mandatory, due="submission"):
    return next(
        r for r in case.book.requirements
        if r.mandatory is mandatory and r.due == due and r.evidence == ("text",) and not r.per_person
    )  # fmt: skip


@pytest.fixture
def say(draft_case, firm_user):
    def save(rule, declined_as, declined=REASON, **value):
        return drafting.save_answer(
            actor=firm_user, case_id=draft_case.pk, requirement=rule.code, value=value,
            declined=declined, declined_as=declined_as,
        )  # fmt: skip

    return save


def row_of(case, rule):
    stage = case.stages.get(code=rule.stage)
    stage.application = case
    rows = outline.stage_of(case, load_draft(case), stage).rows
    return next(row for row in rows if row.question.requirement == rule)


def reasons(case, rule):
    draft = load_draft(case)
    return missing(draft, questions(draft, rule.stage)).get((rule.code, None), [])


def test_what_is_not_known_keeps_a_rule_in_progress_and_holds_up_the_submission(draft_case, say):
    rule = rule_of(draft_case, mandatory=True)
    say(rule, NOT_KNOWN)
    row = row_of(draft_case, rule)
    assert (row.status, row.mark) == (outline.IN_PROGRESS, "Not known yet")
    assert reasons(draft_case, rule) == [
        "You do not know this yet. It is a rule, so answer it before you submit."
    ]
    stage = draft_case.stages.get(code=rule.stage)
    with pytest.raises(NotReady, match="You do not know this yet"):
        drafting.complete_stage(actor=draft_case.created_by, stage=stage, expected_version=stage.version)


@pytest.mark.parametrize(
    ("declined_as", "lacks"),
    [
        (NOT_KNOWN, "Say what is missing, and by when you will know it."),
        (NOT_APPLICABLE, "Say why this does not apply to you."),
    ],
)
def test_of_any_other_question_it_is_enough_with_its_reason(draft_case, say, declined_as, lacks):
    rule = rule_of(draft_case, mandatory=False)
    say(rule, declined_as, declined=" ")
    assert (reasons(draft_case, rule), row_of(draft_case, rule).status) == ([lacks], outline.IN_PROGRESS)
    say(rule, declined_as)
    assert (reasons(draft_case, rule), row_of(draft_case, rule).status) == ([], outline.COMPLETED)


def test_the_service_refuses_what_is_neither_and_a_rule_that_does_not_apply(draft_case, say):
    rule, other = rule_of(draft_case, mandatory=True), rule_of(draft_case, mandatory=False)
    for declined_as in ("", "unknown"):
        with pytest.raises(NotReady, match="Say either"):
            say(other, declined_as)
    with pytest.raises(NotReady, match="This is a rule"):
        say(rule, NOT_APPLICABLE)
    assert (Answer.objects.count(), AnswerRevision.objects.count()) == (0, 0)
    say(other, "", declined="")
    for wrong in ({"declined_as": "unknown"}, {"declined": REASON}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.update(**wrong)


@pytest.mark.parametrize(("declined_as", "chosen"), [(NOT_KNOWN, "not know"), (NOT_APPLICABLE, "not apply")])
def test_an_answer_and_something_instead_of_it_are_not_kept_together(
    draft_case, say, signed_in, firm_user, declined_as, chosen
):
    rule = rule_of(draft_case, mandatory=False)
    with pytest.raises(NotReady, match=f"There is an answer, and .*{chosen}"):
        say(rule, declined_as, text="We do.")
    say(rule, declined_as, text=" ")
    url = reverse("portal:question", args=[draft_case.pk, rule.stage, rule.code])
    typed = {"text": "We do.", "declined_as": declined_as, "declined": REASON, "version": "1"}
    page = signed_in(firm_user).post(url, typed)
    form = page.context["form"]
    assert (page.status_code, list(form.errors)) == (422, ["declined_as"])
    assert {name: form[name].value() for name in typed} == typed
    assert Answer.objects.values_list("value", "version").get() == ({"text": " "}, 1)


def test_files_and_something_instead_of_them_are_not_kept_together(draft_case, say, firm_user):
    rule = next(
        r for r in draft_case.book.requirements
        if not r.mandatory and "documents" in r.evidence and not r.per_person
    )  # fmt: skip
    place = {"actor": firm_user, "case_id": draft_case.pk, "requirement": rule.code}
    file = drafting.attach(**place, upload=io.BytesIO(files.pdf()), name="plan.pdf")
    with pytest.raises(NotReady, match="There are files here"):
        say(rule, NOT_APPLICABLE)
    drafting.detach(**place, document_id=file.document_id)
    say(rule, NOT_APPLICABLE)
    assert reasons(draft_case, rule) == []
    drafting.attach(**place, upload=io.BytesIO(files.pdf()), name="plan.pdf")
    assert [text[:20] for text in reasons(draft_case, rule)] == ["There are files here"]


def test_a_rule_that_is_not_known_says_that_its_reason_is_missing_too(draft_case, say):
    rule = rule_of(draft_case, mandatory=True)
    say(rule, NOT_KNOWN, declined="")
    assert reasons(draft_case, rule)[1:] == ["Say what is missing, and by when you will know it."]


def test_the_history_of_a_draft_says_what_stood_there(draft_case, say):
    rule = rule_of(draft_case, mandatory=False)
    for declined_as in (NOT_KNOWN, NOT_APPLICABLE):
        say(rule, declined_as)
    kept = AnswerRevision.objects.order_by("pk").values_list("declined_as", "declined")
    assert list(kept) == [(NOT_KNOWN, REASON), (NOT_APPLICABLE, REASON)]


def test_the_check_of_the_answers_lists_it_with_a_link(draft_case, say, signed_in, firm_user):
    browser, page = signed_in(firm_user), reverse("portal:check", args=[draft_case.pk])
    assert "What you do not know yet" not in browser.get(page).content.decode()
    rule, other = rule_of(draft_case, mandatory=True), rule_of(draft_case, mandatory=False)
    say(rule, NOT_KNOWN)
    say(other, NOT_KNOWN)
    found = browser.get(page)
    listed = [item.row.question.requirement.code for item in found.context["check"].not_known]
    assert sorted(listed) == sorted([rule.code, other.code])
    html = found.content.decode()
    for one, words in (
        (rule, "It is a rule: answer it before you submit."),
        (other, "The regulator reads that it is not known yet."),
    ):
        url = reverse("portal:question", args=[draft_case.pk, one.stage, one.code])
        line = next(line for line in html.splitlines() if f'<li><a href="{url}?back=check">' in line)
        assert words in line


def test_it_is_submitted_as_what_it_is(draft_case, say):
    rule = rule_of(draft_case, mandatory=False)
    say(rule, NOT_KNOWN)
    kept = next(
        q
        for q in content_of(draft_case, load_draft(draft_case))["questions"]
        if q["requirement"] == rule.code
    )
    assert (kept["declined_as"], kept["declined"]) == (NOT_KNOWN, REASON)
    assert in_words(rule, given_of(kept)) == [f"Not known yet: {REASON}"]
    assert f"Not known yet: {REASON}" in paper.html(paper.of_draft(fresh(draft_case), "en"))


def test_a_submission_of_before_reads_as_not_applicable_and_is_not_a_change(draft_case, say, firm_user):
    rule, open_one = rule_of(draft_case, mandatory=False), rule_of(draft_case, mandatory=True)
    say(rule, NOT_APPLICABLE)
    first = take_snapshot(draft_case, actor=firm_user, declaration={})
    old = {**first.content, "questions": [dict(q) for q in first.content["questions"]]}
    for question in old["questions"]:
        del question["declined_as"]
    of_code = {q["requirement"]: q for q in old["questions"]}
    assert in_words(rule, given_of(of_code[rule.code])) == [f"Does not apply: {REASON}"]
    assert declined_as_of(of_code[open_one.code]) == ""
    first.content, first.number = old, 2
    first.pk = None
    first.save(force_insert=True)
    draft_case.findings.update(outcome="met")
    take_snapshot(draft_case, actor=firm_user, declaration={})
    assert draft_case.findings.filter(affected=True).count() == 0
    say(rule, NOT_KNOWN)
    take_snapshot(draft_case, actor=firm_user, declaration={})
    assert draft_case.findings.get(affected=True).requirement == rule.code


def test_what_was_not_known_is_answered_anew_in_a_copy(draft_case, say):
    unknown, not_ours = [
        r for r in draft_case.book.requirements if not r.mandatory and r.evidence == ("text",)
    ][:2]
    say(unknown, NOT_KNOWN)
    say(not_ours, NOT_APPLICABLE)
    plan = plan_of(fresh(draft_case))
    assert [(one.requirement, one.declined_as) for one in plan.answers] == [(not_ours.code, NOT_APPLICABLE)]
    assert [reason for _title, reason in plan.left] == ["It was not known then. Answer it now."]
