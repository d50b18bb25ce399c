"""All dates of a case in one read: what, from when, how long, whose turn, and what each rests on."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.models import Condition, Decision, InformationRequest
from applications.queries.dates import FIRM, REGULATOR, dates_of
from applications.services import clocks, consultations, decisions
from applications.services.standing import keep
from regulators.calendars import add_working_days
from regulators.periods import footing, set_in_the_case
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import fresh

DAY = timedelta(days=1)
ON = {"requests": "requests", "notices": "refusal_notices", "conditions": "conditions"}


def read(case, **more):
    rows = {name: list(getattr(case, part).all()) for name, part in {**ON, **more}.items()}
    return dates_of(case, **rows)


def facts(row):
    return (row.title, row.due, row.who, row.rests_on, row.since)


@pytest.fixture
def case(custody_firm, firm_user, afm, afm_staff):
    return fresh(filed_with_little(custody_firm, firm_user, afm))


@pytest.fixture
def ask(case, afm_staff):
    """A function: a request that was sent and is due on this day."""

    def send(due_on, number=1):
        return InformationRequest.objects.create(
            application=case, number=number, status="sent", due_on=due_on, sent_at=timezone.now(),
            due_set_at=timezone.now(), written_by=afm_staff.reviewer,
        )  # fmt: skip

    return send


@pytest.fixture
def today():
    return timezone.localdate()


def test_the_clocks_of_the_book(case, today):
    clocks.start(case, "receipt")
    clocks.stop(case, cause="submit", codes=("registration",))
    found = read(case).rows
    expected = [
        ("Completeness check", 2, "case_officer", "completeness"),
        ("Decision in the financial sphere", 30, REGULATOR, "decision"),
        ("Registration of the application", 1, REGULATOR, "registration"),
    ]
    assert [facts(row) for row in found] == [
        (title, add_working_days(today, days), who, footing(case.book.clock(code)), today)
        for title, days, who, code in expected
    ]
    assert [row.done_on for row in found] == [None, None, today]
    assert found[1].counted == "30 working days from the receipt (afm-custody 2026.3)"
    assert (found[0].left, found[2].left) == (2, None)


def test_what_a_person_set_says_so(case, today, ask):
    sent = ask(today + 9 * DAY)
    row = read(case).rows[-1]
    assert facts(row) == (f"Request {sent.number}", today + 9 * DAY, FIRM, set_in_the_case(), today)
    assert (row.counted, row.inside) == ("", False)


def test_a_consultation_is_not_for_the_firm(case, today, afm_staff):
    by_the_book = consultations.consult(
        actor=afm_staff.reviewer, case=case, question="Known?", body="National Bank"
    )
    chosen = consultations.consult(
        actor=afm_staff.reviewer, case=case, question="So?", body="AFSA", due_on=today + 3 * DAY
    )
    without = consultations.consult(
        actor=afm_staff.reviewer, case=case, question="So?", body="", specialist=afm_staff.specialist
    )
    found = read(case, consultations="consultations")
    law = footing(case.book.clock("concurrence"))
    assert [facts(row) for row in found.rows] == [
        ("Answer of AFSA", chosen.due_on, "AFSA", set_in_the_case(), today),
        ("Answer of National Bank", by_the_book.due_on, "National Bank", law, today),
        (f"Answer of {without.body}", None, without.body, "no day is set", today),
    ]  # fmt: skip
    assert found.rows[1].counted == "10 working days from the notice (afm-custody 2026.3)"
    assert found.of_the_firm == []
    consultations.answer_consultation(actor=afm_staff.reviewer, consultation=by_the_book, answer="Yes.")
    assert len(read(case, consultations="consultations").rows) == 2


@pytest.fixture
def proposed(custody_firm, firm_user, afm, afm_staff):
    case = filed_with_little(custody_firm, firm_user, afm, state="refusal_proposed")
    case.refusal_notices.create(
        grounds=[], evidence="The file.", text="We propose to refuse.", proposed_by=afm_staff.decision_maker,
        proposed_at=timezone.now(),
    )  # fmt: skip
    return case


@pytest.mark.parametrize("more", [0, 1])
def test_the_period_for_representations_rests_on_the_book_or_on_the_day_that_was_told(
    proposed, afm_staff, today, more
):
    assert read(proposed).rows == []
    until = add_working_days(today, 3) + more * DAY
    decisions.record_service(
        actor=afm_staff.case_officer,
        notice=proposed.refusal_notices.get(),
        served_on=today,
        how="Post",
        until=until,
    )
    clock = proposed.book.clock("representations")
    objection, said = read(fresh(proposed)).rows
    assert facts(said) == (
        clock.title["en"], until, FIRM, set_in_the_case() if more else footing(clock), today
    )  # fmt: skip
    assert said.counted == ("" if more else "3 working days from the notice (afm-custody 2026.3)")
    assert (objection.due, objection.who) == (add_working_days(today, 2), FIRM)


def test_an_approval_in_principle_ends_and_its_conditions_are_due(
    custody_firm, firm_user, afsa, afsa_staff, today
):
    case = filed_with_little(custody_firm, firm_user, afsa, state="approved_in_principle")
    type(case).objects.filter(pk=case.pk).update(expires_on=today + 90 * DAY)
    approved = timezone.now() - 5 * DAY
    Decision.objects.create(
        application=case, snapshot=case.snapshots.get(), kind="approve_in_principle", reason="r", law={},
        by=afsa_staff.decision_maker, at=approved,
    )  # fmt: skip
    days = (None, today + 30 * DAY, today + 20 * DAY, today + 10 * DAY, today + 5 * DAY)
    for number, day in enumerate(days, start=1):
        Condition.objects.create(application=case, number=number, text="Pay in.", due_on=day,
                                 owner="reviewer" if number == 3 else "firm")  # fmt: skip
    case.conditions.filter(number=4).update(verified_at=timezone.now(), verified_by=firm_user)
    case.conditions.filter(number=5).update(undone_at=timezone.now())
    since = timezone.localdate(approved)
    assert [facts(row) for row in read(fresh(case)).rows] == [
        ("Condition 3", today + 20 * DAY, "reviewer", set_in_the_case(), since),
        ("Condition 2", today + 30 * DAY, FIRM, set_in_the_case(), since),
        ("Approval in principle expires", today + 90 * DAY, FIRM, set_in_the_case(), since),
    ]


def test_a_clock_that_waits_for_the_payment_says_so(custody_firm, firm_user, afsa, shelf, afsa_staff):
    from dataclasses import replace

    from tests.plugins.versions import following

    case = filed_with_little(custody_firm, firm_user, afsa)
    timed = [replace(c, starts_on="payment") if c.code == "decision" else c for c in case.book.clocks]
    book = shelf(following(case.book, "2099.1", clocks=tuple(timed)))
    type(case).objects.filter(pk=case.pk).update(rulebook=afsa.rulebooks.get(version=book.version))
    [row] = read(fresh(case)).rows
    assert (row.due, row.counted, row.since) == (None, "60 working days from the payment", None)
    type(case).objects.filter(pk=case.pk).update(fee="paid")
    assert read(fresh(case)).rows == []


def test_a_day_is_over_from_the_next_day_on(case, today, ask):
    sent = ask(today + DAY)
    found = []
    for day in (today - DAY, today, today + DAY):
        type(sent).objects.filter(pk=sent.pk).update(due_on=day)
        found.append(read(case).rows[-1].is_over)
    assert found == [True, False, False]


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_two_queries_for_any_number(case, ask, afm_staff, count):
    clocks.start(case, "receipt")
    for number in range(count):
        ask(timezone.localdate() + 9 * DAY, number + 1)
        consultations.consult(
            actor=afm_staff.reviewer, case=case, question=f"Known {number}?", body="National Bank"
        )
    case = fresh(case)
    parts = {**ON, "consultations": "consultations"}
    rows = {name: list(getattr(case, part).all()) for name, part in parts.items()}
    str(case.book)
    with CaptureQueriesContext(connection) as queries:
        found = dates_of(case, **rows)
    assert (len(found.rows), len(queries)) == (3 + 2 * count, 2)


def test_the_row_of_the_case_is_of_no_use_to_the_dates_of_notices(proposed, afm_staff, today):
    """The nearest date of the case is the regulator's own, not that of the firm."""
    clocks.start(proposed, "receipt")
    until = add_working_days(today, 3)
    decisions.record_service(
        actor=afm_staff.case_officer,
        notice=proposed.refusal_notices.get(),
        served_on=today,
        how="Post",
        until=until,
    )
    clocks.stop(proposed, cause="test", codes=("registration", "completeness"))
    keep([proposed.pk])
    assert fresh(proposed).due_code == "decision"
    assert isinstance(fresh(proposed).next_due.date(), date)
