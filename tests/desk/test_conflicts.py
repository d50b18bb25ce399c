"""A conflict of interest closes the case to the human, and gives back what they had in hand."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership
from applications.desk.my_work import counts
from applications.queries.conflicts import cannot_act
from applications.rules import is_without_conflict
from applications.services import assessment, consultations
from audit.models import Event
from notifications.models import Message
from regulators.models import Role
from tests.desk.conftest import act, at, stage_act
from tests.plugins.cases import appointed, fresh, new_applicant, new_staff, person_of

WORDS = "To name anew after a conflict of interest"


@pytest.fixture
def in_hand(filed, afsa, afsa_staff):
    """The reviewer is case officer too, took a stage, found something, wrote a note, and is asked."""
    case, reviewer = filed(afsa), afsa_staff.reviewer
    stage, other = case.stages.all()[:2]
    for one in (stage, other):
        type(one).objects.filter(pk=one.pk).update(state="complete")
    assessment.take_stage(actor=reviewer, stage=stage, expected_version=0)
    assessment.take_stage(actor=afsa_staff.lead_reviewer, stage=other, expected_version=0)
    assessment.assess(actor=reviewer, finding=case.findings.first(), expected_version=0, outcome="met")
    assessment.write_note(actor=reviewer, case=case, text="What I saw.")
    consultations.consult(actor=afsa_staff.lead_reviewer, case=case, question="Sound?", specialist=reviewer)
    type(case).objects.filter(pk=case.pk).update(case_officer=reviewer)
    return fresh(case)


def test_what_was_in_hand_goes_back_and_the_lead_is_told(in_hand, browsers, afsa_staff):
    case, lead = in_hand, afsa_staff.lead_reviewer
    version = case.version
    response = browsers.reviewer.post(at("conflict_new", case), {"text": "My brother."})
    assert (response.status_code, response.url) == (302, "/desk/applications/application/")

    case = fresh(case)
    assert (case.case_officer, case.version) == (None, version + 1)
    assert [(s.state, s.taken_by) for s in case.stages.all()[:2]] == [("complete", None), ("in_review", lead)]
    assert case.consultations.get().specialist is None
    assert (case.findings.exclude(outcome="").count(), case.notes.count()) == (1, 1)
    event = Event.objects.filter(subject=case.audit_subject).latest("number")
    assert (event.kind, event.data) == (
        "application.conflict", {"officer": True, "stages": [case.book.stage_codes[0]], "consultations": 1},
    )  # fmt: skip
    told = Message.objects.filter(key__contains=":conflict:").values_list("recipient", flat=True)
    assert set(told) == {lead.pk, afsa_staff.second_lead_reviewer.pk}
    found = next(one for one in counts(fresh(lead), frozenset(Role.values)) if one.text == WORDS)
    assert found.count == 1
    page = browsers.lead_reviewer.get(at("change", case)).content.decode()
    assert "1 finding of this person stands" in page
    assert "To be given to another specialist" in page
    assert (
        case.reference
        in browsers.lead_reviewer.get(
            f"/desk/applications/application/?{found.url.partition('?')[2]}"
        ).content.decode()
    )

    again = browsers.reviewer.post(at("conflict_new", case), {"text": "My brother."})
    assert (again.status_code, case.conflicts.count()) == (302, 1)


def test_the_case_is_closed_to_every_account_of_the_human(in_hand, afsa, english, browsers, afsa_staff):
    case, stage = in_hand, in_hand.stages.first()
    second = new_staff("Second account")
    type(second).objects.filter(pk=second.pk).update(human=afsa_staff.specialist.human)
    appointed(second, afsa.regulator, "reviewer")
    urls = [at("change", case), at("stage", case, stage.code), at("note_new", case), at("letters", case),
            at("assign", case), act(case, "recommend"), stage_act(stage, "approve")]  # fmt: skip
    browser = english(second)
    assert browser.get(urls[0]).status_code == 200
    browsers.specialist.post(at("conflict_new", case), {"text": "My brother."})

    for one in (browser, browsers.specialist):
        assert {one.get(url).status_code for url in urls} == {403}
    page = browser.get(urls[0]).content.decode()
    assert "has declared a conflict of interest here" in page
    assert case.firm.memberships.first().user.full_name not in page
    listed = browser.get("/desk/applications/application/?cases=all").content.decode()
    assert case.reference in listed


def test_whoever_was_once_of_the_firm_or_is_one_of_its_people_is_refused_and_named_in_lists(
    filed, afsa, afsa_staff, browsers, django_assert_num_queries
):
    case, staff = filed(afsa), afsa_staff
    guest = new_applicant("Before")
    type(guest).objects.filter(pk=guest.pk).update(human=staff.reviewer.human)
    ended = timezone.now() + timedelta(seconds=1)
    Membership.objects.create(user=guest, firm=case.firm, role="viewer", ended_at=ended)
    person_of(case.firm, human=staff.case_officer.human)
    assert [getattr(browsers, role).get(at("change", case)).status_code for role in
            ("reviewer", "case_officer", "lead_reviewer")] == [403, 403, 200]  # fmt: skip
    everybody = [staff.reviewer, staff.case_officer, staff.lead_reviewer, staff.specialist]
    with django_assert_num_queries(4):
        why = cannot_act(case, everybody)
    assert why == {
        staff.reviewer.pk: "acts or acted for the firm",
        staff.case_officer.pk: "is one of the people of the firm",
    }
    assert {user.pk for user in everybody if not is_without_conflict(user, fresh(case))} == why.keys()
    page = browsers.lead_reviewer.get(at("assign", case)).content.decode()
    assert f"{staff.case_officer.full_name}: cannot act here, is one of the people of the firm" in page


def test_a_stage_is_given_back_by_whoever_took_it_or_a_lead(in_hand, browsers):
    stage = in_hand.stages.first()
    url = stage_act(stage, "release")
    assert browsers.specialist.post(url, {"version": stage.version}).status_code == 403
    assert browsers.reviewer.post(url, {"version": stage.version}).status_code == 302
    assert (fresh(stage).state, fresh(stage).taken_by) == ("complete", None)
