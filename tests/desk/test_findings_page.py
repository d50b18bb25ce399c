"""The stage page: several findings in one POST, each saved or refused by itself."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.services import assessment
from tests.desk.conftest import at, finding_data, stage_act
from tests.plugins.cases import fresh


def page(case):
    return at("stage", case, case.book.stage_codes[0])


@pytest.fixture
def two(case):
    return list(case.findings.all())


def test_it_shows_question_answer_source_and_snapshot(case, browsers):
    requirement = case.book.by_code[case.findings.first().requirement]

    shown = browsers.reviewer.get(page(case)).content.decode()

    for words in (requirement.code, f"Answer to {requirement.code}.", requirement.citations[0].provision,
                  case.snapshots.get().sha256[:12]):  # fmt: skip
        assert words in shown, words


def test_what_the_firm_does_not_know_yet_is_shown_as_such(filed, afsa, browsers):
    case = filed(afsa, questions=3)
    snapshot = case.snapshots.get()
    unknown, not_ours, _answered = snapshot.content["questions"]
    unknown |= {"value": {}, "declined": "The auditor is chosen in May.", "declined_as": "not_known"}
    not_ours |= {"value": {}, "declined": "We hold no cash."}
    snapshot.pk, snapshot.number = None, 2
    snapshot.save(force_insert=True)

    shown = browsers.reviewer.get(page(case)).content.decode()

    assert shown.count("Not known yet</span>") == 1
    assert "Not known yet: The auditor is chosen in May." in shown
    assert "Does not apply: We hold no cash." in shown


def test_several_findings_are_saved_at_once(case, two, browsers, afsa_staff):
    data = finding_data(two[0]) | finding_data(two[1], outcome="deficient", note="The plan has no figures.")

    assert browsers.reviewer.post(page(case), data).status_code == 302

    first, second = fresh(two[0]), fresh(two[1])
    assert (first.outcome, first.note, first.assessed_by) == ("met", "", afsa_staff.reviewer)
    assert (second.outcome, second.note) == ("deficient", "The plan has no figures.")


def test_a_row_that_cannot_be_saved_keeps_what_was_typed_and_the_others_are_saved(case, two, browsers):
    data = finding_data(two[0]) | finding_data(two[1], outcome="met_subject", note="Typed and kept.")

    response = browsers.reviewer.post(page(case), data)

    assert response.status_code == 422
    shown = response.content.decode()
    assert "Typed and kept." in shown
    assert "Write the condition." in shown
    assert (fresh(two[0]).outcome, fresh(two[1]).outcome) == ("met", "")


def test_a_row_that_somebody_else_changed_is_a_conflict_and_one_not_touched_is_left_alone(
    case, two, browsers, afsa_staff
):
    for finding in two:
        assessment.assess(
            actor=fresh(afsa_staff.lead_reviewer), finding=finding, expected_version=0, outcome="met"
        )
    stale = finding_data(two[0], outcome="query", note="My own words.") | finding_data(two[1], outcome="")

    response = browsers.reviewer.post(page(case), stale)

    assert response.status_code == 409
    assert "My own words." in response.content.decode()
    assert [row.finding for row in response.context["broken"]] == [two[0]]
    assert [(fresh(f).outcome, fresh(f).version) for f in two] == [("met", 1), ("met", 1)]


def test_whoever_may_not_assess_sees_no_form_and_saves_nothing(case, two, browsers):
    shown = browsers.decision_maker.get(page(case)).content.decode()

    assert "Save all on this page" not in shown
    assert browsers.decision_maker.post(page(case), finding_data(*two)).status_code == 403
    assert [fresh(f).outcome for f in two] == ["", ""]


def test_findings_of_another_case_and_fields_that_are_not_asked_are_ignored(case, two, filed, afsa, browsers):
    other = filed(afsa).findings.first()
    prefix = f"f{two[0].pk}"
    crafted = {f"{prefix}-assessed_by": "1", f"{prefix}-affected": "on", f"{prefix}-due": "grant"}

    browsers.reviewer.post(page(case), finding_data(other, two[0]) | crafted)

    assert fresh(other).outcome == ""
    assert (fresh(two[0]).outcome, fresh(two[0]).affected, fresh(two[0]).due) == ("met", False, two[0].due)


def test_an_outcome_that_is_not_offered_is_refused(case, two, browsers):
    response = browsers.reviewer.post(page(case), finding_data(two[0], outcome="excellent"))

    assert (response.status_code, fresh(two[0]).outcome) == (422, "")


def test_a_stage_is_approved_when_its_findings_are_settled_and_not_before(case, two, browsers):
    stage = case.stages.first()

    assert browsers.reviewer.post(stage_act(stage, "approve"), {"version": 0}).status_code == 422
    browsers.reviewer.post(page(case), finding_data(*two))
    approved = browsers.reviewer.post(stage_act(stage, "approve"), {"version": 0})

    assert (approved.status_code, approved.url) == (302, page(case))
    assert fresh(stage).state == "approved"


def test_a_stale_page_approves_nothing(case, two, browsers):
    stage = case.stages.first()
    browsers.reviewer.post(page(case), finding_data(*two))

    assert browsers.reviewer.post(stage_act(stage, "approve"), {"version": 7}).status_code == 409
    assert fresh(stage).state == "in_review"


def test_the_number_of_queries_does_not_grow_with_the_findings(filed, afsa, browsers):
    counted = {}
    for questions in (1, 3):
        case = filed(afsa, questions=questions)
        browsers.reviewer.get(page(case))
        with CaptureQueriesContext(connection) as queries:
            browsers.reviewer.get(page(case))
        counted[questions] = len(queries)

    assert counted[1] == counted[3]
