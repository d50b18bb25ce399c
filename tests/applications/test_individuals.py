"""Approval of people for functions: assessed beside the application, decided by two sides, and replaced."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.conditions.individual import first_allowed_day, functions_approved, people_settled
from applications.models import Finding, IndividualApproval
from applications.queries.asking import open_queries
from applications.queries.individuals import replaceable, with_untold
from applications.queries.law import home_of
from applications.samples.build import answer_rest, complete_stages
from applications.services import assessment, drafting, individuals, people, submission
from applications.services.identifiers import show_number
from applications.services.people import PERSON_FIELDS
from applications.states import StageState
from audit.models import Event
from notifications.models import Message
from regulators import books
from regulators import rulebook as rb
from tests.plugins.cases import fresh
from workflow import duties
from workflow.errors import Conflict, NotAllowed, NotReady

CONTROLLED = {"seo", "fo", "co", "mlro", "director"}


def run(actor, approval, act, **data):
    return individuals.act_on(
        actor=actor, approval=approval, act=act, expected_version=fresh(approval).version, **data
    )


def settle(case, person, staff):
    Finding.objects.filter(application=case, person=person).update(outcome="met", assessed_by=staff.reviewer)


@pytest.fixture
def assessing(reviewed, afm_staff):
    [approval] = reviewed.individuals.all()
    return run(afm_staff.reviewer, approval, "assess")


def test_the_functions_are_those_that_the_book_makes_controlled_else_the_required_ones(rulebooks):
    for version in ("2026.1", "2026.2"):
        afsa, afm = books.get("afsa-custody", version), books.get("afm-custody", version)
        assert {function.code for function in afsa.approved_functions} == CONTROLLED
        assert {function.code for function in afm.approved_functions} == {"head"}
        assert not any(function.is_controlled for function in afm.functions)


def test_a_submission_proposes_each_person_named_for_such_a_function(case_in_review):
    named = case_in_review.posts.filter(function__in=CONTROLLED).values_list("person", "function")
    proposed = case_in_review.individuals.values_list("person", "function", "state")
    assert set(proposed) == {(*one, "proposed") for one in named}
    assert len(proposed) == 6
    assert [(one.function.code, len(one.approvals), one.untold) for one in with_untold(case_in_review)] == [
        ("seo", 1, []), ("fo", 1, []), ("co", 1, []), ("mlro", 1, []), ("director", 2, []),
    ]  # fmt: skip


def test_a_required_function_without_somebody_approved_holds_the_recommendation(case_in_review):
    left = functions_approved(case_in_review)
    assert [reason.text.partition("”")[0] for reason in left] == [
        "“Senior Executive Officer", "“Finance Officer", "“Compliance Officer",
        "“Money Laundering Reporting Officer",
    ]  # fmt: skip
    assert all("Rule: AIFC General Rules (GEN) 2.1.1(1)" in reason.text for reason in left)
    case_in_review.individuals.filter(function="fo").update(state="assessing")
    IndividualApproval.objects.filter(application=case_in_review, function="fo").update(state="approved")
    assert len(functions_approved(fresh(case_in_review))) == 3


def test_a_person_is_approved_once_every_finding_about_them_is_settled(assessing, afm_staff):
    with pytest.raises(NotReady, match="is not settled"):
        run(afm_staff.reviewer, assessing, "approve")
    settle(assessing.application, assessing.person, afm_staff)
    [own] = functions_approved(fresh(assessing.application))
    assert "a record of our own, not law" in own.text
    assert run(afm_staff.reviewer, assessing, "approve").state == "approved"
    assert functions_approved(fresh(assessing.application)) == []
    event = Event.objects.filter(subject=assessing.audit_subject).latest("number")
    facts = (event.kind, event.data["function"], event.data["person"])
    assert facts == ("individualapproval.approve", "head", str(assessing.person_id))
    again = run(afm_staff.lead_reviewer, assessing, "assess_again", reason="A new fact.")
    assert (again.state, len(functions_approved(fresh(assessing.application)))) == ("assessing", 1)


def test_a_refusal_is_noticed_waits_for_the_firm_and_is_another_persons(assessing, afm_staff, firm_user):
    case, first = assessing.application, first_allowed_day(assessing.application)
    words = {"reason": "Among us.", "notice": "We propose to refuse."}
    with pytest.raises(NotReady, match="has at least until"):
        run(
            afm_staff.reviewer,
            assessing,
            "propose_refusal",
            represent_until=first - timedelta(days=1),
            **words,
        )
    proposed = run(afm_staff.reviewer, assessing, "propose_refusal", represent_until=first, **words)
    told = Message.objects.filter(template="refusal_notice", recipient=firm_user)
    assert told.count() == 1

    decider = afm_staff.decision_maker
    with pytest.raises(NotReady, match="may answer until"):
        run(decider, proposed, "refuse", reason="Not fit.")
    heard = individuals.record_answer(
        actor=afm_staff.case_officer,
        approval=proposed,
        expected_version=proposed.version,
        text="We disagree.",
    )
    with pytest.raises(Conflict):
        individuals.record_answer(
            actor=afm_staff.case_officer, approval=proposed, expected_version=proposed.version, text="Other."
        )
    IndividualApproval.objects.filter(pk=heard.pk).update(
        represent_until=timezone.localdate() - timedelta(days=1)
    )
    with pytest.raises(NotAllowed):
        run(afm_staff.reviewer, heard, "refuse", reason="Not fit.")
    with pytest.raises(NotReady, match="Write our answer"):
        run(decider, heard, "refuse", reason="Not fit.", our_answer=" ")
    refused = run(decider, heard, "refuse", reason="Not fit.", our_answer="It was weighed.")
    assert (refused.state, refused.representation, refused.our_answer, refused.ended_at is not None) == (
        "refused", "We disagree.", "It was weighed.", True,
    )  # fmt: skip
    assert duties.side_of(case=case.duty_case, human=decider.human) == "decide"
    assert individuals.take_up(actor=afm_staff.specialist, case=case) == []
    assert len(functions_approved(fresh(case))) == 1


def test_the_day_is_met_on_both_sides_of_its_limit(assessing, afm_staff):
    today = timezone.localdate()
    words = {"reason": "r", "notice": "n", "represent_until": first_allowed_day(assessing.application)}
    run(afm_staff.reviewer, assessing, "propose_refusal", **words)
    for day, state in ((today, "refusal_proposed"), (today - timedelta(days=1), "refused")):
        IndividualApproval.objects.filter(pk=assessing.pk).update(represent_until=day)
        if state == "refused":
            run(afm_staff.decision_maker, assessing, "refuse", reason="r")
        else:
            with pytest.raises(NotReady):
                run(afm_staff.decision_maker, assessing, "refuse", reason="r")
        assert fresh(assessing).state == state


def test_who_was_named_before_records_were_kept_is_taken_up(reviewed, afm_staff):
    IndividualApproval.objects.filter(application=reviewed).delete()
    [one] = [one for one in with_untold(reviewed) if one.untold]
    assert [person.pk for person in one.untold] == list(
        reviewed.posts.filter(function="head").values_list("person", flat=True)
    )
    assert len(individuals.take_up(actor=afm_staff.specialist, case=reviewed)) == 1
    assert individuals.take_up(actor=afm_staff.specialist, case=reviewed) == []


def test_the_firm_replaces_a_candidate_while_the_case_is_in_review(assessing, reviewed, afm_staff, firm_user):
    case, old = reviewed, assessing.person
    how = {"actor": firm_user, "approval": assessing, "expected_version": assessing.version}
    with pytest.raises(NotReady, match="why another person"):
        individuals.propose_another(reason=" ", **how)
    with pytest.raises(NotAllowed):
        individuals.propose_another(reason="She left.", **{**how, "actor": afm_staff.reviewer})
    individuals.propose_another(reason="She left.", **how)
    assert fresh(assessing).state == "withdrawn"
    assert not case.posts.filter(person=old, function="head").exists()
    opened = set(case.stages.filter(state="changes_requested").values_list("code", flat=True))
    assert "fit_and_proper" in opened
    assert case.stages.get(code="fit_and_proper").note_to_firm.endswith(": She left.")
    assert duties.side_of(case=case.duty_case, human=firm_user.human) == ""
    with pytest.raises(Conflict):
        individuals.propose_another(reason="Again.", **how)

    fields = {name: getattr(old, name) for name in PERSON_FIELDS}
    fields |= {"latin_given_names": "Other", "identifier_kind": "passport", "identifier": "N12345678",
               "citizenship": "IE"}  # fmt: skip
    new = people.save_person(actor=firm_user, case_id=case.pk, functions=["head"], **fields)
    before = case.snapshots.count()
    answer_rest(case, firm_user)
    complete_stages(case, firm_user)
    assert case.snapshots.count() == before + len(opened)
    stand = {(one.person, one.state) for one in case.individuals.all()}
    assert stand == {(old, "withdrawn"), (new, "proposed")}
    about = case.findings.filter(person=new)
    assert (about.exists(), set(about.values_list("outcome", flat=True))) == (True, {""})
    assert set(case.stages.filter(code__in=opened).values_list("state", flat=True)) == {StageState.COMPLETE}
    assert replaceable(case, new)[0].person == new


def test_another_human_under_the_record_of_who_was_approved_is_assessed_anew(
    assessing, reviewed, afm_staff, firm_user
):
    case, person = reviewed, assessing.person
    settle(case, person, afm_staff)
    run(afm_staff.reviewer, assessing, "approve")
    fields = {name: getattr(person, name) for name in PERSON_FIELDS}
    posts = list(case.posts.filter(person=person).values_list("function", flat=True))
    other = {"identifier_kind": "passport", "identifier": "N12345678", "citizenship": "IE"}
    for change, states in (
        ({"latin_given_names": "Corrected"}, {"approved"}),
        (other, {"withdrawn", "proposed"}),
    ):
        stage = case.stages.get(code=home_of(case, rb.PEOPLE))
        assessment.request_changes(
            actor=afm_staff.reviewer, stage=stage, expected_version=stage.version, reason="Look again."
        )
        fields |= change
        people.save_person(actor=firm_user, case_id=case.pk, person=person, functions=posts, **fields)
        answer_rest(case, firm_user)
        complete_stages(case, firm_user)
        assert {one.state for one in case.individuals.filter(person=person)} == states
    assert len(functions_approved(fresh(case))) == 1


def test_a_person_corrected_elsewhere_stands_here_as_submitted_and_as_approved(
    assessing, reviewed, afm_staff, firm_user, afsa
):
    case, person = reviewed, assessing.person
    settle(case, person, afm_staff)
    before = case.snapshots.get().content["people"][str(person.pk)]["name"]
    assert run(afm_staff.reviewer, assessing, "approve").called == before
    draft = drafting.start_application(actor=firm_user, firm=case.firm, licence_type=afsa)
    fields = {name: getattr(person, name) for name in PERSON_FIELDS}
    papers = {"identifier_kind": "passport", "identifier": "N12345678", "citizenship": "IE"}
    fields |= {"given_names": "Renamed", "family_name": "Elsewhere", "patronymic": "", **papers}
    save = {"actor": firm_user, "person": person, **fields}
    people.save_person(case_id=draft.pk, functions=["seo"], **save)

    [head] = [one for one in with_untold(fresh(case)) if one.function.code == "head"]
    assert [one.called for one in head.approvals] == [before]
    shown = show_number(actor=afm_staff.reviewer, case=case, person_id=person.pk)
    masked = case.snapshots.get().content["people"][str(person.pk)]["number"]
    assert (shown.name, shown.number, shown.is_whole) == (before, masked, False)
    Finding.objects.filter(pk=case.findings.filter(person=person).first().pk).update(outcome="query")
    assert [query.person.called for query in open_queries(fresh(case))] == [before]

    run(afm_staff.lead_reviewer, assessing, "assess_again", reason="A new fact.")
    assert fresh(assessing).called == before
    stage = case.stages.get(code=home_of(case, rb.PEOPLE))
    assessment.request_changes(
        actor=afm_staff.reviewer, stage=stage, expected_version=stage.version, reason="Look again."
    )
    posts = list(case.posts.filter(person=person).values_list("function", flat=True))
    people.save_person(case_id=case.pk, functions=posts, **save)
    answer_rest(case, firm_user)
    complete_stages(case, firm_user)
    assert [one.called for one in case.individuals.filter(state="proposed")] == ["Renamed Elsewhere"]
    assert fresh(assessing).called == before


def test_nobody_is_left_undecided_at_a_grant(assessing, reviewed, afm_staff):
    case, person = assessing.application, assessing.person
    settle(case, person, afm_staff)
    left = [reason for reason in people_settled(fresh(case)) if "nobody approved" not in reason.text]
    assert [(reason.text, reason.url, reason.by) for reason in left] == [
        (
            f"{assessing.called} as “{assessing.title}” is not decided on: Being assessed.",
            f"/desk/applications/application/{case.pk}/people/{person.pk}/",
            "approve_individual",
        )
    ]
    run(afm_staff.reviewer, assessing, "approve")
    assert people_settled(fresh(case)) == []
    IndividualApproval.objects.filter(pk=assessing.pk).update(state="withdrawn")
    assert [reason.text for reason in people_settled(fresh(case))][1:] == [
        f"{assessing.called} is named as “{assessing.title}” and not proposed yet."
    ]


@pytest.mark.parametrize(
    ("states", "left"),
    [
        ((), "closed"),
        (("assessing", "refusal_proposed"), "closed"),
        (("assessing", "approved"), "approved"),
        (("assessing", "refusal_proposed", "refused"), "refused"),
    ],
)
def test_what_is_not_decided_about_a_person_ends_with_the_case(reviewed, firm_user, states, left):
    for state in states:
        reviewed.individuals.update(state=state)
    submission.withdraw_application(
        actor=firm_user, case=fresh(reviewed), expected_version=fresh(reviewed).version, reason="No more."
    )
    [approval] = reviewed.individuals.all()
    assert (approval.state, approval.ended_at is not None) == (left, left == "closed")
    ended = Event.objects.filter(subject=reviewed.audit_subject, kind="individualapproval.close")
    assert ended.count() == (left == "closed")
