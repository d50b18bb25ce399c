"""Specialists and other bodies, asked side by side: each with a day and a rule for silence of its own."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.desk.my_work import counts
from applications.models import Consultation
from applications.services import conflicts, consultations
from regulators.calendars import YearNotInCalendarError, add_working_days
from regulators.models import Role
from regulators.periods import footing
from tests.desk.conftest import at, on
from tests.plugins.cases import fresh
from workflow import duties
from workflow.errors import NotAllowed, NotReady

ASK = {"question": "Is the key ceremony sound?", "silence": "wait"}


def ask(case, staff, **words):
    return consultations.consult(
        actor=staff.reviewer, case=case, **{"question": "Known?", "body": "NBK", **words}
    )


def past(consultation):
    """As it stands a day after its last day."""
    Consultation.objects.filter(pk=consultation.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    return fresh(consultation)


def count_of(user, words):
    return next(one.count for one in counts(fresh(user), frozenset(Role.values)) if one.text == words)


def test_a_specialist_is_asked_sees_it_in_their_work_and_answers_alone(case, browsers, afsa_staff):
    specialist, code = afsa_staff.specialist, case.findings.first().requirement
    posted = {**ASK, "specialist": specialist.pk, "stage": "business_plan", "requirements": [f"{code}|"],
              "working_days": "5"}  # fmt: skip
    assert browsers.reviewer.post(at("consultation_new", case), posted).status_code == 302

    asked = case.consultations.get()
    kept = (asked.body, asked.inside, asked.specialist, asked.stage, asked.requirements, asked.due_on)
    assert kept == (specialist.full_name, True, specialist, "business_plan", [code],
                    add_working_days(timezone.localdate(), 5))  # fmt: skip
    assert (
        count_of(specialist, "Your view is asked"),
        count_of(afsa_staff.reviewer, "Your view is asked"),
    ) == (1, 0)
    listed = browsers.specialist.get("/desk/applications/application/?needs=my_view")
    assert case.reference in listed.content.decode()

    url, answer = at("consultation", case, asked.pk), {"answer": "It is sound."}
    assert "<textarea" not in browsers.reviewer.get(url).content.decode()
    assert browsers.reviewer.post(url, answer).status_code == 403
    assert browsers.specialist.post(url, answer).status_code == 302
    asked = fresh(asked)
    assert (asked.answer, asked.outcome, asked.finished_by) == ("It is sound.", "answered", specialist)
    assert duties.side_of(case=case.duty_case, human=specialist.human) == "examine"
    assert count_of(specialist, "Your view is asked") == 0


def test_several_run_side_by_side_and_each_holds_the_recommendation_with_its_link(case, browsers, afsa_staff):
    first, second = ask(case, afsa_staff), ask(case, afsa_staff, body="AFM")
    consultations.answer_consultation(actor=afsa_staff.reviewer, consultation=second, answer="Yes.")

    page = browsers.lead_reviewer.get(at("change", case))
    reasons = {one["name"]: one["reasons"] for one in page.context["acts"]}["recommend"]
    waiting = [reason.url for reason in reasons if "onsultation" in reason.text]
    assert waiting == [at("consultation", case, first.pk)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"body": ""}, "one of the two"),
        ({"body": "NBK", "specialist": "specialist"}, "one of the two"),
        ({"silence": "no_objection"}, "needs a last day"),
        ({"silence": "issue"}, "Choose what no answer means"),
        ({"due_on": date(2020, 1, 1)}, "must be after today"),
        ({"requirements": ["X-1"]}, "Unknown requirement: X-1"),
        ({"body": "", "specialist": "case_officer"}, "is no specialist or reviewer"),
    ],
)
def test_what_cannot_be_asked_says_how_to_mend_it(words, said, case, afsa_staff):
    asked = {**words, "specialist": getattr(afsa_staff, words.get("specialist", ""), None)}
    with pytest.raises(NotReady, match=said):
        ask(case, afsa_staff, **asked)
    assert case.consultations.count() == 0


def test_silence_is_made_something_of_by_a_person_after_its_day_and_only_where_its_rule_says_so(
    case, afsa_staff
):
    tomorrow = timezone.localdate() + timedelta(days=1)
    waits = past(ask(case, afsa_staff, due_on=tomorrow))
    agreed = ask(case, afsa_staff, due_on=tomorrow, silence="no_objection")
    how = {"actor": afsa_staff.reviewer, "outcome": "silent", "reason": "No answer came."}
    with pytest.raises(NotReady, match="does not let"):
        consultations.close_consultation(consultation=waits, **how)
    with pytest.raises(NotReady, match="is not over"):
        consultations.close_consultation(consultation=agreed, **how)
    assert consultations.close_consultation(consultation=past(agreed), **how).outcome == "silent"

    late = consultations.answer_consultation(actor=afsa_staff.reviewer, consultation=agreed, answer="No!")
    assert (late.outcome, late.answer, consultations.is_late(late)) == ("answered", "No!", True)
    how |= {"outcome": "withdrawn"}
    assert consultations.close_consultation(consultation=waits, **how).outcome == "withdrawn"
    with pytest.raises(NotReady, match="finished already"):
        consultations.answer_consultation(actor=afsa_staff.reviewer, consultation=waits, answer="Late.")


def test_a_silence_past_its_day_is_counted_and_raised_and_nothing_happens_by_itself(case, afsa_staff):
    tomorrow = timezone.localdate() + timedelta(days=1)
    raised = ask(case, afsa_staff, due_on=tomorrow, silence="raise")
    words = ("Consultations past their day", "Silence raised to you")
    assert [count_of(afsa_staff.lead_reviewer, one) for one in words] == [0, 0]
    past(raised)
    assert [count_of(afsa_staff.lead_reviewer, one) for one in words] == [1, 1]
    Consultation.objects.filter(pk=raised.pk).update(silence="no_objection")
    assert [count_of(afsa_staff.lead_reviewer, one) for one in words] == [1, 0]
    assert fresh(raised).outcome == ""


def test_the_law_is_named_for_another_body_where_the_book_has_it_and_else_our_policy(
    case, filed, afm, browsers, afsa_staff, afm_staff, english
):
    national, day = filed(afm), timezone.localdate() + timedelta(days=9)
    ask(case, afsa_staff, due_on=day, silence="no_objection")
    ask(national, afm_staff, due_on=day, silence="no_objection")
    ask(national, afm_staff, due_on=day, silence="no_objection", body="", specialist=afm_staff.specialist)

    ours = browsers.reviewer.get(at("change", case)).context["consultations"]
    theirs = english(afm_staff.reviewer).get(at("change", national)).context["consultations"]
    law = footing(national.book.clock("concurrence"))
    assert law.startswith("Rule: ")
    assert [one["rule"] for one in (*ours, *theirs)] == ["our policy", law, "our policy"]


def test_of_whom_it_would_be_refused_the_choice_says_why_and_the_service_refuses(case, browsers, afsa_staff):
    conflicts.declare_conflict(actor=afsa_staff.specialist, case=case, text="My brother.")
    page = browsers.reviewer.get(at("consultation_new", case)).content.decode()
    assert f"{afsa_staff.specialist.full_name}: cannot act here, has declared a conflict" in page
    with pytest.raises(NotReady, match="has declared a conflict of interest here"):
        ask(case, afsa_staff, body="", specialist=afsa_staff.specialist)


def test_it_is_given_to_another_specialist(case, browsers, afsa_staff):
    asked = ask(case, afsa_staff, body="", specialist=afsa_staff.specialist)
    posted = {"specialist": afsa_staff.second_lead_reviewer.pk}
    assert browsers.reviewer.post(at("consultation_give", case, asked.pk), posted).status_code == 302
    with pytest.raises(NotAllowed):
        consultations.answer_consultation(actor=afsa_staff.specialist, consultation=asked, answer="Mine.")
    assert fresh(asked).body == afsa_staff.second_lead_reviewer.full_name


def test_days_are_given_in_one_way(case, browsers):
    posted = {**ASK, "body": "NBK", "working_days": "5", **on(timezone.localdate(), "due_on")}
    response = browsers.reviewer.post(at("consultation_new", case), posted)
    assert (response.status_code, "not both" in response.content.decode()) == (422, True)


def test_days_that_the_calendar_does_not_reach_are_given_as_a_day(case, browsers, monkeypatch):
    def ends(start, days):
        raise YearNotInCalendarError(start.year + 1)

    monkeypatch.setattr("applications.desk.pages.consultations.add_working_days", ends)
    posted = {**ASK, "body": "NBK", "working_days": "250"}
    response = browsers.reviewer.post(at("consultation_new", case), posted)
    errors = {"working_days": ["The calendar does not go so far: give a day instead."]}
    assert (response.status_code, response.context["form"].errors) == (422, errors)
    assert case.consultations.count() == 0


def test_the_case_page_costs_the_same_for_any_number(case, browsers, afsa_staff):
    browser, url, counted = browsers.reviewer, at("change", case), []
    for more in (1, 2):
        for one in range(more):
            words = {"body": "", "specialist": afsa_staff.specialist, "question": f"Q{more}{one}"}
            ask(case, afsa_staff, **words)
        browser.get(url)
        with CaptureQueriesContext(connection) as queries:
            browser.get(url)
        counted.append(len(queries))
    assert (case.consultations.count(), counted[0]) == (3, counted[1])
