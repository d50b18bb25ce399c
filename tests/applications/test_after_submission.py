"""What was submitted stays what is assessed and decided: changes afterwards are seen, refused, or both."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from applications.models import Answer, AnswerFile, Finding, Person
from applications.services import assessment, consultations, decisions, drafting, people, requests, submission
from applications.services.people import PERSON_FIELDS
from applications.services.snapshots import retake_snapshot
from audit.models import Event
from regulators import rulebook as rb
from tests.plugins.cases import fresh, serve
from workflow import duties
from workflow.errors import Conflict, NotAllowed, NotReady


def stage_for(case, kind):
    return case.stages.filter(
        code__in={r.stage for r in case.book.requirements if kind in r.evidence}
    ).first()


def findings_for(case, kind):
    codes = [r.code for r in case.book.requirements if kind in r.evidence]
    return Finding.objects.filter(application=case, requirement__in=codes)


def back_to_the_firm(stage, staff):
    stage = fresh(stage)
    return assessment.request_changes(
        actor=staff.reviewer, stage=stage, expected_version=stage.version, reason="Look again."
    )


def complete(stage, user):
    stage = fresh(stage)
    return drafting.complete_stage(actor=user, stage=stage, expected_version=stage.version)


def find(finding, staff, outcome="met", note="Seen."):
    return assessment.assess(
        actor=staff.reviewer, finding=finding, expected_version=finding.version, outcome=outcome, note=note
    )


def test_a_changed_holding_has_to_be_assessed_again(reviewed, firm_user, afm_staff):
    found = find(findings_for(reviewed, rb.OWNERSHIP).get(), afm_staff)
    stage = stage_for(reviewed, rb.OWNERSHIP)
    back_to_the_firm(stage, afm_staff)
    held = reviewed.holdings.filter(owned__is_applicant=True).first()
    people.save_holding(
        actor=firm_user, case_id=reviewed.pk, owner=held.owner, owned=held.owned,
        economic=held.economic, voting=Decimal(99), changed=held,
    )  # fmt: skip
    complete(stage, firm_user)
    assert (fresh(found).outcome, fresh(found).affected) == ("met", True)


def test_what_was_not_changed_stays_assessed(reviewed, firm_user, afm_staff):
    found = find(findings_for(reviewed, rb.OWNERSHIP).get(), afm_staff)
    stage = stage_for(reviewed, rb.OWNERSHIP)
    back_to_the_firm(stage, afm_staff)
    drafting.start_stage(actor=firm_user, stage=fresh(stage), expected_version=fresh(stage).version)
    complete(stage, firm_user)
    assert (fresh(found).affected, fresh(found).version) == (False, found.version)


def test_a_finding_page_that_shows_the_answer_of_before_is_stale(reviewed, firm_user, afm_staff):
    answer = Answer.objects.filter(application=reviewed, person=None, value__has_key="text").first()
    shown = reviewed.findings.get(requirement=answer.requirement, person=None)
    stage = reviewed.stages.get(code=shown.stage)
    back_to_the_firm(stage, afm_staff)
    drafting.save_answer(
        actor=firm_user, case_id=reviewed.pk, requirement=answer.requirement,
        value={**answer.value, "text": "Quite another answer."},
    )  # fmt: skip
    complete(stage, firm_user)
    assert fresh(shown).affected is False  # nothing was found yet
    with pytest.raises(Conflict):
        find(shown, afm_staff)


def test_a_finding_does_not_go_away_by_taking_a_person_out_and_in_again(reviewed, firm_user, afm_staff):
    stage = stage_for(reviewed, rb.PEOPLE)
    person = Person.objects.filter(findings__application=reviewed).first()
    functions = list(reviewed.posts.filter(person=person).values_list("function", flat=True))
    bad = find(reviewed.findings.filter(person=person).first(), afm_staff, outcome="deficient")
    back_to_the_firm(stage, afm_staff)
    people.remove_person(actor=firm_user, case_id=reviewed.pk, person=person)
    retake_snapshot(reviewed, actor=firm_user)
    assert fresh(bad).outcome == "not_applicable"
    fields = {name: getattr(person, name) for name in PERSON_FIELDS}
    people.save_person(actor=firm_user, case_id=reviewed.pk, functions=functions, **fields)
    retake_snapshot(reviewed, actor=firm_user)
    assert (fresh(bad).outcome, fresh(bad).assessed_by) == ("", None)


def test_evidence_that_was_submitted_can_be_opened_after_its_person_was_taken_out(
    reviewed, firm_user, afm_staff
):
    stage = stage_for(reviewed, rb.PEOPLE)
    file = AnswerFile.objects.filter(answer__application=reviewed).exclude(answer__person=None).first()
    back_to_the_firm(stage, afm_staff)
    people.remove_person(actor=firm_user, case_id=reviewed.pk, person=file.answer.person)
    assert AnswerFile.objects.filter(pk=file.pk).exists()


def test_the_submission_keeps_who_the_people_were(reviewed):
    kept = reviewed.snapshots.get().content["people"]
    assert {pk: person["human"] for pk, person in kept.items()} == {
        str(post.person_id): post.person.human for post in reviewed.posts.select_related("person")
    }


def test_nothing_changes_in_a_case_that_is_decided(reviewed, firm_user, afm_staff):
    stage = stage_for(reviewed, rb.OWNERSHIP)
    back_to_the_firm(stage, afm_staff)
    drafting.start_stage(actor=firm_user, stage=fresh(stage), expected_version=fresh(stage).version)
    submission.withdraw_application(
        actor=firm_user, case=reviewed, expected_version=reviewed.version, reason="No more."
    )
    held = reviewed.holdings.first()
    changes = {"owner": held.owner, "owned": held.owned, "economic": held.economic, "voting": Decimal(1)}
    with pytest.raises(NotReady, match="decided"):
        people.save_holding(actor=firm_user, case_id=reviewed.pk, **changes)
    answer = Answer.objects.filter(
        application=reviewed, requirement__in=[r.code for r in reviewed.book.requirements_of(stage.code)],
        person=None,
    ).first()  # fmt: skip
    with pytest.raises(NotReady, match="decided"):
        drafting.save_answer(
            actor=firm_user, case_id=reviewed.pk, requirement=answer.requirement, value={"text": "Late."}
        )
    with pytest.raises(NotReady, match="decided"):
        complete(stage, firm_user)


def test_a_request_is_not_sent_in_a_case_that_is_over(reviewed, firm_user, afm_staff):
    asked = requests.write_request(
        actor=afm_staff.reviewer, case=reviewed, due_on=timezone.localdate() + timedelta(days=9),
        points=[{"requirement": reviewed.book.requirements[0].code, "question": "Where?"}],
    )  # fmt: skip
    submission.withdraw_application(
        actor=firm_user, case=reviewed, expected_version=reviewed.version, reason="No more."
    )
    with pytest.raises(NotReady):
        requests.send_request(actor=afm_staff.reviewer, request=asked, expected_version=asked.version)


def test_a_change_is_resolved_once(reviewed, firm_user, afm_staff):
    notice = submission.notify_change(actor=firm_user, case=reviewed, text="A new director.")
    stale = fresh(notice)
    words = {"actor": afm_staff.reviewer, "resolution": "No effect.", "affected": []}
    with pytest.raises(NotReady, match="Unknown requirement: X"):
        assessment.resolve_change(notice=notice, **{**words, "affected": ["X"]})
    assessment.resolve_change(notice=notice, **words)
    with pytest.raises(NotReady, match="already"):
        assessment.resolve_change(notice=stale, **words)


def test_a_consultation_is_finished_once(reviewed, afm_staff):
    asked = consultations.consult(actor=afm_staff.reviewer, case=reviewed, body="Bank", question="Known?")
    stale = fresh(asked)
    consultations.answer_consultation(actor=afm_staff.reviewer, consultation=asked, answer="Yes.")
    with pytest.raises(NotReady, match="already"):
        consultations.answer_consultation(actor=afm_staff.reviewer, consultation=stale, answer="No.")


def test_a_note_is_on_the_record_without_its_words(reviewed, afm_staff):
    note = assessment.write_note(actor=afm_staff.reviewer, case=reviewed, text="Between us.")
    event = Event.objects.filter(subject=reviewed.audit_subject).latest("number")
    assert (event.kind, event.reason, event.data) == ("application.note", "", {"note": note.pk})


def test_staff_who_are_among_the_people_of_the_firm_have_a_conflict(reviewed, afm_staff):
    person = reviewed.posts.first().person
    Person.objects.filter(pk=person.pk).update(human=afm_staff.reviewer.human)
    stage = reviewed.stages.first()
    with pytest.raises(NotAllowed):
        assessment.take_stage(actor=afm_staff.reviewer, stage=stage, expected_version=stage.version)


def test_the_service_of_a_notice_is_recorded_once_even_from_two_open_pages(refusal_proposed, afsa_staff):
    one, other = refusal_proposed.refusal_notices.get(), refusal_proposed.refusal_notices.get()
    serve(one, afsa_staff)
    with pytest.raises(NotReady, match="already"):
        serve(other, afsa_staff, days=1)
    assert fresh(one).representations_until == timezone.localdate() + timedelta(days=14)


def test_a_representation_is_answered_once_and_by_somebody_who_decides(
    refusal_proposed, firm_user, afsa_staff
):
    serve(refusal_proposed.refusal_notices.get(), afsa_staff)
    made = submission.make_representation(actor=firm_user, case=refusal_proposed, text="We differ.")
    stale = fresh(made)
    answer = {"our_answer": "Considered.", "accepted": True}
    decisions.answer_representation(actor=afsa_staff.second_decision_maker, representation=made, **answer)
    with pytest.raises(NotReady, match="already"):
        decisions.answer_representation(
            actor=afsa_staff.decision_maker, representation=stale, our_answer="No.", accepted=False
        )
    human = afsa_staff.second_decision_maker.human
    assert duties.side_of(case=refusal_proposed.duty_case, human=human) == "decide"
