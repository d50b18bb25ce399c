"""The period for the decision is extended once, by no more than the rule book lets it be."""

from datetime import date, datetime, timedelta

import pytest

from applications.models import ClockEntry
from applications.services import clocks
from applications.services.extension import extend_period
from applications.services.standing import keep
from audit.models import Event
from notifications.models import Message
from regulators.periods import footing
from regulators.services import load_calendar
from tests.desk.conftest import at, on
from tests.plugins.cases import SHELL, fresh
from workflow import duties
from workflow.errors import NotAllowed, NotReady

DAY = timedelta(days=1)
STARTED = date(2026, 11, 30)
DUE = date(2027, 1, 15)  # thirty working days, in the shipped calendar
MOST = date(2027, 3, 15)  # two months after it
REASON = "The National Bank has not answered."


@pytest.fixture
def running(filed, afm, afm_staff, today):
    today(STARTED)
    case = filed(afm)
    clocks.start(case, "receipt")
    keep([case.pk])
    return fresh(case)


def extend(case, staff, until=MOST, reason=REASON, who="decision_maker"):
    return extend_period(actor=getattr(staff, who), case=case, until=until, reason=reason)


def due(case, code="decision"):
    return case.deadlines.get(code=code).due_on


def test_it_ends_on_the_new_day_and_the_firm_is_told_at_once(running, afm_staff):
    assert due(running) == DUE
    extend(running, afm_staff, until=date(2027, 2, 1))
    deadline = running.deadlines.get(code="decision")
    assert (deadline.due_on, deadline.due_at) == (date(2027, 2, 1), clocks.end_of(date(2027, 2, 1)))
    entry = running.clock_entries.get(what="extend")
    assert (entry.clock, entry.until, entry.reason) == ("decision", date(2027, 2, 1), REASON)
    assert fresh(running).next_due is not None
    event = Event.objects.get(subject=running.audit_subject, kind="application.period_extended")
    assert (event.reason, event.actor_name) == (REASON, afm_staff.decision_maker.audit_name)
    assert event.data == {"clock": "decision", "before": str(DUE), "until": "2027-02-01"}
    [message] = Message.objects.filter(template="period_extended")
    law = footing(running.book.clock("extension"))
    assert law.startswith("Rule: ")
    assert (message.context["due"], message.context["basis"]) == ("2027-02-01", law)
    assert REASON not in message.body_text + message.body_html
    human = afm_staff.decision_maker.human
    assert duties.side_of(case=running.duty_case, human=human) == "decide"


@pytest.mark.parametrize(("until", "said"), [
    (DUE, "must be later than the present one"),
    (DUE - DAY, "must be later than the present one"),
    (MOST + DAY, "can be Monday 15 March 2027 at most"),
])  # fmt: skip
def test_it_is_neither_shortened_nor_made_longer_than_the_book_lets_it(running, afm_staff, until, said):
    with pytest.raises(NotReady, match=said):
        extend(running, afm_staff, until=until)
    assert (due(running), running.clock_entries.filter(what="extend").count()) == (DUE, 0)
    assert Message.objects.filter(template="period_extended").count() == 0


@pytest.mark.parametrize("until", [DUE + DAY, MOST])
def test_both_ends_of_what_the_book_lets_are_taken(running, afm_staff, until):
    extend(running, afm_staff, until=until)
    assert due(running) == until


def test_it_is_extended_once_and_a_second_press_is_the_same(running, afm_staff):
    extend(running, afm_staff, until=date(2027, 2, 1))
    extend(running, afm_staff, until=date(2027, 2, 1))
    with pytest.raises(NotReady, match="extended already"):
        extend(running, afm_staff, until=date(2027, 2, 2))
    assert due(running) == date(2027, 2, 1)
    assert Message.objects.filter(template="period_extended").count() == 1


def test_a_new_run_of_the_period_may_be_extended_again(running, afm_staff):
    extend(running, afm_staff)
    clocks.stop(running, cause="refuse", codes=clocks.ASSESSMENT)
    clocks.assess_again(running, cause="remit")
    assert due(running) == DUE
    extend(running, afm_staff)
    with pytest.raises(NotReady, match="extended already"):
        extend(running, afm_staff, until=date(2027, 2, 1))
    clocks.stop(running, cause="refuse", codes=clocks.ASSESSMENT)
    with pytest.raises(NotReady, match="No period for the decision runs"):
        extend(running, afm_staff)
    clocks.assess_again(running, cause="remit")
    extend(running, afm_staff, until=date(2027, 2, 1), reason="Again.")
    assert due(running) == date(2027, 2, 1)


@pytest.mark.parametrize(("day", "taken"), [(DUE, True), (DUE + DAY, False)])
def test_a_period_that_is_over_is_not_extended(running, afm_staff, today, day, taken):
    today(day)
    if taken:
        extend(running, afm_staff)
        assert due(running) == MOST
    else:
        with pytest.raises(NotReady, match="The period is over"):
            extend(running, afm_staff)


def test_a_book_without_an_extension_has_none(filed, afsa, afsa_staff, browsers):
    case = filed(afsa)
    clocks.start(case, "acceptance")
    with pytest.raises(NotReady, match="names no extension"):
        extend(case, afsa_staff)
    answer = browsers.decision_maker.get(at("extend_period", case))
    assert (answer.status_code, "The rule book names no extension." in answer.content.decode()) == (200, True)
    assert "<textarea" not in answer.content.decode()
    page = browsers.decision_maker.get(at("change", case)).content.decode()
    assert at("extend_period", case) not in page


def test_without_a_period_that_runs_there_is_nothing_to_extend(running, afm_staff):
    clocks.stop(running, cause="refuse")
    with pytest.raises(NotReady, match="No period for the decision runs"):
        extend(running, afm_staff)


@pytest.mark.parametrize("who", ["reviewer", "lead_reviewer", "case_officer", "administrator"])
def test_only_a_decision_maker_extends(running, afm_staff, who):
    with pytest.raises(NotAllowed):
        extend(running, afm_staff, who=who)


def test_a_reason_is_needed(running, afm_staff):
    with pytest.raises(NotReady, match="Write the reason"):
        extend(running, afm_staff, reason="  ")


def test_the_day_survives_a_new_calendar(running, afm_staff, new_calendar):
    extend(running, afm_staff, until=date(2027, 2, 1))
    new_calendar("2026.2", off=[date(2026, 12, 15), date(2027, 1, 13)])
    moved = [str(one) for one in load_calendar(actor=SHELL).moved]
    assert [one for one in moved if " decision:" in one] == []
    assert due(running) == date(2027, 2, 1)


def test_a_pause_after_it_moves_the_extended_day(running, afm_staff, today):
    """No book has both; the ledger is written here as a book would that has."""
    extend(running, afm_staff, until=date(2027, 2, 1))
    for what, day in (("pause", 5), ("resume", 8)):
        moment = datetime(2027, 1, day, 12, tzinfo=clocks.ALMATY)
        ClockEntry.objects.create(application=running, clock="decision", what=what, at=moment, cause="c")
    clocks.compute_one_again(running, "decision")
    lost = len([5, 6, 8])  # the 7th is Christmas: the day after the pause began to the day it was over
    assert due(running) == date(2027, 2, 1) + (lost - 1) * DAY


# --- the pages


def test_the_decision_maker_extends_it_on_its_page_and_both_sides_read_why(running, english, afm_staff):
    browser, url = english(afm_staff.decision_maker), at("extend_period", running)
    assert url in browser.get(at("change", running)).content.decode()
    page = browser.get(url).content.decode()
    assert "Monday 15 March 2027" in page
    assert footing(running.book.clock("extension")) in page
    off = browser.post(url, {"reason": REASON, **on(MOST, "until")}).context["form"].errors["until"]
    assert off == [
        "Monday 15 March 2027 is a day off. The last working day before it is Friday 12 March 2027."
    ]
    last = date(2027, 3, 12)
    late = browser.post(url, {"reason": REASON, **on(MOST + DAY, "until")})
    assert (late.status_code, "at most" in late.content.decode()) == (422, True)
    done = browser.post(url, {"reason": REASON, **on(last, "until")})
    assert done.status_code == 302, done.content.decode()
    at_the_desk = browser.get(at("change", running)).content.decode()
    assert url not in at_the_desk
    to_the_firm = english(running.created_by).get(f"/applications/{running.pk}/").content.decode()
    for page in (at_the_desk, to_the_firm):
        assert page.count("Extended on 30 November 2026 to Friday 12 March 2027.") == 1
        assert REASON in page
        assert footing(running.book.clock("extension")) in page
        assert "Period for the decision extended" in page
    again = browser.get(url).content.decode()
    assert "The period was extended already. It can be extended once." in again
