"""The task list: where one goes on, how far one is, what cannot start, and the page of a stage."""

from django.urls import reverse

from accounts.models import Membership
from applications import asked
from applications.portal import outline
from applications.queries.drafts import load_draft
from applications.samples.answers import value_of
from applications.services import drafting
from tests.plugins.cases import fresh, new_applicant
from tests.portal.conftest import pdf


def go_on(browser):
    return browser.get(reverse("portal:resume")).url


def test_after_signing_in_one_goes_on_where_one_stopped(browser, firm_user, custody_firm, draft_case, afm):
    only = reverse("portal:case", args=[draft_case.pk])
    assert go_on(browser) == only
    second = drafting.start_application(actor=firm_user, firm=custody_firm, licence_type=afm)
    assert go_on(browser) == reverse("portal:case", args=[second.pk])
    drafting.save_answer(actor=firm_user, case_id=draft_case.pk, requirement="BP-03", value={})
    assert go_on(browser) == only


def test_somebody_who_saved_nothing_in_several_cases_chooses(
    signed_in, firm_user, custody_firm, draft_case, afm
):
    drafting.start_application(actor=firm_user, firm=custody_firm, licence_type=afm)
    colleague = new_applicant("Dana Testova")
    Membership.objects.create(user=colleague, firm=custody_firm, role="editor")
    assert go_on(signed_in(colleague)) == reverse("portal:home")


def test_tasks_are_counted_in_words_and_drawn(browser, draft_case, firm_user):
    page = browser.get(reverse("portal:case", args=[draft_case.pk]))
    sections = [s for o in page.context["stages"] for s in o.tasks]
    assert page.context["progress"] == f"0 of {len(sections)} tasks completed"
    waiting = sum(section.status == outline.CANNOT_START for section in sections)
    assert [(step["look"], step["number"]) for step in page.context["steps"]] == [
        ("ce", len(sections) - waiting),
        ("cn", waiting),
    ]
    requirement = draft_case.book.by_code["CUS-19"]  # one of a section: begun, not done
    drafting.save_answer(
        actor=firm_user, case_id=draft_case.pk, requirement=requirement.code, value=value_of(requirement)
    )
    page = browser.get(reverse("portal:case", args=[draft_case.pk]))
    begun = next(s for o in page.context["stages"] for s in o.tasks if s.code == requirement.section)
    assert (begun.status, begun.done) == (outline.IN_PROGRESS, 1)
    text = " ".join(page.content.decode().split())
    assert f"1 of {len(begun.counted)} questions completed." in text


def test_a_task_that_cannot_start_is_no_link_and_says_what_it_waits_for(browser, draft_case):
    page = browser.get(reverse("portal:case", args=[draft_case.pk])).content.decode()
    people = reverse("portal:people", args=[draft_case.pk])
    assert f'so it waits for <a href="{people}">the people</a>.' in page
    assert "#section-individuals" not in page
    assert "#section-firm" in page


def test_the_page_of_a_stage_can_leave_out_what_is_completed(browser, draft_case, firm_user):
    requirement = draft_case.book.by_code["CUS-19"]
    drafting.save_answer(
        actor=firm_user, case_id=draft_case.pk, requirement=requirement.code, value=value_of(requirement)
    )
    url = reverse("portal:stage", args=[draft_case.pk, "business_plan"])
    row = 'id="CUS-19"'
    everything, left = (browser.get(address).content.decode() for address in (url, f"{url}?show=open"))
    assert (everything.count(row), left.count(row)) == (1, 0)
    later = sum(
        one.stage == "business_plan" and one.due != "submission" for one in draft_case.book.requirements
    )
    assert everything.count('class="task"') == left.count('class="task"') + 1 + later


def test_what_is_left_of_a_stage_is_counted_in_one_way(browser, draft_case, firm_user, settings):
    """A question that is needed later is left only while a file that was given for it is not ready."""
    settings.CLAMD_ADDRESS = ""
    stage = draft_case.book.by_code["BP-03"].stage
    later = next(
        rule for rule in draft_case.book.requirements
        if rule.stage == stage and rule.due != "submission" and "documents" in rule.evidence
    )  # fmt: skip

    def counted():
        case = fresh(draft_case)
        one = outline.stage_of(case, load_draft(case, stages=[stage]), case.stages.get(code=stage))
        page = browser.get(f"{reverse('portal:stage', args=[case.pk, stage])}?show=open").content.decode()
        assert f"Not completed <b>{len(one.open)}</b>" in page
        assert f"{one.done} of {one.counted} questions completed · {one.later} are needed later" in page
        assert page.count('class="task"') == len(one.open) + sum(len(s.waits) for s in one.sections)
        assert len(one.open) == len(draft_left(case))
        return len(one.open)

    def draft_left(case):
        draft = load_draft(case, stages=[stage])
        found = asked.questions(draft, stage)
        return [q for q in found if asked.is_to_do(q.requirement, draft.answer(q.key), draft)]

    before = counted()
    place = {"actor": firm_user, "case_id": draft_case.pk, "requirement": later.code}
    document = drafting.attach(**place, upload=pdf("plan.pdf"), name="plan.pdf").document
    assert (document.usable, counted()) == (True, before)
    type(document).objects.update(status="infected")
    assert counted() == before + 1
