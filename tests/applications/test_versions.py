"""A case and a newer version of its rule book: who moves it, what that does, what is refused until then."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Membership
from applications.asked import Question
from applications.models import (
    Answer,
    AnswerRevision,
    Application,
    Finding,
    IndividualApproval,
    Stage,
)
from applications.queries import law
from applications.queries.drafts import load_draft
from applications.queries.versions import affected, marks_of
from applications.services import assessment, decisions, drafting, people
from applications.services.snapshots import take_snapshot
from applications.services.versions import apply_version, move_draft
from audit.models import Event
from regulators.models import PendingChange
from tests.plugins.cases import fresh, new_applicant, new_firm, person_of
from tests.plugins.versions import following, new_question
from workflow.acts import acts_of
from workflow.errors import Conflict, NotAllowed, NotReady
from workflow.services import unmet

pytestmark = pytest.mark.django_db

SAME, REWORDED, DROPPED, NEW = "N-BP-07", "N-BP-08", "N-BP-09", "N-CA-99"
PLAN, CAPITAL = "business_plan", "capital"


@pytest.fixture
def base(shelf):
    return shelf("afm-custody")


@pytest.fixture
def draft(base, afm_draft_case, firm_user):
    """Three answers in the business plan; that stage and two others are complete."""
    for code in (SAME, REWORDED, DROPPED):
        drafting.save_answer(
            actor=firm_user, case_id=afm_draft_case.pk, requirement=code, value={"text": f"Answer {code}"}
        )
    stages = Stage.objects.filter(application=afm_draft_case)
    stages.filter(state="not_started").exclude(code="aml").update(state="in_progress")
    stages.filter(state="in_progress").update(state="complete")
    return fresh(afm_draft_case)


def second(base, **changes):
    return following(
        base,
        "2026.4",
        reword=(REWORDED,),
        drop=(DROPPED,),
        add=(new_question(base, NEW, CAPITAL),),
        **changes,
    )


def moved(case, actor, to="2026.4", version=None):
    version = fresh(case).version if version is None else version
    return move_draft(actor=actor, case=case, to_version=to, expected_version=version)


def answers(case):
    return {a.requirement: (a.value, a.version) for a in Answer.objects.filter(application=case)}


def states(case):
    return dict(case.stages.values_list("code", "state"))


# --- a draft


def test_a_moved_draft_loses_no_answer(base, draft, shelf, firm_user):
    shelf(second(base))
    before, revisions = answers(draft), AnswerRevision.objects.count()
    case = moved(draft, firm_user)
    assert (case.rulebook.version, case.moved_from.version) == ("2026.4", base.version)
    assert case.version == draft.version + 1
    assert answers(case) == before
    assert sorted(before) == [SAME, REWORDED, DROPPED]
    assert AnswerRevision.objects.count() == revisions


def test_complete_stages_with_new_or_changed_questions_open_again_and_no_others(
    base, draft, shelf, firm_user
):
    shelf(second(base))
    before = states(draft)
    assert (before[PLAN], before[CAPITAL], before["it_security"]) == ("complete",) * 3
    case = moved(draft, firm_user)
    assert states(case) == {**before, PLAN: "in_progress", CAPITAL: "in_progress"}
    event = Event.objects.get(kind="application.move")
    assert (event.data["from"], event.data["book"]) == (f"afm-custody {base.version}", "afm-custody 2026.4")
    assert (sorted(event.data["stages"]), event.actor_name) == ([PLAN, CAPITAL], firm_user.audit_name)


def test_an_answer_to_a_question_that_comes_back_counts_again_and_is_to_be_checked(
    base, draft, shelf, firm_user
):
    shelf(second(base))
    case = moved(draft, firm_user)
    assert DROPPED not in case.book.by_code
    shelf(following(base, "2026.5", days=2))
    case = moved(case, firm_user, to="2026.5")
    given = load_draft(case).answer((DROPPED, None))
    assert given.value == {"text": f"Answer {DROPPED}"}
    question = Question(requirement=case.book.by_code[DROPPED])
    assert marks_of(fresh(case)).of(question, given) == "Rule changed on 03.02.2026, check this answer."


def test_the_mark_stands_until_the_answer_is_saved_again(base, draft, shelf, firm_user):
    def mark(code):
        case = fresh(draft)
        question = Question(requirement=case.book.by_code[code])
        return marks_of(case).of(question, load_draft(case).answer(question.key))

    assert mark(REWORDED) == ""
    shelf(second(base))
    words = "Rule changed on 02.02.2026, check this answer."
    assert (mark(REWORDED), mark(SAME)) == (words, "")
    moved(draft, firm_user)
    assert (mark(REWORDED), mark(SAME), mark(NEW)) == (words, "", "")
    drafting.save_answer(
        actor=firm_user, case_id=draft.pk, requirement=REWORDED, value={"text": f"Answer {REWORDED}"}
    )
    assert mark(REWORDED) == ""


@pytest.mark.parametrize("gone", ["line", "currency"])
def test_capital_on_a_line_or_in_a_currency_of_before_counts_for_nothing(
    base, afm_draft_case, shelf, firm_user, gone
):
    draft = afm_draft_case
    people.save_capital(
        actor=firm_user, case_id=draft.pk, period="now", currency="KZT",
        amounts={"other_reserves": Decimal(5)},
    )  # fmt: skip
    assert load_draft(fresh(draft)).capital_lines == {"other_reserves"}
    rules = base.capital
    kept = tuple(line for line in rules.lines if line.code != "other_reserves")
    changed = {"lines": kept} if gone == "line" else {"currency": "USD", "required": ()}
    shelf(second(base, capital=replace(rules, **changed)))
    case = fresh(moved(draft, firm_user))
    assert load_draft(case).capital_lines == frozenset()
    content = take_snapshot(case, actor=firm_user, declaration={}).content
    assert content["capital"] == []
    assert content["capital_tests"]["moments"][0]["resources"] == {"result": "not_entered"}
    assert case.capital.count() == 1


@pytest.mark.parametrize(
    ("roles", "may"), [(["owner"], True), (["editor"], True), (["signatory"], False), (["viewer"], False)]
)
def test_an_editor_or_owner_of_the_firm_moves_it(base, draft, shelf, roles, may):
    shelf(second(base))
    actor = new_applicant("Colleague")
    for role in roles:
        Membership.objects.create(user=actor, firm=draft.firm, role=role)
    if may:
        assert moved(draft, fresh(actor)).rulebook.version == "2026.4"
        return
    with pytest.raises(NotAllowed):
        moved(draft, fresh(actor))


def test_a_stranger_and_staff_are_refused(base, draft, shelf, afm_staff):
    shelf(second(base))
    stranger = new_applicant("Stranger")
    new_firm(stranger, "Another Firm Ltd")
    for actor in (fresh(stranger), *vars(afm_staff).values()):
        with pytest.raises(NotAllowed):
            moved(draft, actor)
    assert fresh(draft).rulebook.version == base.version


def test_a_stale_page_and_a_version_that_is_not_the_newest_conflict(base, draft, shelf, firm_user):
    shelf(second(base), following(base, "2026.5", days=2))
    with pytest.raises(Conflict, match=r"Version 2026\.5 is in effect now"):
        moved(draft, firm_user, to="2026.4")
    with pytest.raises(Conflict):
        moved(draft, firm_user, to="2026.5", version=draft.version + 1)
    assert fresh(draft).rulebook.version == base.version
    moved(draft, firm_user, to="2026.5")
    with pytest.raises(NotReady, match="newest version already"):
        moved(draft, firm_user, to="2026.5")


def test_a_version_of_tomorrow_is_not_there_yet(base, draft, shelf, firm_user):
    ahead = timezone.localdate() + timedelta(days=1)
    shelf(second(base, effective_from=ahead, transition="reassess"))
    with pytest.raises(NotReady, match="newest version already"):
        moved(draft, firm_user)
    assert law.has_to_move(draft) == []


def test_a_returned_case_is_moved_like_a_draft(base, shelf, firm_user, custody_firm, afm, afm_staff):
    case = filed(base, custody_firm, afm, firm_user, state="returned", stages="complete")
    shelf(second(base))
    case = moved(case, firm_user)
    assert {code for code, state in states(case).items() if state == "in_progress"} == {PLAN, CAPITAL}


# --- what each transition asks of a case


@pytest.mark.parametrize(
    ("transitions", "draft_moves", "assessed"),
    [
        (["stay"], False, False),
        (["move"], True, False),
        (["reassess"], True, True),
        (["reassess", "stay"], True, True),
        (["move", "stay"], True, False),
    ],
)
def test_the_strictest_version_since_counts(
    base, draft, shelf, custody_firm, afm, firm_user, transitions, draft_moves, assessed
):
    case = filed(base, new_firm(new_applicant(), "Filed Ltd"), afm, firm_user)
    for number, transition in enumerate(transitions):
        shelf(following(base, f"2026.{number + 4}", days=number + 1, transition=transition))
    submit = acts_of(Application)["submit"]
    last = f"2026.{len(transitions) + 3}"
    day = f"0{len(transitions) + 1}.02.2026"
    words = f"Rule book {last} is in force since {day}: move the application to it first."
    found = [r.text for r in unmet(draft, submit, {"declaration": "x"})]
    assert (words in found) is draft_moves
    assert bool(law.unsettled(case)) is assessed
    assert law.has_to_move(case) == []  # what was submitted is not moved by its firm


def test_affected_lists_open_cases_under_older_versions(base, draft, shelf, afm, firm_user):
    case = filed(base, new_firm(new_applicant(), "Filed Ltd"), afm, firm_user)
    Application.objects.filter(
        pk=filed(base, new_firm(new_applicant(), "Gone Ltd"), afm, firm_user).pk
    ).update(state="withdrawn")
    assert affected(base) == []
    stay, strict = second(base), following(base, "2026.5", days=2, transition="reassess", reassess=(SAME,))
    shelf(stay, strict)
    assert {one.case: one.words for one in affected(stay)} == {
        draft: "may move, may stay", case: "stays under its version",
    }  # fmt: skip
    assert {one.case: one.words for one in affected(strict)} == {
        draft: "move before it is submitted",
        case: f"assess anew before the recommendation: {SAME}",
    }


# --- a case in review


def filed(base, firm, kind, member, *, state="in_review", stages="in_review"):
    """A case of the base version with three answers, its snapshot and its findings."""
    case = Application.objects.create(
        firm=firm, licence_type=kind, rulebook=kind.rulebooks.get(code=base.code, version=base.version),
        state=state, created_by=member, reference=f"T-{str(firm.pk)[:13]}", submitted_at=timezone.now(),
    )  # fmt: skip
    Stage.objects.bulk_create(
        Stage(application=case, code=code, order=n, state=stages) for n, code in enumerate(base.stage_codes)
    )
    case.entities.create(name=firm.name, is_applicant=True)
    for code in (SAME, REWORDED, DROPPED):
        Answer.objects.create(application=case, requirement=code, value={"text": code}, updated_by=member)
    case = fresh(case)
    take_snapshot(case, actor=member, declaration={"text": "True.", "role": "Director"})
    return case


@pytest.fixture
def reviewed(base, custody_firm, afm, firm_user):
    """Everything is met, and every stage approved."""
    case = filed(base, custody_firm, afm, firm_user)
    Finding.objects.filter(application=case).update(outcome="met")
    case.stages.update(state="approved")
    IndividualApproval.objects.create(
        application=case, person=person_of(custody_firm), function="head", state="approved"
    )
    return case


def applied(case, lead, to="2026.4", version=None, reason="The rules have changed."):
    version = fresh(case).version if version is None else version
    return apply_version(actor=lead, case=case, to_version=to, expected_version=version, reason=reason)


def recommend(case, staff):
    case = fresh(case)
    return decisions.recommend(
        actor=staff.lead_reviewer, case=case, expected_version=case.version, outcome="grant", reason="Met."
    )


def test_a_version_that_reassesses_is_applied_by_a_lead_and_assessed_before_the_recommendation(
    base, reviewed, shelf, afm_staff
):
    shelf(second(base, transition="reassess", reassess=("N-IT-01",)))
    with pytest.raises(NotReady, match="apply it to the case"):
        recommend(reviewed, afm_staff)
    case = applied(reviewed, afm_staff.lead_reviewer)
    found = {f.requirement: (f.outcome, f.affected) for f in case.findings.all()}
    assert found[NEW] == ("", False)
    assert found[DROPPED] == ("not_applicable", False)
    assert found[REWORDED] == found["N-IT-01"] == ("met", True)
    assert found[SAME] == ("met", False)
    assert sum(affected for _outcome, affected in found.values()) == 2
    snapshot = case.snapshots.latest("number")
    assert (snapshot.number, snapshot.law["version"]) == (2, "2026.4")
    with pytest.raises(NotReady) as refused:
        recommend(case, afm_staff)
    assert not [r for r in refused.value.reasons if "apply it" in r.text]
    event = Event.objects.get(kind="application.apply_version")
    assert (event.data["anew"], event.reason) == (["N-BP-08", "N-IT-01"], "The rules have changed.")


def test_approved_stages_that_hold_them_reopen_with_those_that_wait_for_them(
    base, reviewed, shelf, afm_staff
):
    shelf(second(base, transition="reassess"))
    waits = {rule.code for rule in base.stages if {PLAN, CAPITAL} & set(rule.after)}
    case = applied(reviewed, afm_staff.lead_reviewer)
    reopened = {code for code, state in states(case).items() if state == "in_review"}
    assert reopened >= {PLAN, CAPITAL} | waits
    finding = case.findings.get(requirement=REWORDED)
    assessment.assess(
        actor=afm_staff.reviewer, finding=finding, expected_version=finding.version, outcome="met"
    )
    assert case.findings.get(requirement=REWORDED).affected is False


def test_a_question_that_went_to_another_stage_is_found_there(base, reviewed, shelf, afm_staff):
    section = base.sections_of(CAPITAL)[0].code
    there = [new_question(base, SAME, CAPITAL)]
    shelf(following(base, "2026.4", drop=(SAME,), add=tuple(there), transition="reassess"))
    applied(reviewed, afm_staff.lead_reviewer)
    assert (there[0].section, reviewed.findings.get(requirement=SAME).stage) == (section, CAPITAL)


@pytest.mark.parametrize(
    "role", ["reviewer", "specialist", "case_officer", "decision_maker", "administrator"]
)
def test_nobody_but_a_lead_applies_it(base, reviewed, shelf, afm_staff, firm_user, role):
    shelf(second(base, transition="reassess"))
    for actor in (getattr(afm_staff, role), firm_user):
        with pytest.raises(NotAllowed):
            applied(reviewed, actor)


def test_applying_is_refused_where_it_would_lose_or_invent_something(base, reviewed, shelf, afm_staff):
    lead = afm_staff.lead_reviewer
    shelf(second(base, transition="move"))
    with pytest.raises(NotReady, match="No newer version asks to assess"):
        applied(reviewed, lead)
    shelf(following(base, "2026.5", days=2, transition="reassess", reword=(REWORDED,)))
    with pytest.raises(Conflict):
        applied(reviewed, lead, to="2026.5", version=reviewed.version + 1)
    with pytest.raises(Conflict, match=r"2026\.5 is in effect now"):
        applied(reviewed, lead, to="2026.4")
    with pytest.raises(NotReady, match="Write the reason"):
        applied(reviewed, lead, to="2026.5", reason=" ")
    reviewed.stages.filter(code=CAPITAL).update(state="changes_requested")
    with pytest.raises(NotReady, match="is with the firm: apply the version when it is complete again"):
        applied(reviewed, lead, to="2026.5")
    assert fresh(reviewed).rulebook.version == base.version
    assert fresh(reviewed).snapshots.count() == 1


def test_a_proposed_refusal_goes_back_to_review_when_the_case_has_to_be_assessed_anew(
    base, shelf, custody_firm, afm, firm_user, afm_staff
):
    case = filed(base, custody_firm, afm, firm_user, state="refusal_proposed", stages="approved")
    back = {
        "actor": afm_staff.decision_maker,
        "case": case,
        "expected_version": case.version,
        "reason": "Law.",
    }
    with pytest.raises(NotReady, match="which representations are accepted"):
        decisions.send_back(**back)
    shelf(second(base, transition="reassess"))
    assert decisions.send_back(**back).state == "in_review"


# --- announced legislation


def test_nothing_is_recommended_or_decided_while_announced_law_in_force_is_not_settled(
    base, reviewed, afm, afm_staff
):
    today = timezone.localdate()
    change = PendingChange.objects.create(
        licence_type=afm, title="Law on banks", source="Adilet", announced_on=today,
        in_force_on=today + timedelta(days=1), owner=afm_staff.lead_reviewer,
    )  # fmt: skip
    assert law.unsettled(reviewed) == []
    PendingChange.objects.filter(pk=change.pk).update(in_force_on=today)
    follows = afm_staff.lead_reviewer.full_name
    words = f"“Law on banks” (Adilet) is in force and not settled. {follows} follows it."
    case = fresh(reviewed)  # what a page asked of a case it remembers
    assert [reason.text for reason in law.unsettled(case)] == [words]
    acts = acts_of(Application)
    for name in ("recommend", "approve_in_principle", "grant", "propose_refusal", "refuse"):
        assert words in [reason.text for reason in unmet(case, acts[name], {})], name
    PendingChange.objects.filter(pk=change.pk).update(settled_on=today, settled_how="In 2026.4.")
    assert law.unsettled(fresh(reviewed)) == []
    assert recommend(reviewed, afm_staff).state == "recommended"


def test_announced_law_of_another_licence_holds_up_nothing(reviewed, afsa, afm_staff):
    today = timezone.localdate()
    PendingChange.objects.create(
        licence_type=afsa, title="X", source="Y", announced_on=today, in_force_on=today,
        owner=afm_staff.lead_reviewer,
    )  # fmt: skip
    assert law.unsettled(reviewed) == []
