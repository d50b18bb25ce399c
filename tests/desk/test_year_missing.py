"""The calendar ends before a period does: the period has no day, nothing that a firm does is refused, and the
day is there once the year is entered.
"""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import timezone

from applications.conditions.decision import period_is_over
from applications.conditions.individual import time_to_answer_is_over
from applications.due import years
from applications.models import Condition, Finding, IndividualApproval
from applications.queries.extension import extension_now
from applications.reminders import raise_due
from applications.services import clocks, consultations, decisions, querying, requests
from applications.services.safe_day import safe_day
from applications.services.standing import keep
from audit.models import Event
from audit.verify import faults
from notifications.models import Message
from regulators.calendars import add_working_days
from regulators.periods import not_computable
from regulators.services import load_calendar
from tests.desk.conftest import at
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import SHELL, fresh, person_of
from workflow.errors import NotReady

MONDAY = date(2026, 11, 30)
MISSING = "Not computable until the calendar of 2027 is entered. Whoever runs this service enters it."


@pytest.fixture
def ends(new_calendar, today):
    """It is that Monday, and the calendar ends with the year. Gives a function that enters the next one."""
    new_calendar("2026.2", until=2026)
    today(MONDAY)

    def enter():
        new_calendar("2026.3")
        return load_calendar(actor=SHELL)

    return enter


@pytest.fixture
def received(custody_firm, firm_user, afm, afm_staff, ends):
    """A function: a national case in this state, whose clocks start on that Monday."""

    def make(state):
        case = filed_with_little(custody_firm, firm_user, afm, state=state)
        clocks.start(case, "receipt")
        keep([case.pk])
        return fresh(case)

    return make


@pytest.fixture
def national(received):
    return received("in_review")


def day_of(case, code="decision", about=""):
    deadline = case.deadlines.get(code=code, about=about)
    return deadline.due_on, deadline.missing_year


def test_the_words():
    assert not_computable(2027) == MISSING


def test_a_clock_starts_without_a_day_and_has_it_once_the_year_is_entered(national, ends):
    assert day_of(national) == (None, 2027)
    assert day_of(national, "completeness") == (date(2026, 12, 2), None)
    loaded = ends()
    decision = add_working_days(MONDAY, 30)
    assert [str(one) for one in loaded.moved] == [f"{national} decision: not computable -> {decision}"]
    assert (day_of(national), loaded.failed) == ((decision, None), [])
    deadline = national.deadlines.get(code="decision")
    assert (deadline.due_at, deadline.calendar) == (clocks.end_of(decision), "kz 2026.3")
    event = Event.objects.get(subject=national.audit_subject, kind="application.deadlines_moved")
    assert event.data["moved"] == {"decision": {"from": "", "to": str(decision)}}
    assert list(faults()) == []
    assert ends().moved == []


def test_the_command_computes_it_too_and_says_that_there_is_nothing_left(national, new_calendar, capsys):
    new_calendar("2026.3")
    call_command("recompute_deadlines")
    decision = add_working_days(MONDAY, 30)
    assert capsys.readouterr().out.splitlines() == [
        f"moved {national} decision: not computable -> {decision}", "1 moved"
    ]  # fmt: skip
    call_command("recompute_deadlines")
    assert capsys.readouterr().out.splitlines() == ["0 moved"]


def test_the_command_ends_with_1_where_a_day_would_be_lost(national, ends, new_calendar, capsys):
    ends()
    decision = add_working_days(MONDAY, 30)
    new_calendar("2026.4", until=2026)
    with pytest.raises(CommandError, match="1 failed"):
        call_command("recompute_deadlines")
    assert f"failed {national} decision: 2027 is not in the calendar" in capsys.readouterr().out
    assert day_of(national) == (decision, None)


@pytest.mark.parametrize("met", [False, True])
def test_the_pages_say_so_and_who_has_to_act(national, english, afm_staff, firm_user, met):
    if met:
        clocks.stop(national, cause="approve_in_principle", codes=("decision",))
        keep([national.pk])
    desk = english(afm_staff.reviewer).get(at("change", national))
    firm = english(firm_user).get(reverse("portal:case", args=[national.pk]))
    told = [(page.status_code, page.content.decode().count(MISSING)) for page in (desk, firm)]
    assert told == [(200, 0 if met else 1)] * 2


def test_lists_and_what_is_read_after_the_submission_say_so_too(national, english, afm_staff, firm_user):
    clocks.stop(national, cause="accept", codes=("registration", "completeness"))
    keep([national.pk])
    assert (fresh(national).next_due, fresh(national).due_code) == (None, "decision")
    said = "No day yet: its year is not in the calendar"
    worklist = english(afm_staff.reviewer).get(
        reverse("admin:applications_application_changelist"), {"whose": "all"}
    )
    mine = english(firm_user).get(reverse("portal:case", args=[national.pk]))
    assert [page.content.decode().count(said) for page in (worklist, mine)] == [1, 1]
    filed = english(firm_user).get(reverse("portal:submitted", args=[national.pk])).content.decode()
    assert MISSING in filed


# --- pauses


@pytest.fixture
def paused(asked_case, ask, ends, today):
    """Twenty working days are left in the year when the firm is asked."""
    today(date(2026, 10, 5))
    clocks.start(asked_case, "acceptance")
    today(MONDAY)
    sent = ask(asked_case, "Where?", due_on=date(2027, 1, 20))
    keep([asked_case.pk])
    return sent


def test_a_pause_into_such_a_year_is_read_and_ends_with_the_answers_of_the_firm(
    paused, asked_case, ends, today, firm_user, english, afsa_staff
):
    assert day_of(asked_case) == (date(2026, 12, 30), None)
    today(date(2026, 12, 31))  # if it ran on today, it would end in the next year
    assert _pages(asked_case, english(firm_user), english(afsa_staff.reviewer)) == [(200, True)] * 2
    today(date(2027, 1, 12))
    requests.answer_point(actor=firm_user, point=paused.points.get(), expected_version=0, text="Here.")
    requests.send_answers(actor=firm_user, request=fresh(paused), expected_version=1)
    assert (fresh(paused).status, day_of(asked_case)) == ("answered", (None, 2027))
    assert [entry.what for entry in asked_case.clock_entries.all()] == ["start", "pause", "resume"]
    assert _pages(asked_case, english(firm_user), english(afsa_staff.reviewer)) == [(200, True)] * 2
    [moved] = ends().moved
    assert moved.before is None
    assert day_of(asked_case)[0] == moved.after > date(2027, 1, 12)


def _pages(case, firm, desk):
    """Of both sides: how it answers, and whether it says that the day is not computable."""
    pages = [firm.get(reverse("portal:case", args=[case.pk])), desk.get(at("change", case))]
    return [(page.status_code, MISSING in page.content.decode()) for page in pages]


# --- acts


@pytest.fixture
def proposed(received, afm_staff, today):
    case = received("refusal_proposed")
    case.refusal_notices.create(
        grounds=[], evidence="e", text="t", proposed_by=afm_staff.decision_maker, proposed_at=timezone.now()
    )
    today(date(2026, 12, 30))
    return fresh(case)


def serve(case, staff, until):
    notice = case.refusal_notices.get()
    decisions.record_service(
        actor=staff.case_officer, notice=notice, served_on=date(2026, 12, 30), how="By courier.", until=until
    )
    return f"refusal:{notice.pk}"


def test_a_service_is_recorded_and_nobody_refuses_before_the_period_of_the_book_is_known(
    proposed, afm_staff, ends, today
):
    with pytest.raises(NotReady, match=r"until 01\.01\.2027 at least"):
        serve(proposed, afm_staff, date(2026, 12, 31))
    about = serve(proposed, afm_staff, date(2027, 1, 2))
    assert day_of(proposed, "representations", about) == (None, 2027)
    assert day_of(proposed, "objection", about) == (None, 2027)
    today(date(2027, 1, 3))
    assert [str(one.text) for one in period_is_over(fresh(proposed), {})] == [MISSING]
    ends()
    least = add_working_days(date(2026, 12, 30), 3)
    assert proposed.refusal_notices.get().representations_until == least
    today(least)
    assert len(period_is_over(fresh(proposed), {})) == 1
    today(least + timedelta(days=1))
    assert period_is_over(fresh(proposed), {}) == []


def test_the_page_shows_the_day_that_the_firm_was_told(proposed, afm_staff, english, firm_user):
    serve(proposed, afm_staff, date(2027, 1, 2))
    page = english(firm_user).get(reverse("portal:case", args=[proposed.pk])).content.decode()
    assert "2 January 2027" in page
    assert page.count(MISSING) == 3  # the decision, what the firm can say, and its objection


def test_a_person_is_not_refused_before_the_period_of_the_book_is_known(proposed, afm_staff, ends, today):
    function = proposed.book.approved_functions[0].code
    approval = IndividualApproval.objects.create(
        application=proposed, person=person_of(proposed.firm), function=function, noticed_at=timezone.now(),
        represent_until=date(2027, 1, 2),
    )  # fmt: skip
    today(date(2027, 1, 3))
    assert [str(one.text) for one in time_to_answer_is_over(approval, {})] == [MISSING]
    today(date(2027, 2, 3))
    ends()
    assert time_to_answer_is_over(approval, {}) == []


def ask_bank(case, staff, **words):
    return consultations.consult(
        actor=staff.reviewer, case=case, body="National Bank", question="Known?", **words
    )


def test_a_body_is_asked_without_a_day_and_has_it_once_the_year_is_entered(national, afm_staff, ends, today):
    today(date(2026, 12, 28))
    asked = ask_bank(national, afm_staff)
    about = f"consultation:{asked.pk}"
    assert (asked.due_on, day_of(national, "concurrence", about)) == (None, (None, 2027))
    ends()
    assert fresh(asked).due_on == add_working_days(date(2026, 12, 28), 10)


def test_a_rule_for_silence_waits_for_the_year_or_for_a_day_that_is_chosen(national, afm_staff, today):
    today(date(2026, 12, 28))
    with pytest.raises(NotReady) as refused:
        ask_bank(national, afm_staff, silence="raise")
    assert [str(one) for one in refused.value.reasons] == [
        f"A rule for silence needs a last day for the answer. {MISSING}"
    ]
    assert ask_bank(national, afm_staff, silence="raise", due_on=date(2027, 1, 20)).silence == "raise"


def test_the_usual_day_of_a_request_is_then_written_by_hand(national, afm_staff, today):
    today(date(2026, 12, 28))
    finding = Finding.objects.create(
        application=national, snapshot=national.snapshots.get(), stage=national.book.stage_codes[0],
        requirement=national.book.requirements_of(national.book.stage_codes[0])[0].code, outcome="query",
        note="Which?",
    )  # fmt: skip
    with pytest.raises(NotReady) as refused:
        querying.put_query(actor=afm_staff.reviewer, case=national, finding=finding)
    assert [str(one) for one in refused.value.reasons] == [f"{MISSING} Until then write the request by hand."]
    assert national.requests.count() == 0


def test_the_period_is_not_extended_while_its_day_or_the_latest_one_is_not_known(national):
    found = extension_now(national)
    assert (found.refusal, found.latest) == (MISSING, None)
    assert safe_day(national, national.deadlines.all()) is None


# --- alarms


def test_a_run_of_reminders_says_in_the_log_that_days_cannot_be_computed(national, today, caplog):
    years._say.cache_clear()
    today(date(2026, 12, 1))
    Condition.objects.all().delete()
    raise_due(timezone.localdate())
    assert [r.message for r in caplog.records if "add it to the calendar" in r.message] == [
        "Nobody is reminded of dates in 2027 before they are over: add it to the calendar."
    ]
    periods = Message.objects.filter(internal=True, context__icontains="decision")
    assert periods.count() == 0
