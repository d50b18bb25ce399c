"""From the draft to the desk with a question that is not known yet."""

from applications.asked import NOT_KNOWN
from applications.services import drafting
from tests.desk.conftest import at
from tests.plugins.cases import accept, fresh, submit


def test_a_case_is_filed_with_what_is_not_known_and_the_reviewer_reads_it(
    filled_case, firm_user, afsa_staff, browsers
):
    rule = next(
        r for r in filled_case.book.requirements
        if not r.mandatory and r.due == "submission" and r.evidence == ("text",) and not r.per_person
    )  # fmt: skip
    stage = filled_case.stages.get(code=rule.stage)
    drafting.edit_stage_again(actor=firm_user, stage=stage, expected_version=stage.version)
    drafting.save_answer(
        actor=firm_user, case_id=filled_case.pk, requirement=rule.code, value={},
        declined="The bank is chosen in May.", declined_as=NOT_KNOWN,
    )  # fmt: skip
    stage = fresh(stage)
    drafting.complete_stage(actor=firm_user, stage=stage, expected_version=stage.version)
    case = accept(submit(fresh(filled_case), firm_user), afsa_staff.case_officer)
    page = browsers.reviewer.get(at("question", case, rule.stage, rule.code)).content.decode()
    assert page.count("Not known yet: The bank is chosen in May.") == 1
