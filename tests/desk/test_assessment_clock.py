"""The period for the decision stops at an approval in principle and begins anew with the next assessment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.models import InformationRequest
from applications.services import clocks
from regulators.calendars import last_day
from tests.desk.conftest import act, at, on
from tests.plugins.cases import fresh

DAY = timedelta(days=1)


def press(browser, case, name, **data):
    answer = browser.post(act(case, name), {"version": fresh(case).version, **data})
    assert answer.status_code == 302, answer.content.decode()


def by_two(browsers, case, name, **data):
    for decider in (browsers.decision_maker, browsers.second_decision_maker):
        press(decider, case, name, **data)


def entries(case, clock="decision"):
    return list(case.clock_entries.filter(clock=clock).values_list("what", "cause"))


@pytest.fixture
def running(filed, afsa):
    """Recommended; the assessment has run since the acceptance three days ago."""
    case = filed(afsa, state="recommended")
    case.findings.update(outcome="met")
    clocks.start(case, "acceptance")
    back = {"starts_on": timezone.localdate() - 3 * DAY, "due_at": timezone.now() + DAY}
    back["due_on"] = timezone.localdate(back["due_at"])
    case.deadlines.update(**back)
    return case


@pytest.fixture
def approved(running, browsers):
    day = on(timezone.localdate() + 90 * DAY, "expires_on")
    press(browsers.decision_maker, running, "approve_in_principle", reason="Good.", text_1="Pay in.", **day)
    return fresh(running)


def anew():
    """The last moment of sixty working days from today."""
    return clocks.end_of(last_day(clocks.Deadline(working_days=60), timezone.localdate()))


def test_an_approval_in_principle_stops_it(approved):
    assert entries(approved) == [("start", "acceptance"), ("stop", "approve_in_principle")]
    assert approved.deadlines.filter(met_at=None).count() == 0
    assert (approved.next_due, approved.due_code) == (None, "")


def test_a_reopened_case_is_assessed_in_a_full_period_again(approved, browsers):
    by_two(browsers, approved, "reopen", reason="A new fact.")
    assert entries(approved)[2:] == [("start", "reopen")]
    [deadline] = approved.deadlines.all()
    assert (deadline.starts_on, deadline.due_at, deadline.met_at) == (timezone.localdate(), anew(), None)
    assert fresh(approved).next_due == anew()
    page = browsers.reviewer.get(at("change", approved)).content.decode()
    words = "60 working days from the day on which the assessment began anew (afsa-custody 2026.3)"
    assert page.count(words) == 1


def test_a_refusal_that_was_proposed_after_it_and_sent_back_starts_it(approved, browsers):
    ground = next(ground.code for ground in approved.book.grounds if ground.quotable)
    words = {"grounds": [ground], "evidence": "e", "notice": "n", "departs": "New."}
    press(browsers.decision_maker, approved, "propose_refusal", **words)
    assert len(entries(approved)) == 2
    said = approved.refusal_notices.get().representations.create(text="No.", made_by=approved.created_by)
    type(said).objects.filter(pk=said.pk).update(accepted=True)
    press(browsers.decision_maker, approved, "send_back", reason="It is so.")
    assert entries(approved)[2:] == [("start", "send_back")]
    assert approved.deadlines.get().due_at == anew()


def test_sending_back_leaves_a_period_that_runs_as_it_is(running, browsers):
    before = running.deadlines.get().due_at
    press(browsers.decision_maker, running, "send_back", reason="Look again.")
    assert entries(running) == [("start", "acceptance")]
    assert running.deadlines.get().due_at == before


def test_a_remitted_case_is_assessed_in_a_full_period_again(filed, afsa, browsers):
    case = filed(afsa, state="refused")
    for event in ("receipt", "acceptance"):
        clocks.start(case, event)
    clocks.stop(case, cause="refuse")
    by_two(browsers, case, "remit", reason="The court said so.", appeal="Case 12, 1 May")
    assert entries(case)[2:] == [("start", "remit")]
    assert entries(case, "completeness")[2:] == []
    assert fresh(case).next_due == anew()


def test_a_case_whose_assessment_never_ran_gets_no_period(filed, afsa, browsers):
    case = filed(afsa, state="refused")
    by_two(browsers, case, "remit", reason="The court said so.", appeal="Case 12, 1 May")
    assert (entries(case), case.deadlines.count()) == ([], 0)


@pytest.mark.parametrize("pauses", [True, False])
def test_it_waits_while_the_firm_is_asked(approved, browsers, pauses):
    InformationRequest.objects.create(
        application=approved, number=4, due_on=timezone.localdate() + 9 * DAY, status="sent",
        pauses_clock=pauses, written_by=approved.created_by,
    )  # fmt: skip
    by_two(browsers, approved, "reopen", reason="A new fact.")
    paused = [("pause", "request 4")] if pauses else []
    assert entries(approved)[2:] == [("start", "reopen"), *paused]
