"""Who examined does not decide; who has a conflict gets no case; periods are no shorter than the book's."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from applications.models import Application, Person
from applications.rules import is_without_conflict
from applications.services import (
    assessment,
    assigning,
    conflicts,
    consultations,
    decisions,
    drafting,
    intake,
    people,
    requests,
    submission,
)
from applications.services.people import PERSON_FIELDS
from regulators import rulebook as rb
from regulators.calendars import last_day
from regulators.queries import current_pin
from tests.plugins.cases import appointed, fresh
from workflow import duties
from workflow.errors import NotAllowed, NotReady


@pytest.fixture
def both(afm, afm_staff):
    """One human who is case officer, reviewer and decision maker: each act is open to them by role."""
    human = afm_staff.decision_maker
    for role in ("case_officer", "reviewer"):
        appointed(human, afm.regulator, role)
    return fresh(human)


def written(case, staff):
    return requests.write_request(
        actor=staff.reviewer, case=case, due_on=timezone.localdate() + timedelta(days=9),
        points=[{"requirement": "N-BP-01", "question": "Which?"}],
    )  # fmt: skip


def consulted(case, staff):
    return consultations.consult(actor=staff.reviewer, case=case, body="The bank", question="What?")


def examining_acts(case, staff, firm_user):
    """Every act that examines and is no transition, by name, ready to be taken by somebody."""
    notice = submission.notify_change(actor=firm_user, case=case, text="A new office.")
    asked, other, body = written(case, staff), written(case, staff), consulted(case, staff)
    return {
        "consult": lambda who: consultations.consult(
            actor=who, case=case, body="The ministry", question="What?"
        ),
        "answer_consultation": lambda who: consultations.answer_consultation(
            actor=who, consultation=body, answer="Yes."
        ),
        "resolve_change": lambda who: assessment.resolve_change(
            actor=who, notice=notice, resolution="No effect.", affected=[]
        ),
        "send_request": lambda who: requests.send_request(actor=who, request=asked, expected_version=0),
        "close_request": lambda who: requests.close_request(
            actor=who, request=other, expected_version=0, note="Not needed."
        ),
    }


ACTS = ["consult", "answer_consultation", "resolve_change", "send_request", "close_request"]


@pytest.mark.parametrize("act", ACTS)
def test_an_act_that_examines_takes_the_examining_side(act, reviewed, afm_staff, firm_user, both):
    examining_acts(reviewed, afm_staff, firm_user)[act](both)
    assert duties.side_of(case=reviewed.duty_case, human=both.human) == "examine"


@pytest.mark.parametrize("act", ACTS)
def test_whoever_decided_does_not_examine(act, reviewed, afm_staff, firm_user, both):
    acts = examining_acts(reviewed, afm_staff, firm_user)
    duties.take(case=reviewed.duty_case, actor=both, side="decide", act="send_back")
    with pytest.raises(NotAllowed, match="You decided on this case"):
        acts[act](both)


def test_the_completeness_check_examines(submitted_afm_case, both):
    intake.check_completeness(actor=both, case=submitted_afm_case, gaps={"N-BP-01": "Which?"})
    assert duties.side_of(case=submitted_afm_case.duty_case, human=both.human) == "examine"


def test_whoever_decided_does_not_check_completeness(submitted_afm_case, both):
    duties.take(case=submitted_afm_case.duty_case, actor=both, side="decide", act="lapse")
    with pytest.raises(NotAllowed):
        intake.check_completeness(actor=both, case=submitted_afm_case, gaps={})
    assert submitted_afm_case.completeness_checks.count() == 0


def test_a_person_with_a_conflict_gets_no_case(reviewed, afm_staff, both):
    conflicts.declare_conflict(actor=both, case=reviewed, text="My sister works there.")
    assign = {"actor": afm_staff.lead_reviewer, "case": reviewed, "expected_version": reviewed.version}
    with pytest.raises(NotReady, match=f"{both.full_name} has a conflict of interest here"):
        assigning.assign_case_officer(officer=both, **assign)
    assert fresh(reviewed).case_officer == afm_staff.case_officer
    person = reviewed.posts.first().person
    Person.objects.filter(pk=person.pk).update(human=afm_staff.case_officer.human)
    with pytest.raises(NotReady, match="conflict of interest"):
        assigning.assign_case_officer(officer=afm_staff.case_officer, **assign)


def test_a_person_without_a_conflict_gets_the_case(reviewed, afm_staff, both):
    assert is_without_conflict(both, fresh(reviewed)) is True
    assigning.assign_case_officer(
        actor=afm_staff.lead_reviewer, case=reviewed, officer=both, expected_version=reviewed.version
    )
    assert fresh(reviewed).case_officer == both


# --- the period for representations


@pytest.fixture
def proposed(afm, custody_firm, firm_user, afm_staff):
    """A refusal is proposed under the national book, which gives three working days at least. (It has no
    ground yet whose rule is fully read, so no act leads here.)
    """
    case = Application.objects.create(
        firm=custody_firm, licence_type=afm, rulebook=current_pin(afm), state="refusal_proposed",
        reference="T-1", submitted_at=timezone.now(), created_by=firm_user,
    )  # fmt: skip
    return case.refusal_notices.create(
        grounds=[], evidence="The file.", text="We propose to refuse.", proposed_by=afm_staff.decision_maker,
        proposed_at=timezone.now() - timedelta(days=30),
    )  # fmt: skip


def serve(notice, staff, served_on, until):
    return decisions.record_service(
        actor=staff.case_officer, notice=notice, served_on=served_on, how="Post", until=until
    )


def test_the_period_is_no_shorter_than_the_books(proposed, afm_staff):
    today = timezone.localdate()
    least = last_day(proposed.application.book.clock("representations"), today)
    with pytest.raises(NotReady, match=f"until {least.strftime('%d.%m.%Y')} at least"):
        serve(proposed, afm_staff, today, least - timedelta(days=1))
    serve(proposed, afm_staff, today, least)
    assert fresh(proposed).representations_until == least


def test_the_period_lies_ahead_when_the_service_is_recorded(proposed, afm_staff):
    today = timezone.localdate()
    with pytest.raises(NotReady, match="must be after today"):
        serve(proposed, afm_staff, today - timedelta(days=30), today)
    serve(proposed, afm_staff, today - timedelta(days=30), today + timedelta(days=1))
    assert fresh(proposed).representations_until == today + timedelta(days=1)


def test_a_notice_is_not_served_before_it_was_drawn_up(proposed, afm_staff):
    day, until = timezone.localdate() - timedelta(days=31), timezone.localdate() + timedelta(days=1)
    with pytest.raises(NotReady, match="before it was drawn up"):
        serve(proposed, afm_staff, day, until)
    serve(proposed, afm_staff, day + timedelta(days=1), until)


def clock(**period):
    units = {"working_days": None, "calendar_days": None, "months": None, **period}
    return rb.Clock(
        code="x", title={"en": "X"}, starts_on="notice", pausable=False, silence="", policy=False,
        citations=(), **units,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("period", "day", "last"),
    [
        ({"working_days": 3}, date(2026, 11, 20), date(2026, 11, 25)),
        ({"calendar_days": 14}, date(2026, 11, 20), date(2026, 12, 4)),
        ({"months": 1}, date(2026, 1, 31), date(2026, 2, 28)),
        ({"months": 2}, date(2026, 11, 20), date(2027, 1, 20)),
        ({"months": 1}, date(2026, 11, 30), date(2026, 12, 30)),
        ({}, date(2026, 11, 20), None),
    ],
)
def test_the_last_day_of_a_period(period, day, last):
    assert last_day(clock(**period), day) == last


def test_a_book_without_the_clock_has_no_last_day():
    assert last_day(None, date(2026, 11, 20)) is None


# --- the declaration


def test_an_answer_saved_after_the_page_was_compared_is_not_submitted(filled_afm_case, firm_user):
    """The case that the view holds is older than the one that is locked."""
    text = "I declare."
    shown = submission.mark_of(filled_afm_case, text)
    stage = filled_afm_case.stages.first()
    drafting.edit_stage_again(actor=firm_user, stage=stage, expected_version=stage.version)
    answer = filled_afm_case.answers.filter(
        person=None, requirement__in=[r.code for r in filled_afm_case.book.requirements_of(stage.code)]
    ).first()
    drafting.save_answer(
        actor=firm_user, case_id=filled_afm_case.pk, requirement=answer.requirement, value=answer.value
    )
    stage = fresh(stage)
    drafting.complete_stage(actor=firm_user, stage=stage, expected_version=stage.version)
    signed = {"actor": firm_user, "declaration": text, "role": "Director"}
    with pytest.raises(submission.DeclarationChanged):
        submission.submit_application(
            case=filled_afm_case, expected_version=filled_afm_case.version, shown=shown, **signed
        )
    case = fresh(filled_afm_case)
    assert case.state == "draft"
    shown = submission.mark_of(case, text)
    submission.submit_application(case=case, expected_version=case.version, shown=shown, **signed)
    assert fresh(case).state == "submitted"


# --- the stage of a typed record


@pytest.mark.parametrize("kind", [rb.PEOPLE, rb.OWNERSHIP])
def test_people_and_holdings_change_in_their_own_stage(kind, case_in_review, afsa_staff, firm_user):
    """In the AFSA book other stages ask for people too: that one of them is back is not enough."""
    back = case_in_review.stages.get(code="aml")
    assessment.request_changes(
        actor=afsa_staff.reviewer, stage=back, expected_version=back.version, reason="Look again."
    )
    back = fresh(back)
    drafting.start_stage(actor=firm_user, stage=back, expected_version=back.version)
    with pytest.raises(NotReady, match="cannot be edited now"):
        drafting.open_stage_of(fresh(case_in_review), kind, firm_user)
    person = case_in_review.posts.first().person
    fields = {name: getattr(person, name) for name in PERSON_FIELDS}
    with pytest.raises(NotReady):
        people.save_person(
            actor=firm_user, case_id=case_in_review.pk, functions=["director"], person=person, **fields
        )
    home = case_in_review.stages.get(code="fit_and_proper")
    assessment.request_changes(
        actor=afsa_staff.reviewer, stage=home, expected_version=home.version, reason="Look again."
    )
    drafting.open_stage_of(fresh(case_in_review), kind, firm_user)
    assert fresh(home).state == "in_progress"
