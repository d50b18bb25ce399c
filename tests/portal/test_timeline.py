"""What the firm may know of its case: where it stands on every page, and what happened."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from applications.desk.words import EVENTS
from applications.models import RefusalNotice
from applications.portal import standing
from applications.services import (
    assessment,
    assigning,
    clocks,
    conflicts,
    consultations,
    intake,
    requests,
    rounds,
)
from applications.services.standing import keep
from applications.services.submission import notify_change
from audit.services import record
from look import words
from regulators.calendars import add_working_days, working_days_between
from regulators.periods import footing
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import fresh

CANARY = "zhasyryn-kanareika"
MONDAY = date(2026, 11, 23)


def body(response):
    return response.content.decode()


def pages_of(case):
    return [reverse(f"portal:{name}", args=[case.pk]) for name in ("people", "change", "capital")]


@pytest.fixture
def visit(signed_in, firm_user):
    """A function: the line of this page, for somebody who has just signed in."""
    return lambda url: strip(signed_in(firm_user), url)


def strip(browser, url):
    """The line that says where the case stands, as words."""
    inside = body(browser.get(url)).split('<div class="note row small', 1)[1].split("</div>")[0]
    return " ".join(re.sub("<[^>]+>", " ", inside.split(">", 1)[1]).split())


def noon(day):
    return time_machine.travel(datetime(day.year, day.month, day.day, 7, tzinfo=UTC), tick=False)


@pytest.fixture
def reviewed(asked_case):
    """In review with the clock of the decision running since the 23rd of November 2026."""
    with noon(MONDAY):
        clocks.start(asked_case, "acceptance")
        keep([asked_case.pk])
    return asked_case


def test_every_page_says_whose_turn_it_is_and_how_long(visit, reviewed):
    due = day = timezone.localdate(reviewed.deadlines.get().due_at)
    while working_days_between(day, due) < 11:
        day -= timedelta(days=1)
    with noon(day):
        for url in pages_of(reviewed):
            line = visit(url)
            assert line.startswith("In review With Astana Financial Services Authority 11 working days left")
            assert footing(reviewed.book.clock("decision")) in line


def test_on_the_last_day_none_is_left_and_then_they_are_over(visit, reviewed):
    due, url = timezone.localdate(reviewed.deadlines.get().due_at), pages_of(reviewed)[0]
    with noon(due):
        assert "0 working days left" in visit(url)
    with noon(add_working_days(due, 1)):
        assert "1 working day over" in visit(url)


def test_a_request_makes_it_the_firms_turn_and_says_since_when_the_clock_stands(visit, reviewed, ask):
    day = timezone.localdate() + timedelta(days=1)
    until = add_working_days(day, 8)
    with noon(day):
        ask(reviewed, "Where?", due_on=until)
        for url in pages_of(reviewed):
            line = visit(url)
            assert line.startswith(
                f"In review Your turn 8 working days left until the end of {words.due_day(until)}"
            )
            assert "a day set by the regulator in this case, not by law" in line
            assert f"The regulator’s clock has been paused since {words.day(day)}" in line
            assert line.endswith("Answer request 1")


def test_a_draft_has_no_such_line(browser, draft_case):
    assert '<div class="note row small' not in body(browser.get(pages_of(draft_case)[0]))


@pytest.mark.parametrize("state", ["recommended", "refusal_proposed"])
def test_a_recommendation_and_a_notice_on_its_way_do_not_show(
    state, browser, firm_user, custody_firm, afsa, afsa_staff
):
    case = filed_with_little(custody_firm, firm_user, afsa, state=state)
    if state == "refusal_proposed":
        RefusalNotice.objects.create(
            application=case, grounds=[], evidence=CANARY, text=CANARY, proposed_at=timezone.now(),
            proposed_by=afsa_staff.decision_maker,
        )  # fmt: skip
    for url in pages_of(case):
        page = body(browser.get(url))
        assert strip(browser, url).startswith("In review With Astana Financial Services Authority")
        assert "efusal" not in page
        assert CANARY not in page


def test_a_recommendation_after_a_notice_that_was_served_does_not_show(browser, asked_case, afsa_staff):
    """The notice of before was sent back, and the case is recommended again."""
    today = timezone.localdate()
    RefusalNotice.objects.create(
        application=asked_case, grounds=[], evidence="", text="", proposed_by=afsa_staff.decision_maker,
        proposed_at=timezone.now(), served_on=today, representations_until=today + timedelta(days=10),
    )  # fmt: skip
    type(asked_case).objects.filter(pk=asked_case.pk).update(state="recommended")
    for url in (*pages_of(asked_case), reverse("portal:case", args=[asked_case.pk])):
        page = body(browser.get(url))
        assert ("In review" in page, "Recommended" in page) == (True, False)


def test_what_staff_do_among_themselves_is_on_no_page_of_the_firm(browser, asked_case, ask, afsa_staff):
    staff, case = afsa_staff, asked_case
    assessment.write_note(actor=staff.reviewer, case=case, text=CANARY)
    consultations.consult(actor=staff.reviewer, case=case, body=CANARY, question=CANARY)
    conflicts.declare_conflict(actor=staff.specialist, case=case, text=CANARY)
    intake.record_fee(
        actor=staff.case_officer, case=case, fee="waived", reason=CANARY, expected_version=case.version
    )
    case = fresh(case)
    assigning.assign_case_officer(
        actor=staff.lead_reviewer, case=case, officer=staff.case_officer, expected_version=case.version
    )
    asked = ask(case, "Where?")
    requests.close_request(actor=staff.reviewer, request=asked, expected_version=1, note=CANARY)
    for kind in EVENTS.keys() - standing.BY_FIRM.keys():
        with transaction.atomic():
            record(subject=case.audit_subject, kind=kind, actor=staff.reviewer, reason=CANARY,
                   data={"to": CANARY, "requirement": CANARY, "body": CANARY})  # fmt: skip
    urls = [*pages_of(case), reverse("portal:case", args=[case.pk]),
            reverse("portal:request", args=[case.pk, asked.number])]  # fmt: skip
    for url in urls:
        page = body(browser.get(url))
        assert CANARY not in page
        for name in (staff.reviewer, staff.case_officer, staff.lead_reviewer, staff.specialist):
            assert name.full_name not in page
    shown = {event.what for event in standing.timeline_of(case)}
    internal = ("note", "onflict", "onsult", "Fee", "officer", "Finding", "ecommend", "written", "Document")
    assert not [what for what in shown if any(word in what for word in internal)]


def test_the_new_events_are_told_newest_first_with_who_did_them(
    browser, reviewed, ask, firm_user, afsa_staff
):
    asked = ask(reviewed, "Where?")
    rounds.ask_about_point(actor=firm_user, point=asked.points.get(), text="Which?")
    rounds.reply_about_point(actor=afsa_staff.reviewer, point=asked.points.get(), text="That.")
    more = rounds.ask_for_time(
        actor=firm_user, request=asked, until=asked.due_on + timedelta(days=9), reason="Slow."
    )
    rounds.decline_time(actor=afsa_staff.reviewer, extension=more, answer="No.")
    told = [(event.what, event.who) for event in standing.timeline_of(reviewed)]
    regulator = "Astana Financial Services Authority"
    assert told == [
        ("More time not granted (1)", regulator),
        ("More time asked for (1)", firm_user.full_name),
        ("Question about a request answered (1)", regulator),
        ("Question asked about a request (1)", firm_user.full_name),
        ("Information requested (1)", regulator),
    ]


def test_a_long_story_is_folded(browser, asked_case, firm_user):
    for number in range(10):
        notify_change(actor=firm_user, case=asked_case, text=f"Change {number}.")
    page = body(browser.get(reverse("portal:case", args=[asked_case.pk])))
    assert page.count("<b>Change reported</b>") == 10
    assert "2 earlier events" in page


def test_the_line_costs_no_query(browser, asked_case, ask, django_assert_max_num_queries):
    ask(asked_case, "Where?")
    with django_assert_max_num_queries(8):
        browser.get(reverse("portal:change", args=[asked_case.pk]))
